"""Amending a loan's history: undoing a booking, or booking on an earlier day, with what follows decided anew.

Events that no longer hold stay stored; those that take their place belong to the same receipts as before. The ledger
reverses the former's entries and posts the latter's (booking). Who may do it is for the callers to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, RowMapping, select

from loanloom.core.lending.decisions import Command
from loanloom.core.lending.events import Event
from loanloom.core.lending.history import Amendment, Recorded, Surroundings, Undo, amend
from loanloom.engines import products
from loanloom.engines.posting import NO_FACTS, Facts
from loanloom.problems import text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import lending_rules, loan_rows, money_rows
from loanloom.services.money.books import booking
from loanloom.services.money.loan_rows import Change, Kept
from loanloom.services.running.plugged import lending_methods
from loanloom.store import tables

LOAN = text("loan", "借据")
History = Sequence[tuple[RowMapping, Event]]


def undo_event(ctx: Context, connection: Connection, loan_id: int, sequence: int) -> Change:
    """Undo the booking that an event belongs to. An event decided anew meanwhile is followed to what it is now."""
    found = loan_rows.load(ctx, connection, [loan_id], lock=True)
    if not found:
        raise NotFound(LOAN)
    scope.check_visible(ctx, found[0].row, LOAN)
    history = loan_rows.events_of(connection, loan_id, superseded=True)
    wanted = Undo(on=ctx.business_date, sequence=current(history, sequence))
    amendment = amend(recorded(history), wanted, surroundings(ctx, found[0]))
    return book(ctx, connection, found[0], history, amendment)


def insert(
    ctx: Context,
    connection: Connection,
    kept: Kept,
    command: Command,
    receipt_of: Callable[[], int],
    facts: Facts = NO_FACTS,
) -> Change:
    """Book a receipt of a day before the locked loan's last booking; what follows is decided anew.

    `receipt_of` writes the receipt, once it is clear that it can be booked.
    """
    history = loan_rows.events_of(connection, kept.id, superseded=True)
    amendment = amend(recorded(history), command, surroundings(ctx, kept))
    if amendment.problems:
        raise Refused(amendment.problems)
    later = [place for place, event in enumerate(amendment.events) if place and event.asked is not None]
    own = later[0] if later else len(amendment.events)
    return book(ctx, connection, kept, history, amendment, own=own, receipt_id=receipt_of(), facts=facts)


def book(
    ctx: Context,
    connection: Connection,
    kept: Kept,
    history: History,
    amendment: Amendment,
    *,
    own: int = 0,
    receipt_id: int | None = None,
    facts: Facts = NO_FACTS,
) -> Change:
    """Save an amendment of a locked loan: events superseded, new ones with their receipts and entries. The first `own`
    events are of what was inserted, with its own receipt."""
    if amendment.problems:
        raise Refused(amendment.problems)
    assert amendment.after is not None
    # what the history agreed, with what tracks the product bound as of today (products.bound), as when it was loaded
    agreed = lending_rules.bound_terms(ctx, kept.row["product_key"], amendment.after.terms)
    after = replace(amendment.after, terms=agreed)
    change = Change(kept, amendment.events, after, amendment.superseded)
    receipts = _receipts(connection, kept.id, history, amendment)
    receipts[:own] = [receipt_id] * own
    money_rows.write_repayments(ctx, connection, [change], [receipts])
    booking.book(ctx, connection, [change], facts)
    return change


def recorded(history: History) -> list[Recorded]:
    """Stored events as the core's history."""
    return [Recorded(row["sequence"], event, row["superseded_by"] is not None) for row, event in history]


def current(history: History, sequence: int) -> int:
    """The number by which a booking is known now: an amendment may have decided it anew under another."""
    numbers = {row["sequence"]: event for row, event in history}
    gone = {row["sequence"] for row, _ in history if row["superseded_by"] is not None}
    wanted = numbers.get(sequence)
    if wanted is None or sequence not in gone:
        return sequence
    alike = [number for number, event in numbers.items() if _same(event, wanted) and number > sequence]
    return next((number for number in alike if number not in gone), sequence)


def surroundings(ctx: Context, kept: Kept) -> Surroundings:
    """What decisions about this loan need today."""
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    return Surroundings(
        methods=lending_methods(), calendar=products.calendar_of(ctx.registry, offer.calendar if offer else None)
    )


def _same(event: Event, other: Event) -> bool:
    return event.asked is not None and event.asked == other.asked and type(event) is type(other)


def _receipts(connection: Connection, loan_id: int, history: History, amendment: Amendment) -> list[int | None]:
    """For each new event the receipt of the event it takes the place of; the same command twice, in order."""
    table = tables.repayment
    query = select(table.c.sequence, table.c.receipt_id).where(
        table.c.loan_id == loan_id, table.c.sequence.in_(amendment.superseded), table.c.receipt_id.is_not(None)
    )
    by_sequence: Mapping[int, int] = {row.sequence: row.receipt_id for row in connection.execute(query)}
    left = [(event, by_sequence.get(row["sequence"])) for row, event in history if row["sequence"] in by_sequence]
    return [_take(left, event) for event in amendment.events]


def _take(left: list[tuple[Event, int | None]], event: Event) -> int | None:
    place = next((place for place, (other, _) in enumerate(left) if _same(event, other)), None)
    return left.pop(place)[1] if place is not None else None


def sequences(change: Change) -> Iterable[int]:
    """The numbers that the new events of a change were stored under."""
    first = int(change.kept.row["event_count"]) + 1
    return range(first, first + len(change.events))
