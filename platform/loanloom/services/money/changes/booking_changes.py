"""Booking a change that was agreed to: its events with their entries, a receipt where money came, its effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, update

from loanloom.services.context import Context
from loanloom.services.money import booking, repayments
from loanloom.services.money.changes import effects
from loanloom.services.money.changes.previewing import Preview
from loanloom.services.money.loan_rows import Change
from loanloom.store import tables


@dataclass(frozen=True, slots=True)
class Booked:
    """The loan's events that the change made, and the receipt for the money that came with it."""

    sequences: tuple[int, ...]
    receipt_number: str | None = None


def book(
    ctx: Context, connection: Connection, shown: Preview, money: Mapping[str, Any] | None, row: RowMapping
) -> Booked:
    """Save what was previewed, in the transaction that holds the loan and the day."""
    change = Change(shown.kept, shown.outcome.events, shown.outcome.after)
    number = None
    if money is not None and shown.money_in:
        given = {"channel": booking.check_channel(str(money["channel"])), "reference": money.get("reference")}
        (received,) = repayments.book_received(ctx, connection, [change], [shown.money_in], given)
        number = received.receipt_number
    else:
        repayments.write_repayments(ctx, connection, [change], [None])
        booking.book(ctx, connection, [change])
    count = int(shown.kept.row["event_count"])
    effects.after(ctx, connection, shown)
    if row["undoes_id"] is not None:
        _undone(connection, row["undoes_id"])
    return Booked(tuple(range(count + 1, count + 1 + len(change.events))), number)


def _undone(connection: Connection, change_id: int) -> None:
    """The change that this one took back."""
    table = tables.loan_change
    connection.execute(
        update(table).where(table.c.id == change_id).values(state="undone", version=table.c.version + 1)
    )  # fmt: skip
