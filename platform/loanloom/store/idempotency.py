"""A command that arrives twice is done once: its first answer is kept under its key, in the command's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from .tables import idempotency


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time; `fits` is False when the key was used for something else."""

    response: Any
    fits: bool


def earlier(connection: Connection, key: str, command: str, actor_id: int | None = None) -> Answer | None:
    """The first answer under `key`, if there is one. A second one arriving meanwhile waits here for the first."""
    lock = func.hashtextextended(func.concat(func.current_setting("loanloom.company_id"), "|", key), 7)
    connection.execute(select(func.pg_advisory_xact_lock(lock)))
    found = connection.execute(select(idempotency).where(idempotency.c.key == key)).mappings().one_or_none()
    if found is None:
        return None
    return Answer(found["response"], found["command"] == command and found["actor_id"] == actor_id)


def keep(
    connection: Connection, key: str, command: str, response: Mapping[str, Any] | None, actor_id: int | None = None
) -> None:
    """Keep the answer; it is there for good once the transaction commits."""
    connection.execute(insert(idempotency).values(key=key, command=command, response=response, actor_id=actor_id))
