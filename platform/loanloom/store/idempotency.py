"""A command that arrives twice is done once: its first answer is kept under its key, in the command's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, bindparam, func, insert, select

from .tables import idempotency

_NAME = func.concat(func.current_setting("loanloom.company_id"), "|", bindparam("key", type_=String))
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(_NAME, 7)))
_KEPT = select(idempotency).where(idempotency.c.key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time; `fits` is False when the key was used for something else."""

    response: Any
    fits: bool


def earlier(connection: Connection, key: str, command: str, actor_id: int | None = None) -> Answer | None:
    """The first answer under `key`, if there is one. A second one arriving meanwhile waits here for the first."""
    connection.execute(_ALONE, {"key": key})
    found = connection.execute(_KEPT, {"key": key}).mappings().one_or_none()
    if found is None:
        return None
    return Answer(found["response"], found["command"] == command and found["actor_id"] == actor_id)


def keep(
    connection: Connection, key: str, command: str, response: Mapping[str, Any] | None, actor_id: int | None = None
) -> None:
    """Keep the answer; it is there for good once the transaction commits."""
    kept = {"key": key, "command": command, "response": response, "actor_id": actor_id}
    connection.execute(insert(idempotency), kept)
