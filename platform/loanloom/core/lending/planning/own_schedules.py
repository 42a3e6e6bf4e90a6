"""Schedules agreed row by row: typed in, imported from a file or taken over from an old system; and what makes one
complete.

Rows must follow one another after the day of disbursement, hold money, and repay exactly what was lent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from loanloom.core.lending.agreed.terms import Phase, PlannedRow, Terms
from loanloom.core.lending.planning.schedule import down_payment
from loanloom.core.money import ONE, ZERO, Rounding, formatted, total
from loanloom.problems import Problem, Text, text

BY_AMOUNT = ("own", "amount_plan")
"""Principal rules that take the amounts of their rows as they are."""


def own_phase(rows: Sequence[PlannedRow], *, interest: str = "declining_balance") -> Phase:
    """The phase of a schedule that was agreed row by row; interest is computed where a row does not fix it."""
    return Phase(periods=len(rows), principal="own", interest=interest, rows=tuple(rows))


def row_problems(terms: Terms) -> tuple[Problem, ...]:
    """What is wrong with the rows of every phase that has some."""
    found: list[Problem] = []
    start = terms.start_on
    for place, phase in enumerate(terms.phases):
        if phase.rows:
            found += _order(phase, place, start)
            found += _amounts(phase, place, terms.rounding)
            start = phase.rows[-1].due_on
    if len(terms.phases) == 1 and terms.phases[0].rows and not found:
        found += _sum(terms, terms.phases[0])
    return tuple(found)


def _wrong(code: str, place: int, row: int | None, message: Text, hint: Text | None = None) -> Problem:
    field = f"phases.{place}.rows" if row is None else f"phases.{place}.rows.{row}"
    return Problem(code=f"lending.{code}", field=field, message=message, hint=hint)


def _order(phase: Phase, place: int, start: date) -> Iterator[Problem]:
    days = [start, *(row.due_on for row in phase.rows)]
    for number, (before, day) in enumerate(pairwise(days), 1):
        if day <= before:
            yield _wrong(
                "row_out_of_order", place, number - 1,
                text(f"Row {number} falls due on {day}, not after {before}.",
                     f"第 {number} 行到期日 {day} 未晚于 {before}。"),
                text("Rows follow one another by date, after the disbursement.", "各行须按日期递增，且晚于放款日。"),
            )  # fmt: skip


def _amounts(phase: Phase, place: int, rounding: Rounding) -> Iterator[Problem]:
    percent = phase.principal == "percent_plan"
    for number, row in enumerate(phase.rows, 1):
        fits = row.principal.is_finite() if percent else rounding.holds(row.principal)
        if not fits or row.principal < 0 or not _is_interest(row.interest, rounding):
            yield _wrong(
                "row_amount_unusable", place, number - 1,
                text(f"Row {number} holds an amount that is negative or has too many decimals.",
                     f"第 {number} 行金额为负或小数位过多。"),
            )  # fmt: skip


def _is_interest(interest: Decimal | None, rounding: Rounding) -> bool:
    return interest is None or (rounding.holds(interest) and interest >= 0)


def _sum(terms: Terms, phase: Phase) -> Iterator[Problem]:
    planned = total(row.principal for row in phase.rows)
    if phase.principal == "percent_plan":
        if planned != ONE:
            percent = formatted(planned * 100, 4)
            yield _wrong(
                "plan_not_whole", 0, None,
                text(f"The shares come to {percent}%, not 100%.", f"各期比例合计 {percent}%，应为 100%。"),
            )  # fmt: skip
        return
    if phase.principal not in BY_AMOUNT:
        return
    joined = total(draw.amount - down_payment(terms, draw.amount) for draw in terms.draws.tranches if not draw.phases)
    wanted = terms.principal - down_payment(terms, terms.principal) + joined
    if planned != wanted:
        digits = terms.rounding.digits
        missing = wanted - planned
        yield _wrong(
            "plan_not_whole", 0, None,
            text(f"The rows repay {formatted(planned, digits)}, the loan is {formatted(wanted, digits)}.",
                 f"各行本金合计 {formatted(planned, digits)}，借款本金为 {formatted(wanted, digits)}。"),
            text(f"{formatted(abs(missing), digits)} is {'missing' if missing > ZERO else 'too much'}.",
                 f"{'少' if missing > ZERO else '多'} {formatted(abs(missing), digits)}。"),
        )  # fmt: skip
