"""The audit: who did what, when, from where, to what, with the values before and after. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from . import bulk
from .tables import audit_log


class Who(Protocol):
    """What the audit wants to know of an actor; `services.context.Actor` has it."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def username(self) -> str: ...
    @property
    def ip(self) -> str | None: ...
    @property
    def correlation_id(self) -> str | None: ...


def write(
    connection: Connection,
    who: Who,
    action: str,
    subject: tuple[str, object] | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    release_id: int | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Add one row in the transaction of what it tells. `action` is record.verb, e.g. "application.submitted"."""
    told = entry(who, action, subject, before=before, after=after, release_id=release_id, reason=reason, at=at)
    write_many(connection, [told])


def write_many(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows at once, made by `entry`."""
    bulk.insert(connection, audit_log, entries)


def entry(
    who: Who,
    action: str,
    subject: tuple[str, object] | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    release_id: int | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """One row for `write_many`. In one call either all rows say `at`, or none does."""
    values: dict[str, Any] = {
        "actor_id": who.user_id,
        "actor": who.username,
        "ip": who.ip,
        "correlation_id": who.correlation_id,
        "action": action,
        "subject_kind": subject[0] if subject else None,
        "subject_id": str(subject[1]) if subject else None,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "release_id": release_id,
        "reason": reason,
    }
    if at is not None:
        values["at"] = at
    return values


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs between two forms of a record: a before and an after worth keeping."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}
