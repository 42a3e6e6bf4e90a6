"""What a change makes of a loan, side by side: figures before and after, and the schedule row by row. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.arrears import position
from loanloom.core.lending.records import to_record
from loanloom.core.money import ZERO, total

SHOWN = ("due_on", "principal", "interest", "fee")
"""What is compared of an instalment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A loan in a few figures on a day."""

    principal_outstanding: Decimal
    due: Decimal
    overdue_days: int
    next_due_on: date | None
    next_payment: Decimal
    instalments_left: int
    interest_to_come: Decimal
    matures_on: date
    surplus: Decimal
    settled: bool

    def record(self) -> dict[str, Any]:
        """As it is kept beside the decision."""
        kept: dict[str, Any] = to_record(self)
        return kept


def figures(loan: Loan, on: date) -> Figures:
    """The figures of a loan on a day."""
    at = position(loan, on)
    ahead = [account for account in loan.accounts if account.open and account.instalment.due_on > on]
    return Figures(
        principal_outstanding=at.principal_outstanding,
        due=at.due_total,
        overdue_days=at.arrears.days_past_due,
        next_due_on=at.next_due_on,
        next_payment=at.next_payment,
        instalments_left=len(ahead),
        interest_to_come=total(account.interest_unpaid for account in ahead),
        matures_on=loan.matures_on,
        surplus=loan.surplus,
        settled=loan.settled_on is not None,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment before and after; `state` is same, changed, added or removed, `changed` names what differs."""

    number: int
    before: Account | None
    after: Account | None
    state: str
    changed: frozenset[str] = frozenset()


def compare(before: Loan, after: Loan) -> tuple[Row, ...]:
    """The two schedules by instalment."""
    was = {account.instalment.number: account for account in before.accounts}
    now = {account.instalment.number: account for account in after.accounts}
    return tuple(_row(number, was.get(number), now.get(number)) for number in sorted(was.keys() | now.keys()))


def _row(number: int, before: Account | None, after: Account | None) -> Row:
    if before is None:
        return Row(number, None, after, "added")
    if after is None:
        return Row(number, before, None, "removed")
    changed = frozenset(name for name in SHOWN if _shown(before, name) != _shown(after, name))
    if paid(before) != paid(after):
        changed |= {"paid"}
    return Row(number, before, after, "changed" if changed else "same", changed)


def _shown(account: Account, name: str) -> Any:
    return account.fee if name == "fee" else getattr(account.instalment, name)


def paid(account: Account) -> Decimal:
    """All that was paid on an instalment."""
    return total(paid_parts(account))


def paid_parts(account: Account) -> Iterable[Decimal]:
    """What was paid, component by component."""
    names = (name for name in account.__dataclass_fields__ if name.endswith("_paid"))
    return (getattr(account, name) or ZERO for name in names)
