"""Emergency stop of a product (停止受理): at once, outside releases, audited; running cases go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from loanloom.problems import Problem, Text, say, text
from loanloom.services.access.names import name_of
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.store import audit
from loanloom.store.tables import product_stop


@dataclass(frozen=True, slots=True)
class Stop:
    """A product that takes no applications now: since when, why, by whom."""

    id: int
    product: str
    reason: str
    stopped_at: datetime
    by: Text


def stopped(connection: Connection) -> frozenset[str]:
    """The keys of the products that take no applications."""
    return frozenset(connection.execute(select(product_stop.c.product_key).where(_open())).scalars())


_STOP = select(product_stop.c.id).where(
    product_stop.c.lifted_at.is_(None), product_stop.c.product_key == bindparam("product_key")
)


def is_stopped(connection: Connection, product_key: str) -> bool:
    """Whether a product takes no applications."""
    return connection.execute(_STOP, {"product_key": product_key}).first() is not None


def current(connection: Connection, product_key: str) -> Stop | None:
    """The stop in force for a product."""
    query = select(product_stop).where(_open(), product_stop.c.product_key == product_key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Stop(row.id, row.product_key, row.reason, row.stopped_at, name_of(connection, row.stopped_by))


def stop(ctx: Context, product_key: str, reason: str) -> None:
    """Take no more applications for a product, from this moment."""
    ctx.require("release.activate", "release.approve")
    document = ctx.registry.get("product", product_key)
    if document is None:
        raise NotFound(text("product", "产品"))
    _need_reason(reason)
    try:
        with ctx.transaction() as connection:
            values = {"product_key": product_key, "reason": reason.strip(), "stopped_by": ctx.actor.user_id,
                      "stopped_at": ctx.now}  # fmt: skip
            made = connection.execute(product_stop.insert().values(values).returning(product_stop.c.id)).scalar_one()
            audit.write(
                connection,
                ctx.actor,
                "product.stopped",
                ("product", product_key),
                reason=reason.strip(),
                after={"stop": made, "title": say(document.title, "zh")},
            )
    except IntegrityError as error:
        raise Conflict(
            Problem(
                code="product.stopped_already", message=text("This product is stopped already.", "该产品已停止受理。")
            )
        ) from error


def lift(ctx: Context, product_key: str, reason: str) -> None:
    """Take applications again."""
    ctx.require("release.activate", "release.approve")
    _need_reason(reason)
    with ctx.transaction() as connection:
        values = {"lifted_by": ctx.actor.user_id, "lifted_at": ctx.now, "lift_reason": reason.strip()}
        statement = product_stop.update().where(_open(), product_stop.c.product_key == product_key).values(values)
        lifted = connection.execute(statement.returning(product_stop.c.id)).scalar_one_or_none()
        if lifted is None:
            raise Conflict(
                Problem(
                    code="product.not_stopped", message=text("This product is not stopped.", "该产品并未停止受理。")
                )
            )
        audit.write(
            connection,
            ctx.actor,
            "product.resumed",
            ("product", product_key),
            reason=reason.strip(),
            after={"stop": lifted},
        )


def _open() -> ColumnElement[bool]:
    return product_stop.c.lifted_at.is_(None)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(Problem(code="product.reason_missing", field="reason", message=text("Say why.", "请填写原因。")))
