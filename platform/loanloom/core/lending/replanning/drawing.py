"""What another draw makes of the rows: levels solved on the plan as if everything were paid when due, then put over the
plan as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from loanloom.core.dates import add_period
from loanloom.core.lending.circumstances import Draw
from loanloom.core.lending.planning.plan import in_multiples
from loanloom.core.lending.replanning.bearing import interest_of
from loanloom.core.lending.replanning.levels import relevel
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total


def counts_from(plan: Plan, on: date) -> date:
    """The day from which a draw counts: its own, or the first of the running period where periods are not divided."""
    if not plan.terms.draws.whole_periods:
        return on
    return next((row.start_on for row in plan.open_rows if row.due_on > on), on)


def related(plan: Plan, on: date) -> list[Row]:
    """The rows that a change on a day concerns: those due later; the last one if there is none."""
    return [row for row in plan.open_rows if row.due_on > on] or list(plan.open_rows)[-1:]


def scheduled(plan: Plan, draws: Sequence[Draw], first: Decimal) -> Plan:
    """The plan as if everything were paid when due: agreed levels, every draw on its day, nothing paid."""
    made = plan.copy()
    made.follows_arrears = made.credits_bear = False
    for row in made.open_rows:
        row.principal_paid, row.interest_paid, row.carried, row.counted_from = ZERO, ZERO, ZERO, row.start_on
    start = min(row.start_on for row in made.open_rows)
    made.outstanding = total(row.credited_principal for row in made.open_rows)
    for on, amount in [(start, first), *sorted((each.on, each.planned) for each in draws)]:
        made.advance(on)
        made.outstanding += amount
        for row in made.open_rows:
            row.level = row.agreed
        if made.outstanding:
            made.settle(on)
    return made


def draw(plan: Plan, earlier: Sequence[Draw], first: Decimal, on: date, planned: Decimal) -> None:
    """Draw again on a plan whose interest declines with the balance."""
    on = counts_from(plan, on)
    ideal = scheduled(plan, earlier, first)
    ideal.advance(on)
    ideal.outstanding += planned
    rows = related(ideal, on)
    numbers = {row.number for row in rows}
    before = total(row.unpaid for row in ideal.open_rows if row.number not in numbers)
    relevel(ideal, rows, ideal.outstanding - before, on)
    plan.advance(on)
    plan.outstanding += planned
    for row in related(plan, on):
        row.level = row.agreed = ideal.row(row.number).agreed
        row.level = max(ideal.row(row.number).level, row.paid)
    plan.settle(on)


def draw_own_term(plan: Plan, on: date, planned: Decimal, periods: int) -> None:
    """A draw that runs its own full number of periods: its instalments come on top of those already planned, the last
    ones after them."""
    phase = plan.terms.phases[-1]
    open_rows = list(plan.open_rows)
    running = next((row for row in open_rows if row.start_on <= on < row.due_on), None)
    start = running.start_on if running else open_rows[-1].due_on
    rows, first = [], start
    for place in range(1, periods + 1):
        due_on = add_period(start, phase.every * place, phase.unit, start.day)
        rows.append(Row(number=place, start_on=first, due_on=due_on, rate=open_rows[-1].rate, counted_from=first))
        first = due_on
    own = Plan(plan.terms, rows, follows_arrears=False)
    own.advance(on)
    own.outstanding = planned
    relevel(own, rows, planned, on)
    plan.advance(on)
    plan.outstanding += planned
    known = {(row.start_on, row.due_on): row for row in open_rows}
    number = max(row.number for row in plan.rows)
    for row in rows:
        same = known.get((row.start_on, row.due_on))
        if same is None:
            number += 1
            same = replace(row, number=number, level=ZERO, agreed=ZERO, principal=ZERO, interest=ZERO, carried=ZERO)
            same.counted_from = same.start_on
            plan.rows.append(same)
        same.level += row.level
        same.agreed += row.level
    plan.settle(on)


def draw_flat(plan: Plan, earlier: Sequence[Draw], first: Decimal, on: date, planned: Decimal) -> None:
    """Draw again on a plan with interest on all that was ever drawn: the rest of principal and interest is divided
    alike over the rows to come."""
    start = min(row.start_on for row in plan.open_rows)
    drawn = [(start, first), *((counts_from(plan, each.on), each.planned) for each in earlier)]
    drawn.append((counts_from(plan, on), planned))
    rows = related(plan, drawn[-1][0])
    principal = total(row.principal for row in rows) + planned
    with plan.arithmetic():
        for row in rows:
            borne = total(
                interest_of(plan.terms, row.start_on, row.due_on, amount, row.rate, max(day, row.start_on), row.due_on)
                for day, amount in drawn
            )
            row.interest = plan.terms.rounding.apply(borne)
        whole = principal + total(row.interest for row in rows)
        level = in_multiples(plan.terms, whole / len(rows))
    for row in rows:
        row.level = row.agreed = level
        row.principal = principal if row is rows[-1] else min(level - row.interest, principal)
        row.level = row.principal + row.interest
        principal -= row.principal
    plan.outstanding += planned


def draw_evenly(plan: Plan, on: date, planned: Decimal) -> None:
    """Draw again on a plan without interest: the same addition to every row to come, the last takes the cents."""
    rows = related(plan, on)
    share, left = plan.terms.rounding.apply(planned / len(rows)), planned
    for row in rows[:-1]:
        before = row.principal
        row.principal = in_multiples(plan.terms, row.principal + share)
        left -= row.principal - before
    rows[-1].principal += left
    for row in rows:
        row.level = row.agreed = row.principal + row.interest
    plan.outstanding += planned
