"""Reading loans: the page of one loan on today's business date, any day before or any day to come.

Today comes from the loan's rows alone, so reading costs the same however long the loan has lived; a past day comes
from its events up to that day, a day to come from today's state as if nothing more were paid. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import Payoff, payoff
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.arrears import Position, arrears, due_of, position
from loanloom.core.lending.owing.subsidised import shared_out
from loanloom.core.lending.pricing.cost import AnnualCost
from loanloom.core.lending.records import from_record
from loanloom.core.money import ZERO
from loanloom.engines import products
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import loan_rows
from loanloom.services.money.page import transactions
from loanloom.services.money.page.transactions import Transaction
from loanloom.services.running.plugged import lending_methods
from loanloom.store import tables

LOAN = text("loan", "借据")
PARTS = frozenset({"transactions", "journal", "classes"})
"""What of a page is read only when asked for."""

SHARED = frozenset({"interest_subsidised", "subsidy_withdrawn"})
"""Events by which others bear a part of the interest, or do not after all."""

DAYS_AHEAD = 366
"""How long after maturity a projection may reach."""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One instalment on a day: what was planned, what is paid, what is owed, how it stands; what others bear of its
    interest, and of it what the borrower is never billed for."""

    account: Account
    due: Mapping[str, Decimal]
    state: str  # future, due, overdue, partly_paid, paid
    subsidised: Decimal = ZERO
    not_billed: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        """All that this instalment owes on the day, penalties included."""
        return sum(self.due.values(), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanPage:
    """One loan on one day, with what led to it. `counts`: how many transactions, entries, changes and open changes."""

    row: RowMapping
    on: date
    today: date
    kept: loan_rows.Kept
    loan: Loan
    position: Position
    schedule: tuple[ScheduleRow, ...]
    payoff: Payoff
    cost: AnnualCost | None
    customer: RowMapping
    application: RowMapping
    contract: RowMapping
    disbursement: RowMapping | None
    counts: Mapping[str, int]
    asset_class: str
    classed_on: date | None
    transactions: Sequence[Transaction] = ()
    entries: Sequence[tuple[RowMapping, Sequence[RowMapping]]] = ()
    classes: Sequence[RowMapping] = ()

    @property
    def is_past(self) -> bool:
        """Whether this is how the loan stood."""
        return self.on < self.today

    @property
    def is_future(self) -> bool:
        """Whether this is how the loan will stand if nothing more is paid."""
        return self.on > self.today

    @property
    def repayments(self) -> list[Transaction]:
        """The transactions that paid something; what others bear of the interest stands in the schedule."""
        return [one for one in self.transactions if (one.applied or one.surplus) and one.kind not in SHARED]


def page(ctx: Context, loan_id: int, on: date | None = None, parts: frozenset[str] = PARTS) -> LoanPage:
    """A loan the actor may see, as of `on` (today unless given; not before it was paid out)."""
    ctx.require("loan.read", "money.read", "portal.use")
    with ctx.transaction() as connection:
        kept = seen(ctx, connection, loan_id)
        day = _day(ctx, kept, on)
        loan = as_of(ctx, connection, kept, day)
        classed = _class_on(connection, loan_id, day)
        return LoanPage(
            row=kept.row,
            on=day,
            today=ctx.business_date,
            kept=kept,
            loan=loan,
            position=position(loan, day),
            schedule=_schedule(loan, day),
            payoff=payoff(loan, day),
            cost=_cost(kept),
            customer=_one(connection, tables.customer, kept.row["customer_id"]),
            application=_one(connection, tables.application, kept.row["application_id"]),
            contract=_one(connection, tables.contract, kept.row["contract_id"]),
            disbursement=_first(connection, tables.disbursement, loan_id),
            counts=_counts(connection, loan_id),
            asset_class=classed["asset_class"] if classed else "normal",
            classed_on=classed["classed_on"] if classed else None,
            transactions=transactions.of(connection, loan_id, until=day) if "transactions" in parts else (),
            entries=_entries(connection, loan_id, day) if "journal" in parts else (),
            classes=_classes(connection, loan_id, day) if "classes" in parts else (),
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """What a loan takes on a day: what is due by then if nothing is paid before, and what settles it."""

    on: date
    position: Position
    payoff: Payoff

    @property
    def due(self) -> Decimal:
        """All that is due by then."""
        return self.position.due_total


def quote(ctx: Context, loan_id: int, on: date) -> Quote:
    """What is owed on a day and what would settle the loan then."""
    ctx.require("loan.read", "money.read", "portal.use")
    with ctx.transaction() as connection:
        kept = seen(ctx, connection, loan_id)
        day = _day(ctx, kept, on)
        loan = as_of(ctx, connection, kept, day)
        return Quote(day, position(loan, day), payoff(loan, day))


def seen(ctx: Context, connection: Connection, loan_id: int) -> loan_rows.Kept:
    """The loan, if the actor may see it."""
    found = loan_rows.load(ctx, connection, [loan_id], lock=False)
    if not found:
        raise NotFound(LOAN)
    scope.check_visible(ctx, found[0].row, LOAN)
    return found[0]


def _day(ctx: Context, kept: loan_rows.Kept, on: date | None) -> date:
    day = on or ctx.business_date
    last = max(kept.loan.matures_on, ctx.business_date) + timedelta(days=DAYS_AHEAD)
    if kept.row["disbursed_on"] <= day <= last:
        return day
    raise Refused(
        Problem(
            code="loan.day_out_of_life",
            message=text(
                f"Choose a day from {kept.row['disbursed_on']} to {last}.",
                f"请选择 {kept.row['disbursed_on']} 至 {last} 之间的日期。",
            ),
            field="on",
        )
    )


def as_of(ctx: Context, connection: Connection, kept: loan_rows.Kept, day: date) -> Loan:
    """The loan as it stood, stands or will stand on a day; only a past day asks for the events. One that was
    taken back never was, on any day."""
    if day >= ctx.business_date or kept.row["status"] == "cancelled":
        return kept.loan
    loan = replay(live_events(connection, kept.id), until=day)
    assert loan is not None
    return replace(loan, terms=kept.loan.terms)


def replayed(connection: Connection, kept: loan_rows.Kept) -> Loan:
    """A loan as the sum of its events, under the terms that hold today."""
    loan = replay(live_events(connection, kept.id))
    assert loan is not None
    return replace(loan, terms=kept.loan.terms)


def live_events(connection: Connection, loan_id: int) -> list[Event]:
    """What happened to a loan and was not undone, in the order in which it counts."""
    return [event for _, event in numbered_events(connection, loan_id)]


def numbered_events(connection: Connection, loan_id: int) -> list[tuple[int, Event]]:
    """The same with their sequence numbers."""
    found = [(int(row["sequence"]), event) for row, event in loan_rows.events_of(connection, loan_id)]
    return sorted(found, key=lambda each: (each[1].on, each[0]))


def _schedule(loan: Loan, day: date) -> tuple[ScheduleRow, ...]:
    rows = (_schedule_row(loan, account, day) for account in loan.accounts)
    shares = shared_out(loan, arrears(loan, day).days_past_due, day)
    if not shares:
        return tuple(rows)
    found = ((row, shares[row.account.instalment.number]) for row in rows)
    return tuple(replace(row, subsidised=borne, not_billed=net) for row, (borne, net) in found)


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


def _cost(kept: loan_rows.Kept) -> AnnualCost | None:
    return products.preview_terms(from_record(Terms, kept.row["terms"]), methods=lending_methods()).cost


def _one(connection: Connection, table: Any, row_id: int) -> RowMapping:
    return connection.execute(select(table).where(table.c.id == row_id)).mappings().one()


def _first(connection: Connection, table: Any, loan_id: int) -> RowMapping | None:
    query = select(table).where(table.c.loan_id == loan_id).order_by(table.c.id).limit(1)
    return connection.execute(query).mappings().first()


def _counts(connection: Connection, loan_id: int) -> Mapping[str, int]:
    change, entry = tables.loan_change, tables.journal_entry
    own = select(func.count()).where(change.c.loan_id == loan_id)
    counted = select(
        own.scalar_subquery().label("changes"),
        own.where(change.c.state.in_(("requested", "approved"))).scalar_subquery().label("open_changes"),
        select(func.count()).where(entry.c.loan_id == loan_id).scalar_subquery().label("entries"),
    )
    return dict(connection.execute(counted).mappings().one())


def _class_on(connection: Connection, loan_id: int, day: date) -> RowMapping | None:
    """The last change of the asset class by a day."""
    table = tables.loan_class
    query = select(table).where(table.c.loan_id == loan_id, table.c.classed_on <= day).order_by(table.c.id.desc())
    return connection.execute(query.limit(1)).mappings().first()


def _classes(connection: Connection, loan_id: int, day: date) -> Sequence[RowMapping]:
    table = tables.loan_class
    query = select(table).where(table.c.loan_id == loan_id, table.c.classed_on <= day).order_by(table.c.id)
    return connection.execute(query).mappings().all()


def _entries(connection: Connection, loan_id: int, day: date) -> list[tuple[RowMapping, list[RowMapping]]]:
    return [each for each in entries_of(connection, loan_id) if each[0]["business_date"] <= day]


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
