"""From an offer and a request to the terms of one loan, and their preview. What is previewed here is what gets booked:
disbursement calls the same functions with the same arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, WEEKDAYS, Calendar, month_end
from loanloom.core.lending.agreed.charges import ChargeTerms, Guarantee
from loanloom.core.lending.agreed.plan_terms import DrawTerms, GraceTerms, Phase, PlannedRow, RateStep, Tranche
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.business.entrusted import EntrustedTerms
from loanloom.core.lending.decisions import Disburse, decide
from loanloom.core.lending.events import LoanDisbursed
from loanloom.core.lending.planning.checking import doubts
from loanloom.core.lending.planning.instalments import Schedule
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.pricing.charging import planned_charges
from loanloom.core.lending.pricing.cost import AnnualCost, full_cost, loan_cost
from loanloom.core.lending.pricing.disclosure import Disclosure, disclose
from loanloom.core.lending.pricing.subsidies import planned_parts
from loanloom.core.money import total
from loanloom.engines.products.limits import check_request
from loanloom.engines.products.offer import Offer
from loanloom.engines.products.pricing import DAYS_OF, months_of, rate_terms
from loanloom.engines.products.reading import index_series
from loanloom.engines.products.ways import OWN, Stretch, phases
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What one loan agrees beyond amount, term and way: its day and date of payment, a date it falls due on, a plan
    typed in, its guarantees, and the day its price was fixed (None: the day it is paid out)."""

    days: int | None = None
    due_day: int | None = None
    first_due_on: date | None = None
    matures_on: date | None = None
    rows: tuple[PlannedRow, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    trustor: str = ""
    source: str = ""
    purpose: str = ""
    priced_on: date | None = None


NOTHING_PARTICULAR = Particulars()


@dataclass(frozen=True, slots=True)
class Agreed:
    """Terms, or why there are none."""

    terms: Terms | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a loan would look like: its terms, schedule and annualised cost; or the problems."""

    terms: Terms | None = None
    schedule: Schedule | None = None
    cost: AnnualCost | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def disclosure(self) -> Disclosure | None:
        """What the borrower is told before he signs; None where there is no schedule."""
        return disclose(self.terms, self.schedule) if self.terms and self.schedule else None

    @property
    def price(self) -> AnnualCost | None:
        """What price caps are held against: the cost if nobody bore a part that can stop."""
        shared = self.terms is not None and (
            self.terms.interest_shares or any(charge.shares for charge in self.terms.charges)
        )
        if self.terms is None or self.schedule is None or not shared:
            return self.cost
        return full_cost(self.terms, self.schedule)

    @property
    def subsidies(self) -> dict[int, Decimal]:
        """What others bear of the interest of each instalment, by its number, as long as it is paid on time."""
        if self.terms is None or self.schedule is None:
            return {}
        planned = planned_parts(self.terms, self.schedule.instalments)
        return {number: total(parts) for number, parts in planned.items() if total(parts)}

    @property
    def fees(self) -> dict[int, Decimal]:
        """What the borrower pays in charges with each instalment, by its number."""
        found: dict[int, Decimal] = {}
        if self.terms is not None and self.schedule is not None and self.terms.charges:
            for made in planned_charges(self.terms, self.schedule.instalments):
                if made.terms.settled == "added" and made.borne:
                    found[made.number] = found.get(made.number, Decimal(0)) + made.borne
        return found


def calendar_of(registry: Registry, key: str | None) -> Calendar:
    """The working calendar of this key; every day where none is named."""
    document = registry.get("calendar", key) if key else None
    if document is None:
        return EVERY_DAY
    spec = document.spec
    return Calendar(
        weekend=frozenset(WEEKDAYS[day] for day in spec["weekend"]),
        holidays=frozenset(date.fromisoformat(str(holiday["on"])) for holiday in spec.get("holidays", ())),
        working_days=frozenset(date.fromisoformat(str(day)) for day in spec.get("working_days", ())),
    )


def index_of(registry: Registry, offer: Offer, months: int | None = None) -> tuple[RateStep, ...] | None:
    """The values of an offer's index as a registry knows them, for a term; None for an offer without an index.

    A contract keeps its product's release, an index is always the newest: hand in the live registry.
    """
    if offer.pricing.index is None:
        return None
    values, longer = index_series(registry, offer.pricing.index.table)
    term = months if months is not None else months_of(int(offer.months.least), offer.term_unit)
    return next((found for above, found in longer if term > above), values)


def terms(
    offer: Offer,
    *,
    amount: Decimal,
    months: int,
    method: str,
    start_on: date,
    grade: str | None = None,
    annual_rate: Decimal | None = None,
    due_day: int | None = None,
    within_limits: bool = True,
    particulars: Particulars = NOTHING_PARTICULAR,
    index: tuple[RateStep, ...] | None = None,
) -> Agreed:
    """The terms of a loan on this offer. `annual_rate` is one already agreed, else the offer's for the grade;
    `within_limits=False` for a contract signed before the limits changed; `index` are newer values of its index."""
    problems = list(check_request(offer, amount, months, method, particulars.days)) if within_limits else []
    problems += _own_problems(offer, method, particulars, start_on, amount)
    term = _term(offer, months, particulars)
    priced_on = particulars.priced_on or start_on
    rate = annual_rate if annual_rate is not None else offer.rate(grade, term, priced_on)
    if rate is None:
        problems.append(_no_rate(offer, grade, priced_on))
    if rate is None or errors(problems):
        return Agreed(None, tuple(problems))
    stretch = _stretch(offer, _financed(offer, amount), term, particulars, start_on)
    made = phases(offer.repaying, method, stretch, particulars.rows)
    agreed = _terms(offer, amount, rate, stretch, made, replace(particulars, due_day=due_day or particulars.due_day))
    every = (offer.repaying.every, offer.repaying.unit)
    rates = rate_terms(offer.pricing, rate, term, offer.term_unit, offer.daily_basis, priced_on, index, every)
    return Agreed(replace(agreed, rates=rates), tuple(problems))


def _term(offer: Offer, months: int, particulars: Particulars) -> int:
    """The term in the unit of the offer."""
    if offer.term_unit == "month":
        return months
    each = DAYS_OF[offer.term_unit]
    days = particulars.days if particulars.days is not None else months * 365 // 12
    return max(days // each, 1)


def _financed(offer: Offer, amount: Decimal) -> Decimal:
    """What is repaid by the plan: the amount without the down payment."""
    whole = offer.rounding.apply(amount)
    down = offer.down_payment
    return whole if down is None else whole - offer.rounding.apply(whole * down.percent)


def _stretch(offer: Offer, amount: Decimal, term: int, particulars: Particulars, start_on: date) -> Stretch:
    """How long the loan runs; up to a date of its own where one is agreed."""
    if particulars.matures_on is not None:
        days = (particulars.matures_on - start_on).days
        return Stretch(term=days, unit="day", start_on=start_on, amount=amount)
    return Stretch(term=term, unit=offer.term_unit, start_on=start_on, amount=amount)


def _terms(
    offer: Offer, amount: Decimal, rate: Decimal, stretch: Stretch, made: tuple[Phase, ...], particulars: Particulars
) -> Terms:
    said, sums = offer.repaying, offer.arithmetic
    tranches, first = _tranches(offer, amount, stretch.start_on)
    return Terms(
        currency=offer.currency,
        principal=first,
        annual_rate=rate,
        start_on=stretch.start_on,
        phases=made,
        due_day=_due_day(offer, made, particulars, stretch.start_on),
        first_due_on=particulars.first_due_on,
        min_first_days=said.min_first_days,
        roll=said.roll,
        day_count=offer.day_count,
        daily_basis=offer.daily_basis,
        rounding=offer.rounding,
        penalty=offer.penalty,
        allocation=offer.allocation,
        prepayment=offer.prepayment,
        keeps_overpayment=offer.keeps_overpayment,
        charges=tuple(_dated(charge, offer, stretch.start_on) for charge in offer.charges),
        interest_shares=offer.interest_shares,
        guarantees=particulars.guarantees,
        interest_tax=offer.interest_tax,
        upfront_deduction=offer.upfront_deduction,
        first_stub=said.first_stub,
        tolerates_holidays=said.tolerates,
        roll_accrues=said.roll_accrues,
        collection_weekday=said.weekday,
        matures_on=None if particulars.rows or stretch.unit == "month" else stretch.end_on,
        interest_by=sums.interest_by,
        accrual=sums.accrual,
        grace=offer.grace or GraceTerms(),
        precision=sums.precision,
        rounding_place=sums.place,
        instalment_by=sums.level,
        instalment_multiple=sums.multiple,
        residual=sums.residual,
        draws=DrawTerms(
            pattern=offer.drawing.pattern,
            tranches=tranches,
            must_be_expected=offer.drawing.only_expected,
            full_term_each=offer.drawing.full_term_each,
            limit=offer.rounding.apply(amount) if offer.drawing.pattern != "once" else None,
            max_draws=offer.drawing.most,
        ),
        down_payment=offer.down_payment,
        recalculation=offer.recalculation,
        extension=offer.extension,
        entrusted=_entrusted(offer, particulars),
    )


def _entrusted(offer: Offer, particulars: Particulars) -> EntrustedTerms | None:
    """Whose money it is, where it comes from and what for."""
    said = offer.entrusting
    if said is None:
        return None
    return EntrustedTerms(
        trustor=particulars.trustor,
        source=particulars.source,
        purpose=particulars.purpose,
        share_of_interest=Decimal(1) if said.interest_to == "lender" else said.share_of_interest,
        withholding_rate=said.withholding_rate,
    )


def _tranches(offer: Offer, amount: Decimal, start_on: date) -> tuple[tuple[Tranche, ...], Decimal]:
    """The tranches expected after the first, and what is left for the first."""
    whole = offer.rounding.apply(amount)
    later = tuple(
        Tranche(on=start_on + timedelta(days=after), amount=offer.rounding.apply(whole * share))
        for after, share in offer.drawing.expected
    )
    return later, whole - sum((tranche.amount for tranche in later), Decimal(0))


def _due_day(offer: Offer, made: tuple[Phase, ...], particulars: Particulars, start_on: date) -> int | None:
    """The day of the month. None where all principal waits for the last day, whatever day that is."""
    if len(made) == 1 and made[0].periods == 1 and made[0].principal == "bullet":
        return None
    if offer.repaying.sticks_to_month_end and start_on.day == month_end(start_on.year, start_on.month):
        return 31
    return particulars.due_day or offer.repaying.due_day


def _dated(charge: ChargeTerms, offer: Offer, start_on: date) -> ChargeTerms:
    """A charge with a day of its own, counted from the disbursement."""
    after = offer.charge_days.get(charge.key)
    return charge if after is None else replace(charge, on=start_on + timedelta(days=after))


def _own_problems(
    offer: Offer, method: str, particulars: Particulars, start_on: date, amount: Decimal
) -> list[Problem]:
    """What is wrong with a plan typed in, and with a date that the loan is to fall due on."""
    found = []
    if method == OWN and not particulars.rows:
        message = text("Type in or import the plan first.", "请先录入或导入还款计划。")
        found.append(Problem(code="product.no_plan", message=message, field="application.plan"))
    if method == OWN and particulars.rows:
        found += _plan_problems(particulars.rows, start_on, amount)
    if particulars.matures_on is not None and particulars.matures_on <= start_on:
        message = text(f"It would fall due on {particulars.matures_on}, which is not after {start_on}.",
                       f"到期日 {particulars.matures_on} 不晚于起息日 {start_on}。")  # fmt: skip
        found.append(Problem(code="product.matures_too_early", message=message, field="application.matures_on"))
    return found


def _plan_problems(rows: tuple[PlannedRow, ...], start_on: date, amount: Decimal) -> list[Problem]:
    found = []
    dates = [row.due_on for row in rows]
    if sorted(set(dates)) != dates or dates[0] <= start_on:
        message = text(
            "The dates of the plan must rise and lie after the disbursement.", "还款计划的日期须递增且晚于放款日。"
        )
        found.append(Problem(code="product.plan_out_of_order", message=message, field="application.plan"))
    planned = sum((row.principal for row in rows), Decimal(0))
    if planned != amount or any(row.principal < 0 for row in rows):
        message = text(
            f"The plan repays {planned:,}, the loan is {amount:,}.", f"计划还本 {planned:,}，贷款金额为 {amount:,}。"
        )
        found.append(Problem(code="product.plan_differs", message=message, field="application.plan"))
    return found


def _no_rate(offer: Offer, grade: str | None, on: date) -> Problem:
    price = offer.pricing
    if price.graded or price.index is None:
        message = text(f"This product has no rate for grade {grade or '-'}.", f"本产品对等级 {grade or '-'} 没有定价。")
        return Problem(code="product.no_rate_for_grade", message=message)
    return Problem(
        code="product.no_index_value",
        message=text(
            f"The index '{price.index.table}' has no value on {on}.", f"基准利率“{price.index.table}”在 {on} 没有取值。"
        ),
        hint=text("Add the value to the rate table.", "请在利率表中补充取值。"),
    )


def preview_terms(agreed: Terms, calendar: Calendar = EVERY_DAY, methods: Methods = BUILT_IN) -> Preview:
    """Schedule and annualised cost of terms: the disbursement itself is asked, and nothing is booked."""
    decision = decide(None, Disburse(terms=agreed, methods=methods, calendar=calendar))
    booked = decision.events[0] if decision.events else None
    if not isinstance(booked, LoanDisbursed):
        return Preview(agreed, problems=decision.problems)
    schedule = Schedule(booked.instalments)
    return Preview(agreed, schedule, loan_cost(agreed, schedule), doubts(agreed, schedule))


def preview(
    offer: Offer,
    *,
    amount: Decimal,
    months: int,
    method: str,
    start_on: date,
    grade: str | None = None,
    annual_rate: Decimal | None = None,
    calendar: Calendar = EVERY_DAY,
    particulars: Particulars = NOTHING_PARTICULAR,
    index: tuple[RateStep, ...] | None = None,
) -> Preview:
    """What a request on this offer would become, before anybody has agreed to anything."""
    made = terms(
        offer, amount=amount, months=months, method=method, start_on=start_on, grade=grade, annual_rate=annual_rate,
        particulars=particulars, index=index,
    )  # fmt: skip
    if made.terms is None:
        return Preview(problems=made.problems)
    seen = preview_terms(made.terms, calendar, offer.rules)
    return replace(seen, problems=(*made.problems, *seen.problems))


def bound(agreed: Terms, live: Offer | None) -> Terms:
    """The terms as they hold today: attributes that track the product follow the live offer, the others stay.

    A tax is the law's, not the product's: the live one holds. An index goes on with its newest values.
    """
    if live is None:
        return agreed
    tracking = {name for name, binding in live.binding.items() if binding == "tracking"}
    return replace(
        agreed,
        penalty=live.penalty if "penalty" in tracking else agreed.penalty,
        allocation=live.allocation if "allocation" in tracking else agreed.allocation,
        prepayment=live.prepayment if "prepayment" in tracking else agreed.prepayment,
        interest_tax=live.interest_tax,
    )
