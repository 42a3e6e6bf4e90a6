"""What is to leave the house, written in the transaction that decides it and delivered after the commit.

Delivery is at least once: a handler must be idempotent, and gets a stable `id` for that. A failure is tried again
later and later; after the last attempt the row is dead and waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from . import bulk
from .tables import outbox

LEASE = timedelta(minutes=5)
"""A delivery that says nothing for so long was lost with its process and is tried again."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row on its way."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    attempt: int
    correlation_id: str | None
    created_at: datetime


def put(
    connection: Connection,
    topic: str,
    payload: Mapping[str, Any],
    *,
    key: str | None = None,
    due_at: datetime | None = None,
    correlation_id: str | None = None,
) -> bool:
    """Add one; with `key`, the same thing is put only once a topic (False: it was there)."""
    values: dict[str, Any] = {"topic": topic, "key": key, "payload": payload, "correlation_id": correlation_id}
    if due_at is not None:
        values["due_at"] = due_at
    statement = insert(outbox).values(values).on_conflict_do_nothing(index_elements=["company_id", "topic", "key"])
    return connection.execute(statement.returning(outbox.c.id)).first() is not None


def put_many(
    connection: Connection,
    events: Sequence[tuple[str, Mapping[str, Any], str]],
    *,
    correlation_id: str | None = None,
) -> None:
    """Add many (topic, payload, key) at once; what is there already stays as it is."""
    rows = [
        {"topic": topic, "payload": payload, "key": key, "correlation_id": correlation_id}
        for topic, payload, key in events
    ]
    bulk.insert_missing(connection, outbox, rows, key=("topic", "key"))


def claim(connection: Connection, now: datetime, limit: int = 20) -> list[Delivery]:
    """Take what is due; nobody else gets it before the lease ends. Commit before delivering."""
    due = (
        select(outbox.c.id)
        .where(outbox.c.state == "due", outbox.c.due_at <= now)
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(due))
        .values(attempts=outbox.c.attempts + 1, due_at=now + LEASE)
        .returning(*outbox.c["id", "topic", "payload", "attempts", "correlation_id", "created_at"])
    )
    return sorted((Delivery(*row) for row in connection.execute(taken)), key=lambda delivery: delivery.id)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether anything should leave now."""
    due = select(outbox.c.id).where(outbox.c.state == "due", outbox.c.due_at <= now).limit(1)
    return connection.execute(due).first() is not None


def sent(connection: Connection, delivery: Delivery, now: datetime) -> None:
    """It arrived."""
    connection.execute(update(outbox).where(outbox.c.id == delivery.id).values(state="sent", sent_at=now, problem=None))


def failed(connection: Connection, delivery: Delivery, problem: str, now: datetime, attempts: int) -> bool:
    """It did not arrive: later again, or dead after `attempts`. Returns whether it is dead."""
    dead = delivery.attempt >= attempts
    wait = min(FIRST_WAIT * 2 ** (delivery.attempt - 1), LONGEST_WAIT)
    values: dict[str, Any] = {"problem": problem[:2000], "state": "dead" if dead else "due", "due_at": now + wait}
    connection.execute(update(outbox).where(outbox.c.id == delivery.id).values(values))
    return dead


def revive(connection: Connection, delivery_ids: Sequence[int], now: datetime) -> int:
    """A person had a look: try dead ones again from the beginning; how many they are."""
    done = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(delivery_ids), outbox.c.state == "dead")
        .values(state="due", attempts=0, due_at=now)
    )
    return done.rowcount


def waiting(connection: Connection) -> dict[str, int]:
    """How many are due, sent and dead."""
    rows = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return {"due": 0, "sent": 0, "dead": 0} | {row[0]: row[1] for row in rows}
