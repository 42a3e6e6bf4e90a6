"""Orders of the cashier's desk 收付单: entered, perhaps checked by another, booked, undone.

An order that needs no second person is booked in the transaction that enters it. Any other is tried out first (and
rolled back), so that only what could be booked now waits for the second person; it is decided anew when registered.
What each kind of order does stands in order_kinds; account numbers inside an order are kept closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.lending.records import to_record
from loanloom.problems import Problem, Text, text
from loanloom.services import scope
from loanloom.services.access.second_person import needs_second
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money.books import booking
from loanloom.services.money.cashier import order_messages, order_records
from loanloom.services.once import Once
from loanloom.store import audit, tables

ORDER = text("order", "收付单")
TABLE = tables.cash_order
SOURCE = "cash_order"
"""What the journal entries of an order say they come from; entries of loan events belong to their loan."""
LONGEST_WORDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose order it is and how much it moves. `second`: it needs a second person whatever the roles say."""

    amount: Decimal
    currency: str
    loan_id: int | None = None
    customer_id: int | None = None
    channel: str | None = None
    unit: str | None = None
    manager_user_id: int | None = None
    second: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one kind of order is: who enters it, whose it is, what booking and undoing it do.

    `about` refuses what the actor may not see. `book` and `undo` work inside the order's transaction, its day open;
    `undo` gets what `book` returned. A kind without `undo` is put right by another order. `undo_second`: taking it
    back needs a second person whatever the roles say.
    """

    key: str
    title: Text
    function: str
    parameters: type[Any]
    about: Callable[[Context, Connection, Any], About]
    book: Callable[[Context, Connection, Any, int], Mapping[str, Any]]
    undo: Callable[[Context, Connection, Mapping[str, Any], str], None] | None = None
    always_second: bool = False
    undo_second: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order after a step of its life. `replayed`: this is the first answer given again."""

    id: int
    state: str
    result: Mapping[str, Any]
    replayed: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether a second person must register it."""
        return self.state == "entered"


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
        order_id = _write(ctx, connection, kind, parameters, about, reason)
        if waits:
            trial = connection.begin_nested()
            kind.book(ctx, connection, parameters, order_id)
            trial.rollback()
            made = Order(order_id, "entered", {})
            order_messages.tell_checkers(ctx, connection, order_id, kind.title, about)
        else:
            made = _book(ctx, connection, kind, parameters, order_id)
        _tell(ctx, connection, f"order.{made.state}", order_id, kind, about, reason)
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
        parameters = order_records.opened(ctx, kind.parameters, row)
        about = kind.about(ctx, connection, parameters)
        made = _book(ctx, connection, kind, parameters, order_id)
        connection.execute(
            update(TABLE).where(TABLE.c.id == order_id).values(checked_by=ctx.actor.user_id, checked_at=ctx.now)
        )
        _tell(ctx, connection, "order.registered", order_id, kind, about)
        order_messages.tell_enterer(ctx, connection, row, kind.title, "registered")
        first.keep({"id": made.id, "state": made.state, "result": dict(made.result)})
        return made


def refuse(ctx: Context, kind: Kind, order_id: int, answer: str) -> Order:
    """Refuse an order that waits; who entered it may take it back the same way."""
    with ctx.transaction() as connection:
        row = waiting(ctx, connection, order_id, kind)
        if row["entered_by"] != ctx.actor.user_id:
            ctx.require("money.check")
        _require_words(answer)
        connection.execute(
            update(TABLE)
            .where(TABLE.c.id == order_id)
            .values(
                state="refused", answer=answer.strip(), checked_by=ctx.actor.user_id, checked_at=ctx.now,
                version=TABLE.c.version + 1,
            )
        )  # fmt: skip
        _tell(ctx, connection, "order.refused", order_id, kind, None, answer.strip())
        order_messages.tell_enterer(ctx, connection, row, kind.title, "refused", answer.strip())
        return Order(order_id, "refused", {})


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
        raise Conflict(_not_waiting())
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


def _book(ctx: Context, connection: Connection, kind: Kind, parameters: Any, order_id: int) -> Order:
    result = to_record(kind.book(ctx, connection, parameters, order_id))
    connection.execute(
        update(TABLE)
        .where(TABLE.c.id == order_id)
        .values(state="booked", result=result, booked_on=ctx.business_date, version=TABLE.c.version + 1)
    )
    return Order(order_id, "booked", result)


def _write(ctx: Context, connection: Connection, kind: Kind, parameters: Any, about: About, reason: str | None) -> int:
    values = {field.name: getattr(about, field.name) for field in fields(about) if field.name != "second"}
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


def _tell(
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


def _require_words(words: str) -> None:
    if not words.strip():
        raise Refused(
            Problem(code="order.no_reason", message=text("Say why.", "请填写理由。"), field="reason"),
        )
    check_words(words, "reason")


def _same_person() -> Problem:
    return Problem(
        code="order.same_person",
        message=text("You entered this yourself; somebody else must register it.", "本笔由您录入，须由他人复核登记。"),
    )


def _not_waiting() -> Problem:
    return Problem(
        code="order.not_waiting",
        message=text("This order does not wait to be registered any more.", "该收付单已不在待复核状态。"),
        hint=text("Look at what became of it.", "请查看其最新状态。"),
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
