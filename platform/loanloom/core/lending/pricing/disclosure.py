"""What the borrower is told before he signs (贷款明白纸): every item that he or another may have to pay, who collects
it, what it comes to if all is paid on time, and the yearly cost of it all.

A charge that does not stand here cannot be booked: `undisclosed` is the rule that decisions ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.agreed.charges import ChargeTerms, Subsidy
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.owing.penalties import compound_rate, overdue_rate
from loanloom.core.lending.planning.instalments import Schedule
from loanloom.core.lending.pricing.charging import PLANNED_EVENTS, Charge, planned_charges
from loanloom.core.lending.pricing.cost import AnnualCost, loan_cost
from loanloom.core.lending.pricing.subsidies import planned_parts
from loanloom.core.lending.pricing.upfront import deducted_from
from loanloom.core.money import ONE, ZERO, total
from loanloom.problems import Problem, Text, say, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One item. `amount` is what it comes to over the whole loan if all is paid on time, all payers together, and
    `borne` the borrower's part of that; None for what only an event would bring about (then `rate` of `base`, or
    `flat`, say how much)."""

    key: str
    title: Text
    kind: str
    event: str
    payer: str = "borrower"
    collector: str = "lender"
    amount: Decimal | None = None
    borne: Decimal | None = None
    rate: Decimal = ZERO
    base: str = ""
    flat: Decimal = ZERO
    least: Decimal | None = None
    most: Decimal | None = None
    settled: str = "added"
    in_cost: bool = True
    charge: ChargeTerms | None = None
    subsidy: Subsidy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The sheet: items in order, and the sums that a borrower asks for. `received` is what he gets in hand."""

    items: tuple[Disclosed, ...]
    received: Decimal
    principal: Decimal
    interest: Decimal
    charges: Decimal
    cost: AnnualCost
    subsidised: Decimal = ZERO

    @property
    def paid(self) -> Decimal:
        """All that the borrower bears if on time: without what others bear of the interest."""
        return self.principal + self.interest - self.subsidised + self.charges


def disclose(terms: Terms, schedule: Schedule) -> Disclosure:
    """The disclosure of a loan."""
    planned = planned_charges(terms, schedule.instalments)
    subsidies = _subsidy_sums(terms, schedule)
    lent = terms.principal + total(tranche.amount for tranche in terms.draws.tranches)
    return Disclosure(
        items=(
            _interest(terms, schedule, subsidies),
            *_subsidies(terms, subsidies),
            *_charges(terms, planned),
            *_lateness(terms),
        ),
        received=lent - deducted_from(terms, schedule.instalments),
        principal=lent,
        interest=schedule.interest,
        charges=total(made.borne for made in planned),
        cost=loan_cost(terms, schedule),
        subsidised=total(subsidies),
    )


def _subsidy_sums(terms: Terms, schedule: Schedule) -> tuple[Decimal, ...]:
    """What each subsidy bears of the interest over the whole loan."""
    parts = planned_parts(terms, schedule.instalments).values()
    return tuple(total(each[place] for each in parts) for place in range(len(terms.interest_shares)))


def _subsidies(terms: Terms, sums: Sequence[Decimal]) -> Iterator[Disclosed]:
    for place, (share, amount) in enumerate(zip(terms.interest_shares, sums, strict=True)):
        yield Disclosed(
            key=f"subsidy_{place + 1}", title=text("of it subsidised", "其中：贴息"), kind="subsidy",
            event="instalment", payer=share.payer, amount=amount, borne=ZERO, rate=share.points or share.share,
            base="rate_points" if share.points else "interest", most=share.most,
            settled="refunded" if share.refunded else "not_billed", in_cost=False, subsidy=share,
        )  # fmt: skip


def _interest(terms: Terms, schedule: Schedule, subsidies: Sequence[Decimal]) -> Disclosed:
    flat = any(phase.interest in {"original_principal", "flat_total"} for phase in terms.phases)
    return Disclosed(
        key="interest",
        title=text("Interest", "利息"),
        kind="interest",
        event="instalment",
        amount=schedule.interest,
        borne=schedule.interest - total(subsidies),
        rate=terms.annual_rate,
        base="principal" if flat else "principal_outstanding",
    )


def _charges(terms: Terms, planned: tuple[Charge, ...]) -> Iterator[Disclosed]:
    for charge in terms.charges:
        made = [each for each in planned if each.terms is charge]
        sure = charge.event in PLANNED_EVENTS
        yield Disclosed(
            key=charge.key, title=charge.title or text(charge.key, charge.key), kind="charge", event=charge.event,
            payer=charge.payer, collector=charge.collector, settled=charge.settled, in_cost=charge.in_cost,
            amount=total(each.amount for each in made) if sure else None,
            borne=total(each.borne for each in made) if sure else None,
            rate=charge.rate, base=charge.base, flat=charge.amount, least=charge.least, most=charge.most, charge=charge,
        )  # fmt: skip


def _lateness(terms: Terms) -> Iterator[Disclosed]:
    """What paying late, paying early or misuse would cost."""
    penalty, prepayment = terms.penalty, terms.prepayment
    yield Disclosed(
        key="penalty", title=text("Penalty interest", "罚息"), kind="penalty", event="overdue",
        rate=overdue_rate(terms.annual_rate, penalty), base="overdue",
    )  # fmt: skip
    yield Disclosed(
        key="misuse", title=text("Penalty interest on misused money", "挪用罚息"), kind="penalty", event="misuse",
        rate=terms.annual_rate * (ONE + penalty.misuse_uplift), base="misused",
    )  # fmt: skip
    if penalty.compound:
        yield Disclosed(
            key="compound", title=text("Interest on unpaid interest", "复利"), kind="compound", event="overdue",
            rate=compound_rate(terms.annual_rate, penalty), base="unpaid_interest",
        )  # fmt: skip
    for rule in penalty.damages:
        fee = rule.component == "fee"
        yield Disclosed(
            key=rule.key, title=text("Late fee", "逾期费用") if fee else text("Liquidated damages", "违约金"),
            kind=rule.component, event="overdue", rate=rule.rate or rule.daily_rate, base=rule.base, flat=rule.amount,
            most=rule.most,
        )  # fmt: skip
    if prepayment.fee_rate or prepayment.fee_steps:
        rates = (prepayment.fee_rate, *(step.fee_rate for step in prepayment.fee_steps))
        yield Disclosed(
            key="early_settlement", title=text("Fee for repaying early", "提前还款手续费"), kind="charge",
            event="early_settlement", rate=max(rates), base="repaid_early",
        )  # fmt: skip


def undisclosed(terms: Terms, key: str) -> Problem | None:
    """Why a charge cannot be booked on a loan: it was not disclosed when the loan was agreed."""
    if any(charge.key == key for charge in terms.charges):
        return None
    known = [say(charge.title, "en") or charge.key for charge in terms.charges]
    chinese = [say(charge.title, "zh") or charge.key for charge in terms.charges]
    return Problem(
        code="lending.undisclosed_charge",
        message=text(
            f"The charge “{key}” was not disclosed when this loan was agreed, so it cannot be booked.",
            f"收费项目“{key}”未在签约时披露，不能入账。",
        ),
        hint=text(f"Disclosed are: {', '.join(known)}.", f"已披露的收费项目：{'、'.join(chinese)}。")
        if known
        else text("No charge was disclosed.", "本借款未披露任何收费项目。"),
        field="charge",
    )
