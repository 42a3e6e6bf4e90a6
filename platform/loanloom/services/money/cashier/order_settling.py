"""How an order ends, inside its transaction: booked, registered, approved by a flow, refused; and opened again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, RowMapping, update

from loanloom.core.lending.records import to_record
from loanloom.problems import Problem, text
from loanloom.services.access.second_person import needed_by, others_who_may
from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import order_messages, order_records
from loanloom.services.money.cashier.order_shapes import About, Kind, Order
from loanloom.store import audit, tables

TABLE = tables.cash_order


def book(ctx: Context, connection: Connection, kind: Kind, parameters: Any, order_id: int) -> Order:
    """Do what the order says."""
    result = to_record(kind.book(ctx, connection, parameters, order_id))
    connection.execute(
        update(TABLE)
        .where(TABLE.c.id == order_id)
        .values(state="booked", result=result, booked_on=ctx.business_date, version=TABLE.c.version + 1)
    )
    return Order(order_id, "booked", result)


def approved_in(ctx: Context, connection: Connection, kind: Kind, row: RowMapping, approvers: Collection[int]) -> Order:
    """What a flow approved, inside its transaction: booked, unless a second person must check it and nobody who may
    has approved it; then it waits for one."""
    if row["state"] != "entered":
        raise Conflict(not_waiting())
    booking.open_day(ctx, connection)
    parameters = order_records.opened(ctx, kind.parameters, row)
    about = kind.about(ctx, connection, parameters)
    checked = [one for one in approvers if one in _checkers(ctx, connection, row)]
    waits = kind.always_second or about.second
    if not checked and (
        waits or needed_by(ctx, connection, row["entered_by"], kind.function, about.amount)
    ):  # fmt: skip
        order_messages.tell_checkers(ctx, connection, row["id"], kind.title, about)
        return Order(row["id"], "entered", {})
    by = next(iter((*checked, *approvers)), None)
    return registered(ctx, connection, kind, row, parameters, about, by)


def _checkers(ctx: Context, connection: Connection, row: RowMapping) -> set[int]:
    """Those who may check this entry, but for who made it."""
    own = {ctx.actor.user_id} if ctx.actor.user_id is not None and ctx.actor.may("money.check") else set()
    others = others_who_may(ctx, connection, "money.check", {**row, "created_by": row["entered_by"]})
    return (own | set(others)) - {row["entered_by"]}


def registered(
    ctx: Context, connection: Connection, kind: Kind, row: RowMapping, parameters: Any, about: About, by: int | None
) -> Order:
    """Book what another has entered; `by` checked it."""
    made = book(ctx, connection, kind, parameters, row["id"])
    checked = update(TABLE).where(TABLE.c.id == row["id"])
    connection.execute(checked.values(checked_by=by, checked_at=ctx.now if by is not None else None))
    tell(ctx, connection, "order.registered", row["id"], kind, about)
    order_messages.tell_enterer(ctx, connection, row, kind.title, "registered")
    return made


def refused_in(ctx: Context, connection: Connection, kind: Kind, row: RowMapping, answer: str) -> Order:
    """An order that is not booked after all, inside the caller's transaction."""
    connection.execute(
        update(TABLE)
        .where(TABLE.c.id == row["id"])
        .values(
            state="refused", answer=answer, checked_by=ctx.actor.user_id, checked_at=ctx.now,
            version=TABLE.c.version + 1,
        )
    )  # fmt: skip
    tell(ctx, connection, "order.refused", row["id"], kind, None, answer)
    order_messages.tell_enterer(ctx, connection, row, kind.title, "refused", answer)
    return Order(row["id"], "refused", {})


def reopened_in(ctx: Context, connection: Connection, row: RowMapping) -> Order:
    """A refused order that its flow looks at once more."""
    waits = {"state": "entered", "answer": None, "checked_by": None, "checked_at": None}
    connection.execute(update(TABLE).where(TABLE.c.id == row["id"]).values(**waits, version=TABLE.c.version + 1))
    return Order(row["id"], "entered", {})


def tell(
    ctx: Context,
    connection: Connection,
    action: str,
    order_id: int,
    kind: Kind,
    about: About | None,
    reason: str | None = None,
) -> None:
    after = {"kind": kind.key} | ({"amount": str(about.amount), "loan_id": about.loan_id} if about else {})
    audit.write(connection, ctx.actor, action, ("cash_order", order_id), after=after, reason=reason, at=ctx.now)


def not_waiting() -> Problem:
    return Problem(
        code="order.not_waiting",
        message=text("This order does not wait to be registered any more.", "该收付单已不在待复核状态。"),
        hint=text("Look at what became of it.", "请查看其最新状态。"),
    )
