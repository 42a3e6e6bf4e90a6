"""Reading loans: the page of one loan with everything behind it, on today's business date or any day before.

Figures of a past day come from the loan's events up to that day, so they never change. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.core.lending.arrears import Position, due_of, position
from loanloom.core.lending.cost import AnnualCost
from loanloom.core.lending.decisions import Payoff, payoff
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.money import ZERO
from loanloom.engines import products
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import loan_rows
from loanloom.store import tables

LOAN = text("loan", "借据")


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One instalment on a day: what was planned, what is paid, what is owed, how it stands."""

    account: Account
    due: Mapping[str, Decimal]
    state: str  # future, due, overdue, partly_paid, paid

    @property
    def owed(self) -> Decimal:
        """All that this instalment owes on the day, penalties included."""
        return sum(self.due.values(), ZERO)


@dataclass(frozen=True, slots=True)
class LoanPage:
    """One loan on one day, with what led to it."""

    row: RowMapping
    on: date
    is_past: bool
    loan: Loan
    position: Position
    schedule: tuple[ScheduleRow, ...]
    payoff: Payoff
    cost: AnnualCost | None
    customer: RowMapping
    application: RowMapping
    contract: RowMapping
    disbursement: RowMapping
    events: tuple[tuple[RowMapping, Event], ...]
    repayments: Sequence[RowMapping]
    entries: Sequence[tuple[RowMapping, Sequence[RowMapping]]]
    classes: Sequence[RowMapping]


def page(ctx: Context, loan_id: int, on: date | None = None) -> LoanPage:
    """Everything about a loan the actor may see, as of `on` (today unless given; not before it was paid out)."""
    ctx.require("loan.read", "money.read", "portal.use")
    with ctx.transaction() as connection:
        kept = _seen(ctx, connection, loan_id)
        day = _day(ctx, kept.row, on)
        events = loan_rows.events_of(connection, loan_id)
        past = day < ctx.business_date
        loan = _as_of(ctx, kept, [event for _, event in events], day) if past else kept.loan
        return LoanPage(
            row=kept.row,
            on=day,
            is_past=past,
            loan=loan,
            position=position(loan, day),
            schedule=tuple(_schedule_row(loan, account, day) for account in loan.accounts),
            payoff=payoff(loan, day),
            cost=_cost(events[0][1]),
            customer=_one(connection, tables.customer, kept.row["customer_id"]),
            application=_one(connection, tables.application, kept.row["application_id"]),
            contract=_one(connection, tables.contract, kept.row["contract_id"]),
            disbursement=_all(connection, tables.disbursement, loan_id)[0],
            events=tuple(each for each in events if each[1].on <= day),
            repayments=[row for row in _repayments(connection, loan_id) if row["repaid_on"] <= day],
            entries=[each for each in entries_of(connection, loan_id) if each[0]["business_date"] <= day],
            classes=[row for row in _all(connection, tables.loan_class, loan_id) if row["classed_on"] <= day],
        )


def _seen(ctx: Context, connection: Connection, loan_id: int) -> loan_rows.Kept:
    found = loan_rows.load(ctx, connection, [loan_id], lock=False)
    if not found:
        raise NotFound(LOAN)
    scope.check_visible(ctx, found[0].row, LOAN)
    return found[0]


def _day(ctx: Context, row: RowMapping, on: date | None) -> date:
    day = on or ctx.business_date
    if row["disbursed_on"] <= day <= ctx.business_date:
        return day
    raise Refused(
        Problem(
            code="loan.day_out_of_life",
            message=text(
                f"Choose a day from {row['disbursed_on']} to {ctx.business_date}.",
                f"请选择 {row['disbursed_on']} 至 {ctx.business_date} 之间的日期。",
            ),
            field="on",
        )
    )


def _as_of(ctx: Context, kept: loan_rows.Kept, events: list[Event], day: date) -> Loan:
    loan = replay(events, until=day)
    assert loan is not None
    return Loan(
        terms=kept.loan.terms,
        accounts=loan.accounts,
        surplus=loan.surplus,
        settled_on=loan.settled_on,
        last_event_on=loan.last_event_on,
    )


def _schedule_row(loan: Loan, account: Account, day: date) -> ScheduleRow:
    row = account.instalment
    due = due_of(account, loan.terms, day)
    if row.due_on > day:
        state = "paid" if not account.open else "future"
        return ScheduleRow(account, {}, state)
    touched = account.principal_paid or account.interest_paid
    if not account.open and not due.total:
        state = "paid"
    elif account.open and row.due_on < day:
        state = "overdue"
    else:
        state = "partly_paid" if touched else "due"
    return ScheduleRow(account, due.amounts, state)


def _cost(disbursed: Event) -> AnnualCost | None:
    terms = getattr(disbursed, "terms", None)
    return products.preview_terms(terms).cost if terms is not None else None


def _one(connection: Connection, table: Any, row_id: int) -> RowMapping:
    return connection.execute(select(table).where(table.c.id == row_id)).mappings().one()


def _all(connection: Connection, table: Any, loan_id: int) -> Sequence[RowMapping]:
    return connection.execute(select(table).where(table.c.loan_id == loan_id).order_by(table.c.id)).mappings().all()


def _repayments(connection: Connection, loan_id: int) -> Sequence[RowMapping]:
    repayment, receipt = tables.repayment, tables.receipt
    query = (
        select(
            repayment, receipt.c.number.label("receipt_number"), receipt.c.channel, receipt.c.reference, receipt.c.note
        )
        .outerjoin(receipt, receipt.c.id == repayment.c.receipt_id)
        .where(repayment.c.loan_id == loan_id)
        .order_by(repayment.c.id)
    )
    return connection.execute(query).mappings().all()


def entries_of(connection: Connection, loan_id: int) -> list[tuple[RowMapping, list[RowMapping]]]:
    """The journal entries of one loan with their lines; a day's interest is booked for a whole product at once."""
    entry, line = tables.journal_entry, tables.journal_line
    own = select(entry).where(entry.c.loan_id == loan_id).order_by(entry.c.id)
    entries = connection.execute(own).mappings().all()
    lines: dict[int, list[RowMapping]] = {row["id"]: [] for row in entries}
    query = select(line).where(line.c.journal_entry_id.in_(lines)).order_by(line.c.journal_entry_id, line.c.line_number)
    for row in connection.execute(query).mappings():
        lines[row["journal_entry_id"]].append(row)
    return [(row, lines[row["id"]]) for row in entries]
