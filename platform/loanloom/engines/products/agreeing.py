"""From an offer and a request to the terms of one loan, and their preview. What is previewed here is what gets booked:
disbursement calls the same functions with the same arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.dates import EVERY_DAY, WEEKDAYS, Calendar
from loanloom.core.lending.cost import AnnualCost, annual_cost
from loanloom.core.lending.rules import BUILT_IN, READY_MADE, Methods
from loanloom.core.lending.schedule import Schedule, build_schedule
from loanloom.core.lending.terms import Terms
from loanloom.core.money import formatted
from loanloom.engines.products.offer import Offer
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, errors, text


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


def check_request(offer: Offer, amount: Decimal | None, months: int | None, method: str | None) -> tuple[Problem, ...]:
    """What the product's limits say to a request; problems carry the application's field. What is not known yet (None)
    is not judged."""
    found: list[Problem] = []
    if amount is not None:
        found.extend(_amount_problems(offer, amount))
    if months is not None:
        found.extend(_term_problems(offer, months))
    if method is not None and method not in offer.methods:
        message = text("This product does not offer this way of repaying.", "本产品不提供该还款方式。")
        found.append(_limit("method", "product.method_not_offered", message))
    return tuple(found)


def _amount_problems(offer: Offer, amount: Decimal) -> Iterator[Problem]:
    digits = offer.rounding.digits
    least, most = formatted(offer.amount.least, digits), formatted(offer.amount.most, digits)
    if not amount.is_finite() or not offer.amount.least <= amount <= offer.amount.most:
        yield _limit(
            "amount",
            "product.amount_out_of_limits",
            text(
                f"The amount must lie between {least} and {most} {offer.currency}.",
                f"金额须在 {least} 至 {most} {offer.currency} 之间。",
            ),
        )
    elif not offer.amount.on_step(amount) or not offer.rounding.holds(amount):
        step = formatted(offer.amount.step or Decimal(1).scaleb(-digits), digits)
        yield _limit(
            "amount",
            "product.amount_not_on_step",
            text(f"The amount goes in steps of {step} from {least}.", f"金额自 {least} 起，每 {step} 一档。"),
        )


def _term_problems(offer: Offer, months: int) -> Iterator[Problem]:
    if not offer.months.least <= months <= offer.months.most:
        yield _limit(
            "term_months",
            "product.term_out_of_limits",
            text(
                f"The term must lie between {offer.months.least} and {offer.months.most} months.",
                f"期限须在 {offer.months.least} 至 {offer.months.most} 个月之间。",
            ),
        )
    elif not offer.months.on_step(Decimal(months)) or months % offer.every:
        yield _limit(
            "term_months",
            "product.term_not_on_step",
            text(
                f"The term goes in steps of {offer.months.step or offer.every} months from {offer.months.least}.",
                f"期限自 {offer.months.least} 个月起，每 {offer.months.step or offer.every} 个月一档。",
            ),
        )


def _limit(field: str, code: str, message: Text) -> Problem:
    return Problem(code=code, message=message, field=f"application.{field}")


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
) -> Agreed:
    """The terms of a loan on this offer. `annual_rate` is one already agreed, else the offer's for the grade;
    `within_limits=False` for a contract signed before the limits changed."""
    problems = list(check_request(offer, amount, months, method)) if within_limits else []
    rate = annual_rate if annual_rate is not None else offer.rate(grade)
    if rate is None:
        problems.append(
            Problem(
                code="product.no_rate_for_grade",
                message=text(
                    f"This product has no rate for grade {grade or '-'}.", f"本产品对等级 {grade or '-'} 没有定价。"
                ),
            )
        )
    if rate is None or errors(problems):
        return Agreed(None, tuple(problems))
    agreed = Terms(
        currency=offer.currency,
        principal=offer.rounding.apply(amount),
        annual_rate=rate,
        start_on=start_on,
        phases=READY_MADE[method](months // offer.every, offer.every, offer.unit),
        due_day=due_day or offer.due_day,
        min_first_days=offer.min_first_days,
        roll=offer.roll,
        day_count=offer.day_count,
        daily_basis=offer.daily_basis,
        rounding=offer.rounding,
        penalty=offer.penalty,
        allocation=offer.allocation,
        prepayment=offer.prepayment,
        keeps_overpayment=offer.keeps_overpayment,
    )
    return Agreed(agreed, tuple(problems))


def preview_terms(agreed: Terms, calendar: Calendar = EVERY_DAY, methods: Methods = BUILT_IN) -> Preview:
    """Schedule and annualised cost of terms."""
    schedule = build_schedule(agreed, methods, calendar)
    return Preview(agreed, schedule, annual_cost(schedule, agreed.start_on, _regular_months(agreed, schedule)))


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
) -> Preview:
    """What a request on this offer would become, before anybody has agreed to anything."""
    made = terms(
        offer, amount=amount, months=months, method=method, start_on=start_on, grade=grade, annual_rate=annual_rate
    )
    if made.terms is None:
        return Preview(problems=made.problems)
    return replace(preview_terms(made.terms, calendar), problems=made.problems)


def _regular_months(agreed: Terms, schedule: Schedule) -> int | None:
    """The months of a period where all are alike; None for stubs, moved dates and mixed phases."""
    phase = agreed.phases[0]
    first = schedule.instalments[0]
    alike = all((each.every, each.unit) == (phase.every, phase.unit) for each in agreed.phases)
    regular = first.start_on.day == first.due_on.day or agreed.due_day is None
    return phase.every if alike and phase.unit == "month" and regular and agreed.roll == "keep" else None


def bound(agreed: Terms, live: Offer | None) -> Terms:
    """The terms as they hold today: attributes that track the product follow the live offer, the others stay."""
    if live is None:
        return agreed
    tracking = {name for name, binding in live.binding.items() if binding == "tracking"}
    return replace(
        agreed,
        penalty=live.penalty if "penalty" in tracking else agreed.penalty,
        allocation=live.allocation if "allocation" in tracking else agreed.allocation,
        prepayment=live.prepayment if "prepayment" in tracking else agreed.prepayment,
    )
