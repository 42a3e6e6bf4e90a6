"""Relief 减免: debt that is due is given up, interest is reduced; waivers on condition revive when it is broken.

Each relief is an entry of its own; principal is never given up here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, bad_amount, closing, refusal_of, refused
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.agreements import PlanAgreed
from loanloom.core.lending.events.relief import Waived, WaiverConfirmed, WaiverRevived
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied, Due
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replan import ahead
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import ONE, ZERO, formatted, total
from loanloom.problems import text

WAIVABLE = tuple(component for component in COMPONENTS if component != "principal")
"""What may be given up; principal is written off, never waived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(Command):
    """Let the borrower off fees, penalties or interest that are due.

    By `amounts` or by `shares` (0.5: half) of what is due of each component. With `until` the waiver is conditional:
    it revives if an instalment that falls due before that day stays unpaid for more than `grace_days`.
    """

    on: date
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    until: date | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReduceInterest(Command):
    """Let the borrower off interest: first of what is due, oldest first, then of the instalments to come."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWaivers(Command):
    """See whether the conditions of waivers were kept: broken ones revive, kept ones are final."""

    on: date


def waived_parts(dues: tuple[Due, ...], amounts: Mapping[str, Decimal]) -> tuple[Applied, ...]:
    """The amounts spread over what is due, oldest instalment first."""
    return tuple(part for component, amount in amounts.items() for part in _spread(dues, component, amount))


def _spread(dues: tuple[Due, ...], component: str, amount: Decimal) -> Iterator[Applied]:
    for due in dues:
        part = min(amount, due.amounts.get(component, ZERO))
        if part > 0:
            yield Applied(due.number, component, part)
            amount -= part


def asked_amounts(
    loan: Loan, dues: tuple[Due, ...], amounts: Mapping[str, Decimal], shares: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """What is asked of each component: the amounts, and the shares of what is due, rounded once for each component."""
    found = dict(amounts)
    for component, share in shares.items():
        due = total(each.amounts.get(component, ZERO) for each in dues)
        found[component] = found.get(component, ZERO) + loan.terms.rounding.apply(due * share)
    return {component: amount for component, amount in found.items() if amount}


def waiver_refused(
    loan: Loan, amounts: Mapping[str, Decimal], shares: Mapping[str, Decimal], on: date
) -> Decision | None:
    """What is wrong with a waiver: components, shares, amounts beyond what is due."""
    for component in (*amounts, *shares):
        if component not in WAIVABLE:
            return refused(
                "lending.not_waivable",
                text(
                    f"'{component}' cannot be waived; principal is written off.",
                    f"“{component}”不能减免，本金须走核销。",
                ),
                field="amounts" if component in amounts else "shares",
            )
    if any(not share.is_finite() or not 0 <= share <= ONE for share in shares.values()):
        return refused(
            "lending.share_out_of_range",
            text("A share lies between 0 and 1.", "减免比例须在 0 与 1 之间。"),
            field="shares",
        )
    if any(
        not amount.is_finite() or amount < 0 or not loan.terms.rounding.holds(amount) for amount in amounts.values()
    ):
        wrong = next(iter(amounts.values()))
        return bad_amount(wrong, loan.terms)
    dues = owed(loan, on)
    for component, amount in asked_amounts(loan, dues, amounts, shares).items():
        due = total(each.amounts.get(component, ZERO) for each in dues)
        if amount > due:
            digits = loan.terms.rounding.digits
            return refused(
                "lending.more_than_due",
                text(
                    f"Only {formatted(due, digits)} of {component} is due on {on}.",
                    f"{on} 应收的该项金额仅 {formatted(due, digits)}。",
                ),
                field="amounts" if component in amounts else "shares",
            )
    return None


def _waive(loan: Loan, command: Waive) -> Decision:
    refusal = refusal_of(loan, command.on, None) or waiver_refused(loan, command.amounts, command.shares, command.on)
    if refusal:
        return refusal
    dues = owed(loan, command.on)
    parts = waived_parts(dues, asked_amounts(loan, dues, command.amounts, command.shares))
    if not parts:
        return refused(
            "lending.nothing_to_waive",
            text("Nothing of this is due.", "没有可减免的应收款项。"),
            field="amounts",
        )
    if command.until is not None and command.until <= command.on:
        return refused(
            "lending.condition_in_the_past",
            text("The condition ends later than today.", "附条件期限须晚于当日。"),
            field="until",
        )
    event = Waived(on=command.on, applied=parts, until=command.until, grace_days=max(command.grace_days, 0))
    return Decision(closing(loan, (event,), command.on))


# --- interest ------------------------------------------------------------


def _reduce(loan: Loan, command: ReduceInterest) -> Decision:
    refusal = refusal_of(loan, command.on, command.amount)
    if refusal:
        return refusal
    dues = owed(loan, command.on)
    due = total(each.amounts.get("interest", ZERO) for each in dues)
    rows = _reduced_rows(loan, command.on, max(command.amount - due, ZERO))
    reach = due + total(before.interest - row.interest for before, row in rows)
    if command.amount > reach:
        digits = loan.terms.rounding.digits
        return refused(
            "lending.more_than_interest",
            text(
                f"Only {formatted(reach, digits)} of interest can still be reduced.",
                f"最多只能再减免利息 {formatted(reach, digits)}。",
            ),
            field="amount",
        )
    events: list[Event] = []
    parts = waived_parts(dues, {"interest": min(command.amount, due)})
    if parts:
        events.append(Waived(on=command.on, applied=parts, reason="interest_reduction"))
    if rows:
        made = tuple(row for _, row in rows)
        events.append(_from_here(loan, command.on, made))
    return Decision(closing(loan, tuple(events), command.on))


def _from_here(loan: Loan, on: date, changed: tuple[Instalment, ...]) -> PlanAgreed:
    """The plan with some rows changed."""
    made = {row.number: row for row in changed}
    first = min(made)
    rows = tuple(
        made.get(account.instalment.number, account.instalment)
        for account in loan.accounts
        if account.instalment.number >= first
    )
    return PlanAgreed(on=on, reason="interest_reduction", from_number=first, instalments=rows)


def _reduced_rows(loan: Loan, on: date, amount: Decimal) -> list[tuple[Instalment, Instalment]]:
    """Coming instalments with less interest, soonest first; what accrues day by day shrinks in proportion. Where
    interest follows what is outstanding, only what is due can be reduced."""
    found: list[tuple[Instalment, Instalment]] = []
    for account in () if follows(loan) else ahead(loan, on):
        row, part = account.instalment, min(amount, account.interest_unpaid)
        if part > 0:
            share = (row.interest - part) / row.interest
            found.append(
                (row, row._replace(interest=row.interest - part, base=row.base * share, carried=row.carried * share))
            )
            amount -= part
    return found


# --- conditions ------------------------------------------------------------


def _check(loan: Loan, command: CheckWaivers) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    events: list[Event] = []
    for day in dict.fromkeys(waiver.on for waiver in loan.circumstances.waivers):
        group = [waiver for waiver in loan.circumstances.waivers if waiver.on == day]
        late = _late_since(loan, day, command.on)
        if any(late > waiver.grace_days for waiver in group):
            parts = tuple(part for waiver in group for part in waiver.applied)
            events.append(WaiverRevived(on=command.on, granted_on=day, applied=parts))
        elif all(waiver.until <= command.on for waiver in group):
            events.append(WaiverConfirmed(on=command.on, granted_on=day))
    return Decision(tuple(events))


def _late_since(loan: Loan, day: date, on: date) -> int:
    """Days past due of the oldest instalment that has fallen due after a day and is not paid."""
    due = [account.instalment.due_on for account in loan.accounts if account.open]
    return max(((on - each).days for each in due if day < each <= on), default=0)


DECIDES: Mapping[type[Command], Decide] = {Waive: _waive, ReduceInterest: _reduce, CheckWaivers: _check}
