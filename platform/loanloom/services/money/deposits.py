"""Customers' money held 保证金/备付金: received, held, applied to a loan, given back; with a statement.

A deposit belongs to a customer or a partner, perhaps to one loan. Its balance follows from its entries, which are
never changed. `held` is the part that may not be given back; it may always pay what a loan owes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from loanloom.core.money import ZERO
from loanloom.problems import Problem, Text, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import booking, orders
from loanloom.store import audit, names, tables

DEPOSIT = text("deposit", "保证金账户")
TABLE, ENTRY = tables.deposit, tables.deposit_entry
KINDS: Mapping[str, Text] = {
    "security": text("Security deposit", "保证金"),
    "reserve": text("Reserve for repayments", "备付金"),
}
ENTRIES: Mapping[str, Text] = {
    "received": text("Received", "存入"),
    "held": text("Held", "冻结"),
    "freed": text("Freed", "解冻"),
    "applied": text("Applied to a loan", "抵还借款"),
    "released": text("Given back", "退还"),
    "returned": text("Put back by a reversal", "冲正"),
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One entry: what it adds to the balance and to the part held."""

    kind: str
    amount: Decimal = ZERO
    held: Decimal = ZERO
    note: str | None = None
    loan_id: int | None = None
    receipt_id: int | None = None
    payout_id: int | None = None


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


def hold(ctx: Context, deposit_id: int, amount: Decimal, note: str | None = None) -> None:
    """Hold a part of the money: it cannot be given back until it is freed. A negative amount frees."""
    ctx.require("money.hold")
    orders.check_words(note, "note", 200)
    with ctx.transaction() as connection:
        booking.open_day(ctx, connection)
        row = locked(ctx, connection, deposit_id)
        if not ZERO <= row["held"] + amount <= row["balance"] or not amount:
            raise Refused(_not_enough(row["balance"] - row["held"] if amount > 0 else row["held"]))
        move(ctx, connection, row, Move(kind="held" if amount > 0 else "freed", held=amount, note=note))
        audit.write(
            connection, ctx.actor, "deposit.held", ("deposit", deposit_id), after={"amount": str(amount)}, at=ctx.now
        )


def open_in(
    ctx: Context, connection: Connection, *, kind: str, currency: str, customer_id: int | None = None,
    party_id: int | None = None, loan_id: int | None = None,
) -> RowMapping:  # fmt: skip
    """A deposit for its owner: the open one of the same kind and loan where there is one, else a new one."""
    if kind not in KINDS or (customer_id is None) == (party_id is None):
        raise Refused(
            Problem(
                code="deposit.no_owner",
                message=text("Choose a kind and one owner.", "请选择类别和一个户主。"),
                field="kind",
            )
        )
    owner = _owner(ctx, connection, customer_id, party_id)
    same = [
        TABLE.c.kind == kind, TABLE.c.currency == currency, TABLE.c.state == "open",
        TABLE.c.customer_id == customer_id if customer_id is not None else TABLE.c.party_id == party_id,
        TABLE.c.loan_id == loan_id if loan_id is not None else TABLE.c.loan_id.is_(None),
    ]  # fmt: skip
    found = connection.execute(select(TABLE).where(*same).with_for_update().limit(1)).mappings().first()
    if found is not None:
        return found
    values = {
        "number": numbers.issue_or_plain(ctx, connection, "deposit", "B", 1)[0],
        "kind": kind,
        "customer_id": customer_id,
        "party_id": party_id,
        "loan_id": loan_id,
        "currency": currency,
        "opened_on": ctx.business_date,
        "unit": owner["unit"],
        "manager_user_id": owner["manager_user_id"],
        "created_by": ctx.actor.user_id,
    }
    return connection.execute(insert(TABLE).values(values).returning(TABLE)).mappings().one()


def move(ctx: Context, connection: Connection, row: Mapping[Any, Any], done: Move) -> RowMapping:
    """Write an entry and the deposit's new balance; the deposit afterwards. The row is locked."""
    changed = (
        connection.execute(
            update(TABLE)
            .where(TABLE.c.id == row["id"])
            .values(
                balance=TABLE.c.balance + done.amount, held=TABLE.c.held + done.held, entries=TABLE.c.entries + 1,
                updated_at=ctx.now, version=TABLE.c.version + 1,
            )
            .returning(TABLE)
        )
        .mappings()
        .one()
    )  # fmt: skip
    connection.execute(
        insert(ENTRY).values(
            deposit_id=row["id"], sequence=changed["entries"], kind=done.kind, happened_on=ctx.business_date,
            amount=done.amount, held=done.held, balance=changed["balance"], note=done.note, loan_id=done.loan_id,
            receipt_id=done.receipt_id, payout_id=done.payout_id, created_by=ctx.actor.user_id,
        )
    )  # fmt: skip
    return changed


def take_out(ctx: Context, connection: Connection, row: RowMapping, done: Move, *, may_use_held: bool) -> RowMapping:
    """An entry that takes money out (a negative amount), as far as there is some; held money goes last."""
    free = row["balance"] - row["held"]
    available = row["balance"] if may_use_held else free
    if -done.amount > available or done.amount >= 0:
        raise Refused(_not_enough(available))
    from_held = max(-done.amount - free, ZERO)
    taken = Move(
        kind=done.kind, amount=done.amount, held=-from_held, note=done.note, loan_id=done.loan_id,
        receipt_id=done.receipt_id, payout_id=done.payout_id,
    )  # fmt: skip
    return move(ctx, connection, row, taken)


def locked(ctx: Context, connection: Connection, deposit_id: int) -> RowMapping:
    """A deposit, locked, if the actor may see it."""
    query = select(TABLE).where(TABLE.c.id == deposit_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    scope.check_visible(ctx, row, DEPOSIT)
    assert row is not None
    return row


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


def owner_name(connection: Connection, row: Mapping[Any, Any]) -> str:
    """Whose money it is."""
    table, key = (tables.customer, "customer_id") if row["customer_id"] else (tables.party, "party_id")
    return str(connection.execute(select(table.c.name).where(table.c.id == row[key])).scalar_one())


def _owner(ctx: Context, connection: Connection, customer_id: int | None, party_id: int | None) -> RowMapping:
    table, key = (tables.customer, customer_id) if customer_id is not None else (tables.party, party_id)
    row = connection.execute(select(table).where(table.c.id == key)).mappings().one_or_none()
    scope.check_visible(ctx, row, text("owner", "户主"), is_customer=table is tables.customer)
    assert row is not None
    return row


def _not_enough(available: Decimal) -> Problem:
    return Problem(
        code="deposit.not_enough",
        message=text(f"Only {available} can be used for this.", f"可用金额仅 {available}。"),
        field="amount",
    )
