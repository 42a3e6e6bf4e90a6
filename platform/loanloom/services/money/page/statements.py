"""The statement of a loan's account: every charge and payment of a stretch of days with the balance after it.

Made from the loan's events alone: wherever the balance changes there is a line, whatever kind of event changed it, so
the last balance is always what the loan owes on the last day. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS, Terms
from loanloom.core.lending.events import EVENT_NAMES, Event
from loanloom.core.lending.events.subsidies import InterestSubsidised, SubsidyWithdrawn
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import position
from loanloom.core.money import ZERO, total

Balance = Mapping[str, Decimal]
PARTS = (*COMPONENTS, "surplus")
NOTHING: Balance = dict.fromkeys(PARTS, ZERO)
NUMBERED = (InterestSubsidised, SubsidyWithdrawn)
"""Events of one instalment whose line names it."""
LATE = ("penalty", "compound", "damages")
"""What grows day by day while something is overdue; shown up to each other line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: what changed the balance, by how much of which component, and what is owed afterwards.

    `what` is due (an instalment's interest or fee fell due), late (penalties up to the day) or an event's name.
    """

    on: date
    what: str
    sequence: int | None = None
    number: int | None = None
    change: Balance
    balance: Balance

    @property
    def charged(self) -> Decimal:
        """What was added to the debt."""
        return total(value for value in self.change.values() if value > 0)

    @property
    def credited(self) -> Decimal:
        """What was taken off the debt."""
        return -total(value for value in self.change.values() if value < 0)

    @property
    def owed(self) -> Decimal:
        """Everything owed after the line, less what is kept for the borrower."""
        return total(self.balance.values())


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of some days, with the balance before them."""

    since: date
    until: date
    opening: Balance
    lines: tuple[Line, ...]

    @property
    def closing(self) -> Balance:
        """What is owed after the last line."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def charged(self) -> Decimal:
        """All that was added."""
        return total(line.charged for line in self.lines)

    @property
    def credited(self) -> Decimal:
        """All that was taken off."""
        return total(line.credited for line in self.lines)


def balance_of(loan: Loan | None, on: date) -> Balance:
    """What a loan owes on a day by component: all principal, and of the rest what is due; money kept counts against."""
    if loan is None:
        return NOTHING
    at = position(loan, on)
    due = {name: at.due.get(name, ZERO) for name in COMPONENTS}
    return due | {"principal": at.principal_outstanding, "surplus": -loan.surplus}


def statement(
    events: Sequence[tuple[int, Event]], since: date, until: date, terms: Terms | None = None
) -> Statement:  # fmt: skip
    """The statement from `since` to `until`, both included, of (sequence, event) in order; `terms` as they hold today
    where the product lets running loans follow it."""
    lines = tuple(_lines([each for each in events if each[1].on <= until], until, terms))
    before = [line for line in lines if line.on < since]
    opening = before[-1].balance if before else NOTHING
    return Statement(since, until, opening, tuple(line for line in lines if line.on >= since))


def _lines(events: Sequence[tuple[int, Event]], until: date, terms: Terms | None) -> Iterator[Line]:
    loan: Loan | None = None
    balance, day = NOTHING, None
    for sequence, event in events:
        if loan is not None and day is not None:
            for line in _days(loan, balance, day, event.on):
                yield line
                balance = line.balance
        loan = evolve(loan, event)
        if terms is not None and loan.terms is not terms:
            loan = replace(loan, terms=terms)
        after, day = balance_of(loan, event.on), event.on
        if changed := _change(balance, after):
            number = event.number if isinstance(event, NUMBERED) else None
            yield Line(
                on=event.on, what=EVENT_NAMES[type(event)], sequence=sequence, number=number, change=changed,
                balance=after,
            )  # fmt: skip
        balance = after
    if loan is not None and day is not None:
        yield from _days(loan, balance, day, until)


def _days(loan: Loan, balance: Balance, after: date, until: date) -> Iterator[Line]:
    """What fell due, and what penalties grew, after one day up to another."""
    dues = {account.instalment.due_on: account.instalment.number for account in loan.accounts}
    for day in (*_between(dues, after, until), until):
        now = balance_of(loan, day)
        grown = {name: now[name] - balance[name] for name in LATE if name in now and now[name] != balance[name]}
        if grown:
            with_late = {**balance, **{name: now[name] for name in grown}}
            yield Line(on=day, what="late", change=grown, balance=with_late)
            balance = with_late
        if fallen := _change(balance, now):
            yield Line(on=day, what="due", number=dues.get(day), change=fallen, balance=now)
        balance = now


def _between(days: Iterable[date], after: date, until: date) -> list[date]:
    return sorted(day for day in days if after < day < until)


def _change(before: Balance, after: Balance) -> Balance:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}
