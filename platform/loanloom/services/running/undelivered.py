"""What could not leave the house after the last attempt: seen, and sent again by a person (right system.operate).

The content is not shown: it may name people. Number, topic, address and the words of the failure are enough to act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.services.running.webhooks import TABLE as WEBHOOK
from loanloom.services.running.webhooks import TOPIC
from loanloom.store import audit, outbox, tables

RIGHT = "system.operate"
PAGE = 50
ALL = 1_000
"""As many are sent again at once; there may be more by then."""
_OUT = tables.outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """One that was given up. `event` and `to`: of a webhook, what it tells and the title of its address."""

    id: int
    topic: str
    event: str | None
    to: str | None
    attempts: int
    problem: str | None
    created_at: datetime


def counts(ctx: Context) -> dict[str, int]:
    """How many are due, sent and dead."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        return outbox.waiting(connection)


def listing(ctx: Context, *, after: int | None = None) -> tuple[tuple[Dead, ...], int | None]:
    """Those given up, the newest first, and the number after which the following page begins."""
    ctx.require(RIGHT)
    of = _OUT.c.payload["webhook_id"].as_integer()
    event = _OUT.c.payload["event"].as_string()
    query = (
        select(*_OUT.c["id", "topic", "attempts", "problem", "created_at"], event.label("event"), WEBHOOK.c.title)
        .outerjoin(WEBHOOK, (WEBHOOK.c.id == of) & (_OUT.c.topic == TOPIC))
        .where(_OUT.c.state == "dead")
        .order_by(_OUT.c.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(_OUT.c.id < after)
    with ctx.transaction() as connection:
        rows = connection.execute(query).all()
    shown = tuple(
        Dead(
            id=row.id, topic=row.topic, event=row.event if row.topic == TOPIC else None, to=row.title,
            attempts=row.attempts, problem=row.problem, created_at=row.created_at,
        )
        for row in rows[:PAGE]
    )  # fmt: skip
    return shown, shown[-1].id if len(rows) > PAGE else None


def send_again(ctx: Context, number: int) -> None:
    """Try one again, from the first attempt."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        if not outbox.revive(connection, [number], ctx.now):
            raise Conflict()
        audit.write(connection, ctx.actor, "outbox.sent_again", ("outbox", number), at=ctx.now)


def send_all_again(ctx: Context) -> int:
    """Try all again; how many they are."""
    ctx.require(RIGHT)
    with ctx.transaction() as connection:
        dead = select(_OUT.c.id).where(_OUT.c.state == "dead").order_by(_OUT.c.id).limit(ALL)
        count = outbox.revive(connection, connection.execute(dead).scalars().all(), ctx.now)
        audit.write(connection, ctx.actor, "outbox.sent_again", after={"count": count}, at=ctx.now)
    return count
