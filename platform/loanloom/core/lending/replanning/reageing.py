"""Rows of a loan whose debt is put on a new run of instalments: what is open is closed with what it got, the rest of
principal and interest begins anew from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.dates import add_period
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.planning.plan import in_multiples
from loanloom.core.lending.replanning.ending import brought_to
from loanloom.core.lending.replanning.levels import even_out, level_for
from loanloom.core.lending.replanning.loans import changed_rows
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total


@dataclass(frozen=True, slots=True)
class NewRun:
    """The changed and new rows, those that went, and the row that took what these had got."""

    rows: tuple[Instalment, ...]
    removed: tuple[int, ...]
    into: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The new run: from its first due date, so many instalments at such a distance, interest by `handling`."""

    on: date
    first_due: date
    count: int
    every: int
    unit: str
    handling: str


def new_run(loan: Loan, asked: Asked) -> NewRun:
    """The rows after a debt was put on a new run of instalments."""
    plan = brought_to(loan, asked.on)
    planned = list(plan.open_rows)
    apart = {row.number for row in plan.rows if row.fixed}
    still_due = total(row.interest - row.interest_paid for row in planned)
    stub, later = _cut(planned, asked.on)
    borne_open = _interest_to_date(plan, planned, later, stub, asked.on)
    for row in later:
        stub.principal_paid += row.principal_paid
        stub.interest_paid += row.interest_paid
    number = max(row.number for row in plan.rows)
    gone = {row.number for row in later}
    plan.rows[:] = [row for row in plan.rows if row.number not in gone]
    for row in plan.rows:
        if row.extra:
            continue
        if row.number in apart:
            plan.outstanding += row.unpaid
        row.level = row.agreed = row.paid - row.credited_principal - row.credited_interest
        row.principal, row.interest = row.principal_paid, row.interest_paid
    added = _added(asked, stub, number)
    plan.rows += added
    if asked.handling == "default":
        _level(plan, added, asked)
    else:
        _equal(plan, added, borne_open if asked.handling == "payable" else still_due)
    plan.reopen()
    return NewRun(changed_rows(loan, plan), tuple(sorted(gone)), stub.number)


def _cut(planned: list[Row], on: date) -> tuple[Row, list[Row]]:
    """The row that ends on the day (cut there if need be), or the last one, and the rows after it."""
    for place, row in enumerate(planned):
        if row.due_on == on:
            return row, planned[place + 1 :]
        if row.due_on > on:
            row.start_on, row.due_on = min(row.start_on, on), on
            row.renewed = row.renewed or row.start_on == on
            return row, planned[place + 1 :]
    return planned[-1], []


def _interest_to_date(plan: Plan, planned: list[Row], later: list[Row], stub: Row, on: date) -> Decimal:
    """Interest borne and not paid up to the day."""
    money = plan.terms.rounding.apply
    borne = total(row.interest for row in planned if row.due_on < on and row is not stub)
    running = money(stub.carried + stub.credited_interest) if stub.due_on == on else stub.interest
    return max(borne + running - total(row.interest_paid for row in planned), ZERO)


def _added(asked: Asked, stub: Row, number: int) -> list[Row]:
    """The new rows, one after another, numbered after all there ever were."""
    start, rows, rate = stub.due_on, [], stub.rate
    for place in range(asked.count):
        due_on = add_period(asked.first_due, asked.every * place, asked.unit, asked.first_due.day)
        row = Row(number=number + place + 1, start_on=start, due_on=due_on, rate=rate, counted_from=start, renewed=True)
        rows.append(row)
        start = due_on
    return rows


def _level(plan: Plan, rows: list[Row], asked: Asked) -> None:
    """One level instalment for the new run, as if its first period were as long as the others."""
    first = add_period(asked.first_due, -asked.every, asked.unit, asked.first_due.day)
    whole = [Row(number=0, start_on=first, due_on=rows[0].due_on, rate=rows[0].rate), *rows[1:]]
    with plan.arithmetic():
        level = level_for(plan.terms, whole, plan.outstanding)
    for row in rows:
        row.level = row.agreed = level
    plan.settle(asked.on)
    even_out(plan, rows, asked.on)


def _equal(plan: Plan, rows: list[Row], interest: Decimal) -> None:
    """The same principal and the same interest in every row of the new run, cents in the last."""
    money, principal = plan.terms.rounding.apply, plan.outstanding
    share = money(interest / len(rows))
    level = in_multiples(plan.terms, (principal + interest) / len(rows))
    for row in rows:
        last = row is rows[-1]
        row.interest = interest if last else share
        row.principal = principal if last else level - share
        row.level = row.agreed = row.principal + row.interest
        interest -= row.interest
        principal -= row.principal
