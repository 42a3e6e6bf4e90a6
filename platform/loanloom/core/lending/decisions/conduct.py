"""Misuse 挪用 and interest in suspense: what the borrower's conduct does to what a loan bears, or to what is income."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, bad_amount, refusal_of, refused
from loanloom.core.lending.events.conduct import InterestRestored, InterestSuspended, MisusedPart, MisuseFound
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.arrears import arrears, due_of, interest_accrued
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import ZERO, formatted, total
from loanloom.problems import text

SuspenseEvent = TypeVar("SuspenseEvent", InterestSuspended, InterestRestored)
SUSPENDED = ("interest", "penalty", "compound", "damages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misuse(Command):
    """Note that money was not used as agreed: that principal bears the misuse rate from this day (zero: put right)."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendInterest(Command):
    """Keep interest in suspense once the loan is more than so many days past due."""

    on: date
    after_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreInterest(Command):
    """Take interest out of suspense again once nothing is overdue."""

    on: date


def _misuse(loan: Loan, command: Misuse) -> Decision:
    refusal = refusal_of(loan, command.on, None) or _misuse_refused(loan, command)
    if refusal:
        return refusal
    parts = tuple(_parts(loan, command.amount))
    rows = tuple(_rows(loan, {part.number: part.amount for part in parts}, command.on))
    return Decision((MisuseFound(on=command.on, amount=command.amount, parts=parts, rows=rows),))


def _misuse_refused(loan: Loan, command: Misuse) -> Decision | None:
    amount = command.amount
    if follows(loan):
        return refused(
            "lending.follows_payments",
            text("On this loan interest follows what is outstanding.", "本笔借款按实际余额计息，不能单独认定挪用。"),
        )
    if not loan.principal_outstanding:
        return refused("lending.nothing_due", text("No principal is outstanding.", "已无未还本金。"))
    if not amount.is_finite() or amount < 0 or not loan.terms.rounding.holds(amount):
        return bad_amount(amount, loan.terms)
    if amount == loan.circumstances.misused:
        return refused(
            "lending.misuse_unchanged",
            text("This is what is noted already.", "与已认定金额相同。"),
            field="amount",
        )
    if amount > loan.principal_outstanding:
        left = formatted(loan.principal_outstanding, loan.terms.rounding.digits)
        return refused(
            "lending.more_than_outstanding",
            text(f"Only {left} of principal is outstanding.", f"未还本金仅 {left}。"),
            field="amount",
        )
    return None


def _parts(loan: Loan, amount: Decimal) -> Iterator[MisusedPart]:
    """Which principal was misused: that of the last instalments, which stays outstanding longest."""
    for account in reversed(loan.accounts):
        part = min(account.principal_unpaid, amount)
        if part > 0:
            yield MisusedPart(account.instalment.number, part)
            amount -= part


def _rows(loan: Loan, parts: Mapping[int, Decimal], on: date) -> Iterator[Instalment]:
    """Instalments ahead with the contract's interest on what is used as agreed only: the rest bears the misuse rate."""
    for account in loan.accounts:
        row = account.instalment
        if row.due_on > on:
            now = total(amount for number, amount in parts.items() if number >= row.number)
            before = total(each.late.misused for each in loan.accounts if each.instalment.number >= row.number)
            if now != before:
                yield _bearing(account, on, now - before, loan)


def _bearing(account: Account, on: date, removed: Decimal, loan: Loan) -> Instalment:
    """A row from whose base some is taken for the days that are left of its period (or put back, if negative)."""
    row = account.instalment
    start = max(on, row.start_on)
    days = max((start - (row.counted_from or row.start_on)).days, 0)
    borne = row.carried + row.base * row.annual_rate * days / row.daily_basis
    rest = max(row.interest - borne, ZERO)
    each = rest / row.base if row.base > 0 else row.annual_rate * (row.due_on - start).days / row.daily_basis
    left = max(row.base - removed, ZERO)
    interest = max(loan.terms.rounding.apply(row.interest - each * (row.base - left)), account.interest_paid)
    return row._replace(
        base=left, interest=interest, carried=borne, counted_from=start if start > row.start_on else None
    )


# --- suspense ------------------------------------------------------------


def _unpaid(loan: Loan, on: date) -> dict[str, Decimal]:
    """What is accrued and not paid, by component."""
    rounding = loan.terms.rounding
    accrued = total(
        interest_accrued(account.instalment, on, rounding) - account.interest_paid for account in loan.accounts
    )
    dues = [due_of(account, loan.terms, on).amounts for account in loan.accounts if account.instalment.due_on <= on]
    found = {name: total(each[name] for each in dues) for name in SUSPENDED}
    return found | {"interest": max(accrued, ZERO)}


def _amounts_of(loan: Loan, event: SuspenseEvent) -> SuspenseEvent:
    """The event with what is accrued and not paid on its day."""
    found = _unpaid(loan, event.on)
    return replace(
        event,
        interest=found["interest"],
        penalty=found["penalty"],
        compound=found["compound"],
        damages=found["damages"],
    )


def _suspend(loan: Loan, command: SuspendInterest) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    if loan.circumstances.suspended_on is not None:
        return refused(
            "lending.suspended_already",
            text(
                f"Interest is in suspense since {loan.circumstances.suspended_on}.",
                f"利息自 {loan.circumstances.suspended_on} 起已停止确认收入。",
            ),
        )
    late = arrears(loan, command.on).days_past_due
    if late <= command.after_days:
        return refused(
            "lending.not_late_enough",
            text(
                f"The loan is {late} days past due; interest is suspended after {command.after_days}.",
                f"借款逾期 {late} 天，超过 {command.after_days} 天方可停止确认利息收入。",
            ),
        )
    return Decision((_amounts_of(loan, InterestSuspended(on=command.on)),))


def _restore(loan: Loan, command: RestoreInterest) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    if loan.circumstances.suspended_on is None:
        return refused("lending.not_suspended", text("Interest is not in suspense.", "利息未停止确认收入。"))
    late = arrears(loan, command.on).days_past_due
    if late:
        return refused(
            "lending.still_late",
            text(f"The loan is still {late} days past due.", f"借款仍逾期 {late} 天。"),
        )
    return Decision((_amounts_of(loan, InterestRestored(on=command.on)),))


DECIDES: Mapping[type[Command], Decide] = {Misuse: _misuse, SuspendInterest: _suspend, RestoreInterest: _restore}
