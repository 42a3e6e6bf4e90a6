"""Level instalments of a working plan: solving them for any rows and balance, and evening out the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.plan import in_multiples
from loanloom.core.lending.replanning.bearing import growth, nominal_growth
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ONE, ZERO

_ROUNDS = 3


def level_for(terms: Terms, rows: Sequence[Row], balance: Decimal) -> Decimal:
    """The instalment that repays `balance` over the rows, each at its own length and rate."""
    grown, summed = ONE, ONE
    for place, row in enumerate(rows):
        if terms.instalment_by == "periods":
            rate = growth(terms, row.start_on, row.due_on, row.rate)
        else:
            rate = nominal_growth(terms, row.start_on, row.due_on, row.rate)
        grown *= rate
        if place:
            summed = ONE + summed * rate
    return in_multiples(terms, grown * balance / summed)


def relevel(plan: Plan, rows: Sequence[Row], balance: Decimal, on: date, *, even: bool = True) -> None:
    """Give the rows one new level; those that have got more already keep theirs."""
    with plan.arithmetic():
        level = level_for(plan.terms, rows, balance)
        for row in rows:
            if level >= row.paid:
                row.level = row.agreed = level
    plan.settle(on)
    if even:
        even_out(plan, rows, on)


def _difference(rows: Sequence[Row]) -> tuple[Decimal, Decimal, int]:
    """How far the last open row is from the one before it; that one's level; rows that cannot be changed."""
    for before, last in reversed(list(pairwise(rows))):
        if not last.settled and not before.settled:
            stuck = sum(row.paid > before.level for row in rows)
            return last.level - before.level, before.level, stuck
    return ZERO, rows[0].level if rows else ZERO, 0


def even_out(plan: Plan, rows: Sequence[Row], on: date) -> None:
    """Spread a remainder of the last row over all of them while that makes it smaller, three times at most."""
    numbers = [row.number for row in rows]
    for _ in range(_ROUNDS):
        current = [plan.row(number) for number in numbers]
        difference, level, stuck = _difference(current)
        count = len(current)
        lowest = Decimal(count // 2).scaleb(-plan.terms.rounding.digits)
        if not difference or abs(difference) <= lowest:
            return
        with plan.arithmetic():
            step = plan.terms.rounding.apply(difference / max(count - stuck, 1))
            wanted = in_multiples(plan.terms, level + step)
        if wanted == level:
            return
        trial = plan.copy()
        for number in numbers:
            row = trial.row(number)
            if wanted >= row.paid:
                row.level = row.agreed = wanted
        trial.settle(on)
        after = _difference([trial.row(number) for number in numbers])[0]
        if abs(after) >= abs(difference):
            return
        plan.rows[:] = trial.rows
