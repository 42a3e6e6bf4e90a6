"""Journal entries: lines that balance, or a Problem. Amounts are positive; a negative one changes sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.money import ZERO, total
from loanloom.problems import Problem, Text, text


@dataclass(frozen=True, slots=True)
class Line:
    """One account debited or credited; exactly one side is not zero. `unit` is the branch, if not the entry's."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    memo: Text | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Balanced lines of one day. Made by `entry`, so that an unbalanced one cannot exist."""

    on: date
    event: str
    lines: tuple[Line, ...]

    @property
    def debits(self) -> Decimal:
        """The sum of either side."""
        return total(line.debit for line in self.lines)


def line(debit: str, credit: str, amount: Decimal, memo: Text | None = None) -> tuple[Line, ...]:
    """The two lines of a transfer; none for a zero, changed sides for a negative amount."""
    if not amount:
        return ()
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    return Line(debit, amount, ZERO, memo), Line(credit, ZERO, amount, memo)


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of the same account, branch and side added up, in order of appearance."""
    sums: dict[tuple[str, str | None, bool], Line] = {}
    for item in lines:
        key = (item.account, item.unit, item.debit > 0)
        known = sums.get(key)
        sums[key] = replace(known, debit=known.debit + item.debit, credit=known.credit + item.credit) if known else item
    return tuple(sums.values())


def entry(on: date, event: str, lines: Iterable[Line]) -> Entry | Problem:
    """An entry, if its lines balance and each has one positive side."""
    kept = tuple(lines)
    debited, credited = total(item.debit for item in kept), total(item.credit for item in kept)
    if debited != credited or any(min(item.debit, item.credit) != 0 or item.debit + item.credit <= 0 for item in kept):
        return Problem(
            code="ledger.unbalanced",
            message=text(
                f"The entry for {event} does not balance: debits {debited}, credits {credited}.",
                f"{event} 的分录借贷不平：借方 {debited}，贷方 {credited}。",
            ),
        )
    return Entry(on, event, kept)
