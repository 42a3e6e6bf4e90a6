"""Customers' money held 保证金/备付金: received, held, applied to a loan, given back; with a statement.

A deposit belongs to a customer or a partner, perhaps to one loan. Its balance follows from its entries, which are
never changed. `held` is the part that may not be given back; it may always pay what a loan owes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from loanloom.core.money import ZERO
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import orders
from loanloom.services.money.cashier.deposit_rows import (
    DEPOSIT,
    ENTRIES,
    ENTRY,
    KINDS,
    TABLE,
    Move,
    locked,
    move,
    not_enough,
    open_in,
    owner_name,
    take_out,
)
from loanloom.services.once import Once
from loanloom.store import audit, names, tables

__all__ = [
    "ENTRIES",
    "KINDS",
    "Move",
    "Statement",
    "hold",
    "listing",
    "locked",
    "move",
    "open_in",
    "owner_name",
    "post",
    "statement",
    "take_out",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """A deposit with its entries, the oldest first."""

    row: RowMapping
    owner: str
    loan_number: str | None
    entries: Sequence[RowMapping]

    @property
    def free(self) -> Decimal:
        """What may be given back."""
        return Decimal(self.row["balance"] - self.row["held"])


def listing(ctx: Context, *, words: str = "", state: str | None = "open", limit: int = 200) -> Sequence[RowMapping]:
    """Deposits with their owners, perhaps found by number or owner's name."""
    ctx.require("money.hold", "money.read")
    customer, party = tables.customer, tables.party
    query = (
        select(
            TABLE, customer.c.name.label("customer_name"), party.c.name.label("party_name"),
            tables.loan.c.number.label("loan_number"),
        )
        .outerjoin(customer, customer.c.id == TABLE.c.customer_id)
        .outerjoin(party, party.c.id == TABLE.c.party_id)
        .outerjoin(tables.loan, tables.loan.c.id == TABLE.c.loan_id)
        .where(scope.visible(ctx, TABLE))
    )  # fmt: skip
    if state is not None:
        query = query.where(TABLE.c.state == state)
    if words.strip():
        named = names.like_name(customer, words) | names.like_name(party, words)
        query = query.where(or_(TABLE.c.number == words.strip().upper(), named))
    with ctx.transaction() as connection:
        return connection.execute(query.order_by(TABLE.c.id.desc()).limit(limit)).mappings().all()


def statement(ctx: Context, deposit_id: int) -> Statement:
    """A deposit and everything that happened to it."""
    ctx.require("money.hold", "money.read")
    with ctx.transaction() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.id == deposit_id)).mappings().one_or_none()
        scope.check_visible(ctx, row, DEPOSIT)
        assert row is not None
        loan = tables.loan
        query = (
            select(
                ENTRY, loan.c.number.label("loan_number"), tables.receipt.c.number.label("receipt_number"),
                tables.payout.c.number.label("payout_number"),
            )
            .outerjoin(loan, loan.c.id == ENTRY.c.loan_id)
            .outerjoin(tables.receipt, tables.receipt.c.id == ENTRY.c.receipt_id)
            .outerjoin(tables.payout, tables.payout.c.id == ENTRY.c.payout_id)
            .where(ENTRY.c.deposit_id == deposit_id)
            .order_by(ENTRY.c.sequence)
        )  # fmt: skip
        entries = connection.execute(query).mappings().all()
        number = connection.execute(select(loan.c.number).where(loan.c.id == row["loan_id"])).scalar_one_or_none()
        return Statement(row, owner_name(connection, row), number, entries)


def hold(
    ctx: Context, deposit_id: int, amount: Decimal, note: str | None = None, *, idempotency_key: str | None = None
) -> None:  # fmt: skip
    """Hold a part of the money: it cannot be given back until it is freed. A negative amount frees."""
    ctx.require("money.hold")
    orders.check_words(note, "note", 200)
    with ctx.transaction() as connection:
        given = {"amount": str(amount), "note": note}
        first = Once(ctx, connection, idempotency_key, "deposit.hold", deposit_id, given)
        if first.answer is not None:
            return
        booking.open_day(ctx, connection)
        row = locked(ctx, connection, deposit_id)
        if not ZERO <= row["held"] + amount <= row["balance"] or not amount:
            raise Refused(not_enough(row["balance"] - row["held"] if amount > 0 else row["held"]))
        move(ctx, connection, row, Move(kind="held" if amount > 0 else "freed", held=amount, note=note))
        audit.write(
            connection, ctx.actor, "deposit.held", ("deposit", deposit_id), after={"amount": str(amount)}, at=ctx.now
        )
        first.keep({"deposit_id": deposit_id})


def post(
    ctx: Context,
    connection: Connection,
    row: Mapping[Any, Any],
    event: str,
    amount: Decimal,
    order_id: int,
    **facts: Any,
) -> None:
    """The entry of a deposit, by the company's general posting rules."""
    said = {"kind": row["kind"], **{name: value for name, value in facts.items() if value}}
    booking.post_event(
        ctx, connection, event, {"amount": amount}, said, source=(orders.SOURCE, order_id), unit=row["unit"],
        currency=row["currency"], loan_id=row["loan_id"],
    )  # fmt: skip
