"""Between loan rows and the core's loan: reading (locked where it is about to change) and saving, many at a time.

The number of statements does not depend on the number of loans. Decides nothing and posts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.core.lending.arrears import owed, penalties, position
from loanloom.core.lending.circumstances import ORDINARY, Circumstances
from loanloom.core.lending.events import EVENT_NAMES, EVENTS, Event
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.penalties import NEVER_LATE, Lateness
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.lending.schedule import Instalment
from loanloom.core.lending.terms import Terms
from loanloom.core.money import ZERO, total
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.store import bulk, tables


@dataclass(frozen=True, slots=True)
class Kept:
    """A loan as it lies in the database: its row and the core's value of it."""

    row: RowMapping
    loan: Loan

    @property
    def id(self) -> int:
        """The row's id."""
        return int(self.row["id"])


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a loan: before, the events, after."""

    kept: Kept
    events: tuple[Event, ...]
    after: Loan


def load(ctx: Context, connection: Connection, loan_ids: Iterable[int], *, lock: bool) -> list[Kept]:
    """The loans of these ids, by id; locked in that order, so that two never wait for each other in a ring."""
    table = tables.loan
    query = select(table).where(table.c.id.in_(sorted(set(loan_ids)))).order_by(table.c.id)
    rows = connection.execute(query.with_for_update() if lock else query).mappings().all()
    return with_accounts(ctx, connection, rows)


def with_accounts(ctx: Context, connection: Connection, rows: Sequence[RowMapping]) -> list[Kept]:
    """Loans from their rows, with their instalments read in one statement."""
    table = tables.instalment
    query = (
        select(table)
        .where(table.c.loan_id.in_([row["id"] for row in rows]), table.c.status != "cancelled")
        .order_by(table.c.loan_id, table.c.number)
    )
    accounts: dict[int, list[Account]] = {row["id"]: [] for row in rows}
    for row in connection.execute(query).mappings():
        accounts[row["loan_id"]].append(account_of(row))
    return [Kept(row, _loan(ctx, row, accounts[row["id"]])) for row in rows]


def _loan(ctx: Context, row: RowMapping, accounts: list[Account]) -> Loan:
    return Loan(
        terms=lending_rules.bound_terms(ctx, row["product_key"], from_record(Terms, row["terms"])),
        accounts=tuple(accounts),
        surplus=row["surplus"],
        circumstances=from_record(Circumstances, row["circumstances"]) if row["circumstances"] else ORDINARY,
        settled_on=row["settled_on"],
        last_event_on=row["last_event_on"],
    )


def account_of(row: RowMapping) -> Account:
    """An instalment row as the core's account."""
    return Account(
        Instalment(
            row["number"], row["starts_on"], row["due_on"], row["opening"], row["principal"], row["interest"],
            row["base"], row["annual_rate"], row["daily_basis"],
        ),
        row["principal_paid"], row["interest_paid"], row["penalty_paid"], row["compound_paid"], row["fee_paid"],
        row["fee"], row["paid_on"], row["damages_paid"],
        from_record(Lateness, row["late"]) if row["late"] else NEVER_LATE,
    )  # fmt: skip


def instalment_values(loan_id: int, account: Account) -> dict[str, Any]:
    """An account as an instalment row."""
    row = account.instalment
    return {
        "loan_id": loan_id,
        "number": row.number,
        "starts_on": row.start_on,
        "due_on": row.due_on,
        "opening": row.opening,
        "principal": row.principal,
        "interest": row.interest,
        "base": row.base,
        "annual_rate": row.annual_rate,
        "daily_basis": row.daily_basis,
        "fee": account.fee,
        "principal_paid": account.principal_paid,
        "interest_paid": account.interest_paid,
        "penalty_paid": account.penalty_paid,
        "compound_paid": account.compound_paid,
        "fee_paid": account.fee_paid,
        "damages_paid": account.damages_paid,
        "late": None if account.late == NEVER_LATE else to_record(account.late),
        "status": "due" if account.open else "paid",
        "paid_on": account.paid_on,
    }


