"""Reversing what was posted: mirrored entries of today that name the ones they take back. Each is reversed once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, select, tuple_

from loanloom.core.ledger.journal import Entry, Line
from loanloom.core.lending.events import EVENTS
from loanloom.core.lending.records import from_record
from loanloom.engines import posting
from loanloom.services.context import Context
from loanloom.services.money.books.accruing import Posted, Reversal
from loanloom.services.money.loan_rows import Change
from loanloom.store import tables

ENTRY, LINE, EVENT = tables.journal_entry, tables.journal_line, tables.loan_event


def reversals(ctx: Context, connection: Connection, changes: Sequence[Change]) -> dict[int, list[Reversal]]:
    """For each loan the entries of the events that a change takes the place of; reads nothing where there are none.
    Where an event that had put the loan elsewhere in the books is among them, what was booked there since comes too: it
    happened all the same, and is booked again where the loan stands now."""
    wanted = {change.kept.id: set(change.superseded) for change in changes if change.superseded}
    if not wanted:
        return {}
    undone = tuple_(ENTRY.c.loan_id, ENTRY.c.sequence)
    pairs = [(loan_id, sequence) for loan_id, sequences in wanted.items() for sequence in sequences]
    rows = list(_entries(connection, undone.in_(pairs)))
    turned = {row["loan_id"]: row["sequence"] for row in reversed(rows) if row["kind"] in posting.TURNS}
    for loan_id, sequence in turned.items():
        since = (ENTRY.c.loan_id == loan_id) & (ENTRY.c.sequence > sequence)
        rows += [row for row in _entries(connection, since) if row["sequence"] not in wanted[loan_id]]
    lines = _lines(connection, [row["id"] for row in rows])
    found: dict[int, list[Reversal]] = {}
    for row in rows:
        again = row["sequence"] not in wanted[row["loan_id"]]
        found.setdefault(row["loan_id"], []).append(_reversal(ctx, row, lines[row["id"]], again=again))
    return found


def _entries(connection: Connection, condition: ColumnElement[bool]) -> Sequence[RowMapping]:
    """Entries of loans' events that nobody has reversed, with the events."""
    query = (
        select(
            ENTRY.c.id, ENTRY.c.loan_id, ENTRY.c.sequence, ENTRY.c.event, ENTRY.c.memo, EVENT.c.kind,
            EVENT.c.occurred_on, EVENT.c.data,
        )
        .join(EVENT, (EVENT.c.loan_id == ENTRY.c.loan_id) & (EVENT.c.sequence == ENTRY.c.sequence))
        .where(condition, _not_reversed(), ENTRY.c.reverses_id.is_(None))
        .order_by(ENTRY.c.loan_id, ENTRY.c.sequence, ENTRY.c.id)
    )  # fmt: skip
    return connection.execute(query).mappings().all()


def _reversal(ctx: Context, row: RowMapping, lines: Sequence[RowMapping], *, again: bool) -> Reversal:
    claims = row["memo"].get("claims")
    what = posting.posted(from_record(EVENTS[row["kind"]], row["data"]))
    return Reversal(
        entry_id=row["id"],
        sequence=row["sequence"],
        mirror=mirrored(ctx.business_date, row["event"], lines),
        moved=posting.moved(*what) if what is not None else {},
        facts=row["memo"].get("facts", {}),
        occurred_on=row["occurred_on"],
        claims={name: Decimal(str(value)) for name, value in claims.items()} if claims else None,
        again=what[1] if again and what is not None else None,
    )


def of_source(ctx: Context, connection: Connection, source: tuple[str, int]) -> list[Posted]:
    """The mirrors of all entries of a source that are not reversed yet; the loan's own events are not among them."""
    query = (
        select(ENTRY)
        .where(ENTRY.c.source_kind == source[0], ENTRY.c.source_id == source[1], ENTRY.c.reverses_id.is_(None))
        .where(_not_reversed())
        .order_by(ENTRY.c.id)
    )
    rows = connection.execute(query).mappings().all()
    lines = _lines(connection, [row["id"] for row in rows])
    return [
        Posted(
            mirrored(ctx.business_date, row["event"], lines[row["id"]]), source, row["loan_id"],
            next((line["unit"] for line in lines[row["id"]]), None), row["currency"], reverses_id=row["id"],
            facts=row["memo"].get("facts", {}),
        )
        for row in rows
    ]  # fmt: skip


def mirrored(on: date, event: str, lines: Sequence[RowMapping]) -> Entry:
    """The entry that takes another back, line by line."""
    return Entry(
        on,
        event,
        tuple(Line(line["account_code"], line["credit"], line["debit"], line["memo"], line["unit"]) for line in lines),
    )


def _not_reversed() -> Any:
    other = ENTRY.alias()
    return ~select(other.c.id).where(other.c.reverses_id == ENTRY.c.id).exists()


def _lines(connection: Connection, entries: Sequence[int]) -> dict[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = {entry: [] for entry in entries}
    if entries:
        query = select(LINE).where(LINE.c.journal_entry_id.in_(entries)).order_by(LINE.c.journal_entry_id, LINE.c.id)
        for line in connection.execute(query).mappings():
            found[line["journal_entry_id"]].append(line)
    return found
