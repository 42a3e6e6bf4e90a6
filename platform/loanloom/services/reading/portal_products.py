"""The products that a customer may apply for by themselves, with the application already begun for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from loanloom.engines import products
from loanloom.problems import text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound
from loanloom.services.origination import applications, offering
from loanloom.services.parties import customers
from loanloom.store import tables

CHANNEL = "portal"
TABLE = tables.application
PRODUCT = text("product", "产品")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A product on offer; `draft` is the customer's own application for it that is not handed in yet,
    `completed_by_staff` says that staff complete it before it is judged."""

    key: str
    offer: products.Offer
    draft: Row[Any] | None
    completed_by_staff: bool


def listing(ctx: Context) -> list[Offered]:
    """What the customer may apply for today: what is for their kind of customer, and what they have begun."""
    me = ctx.require_customer()
    with ctx.transaction() as connection:
        customer = customers.read(ctx, connection, me)
        drafts, stopped = _drafts(ctx, connection), releases.stopped(connection)
        return [
            Offered(
                key=one.key, offer=one.offer, draft=drafts.get(one.key), completed_by_staff=_completed(ctx, one.key)
            )
            for one in offering.choices(ctx, customer.kind)
            if one.key not in stopped and (one.against is None or one.key in drafts)
        ]


def _completed(ctx: Context, key: str) -> bool:
    return bool(ctx.registry.require("product", key).spec.get("portal_completed_by_staff"))


def read(ctx: Context, key: str) -> Offered:
    """One of them."""
    found = next((one for one in listing(ctx) if one.key == key), None)
    if found is None:
        raise NotFound(PRODUCT)
    return found


def begin(ctx: Context, key: str) -> int:
    """Apply for one, or go on with what was begun; the application's id. Asked twice at once it is begun once: both
    come after the same application."""
    me = ctx.require_customer()
    with ctx.transaction() as connection:
        draft = _drafts(ctx, connection).get(key)
        before = connection.execute(select(func.max(TABLE.c.id)).where(TABLE.c.customer_id == me)).scalar()
    if draft is not None:
        return int(draft.id)
    once = f"portal-{ctx.actor.user_id}-after-{before or 0}"
    return applications.begin(ctx, key, me, idempotency_key=once, channel=CHANNEL)


def _drafts(ctx: Context, connection: Connection) -> dict[str, Row[Any]]:
    """My own drafts by product, the newest of each."""
    table = tables.application
    mine = select(table).where(
        scope.visible(ctx, table), table.c.state == "draft", table.c.created_by == ctx.actor.user_id
    )
    rows = connection.execute(mine.order_by(table.c.id)).all()
    return {row.product_key: row for row in rows if applications.may_fill_in(ctx, row)}