def penalties_accrued(loan: Loan, on: date) -> tuple[Decimal, Decimal]:
    """Penalty and compound interest of all instalments by a day, paid or not: what the ledger must hold as accrued."""
    found = [penalties(account, loan.terms, on) for account in loan.accounts]
    return total(each[0] for each in found), total(each[1] for each in found)


def figures(loan: Loan, on: date) -> dict[str, Any]:
    """The columns of a loan row that follow from its state on a day."""
    at = position(loan, on)
    late = at.arrears
    return {
        "principal_outstanding": at.principal_outstanding,
        "surplus": loan.surplus,
        "penalty_outstanding": at.penalty + at.compound,
        "overdue_amount": late.principal + late.interest + at.penalty + at.compound if late.days_past_due else ZERO,
        "days_past_due": late.days_past_due,
        "overdue_since": late.oldest_due_on,
        "next_due_on": at.next_due_on,
    }


def save(
    ctx: Context, connection: Connection, changes: Sequence[Change], booked: Mapping[int, tuple[Any, Any]]
) -> None:
    """Write what changed: loan rows, instalments, events. `booked` are the penalties the ledger now holds."""
    loans, changed, added, cancelled = [], [], [], []
    for change in changes:
        loan_id, after = change.kept.id, change.after
        before = {account.instalment.number: account for account in change.kept.loan.accounts}
        now = {account.instalment.number: account for account in after.accounts}
        changed += [
            instalment_values(loan_id, account)
            for number, account in now.items()
            if number in before and account != before[number]
        ]
        added += [instalment_values(loan_id, account) for number, account in now.items() if number not in before]
        cancelled += [
            {"loan_id": loan_id, "number": number, "status": "cancelled"} for number in before if number not in now
        ]
        penalty, compound = booked.get(loan_id, (change.kept.row["penalty_booked"], change.kept.row["compound_booked"]))
        loans.append(
            {
                "id": loan_id,
                "status": "settled" if after.settled_on else "active",
                "settled_on": after.settled_on,
                "matures_on": after.matures_on,
                "last_event_on": after.last_event_on,
                "circumstances": None if after.circumstances == ORDINARY else to_record(after.circumstances),
                "event_count": change.kept.row["event_count"] + len(change.events),
                "penalty_booked": penalty,
                "compound_booked": compound,
                "updated_at": ctx.now.isoformat(),
                **figures(after, ctx.business_date),
            }
        )
    bulk.update(connection, tables.loan, loans, added=["version = kept.version + 1"])
    bulk.update(connection, tables.instalment, changed, key=("loan_id", "number"))
    bulk.update(connection, tables.instalment, cancelled, key=("loan_id", "number"))
    bulk.insert(connection, tables.instalment, added)
    write_events(
        ctx, connection, [(change.kept.id, change.kept.row["event_count"], change.events) for change in changes]
    )


def write_events(ctx: Context, connection: Connection, happened: Sequence[tuple[int, int, Sequence[Event]]]) -> None:
    """Add events after the ones a loan has: (loan, how many it has, events)."""
    rows = [
        {
            "loan_id": loan_id,
            "sequence": count + place,
            "kind": EVENT_NAMES[type(event)],
            "occurred_on": event.on,
            "data": to_record(event),
            "actor_id": ctx.actor.user_id,
            "correlation_id": ctx.actor.correlation_id,
        }
        for loan_id, count, events in happened
        for place, event in enumerate(events, 1)
    ]
    bulk.insert(connection, tables.loan_event, rows)


def events_of(connection: Connection, loan_id: int) -> list[tuple[RowMapping, Event]]:
    """Everything that happened to a loan, in order, as rows and as the core's events."""
    table = tables.loan_event
    rows = connection.execute(select(table).where(table.c.loan_id == loan_id).order_by(table.c.sequence)).mappings()
    return [(row, from_record(EVENTS[row["kind"]], row["data"])) for row in rows]


def due_today(loan: Loan, on: date) -> Decimal:
    """All that is due for payment on a day."""
    return total(due.total for due in owed(loan, on))
