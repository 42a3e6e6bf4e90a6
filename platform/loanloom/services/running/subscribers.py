"""The addresses that webhooks go to: entered, changed, given a new secret, tried, stopped (right system.operate).

A secret is made here, shown once and kept encrypted. After a renewal the former one signs as well for a while, so that
the receiver can change over without losing anything.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.running import outward
from loanloom.services.running.webhooks import EVENTS, FIELD, PREFIX, TABLE, TOPIC, TRIAL
from loanloom.store import audit, outbox, tables

RIGHT = "system.operate"
ADDRESS = text("webhook address", "Webhook 地址")
OVERLAP = timedelta(days=1)
LONGEST_TITLE = 100
MOST = 20
_OUT = tables.outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An address as it was entered. No flows: those of all."""

    title: str
    url: str
    events: Sequence[str]
    flows: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address as it may be shown, and how it goes there: how much waits and how much was given up."""

    id: int
    title: str
    url: str
    events: tuple[str, ...]
    flows: tuple[str, ...]
    active: bool
    version: int
    waiting: int
    dead: int
    last_sent: datetime | None


@dataclass(frozen=True, slots=True)
class Made:
    """The number of an address, and its secret in the one moment in which it is shown."""

    id: int
    secret: str


def listing(ctx: Context) -> tuple[Address, ...]:
    """Every address, in the order they were entered."""
    ctx.require(RIGHT)
    to = _OUT.c.payload["webhook_id"].as_integer()
    figures = (
        select(
            to.label("to"),
            func.count().filter(_OUT.c.state == "due").label("waiting"),
            func.count().filter(_OUT.c.state == "dead").label("dead"),
            func.max(_OUT.c.sent_at).label("last_sent"),
        )
        .where(_OUT.c.topic == TOPIC)
        .group_by(to)
        .subquery()
    )
    query = select(TABLE, figures).outerjoin(figures, figures.c.to == TABLE.c.id).where(TABLE.c.removed_at.is_(None))
    with ctx.transaction() as connection:
        rows = connection.execute(query.order_by(TABLE.c.id)).all()
    return tuple(_shown(row) for row in rows)


def add(ctx: Context, wanted: Wanted, *, private: bool = False) -> Made:
    """Tell one more address what happens."""
    ctx.require(RIGHT)
    _check(ctx, wanted, private=private)
    secret, values = _new_secret(), _values(wanted)
    with ctx.transaction() as connection:
        known = connection.execute(select(func.count()).where(TABLE.c.removed_at.is_(None))).scalar_one()
        if known >= MOST:
            raise Refused(_too_many())
        row = {**values, "secret_cipher": _closed(ctx, secret), "created_by": ctx.actor.user_id}
        made = int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())
        audit.write(connection, ctx.actor, "webhook.added", ("webhook", made), after=values, at=ctx.now)
    return Made(made, secret)


def change(ctx: Context, number: int, wanted: Wanted, *, expected_version: int, private: bool = False) -> None:
    """Another title, address, or choice of events."""
    ctx.require(RIGHT)
    _check(ctx, wanted, private=private)
    _change(ctx, number, "webhook.changed", expected_version, _values(wanted))


def stop(ctx: Context, number: int, *, expected_version: int) -> None:
    """Tell it nothing more; what was on its way is given up."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        _changed(ctx, connection, number, "webhook.stopped", expected_version, {"active": False})
        mine = _OUT.c.topic == TOPIC, _OUT.c.state == "due", _OUT.c.payload["webhook_id"].as_integer() == number
        connection.execute(update(_OUT).where(*mine).values(state="dead", problem="The address was stopped."))


def go_on(ctx: Context, number: int, *, expected_version: int) -> None:
    """Tell it what happens from now on; what was given up meanwhile can be sent again."""
    ctx.require(RIGHT)
    _change(ctx, number, "webhook.resumed", expected_version, {"active": True})


def remove(ctx: Context, number: int, *, expected_version: int) -> None:
    """It is no longer an address of ours."""
    stop(ctx, number, expected_version=expected_version)
    _change(ctx, number, "webhook.removed", expected_version + 1, {"removed_at": ctx.now})


