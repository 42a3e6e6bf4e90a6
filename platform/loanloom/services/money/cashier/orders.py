"""Orders of the cashier's desk 收付单: entered, perhaps checked by another, booked, undone.

An order that needs no second person is booked in the transaction that enters it. Any other is tried out first (and
rolled back), so that only what could be booked now waits for the second person; it is decided anew when registered.
Where the product names a flow, the flow decides: what it approves is booked then, or registered by whoever checks
money where a second person must and none of the approvers may.
What each kind of order does stands in order_kinds; account numbers inside an order are kept closed.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.access.second_person import needs_second
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import order_flows, order_messages, order_records
from loanloom.services.money.cashier import order_settling as settling
from loanloom.services.money.cashier.order_shapes import About, Kind, Order
from loanloom.services.once import Once
from loanloom.store import tables

ORDER = text("order", "收付单")
TABLE = tables.cash_order
SOURCE = "cash_order"
"""What the journal entries of an order say they come from; entries of loan events belong to their loan."""
LONGEST_WORDS = 400
_NOT_KEPT = ("second", "product_key")
"""Of whose order it is, what the order does not keep."""


def enter(
    ctx: Context, kind: Kind, parameters: Any, *, reason: str | None = None, idempotency_key: str | None = None
) -> Order:
    """Enter an order: booked at once, or left for a second person where the actor's role says so."""
    ctx.require(kind.function)
    check_words(reason, "reason")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, f"order.{kind.key}", given=order_records.plain(parameters))
        if first.answer is not None:
            return Order(**{**first.answer, "replayed": True})
        booking.open_day(ctx, connection)
        parameters = order_records.dated(ctx, parameters)
        about = kind.about(ctx, connection, parameters)
        waits = kind.always_second or about.second or needs_second(ctx, kind.function, about.amount)
        flow = order_flows.named(ctx, kind.key, about.product_key)
        order_id = _write(ctx, connection, kind, parameters, about, reason)
        if waits or flow is not None:
            trial = connection.begin_nested()
            kind.book(ctx, connection, parameters, order_id)
            trial.rollback()
        if flow is not None:
            order_flows.begin(ctx, connection, flow, order_id, kind.key, parameters)
            made = _standing(connection, order_id)
        elif waits:
            made = Order(order_id, "entered", {})
            order_messages.tell_checkers(ctx, connection, order_id, kind.title, about)
        else:
            made = settling.book(ctx, connection, kind, parameters, order_id)
        settling.tell(ctx, connection, f"order.{made.state}", order_id, kind, about, reason)
        first.keep({"id": made.id, "state": made.state, "result": dict(made.result)})
        return made


def register(ctx: Context, kind: Kind, order_id: int, *, idempotency_key: str | None = None) -> Order:
    """Check and book an order that somebody else entered."""
    ctx.require("money.check")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "order.register", order_id)
        if first.answer is not None:
            return Order(**{**first.answer, "replayed": True})
        booking.open_day(ctx, connection)
        row = waiting(ctx, connection, order_id, kind)
        if row["entered_by"] == ctx.actor.user_id:
            raise Forbidden(_same_person())
        order_flows.check_not_in_flow(connection, order_id)
        parameters = order_records.opened(ctx, kind.parameters, row)
        about = kind.about(ctx, connection, parameters)
        made = settling.registered(ctx, connection, kind, row, parameters, about, ctx.actor.user_id)
        first.keep({"id": made.id, "state": made.state, "result": dict(made.result)})
        return made


def refuse(ctx: Context, kind: Kind, order_id: int, answer: str) -> Order:
    """Refuse an order that waits; who entered it may take it back the same way."""
    with ctx.transaction() as connection:
        row = waiting(ctx, connection, order_id, kind)
        mine, case_id = row["entered_by"] == ctx.actor.user_id, order_flows.runs(connection, order_id)
        if not mine:
            ctx.require("money.check")
        _require_words(answer)
        if case_id is None:
            return settling.refused_in(ctx, connection, kind, row, answer.strip())
        if not mine:
            raise Refused(order_flows.in_flow())
        order_flows.withdraw(ctx, connection, case_id, answer.strip())
        return _standing(connection, order_id)


def undo_in(ctx: Context, connection: Connection, kind: Kind, row: RowMapping, reason: str) -> None:
    """Undo a booked order inside the reversal's own transaction."""
    if row["state"] != "booked":
        raise Conflict(_not_booked())
    if kind.undo is None:
        raise Refused(_cannot_undo(kind))
    kind.undo(ctx, connection, row["result"], reason)
    booking.reverse_source(ctx, connection, (SOURCE, row["id"]))
    connection.execute(
        update(TABLE)
        .where(TABLE.c.id == row["id"])
        .values(
            state="undone", answer=reason, undone_by=ctx.actor.user_id, undone_at=ctx.now,
            undone_on=ctx.business_date, version=TABLE.c.version + 1,
        )
    )  # fmt: skip


def locked(ctx: Context, connection: Connection, order_id: int) -> RowMapping:
    """An order, locked, if the actor may see it."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == order_id).with_for_update()).mappings().one_or_none()
    scope.check_visible(ctx, row and {**row, "created_by": row["entered_by"]}, ORDER)
    assert row is not None
    return row


def waiting(ctx: Context, connection: Connection, order_id: int, kind: Kind) -> RowMapping:
    """An order of this kind that still waits for its second person, locked."""
    row = locked(ctx, connection, order_id)
    if row["state"] != "entered" or row["kind"] != kind.key:
        raise Conflict(settling.not_waiting())
    return row


def check_words(words: str | None, field: str, most: int = LONGEST_WORDS) -> None:
    """Refuse what is longer than a voucher or a page can show."""
    if words is not None and len(words) > most:
        raise Refused(
            Problem(
                code="order.words_too_long",
                message=text(f"At most {most} characters.", f"最多{most}个字符。"),
                field=field,
            )
        )


def _standing(connection: Connection, order_id: int) -> Order:
    row = connection.execute(select(TABLE.c.state, TABLE.c.result).where(TABLE.c.id == order_id)).one()
    return Order(order_id, row.state, row.result or {})


def _write(ctx: Context, connection: Connection, kind: Kind, parameters: Any, about: About, reason: str | None) -> int:
    values = {field.name: getattr(about, field.name) for field in fields(about) if field.name not in _NOT_KEPT}
    row = {
        **values,
        "kind": kind.key,
        "parameters": order_records.closed(ctx, parameters),
        "reason": reason,
        "entered_on": ctx.business_date,
        "entered_by": ctx.actor.user_id,
        "entered_at": ctx.now,
    }
    return int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())


def _require_words(words: str) -> None:
    if not words.strip():
        raise Refused(
            Problem(code="order.no_reason", message=text("Say why.", "请填写理由。"), field="answer"),
        )
    check_words(words, "answer")


def _same_person() -> Problem:
    return Problem(
        code="order.same_person",
        message=text("You entered this yourself; somebody else must register it.", "本笔由您录入，须由他人复核登记。"),
    )


def _not_booked() -> Problem:
    return Problem(
        code="order.not_booked",
        message=text(
            "Only what is booked, and was not reversed before, can be reversed.", "仅已入账且未冲正的业务可以冲正。"
        ),
    )


def _cannot_undo(kind: Kind) -> Problem:
    return Problem(
        code="order.cannot_undo",
        message=text("An order of this kind cannot be reversed.", "此类业务不能冲正。"),
        hint=text("Put it right by a new order.", "请另做一笔业务更正。"),
    )
