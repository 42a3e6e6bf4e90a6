"""Cases I follow without having to do anything: those I started, those I got a copy of; for some, all there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true

from loanloom.problems import Text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.store import names, tables

View = Literal["started", "copies", "all"]
CASE, COPY, CUSTOMER = tables.flow_case, tables.flow_copy, tables.customer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in a list; `at` is when it was started, or the copy sent; `unread` only of copies."""

    key: int
    id: int
    number: str
    title: Text
    subject: str
    customer: str | None
    customer_id: int | None
    product_key: str | None
    amount: Decimal | None
    currency: str | None
    code: str | None
    status: str
    outcome: str | None
    at: datetime
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePart:
    """Some lines of a list; `next` is the key from which the following page goes on."""

    lines: tuple[CaseLine, ...]
    next: str | None = None


def listing(ctx: Context, view: View, *, query: str = "", after: str | None = None, limit: int = 20) -> CasePart:
    """The newest first. `all` shows what the actor may see: everything with flow.read_all, else by scope."""
    statement = _of_view(ctx, view)
    words = query.strip()
    if words:
        statement = statement.where(
            or_(CASE.c.number.startswith(words, autoescape=True), names.like_name(CUSTOMER, words))
        )
    key = COPY.c.id if view == "copies" else CASE.c.id
    if after is not None and after.isdecimal() and len(after) < 19:
        statement = statement.where(key < int(after))
    with ctx.transaction() as connection:
        rows = connection.execute(statement.order_by(key.desc()).limit(limit + 1)).all()
    lines = tuple(_line(row) for row in rows[:limit])
    return CasePart(lines=lines, next=str(lines[-1].key) if len(rows) > limit else None)


def unread_copies(ctx: Context) -> int:
    """How many copies I have not looked at."""
    asked = select(func.count()).select_from(COPY).where(COPY.c.user_id == ctx.actor.user_id, COPY.c.read_at.is_(None))
    with ctx.transaction() as connection:
        return int(connection.execute(asked).scalar_one())


def _of_view(ctx: Context, view: View) -> Select[Any]:
    columns = (
        *CASE.c[
            "id",
            "number",
            "title",
            "subject_kind",
            "customer_id",
            "product_key",
            "amount",
            "currency",
            "code",
            "status",
            "outcome",
        ],
        CUSTOMER.c.name.label("customer_name"),
    )
    joined = CASE.outerjoin(CUSTOMER, CUSTOMER.c.id == CASE.c.customer_id)
    if view == "copies":
        mine = (*columns, COPY.c.id.label("key"), COPY.c.sent_at.label("at"), COPY.c.read_at)
        return select(*mine).select_from(joined.join(COPY, COPY.c.case_id == CASE.c.id)).where(
            COPY.c.user_id == ctx.actor.user_id
        )  # fmt: skip
    statement = select(*columns, CASE.c.id.label("key"), CASE.c.started_at.label("at")).select_from(joined)
    if view == "started":
        return statement.where(CASE.c.started_by == ctx.actor.user_id)
    return statement.where(seen(ctx))


def seen(ctx: Context) -> ColumnElement[bool]:
    """Which cases I may see: all of them with flow.read_all, else by scope."""
    return true() if ctx.actor.may("flow.read_all") else scope.visible(ctx, CASE)


def _line(row: Row[Any]) -> CaseLine:
    return CaseLine(
        key=row.key, id=row.id, number=row.number, title=row.title, subject=row.subject_kind,
        customer=row.customer_name, customer_id=row.customer_id, product_key=row.product_key, amount=row.amount,
        currency=row.currency,
        code=row.code, status=row.status, outcome=row.outcome, at=row.at,
        unread="read_at" in row._fields and row.read_at is None,
    )  # fmt: skip
