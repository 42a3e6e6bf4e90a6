"""How a receipt goes through what a loan owes: past due, due, then in advance, by the order agreed for its kind.

Works on a `Book`, which says what each instalment can take on the day and is told what it got; for most loans that is
a plain list of debts, for those that recalculate interest a working plan whose debts change while it is paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from loanloom.core.lending.agreed.terms import COMPONENTS, AllocationOrder, AllocationRule
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.money import ZERO, Rounding

TIMINGS = ("past_due", "due", "in_advance")
IN_ADVANCE = frozenset({"next_instalment", "last_instalment", "next_last_instalment", "reamortise"})
"""What a surplus can do besides being kept or refused."""


class Book(Protocol):
    """What can be paid on a day."""

    def rows(self) -> Sequence[tuple[int, date, date]]:
        """Number, first day and due date of every instalment, in order."""

    def owes(self, number: int, component: str, timing: str) -> Decimal:
        """What an instalment can take of a component now."""

    def pay(self, number: int, component: str, amount: Decimal, timing: str) -> None:
        """Money for it."""


def order_for(agreed: AllocationOrder, kind: str, days_past_due: int) -> AllocationRule:
    """The order that holds for a kind of receipt on a loan so many days past due."""
    fitting = [rule for rule in agreed.rules if rule.kind in (None, kind) and days_past_due >= rule.from_days]
    if fitting:
        return max(fitting, key=lambda rule: (rule.kind is not None, rule.from_days))
    return AllocationRule(order=agreed.order, by=agreed.by, buckets=agreed.buckets, surplus=agreed.surplus)


def completed(order: Sequence[str]) -> tuple[str, ...]:
    """An order with the components it does not name at its end."""
    return (*order, *(name for name in COMPONENTS if name not in order))


@dataclass(slots=True)
class Applying:
    """One receipt on its way through a book."""

    book: Book
    rule: AllocationRule
    on: date
    rounding: Rounding
    left: Decimal
    applied: list[Applied] = field(default_factory=list)

    def run(self) -> None:
        """Pay everything the rule lets the receipt pay."""
        for timing, order in self._buckets():
            if self.left <= 0:
                return
            if self.rule.by == "component":
                for component in order:
                    self._through((component,), timing)
            else:
                self._through(order, timing)

    def _buckets(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        orders = {bucket.when: bucket.order for bucket in self.rule.buckets}
        timings = TIMINGS if self.rule.surplus in IN_ADVANCE else TIMINGS[:2]
        for timing in timings:
            yield timing, completed(orders.get(timing, self.rule.order))

    def _through(self, order: tuple[str, ...], timing: str) -> None:
        """One instalment after another, each by the order, until money or debts run out."""
        while self.left > 0:
            numbers = self._next(order, timing)
            if not numbers:
                return
            before = self.left
            for component in order:
                self._pay_all(numbers, component, timing)
            if self.left == before:
                return

    def _timing(self, due_on: date) -> str:
        return "past_due" if due_on < self.on else "due" if due_on == self.on else "in_advance"

    def _next(self, order: tuple[str, ...], timing: str) -> list[int]:
        """The instalments that the money goes to now: one, or all later ones when it is spread."""
        rows = [row for row in self.book.rows() if self._timing(row[2]) == timing]
        surplus = self.rule.surplus if timing == "in_advance" else "next_instalment"
        if surplus == "last_instalment":
            rows.reverse()
        elif surplus == "next_last_instalment":
            running = [row for row in rows if row[1] <= self.on]
            rows = running + [row for row in reversed(rows) if row not in running]
        owing = (row[0] for row in rows if any(self.book.owes(row[0], name, timing) > 0 for name in order))
        if surplus == "reamortise":
            return list(owing)
        first = next(owing, None)
        return [] if first is None else [first]

    def _pay_all(self, numbers: list[int], component: str, timing: str) -> None:
        """One component of the instalments; among several the money is shared out evenly, the last takes the cents."""
        share = self.rounding.apply(self.left / len(numbers))
        rest = self.left - share * len(numbers)
        for place, number in enumerate(numbers):
            portion = share + rest if place == len(numbers) - 1 else share
            amount = min(portion, self.left, self.book.owes(number, component, timing))
            if amount > 0:
                self.book.pay(number, component, amount, timing)
                self.applied.append(Applied(number, component, amount))
                self.left -= amount


@dataclass(slots=True)
class Debts:
    """A book whose debts stand still: what each instalment owes, by component."""

    found: Sequence[tuple[int, date, date]]
    amounts: dict[int, dict[str, Decimal]]

    def rows(self) -> Sequence[tuple[int, date, date]]:
        """Number, first day and due date of every instalment, in order."""
        return self.found

    def owes(self, number: int, component: str, _timing: str) -> Decimal:
        """What is still owed of a component."""
        return self.amounts[number].get(component, ZERO)

    def pay(self, number: int, component: str, amount: Decimal, _timing: str) -> None:
        """Money for it."""
        self.amounts[number][component] -= amount
