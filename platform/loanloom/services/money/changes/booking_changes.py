"""Booking a change that was agreed to: its events with their entries, a receipt where money came, its effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from loanloom.engines.posting import NO_FACTS
from loanloom.services.context import Context
from loanloom.services.money import money_rows
from loanloom.services.money.books import amending, booking
from loanloom.services.money.cashier import receipts
from loanloom.services.money.changes import draws, effects
from loanloom.services.money.changes.previewing import Preview
from loanloom.services.money.loan_rows import Change
from loanloom.store import tables


@dataclass(frozen=True, slots=True)
class Booked:
    """The loan's events that the change made, and the receipt for the money that came with it."""

    sequences: tuple[int, ...]
    receipt_number: str | None = None
    payouts: tuple[str, ...] = ()


def book(
    ctx: Context, connection: Connection, shown: Preview, money: Mapping[str, Any] | None, row: RowMapping
) -> Booked:
    """Save what was previewed, in the transaction that holds the loan and the day."""
    made, kept = shown.outcome, shown.kept
    change = Change(kept, made.events, made.after, made.superseded, shown.more)
    receipt_id, number = _receipt(ctx, connection, change, shown, money)
    if made.amendment is not None:
        amending.book(
            ctx, connection, kept, made.history, made.amendment, own=made.own, receipt_id=receipt_id
        )  # fmt: skip
    else:
        money_rows.write_repayments(ctx, connection, [change], [receipt_id])
        booking.book(ctx, connection, [change], {"channel": money["channel"]} if money else NO_FACTS)
    effects.after(ctx, connection, shown, row["reason"])
    paid: list[str] = []
    if money is not None and shown.money_out:
        channel = booking.check_channel(str(money["channel"]))
        number, paid = draws.pay_out(ctx, connection, kept, shown.record, shown.checks, channel)
    if shown.kind.key == "undo":
        _reverse_receipts(ctx, connection, kept.id, made.superseded, row["reason"])
    if row["undoes_id"] is not None:
        _undone(connection, row["undoes_id"])
    first = int(kept.row["event_count"]) + 1
    return Booked(tuple(range(first, first + made.own)), number, tuple(paid))


def _receipt(
    ctx: Context, connection: Connection, change: Change, shown: Preview, money: Mapping[str, Any] | None
) -> tuple[int | None, str | None]:
    """The receipt for the money that came with a change; none where none came."""
    if money is None or not shown.money_in:
        return None, None
    given = {"channel": booking.check_channel(str(money["channel"])), "reference": money.get("reference")}
    (number,) = money_rows.receipt_numbers(ctx, connection, [change.kept])
    (receipt_id,) = money_rows.write_receipts(ctx, connection, [change], [shown.money_in], [number], given)
    return receipt_id, number


def _reverse_receipts(
    ctx: Context, connection: Connection, loan_id: int, superseded: Sequence[int], reason: str
) -> None:  # fmt: skip
    """Note that receipts were reversed whose money counts for nothing any more."""
    table, event = tables.repayment, tables.loan_event
    query = (
        select(table.c.receipt_id, func.bool_or(event.c.superseded_by.is_(None)))
        .join(event, (event.c.loan_id == table.c.loan_id) & (event.c.sequence == table.c.sequence))
        .where(
            table.c.receipt_id.in_(
                select(table.c.receipt_id).where(table.c.loan_id == loan_id, table.c.sequence.in_(superseded))
            )
        )
        .group_by(table.c.receipt_id)
    )
    for receipt_id, counts in connection.execute(query).all():
        if not counts:
            receipts.reverse_receipt(ctx, connection, receipt_id, reason)


def _undone(connection: Connection, change_id: int) -> None:
    """The change that this one took back."""
    table = tables.loan_change
    query = update(table).where(table.c.id == change_id).values(state="undone", version=table.c.version + 1)
    row = connection.execute(query.returning(table)).mappings().one()
    effects.undone(connection, row)