def renew_secret(ctx: Context, number: int, *, expected_version: int) -> Made:
    """Another secret; the former one signs as well for a day."""
    ctx.require(RIGHT)
    secret = _new_secret()
    with ctx.transaction() as connection:
        row = _row(connection, number, expected_version)
        values = {
            "secret_cipher": _closed(ctx, secret),
            "former_cipher": row.secret_cipher,
            "former_until": ctx.now + OVERLAP,
        }
        _write(connection, row, values)
        audit.write(connection, ctx.actor, "webhook.secret_renewed", ("webhook", number), at=ctx.now)
    return Made(number, secret)


def try_out(ctx: Context, number: int) -> None:
    """Send it a trial, by the very way of everything else."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        row = _row(connection, number, None)
        if not row.active:
            raise Conflict()
        event = int(ctx.now.timestamp() * 1000)
        said = {"webhook_id": number, "event": TRIAL, "event_id": f"{TRIAL}_{event}", "at": ctx.now, "data": {}}
        outbox.put(connection, TOPIC, said, key=f"{number}:{TRIAL}:{event}")


def _change(ctx: Context, number: int, action: str, expected_version: int, values: dict[str, Any]) -> None:
    with ctx.transaction() as connection:
        _changed(ctx, connection, number, action, expected_version, values)


def _changed(
    ctx: Context, connection: Connection, number: int, action: str, expected_version: int, values: dict[str, Any]
) -> None:
    row = _row(connection, number, expected_version)
    before, after = audit.changes({name: getattr(row, name) for name in values}, values)
    _write(connection, row, values)
    audit.write(connection, ctx.actor, action, ("webhook", number), before=before, after=after, at=ctx.now)


def _row(connection: Connection, number: int, expected_version: int | None) -> Row[Any]:
    query = select(TABLE).where(TABLE.c.id == number, TABLE.c.removed_at.is_(None)).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(ADDRESS)
    if expected_version is not None and row.version != expected_version:
        raise Conflict()
    return row


def _write(connection: Connection, row: Row[Any], values: dict[str, Any]) -> None:
    connection.execute(update(TABLE).where(TABLE.c.id == row.id).values(**values, version=row.version + 1))


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "title": wanted.title.strip(),
        "url": wanted.url.strip(),
        "events": [one for one in EVENTS if one in wanted.events],
        "flows": sorted(set(wanted.flows)),
    }


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _closed(ctx: Context, secret: str) -> bytes:
    return ctx.database.vault.encrypt(ctx.company.id, FIELD, secret)


def _shown(row: Row[Any]) -> Address:
    same = ("id", "title", "url", "active", "version", "last_sent")
    return Address(
        **{name: getattr(row, name) for name in same},
        events=tuple(row.events),
        flows=tuple(row.flows),
        waiting=row.waiting or 0,
        dead=row.dead or 0,
    )


def _check(ctx: Context, wanted: Wanted, *, private: bool) -> None:
    problems = list(_problems(ctx, wanted, private=private))
    if problems:
        raise Refused(problems)


def _problems(ctx: Context, wanted: Wanted, *, private: bool) -> Iterator[Problem]:
    if not 0 < len(wanted.title.strip()) <= LONGEST_TITLE:
        hint = text(f"{LONGEST_TITLE} characters at most.", f"最多 {LONGEST_TITLE} 字。")
        yield Problem(code="webhook.title", field="title", message=text("Give it a name.", "请填写名称。"), hint=hint)
    try:
        outward.door(wanted.url.strip(), private=private)
    except ValueError:
        yield Problem(
            code="webhook.url",
            field="url",
            message=text("Nothing can be sent to this address.", "无法向该地址发送。"),
            hint=text(
                "https://name/path of a machine on the open internet, without user and password.",
                "请填写公网 https 地址，不含用户名和密码。",
            ),
        )
    if not wanted.events or set(wanted.events) - set(EVENTS):
        yield Problem(
            code="webhook.events",
            field="events",
            message=text("Choose of what it is told.", "请选择要通知的事件。"),
            hint=text("Possible: " + ", ".join(EVENTS), "可选：" + "、".join(EVENTS)) if wanted.events else None,
        )
    if set(wanted.flows) - {document.key for document in ctx.registry.all("flow")}:
        yield Problem(code="webhook.flows", field="flows", message=text("There is no such flow.", "没有该流程。"))


def _too_many() -> Problem:
    return Problem(
        code="webhook.too_many",
        message=text(f"There may be {MOST} addresses.", f"最多登记 {MOST} 个地址。"),
        hint=text("Remove one that is no longer used.", "请先移除不再使用的地址。"),
    )
