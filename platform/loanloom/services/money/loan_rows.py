"""Between loan rows and the core's loan: reading (locked where it is about to change) and saving, many at a time.

The number of statements does not depend on the number of loans. Decides nothing and posts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, RowMapping, any_, bindparam, select

from loanloom.core.lending.events import EVENT_NAMES, EVENTS, Event, ScheduleChanged
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.arrears import owed, position
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import ZERO, total
from loanloom.services.context import Context
from loanloom.services.money import loan_fields
from loanloom.services.money.lines import line_usage
from loanloom.store import bulk, tables

INSTALMENT_KEY = ("loan_id", "number")
_OF_LOANS = bindparam("loans", type_=ARRAY(BigInteger))
_LOANS = select(tables.loan).where(tables.loan.c.id == any_(_OF_LOANS)).order_by(tables.loan.c.id)
_LOANS_LOCKED = _LOANS.with_for_update()
_STANDING = (
    select(*loan_fields.INSTALMENT_COLUMNS)
    .where(tables.instalment.c.status != "cancelled")
    .order_by(tables.instalment.c.loan_id, tables.instalment.c.number)
)
_OF_MANY = _STANDING.where(tables.instalment.c.loan_id == any_(_OF_LOANS))
_OF_ONE = _STANDING.where(tables.instalment.c.loan_id == bindparam("loan"))
"""By itself, because one plan for any number of loans would read the whole table for one."""


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
    """What happened to a loan: before, the events, after. `superseded`: earlier events, by sequence, that it takes
    the place of; `after` is the loan without them and with the new ones. `more`: amounts of its money that no event
    knows (what of a draw waits to be paid to others), for the books."""

    kept: Kept
    events: tuple[Event, ...]
    after: Loan
    superseded: tuple[int, ...] = ()
    more: Mapping[str, Decimal] = field(default_factory=dict)


def load(ctx: Context, connection: Connection, loan_ids: Iterable[int], *, lock: bool) -> list[Kept]:
    """The loans of these ids, by id; locked in that order, so that two never wait for each other in a ring."""
    wanted = {"loans": sorted(set(loan_ids))}
    rows = connection.execute(_LOANS_LOCKED if lock else _LOANS, wanted).mappings().all()
    return with_accounts(ctx, connection, rows)


def with_accounts(ctx: Context, connection: Connection, rows: Sequence[RowMapping]) -> list[Kept]:
    """Loans from their rows, with their instalments read in one statement."""
    accounts: dict[int, list[Account]] = {row["id"]: [] for row in rows}
    one = len(rows) == 1
    query, wanted = (_OF_ONE, {"loan": rows[0]["id"]}) if one else (_OF_MANY, {"loans": list(accounts)})
    for values in connection.execute(query, wanted):
        accounts[values[0]].append(loan_fields.account(values))
    return [Kept(row, loan_fields.loan(ctx, row, accounts[row["id"]])) for row in rows]


def instalment_values(loan_id: int, account: Account) -> dict[str, Any]:
    """An account as an instalment row."""
    return {"loan_id": loan_id, **loan_fields.instalment_values(account)}


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
    ctx: Context, connection: Connection, changes: Sequence[Change], booked: Mapping[int, Mapping[str, Any]]
) -> None:
    """Write what changed: loan rows, instalments, events. `booked` are the columns that say what the books hold now."""
    with bulk.together(connection):
        instalments: list[dict[str, Any]] = []
        cancelled: list[dict[str, Any]] = []
        superseded: list[dict[str, Any]] = []
        for change in changes:
            loan_id, count = change.kept.id, change.kept.row["event_count"]
            before = {account.instalment.number: account for account in change.kept.loan.accounts}
            for account in change.after.accounts:
                if before.pop(account.instalment.number, None) != account:
                    instalments.append(instalment_values(loan_id, account))
            cancelled += [{"loan_id": loan_id, "number": number, "status": "cancelled"} for number in before]
            superseded += [
                {"loan_id": loan_id, "sequence": sequence, "superseded_by": count + 1} for sequence in change.superseded
            ]
            row = _loan_values(ctx, change, booked.get(loan_id, {}))
            bulk.update(connection, tables.loan, [row], added=["version = kept.version + 1"])
        line_usage.moved(ctx, connection, [each for change in changes for each in _of_line(change)])
        bulk.upsert(connection, tables.instalment, instalments, key=INSTALMENT_KEY)
        bulk.update(connection, tables.instalment, cancelled, key=INSTALMENT_KEY)
        bulk.update(connection, tables.loan_event, superseded, key=("loan_id", "sequence"))
        happened = [(change.kept.id, change.kept.row["event_count"], change.events) for change in changes]
        write_events(ctx, connection, happened)


def _of_line(change: Change) -> Iterator[tuple[int, int, Decimal, str]]:
    """What a change does to the credit line that its loan is drawn on."""
    line_id = change.kept.row["credit_line_id"]
    if line_id is not None:
        difference = change.after.principal_outstanding - change.kept.loan.principal_outstanding
        told = [event for event in change.events if not isinstance(event, ScheduleChanged)] or change.events
        why = EVENT_NAMES[type(told[0])] if told else "undone"
        yield line_id, change.kept.id, difference, why


def _loan_values(ctx: Context, change: Change, booked: Mapping[str, Any]) -> dict[str, Any]:
    """What a loan's row says after a change; its terms only where they are others."""
    row, after = change.kept.row, change.after
    values = {
        "id": change.kept.id,
        "status": status_of(after),
        "matures_on": after.matures_on,
        "event_count": row["event_count"] + len(change.events),
        "updated_at": ctx.now.isoformat(),
        **loan_fields.loan_values(after),
        **figures(after, ctx.business_date),
        **booked,
    }
    if after.terms is not change.kept.loan.terms and after.terms != change.kept.loan.terms:
        values |= {"terms": to_record(after.terms), "annual_rate": after.terms.annual_rate}
    return values


def status_of(loan: Loan) -> str:
    """Active, settled, or cancelled: its disbursement was undone."""
    if loan.circumstances.cancelled_on is not None:
        return "cancelled"
    return "settled" if loan.settled_on else "active"


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


def events_of(connection: Connection, loan_id: int, *, superseded: bool = False) -> list[tuple[RowMapping, Event]]:
    """What happened to a loan, in order, as rows and as the core's events; with `superseded` also what counts no more
    (its row says `superseded_by`)."""
    table = tables.loan_event
    query = select(table).where(table.c.loan_id == loan_id).order_by(table.c.sequence)
    if not superseded:
        query = query.where(table.c.superseded_by.is_(None))
    rows = connection.execute(query).mappings()
    return [(row, from_record(EVENTS[row["kind"]], row["data"])) for row in rows]


def due_today(loan: Loan, on: date) -> Decimal:
    """All that is due for payment on a day."""
    return total(due.total for due in owed(loan, on))
