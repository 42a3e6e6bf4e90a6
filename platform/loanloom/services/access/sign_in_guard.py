"""Slows down guessing: counts failed log-ins by user name and by address, and locks either for a while.

Kept in the database, so that it holds over every worker process. A lock by user name is short, so that nobody can
keep a colleague out for long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from loanloom.store.tables import sign_in_guard as table

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within the window lock the subject for so long."""

    failures: int
    locked_for: timedelta


BY_NAME = Limit(5, timedelta(minutes=10))
BY_ADDRESS = Limit(50, timedelta(minutes=10))


def _subjects(username: str, ip: str | None) -> list[tuple[str, Limit]]:
    found = [(f"user:{username.strip().lower()[:128]}", BY_NAME)]
    if ip:
        found.append((f"ip:{ip}", BY_ADDRESS))
    return found


def locked_until(connection: Connection, username: str, ip: str | None, now: datetime) -> datetime | None:
    """When this name or address may try again; None when it may now."""
    names = [subject for subject, _ in _subjects(username, ip)]
    query = select(table.c.locked_until).where(table.c.subject.in_(names), table.c.locked_until > now)
    return max(connection.execute(query).scalars(), default=None)


def failed(connection: Connection, username: str, ip: str | None, now: datetime) -> None:
    """Count one more failure of both."""
    for subject, limit in _subjects(username, ip):
        fresh = table.c.first_failed_at < now - WINDOW
        counted = case((fresh, 1), else_=table.c.failures + 1)
        first = case((fresh, now), else_=table.c.first_failed_at)
        locked = case((counted >= limit.failures, now + limit.locked_for), else_=table.c.locked_until)
        statement = upsert(table).values(subject=subject, failures=1, first_failed_at=now)
        values = {"failures": counted, "first_failed_at": first, "locked_until": locked}
        connection.execute(statement.on_conflict_do_update(index_elements=["subject"], set_=values))


def succeeded(connection: Connection, username: str) -> None:
    """Forget what was counted against this name; the address keeps its count until the window ends."""
    subject = _subjects(username, None)[0][0]
    connection.execute(delete(table).where(table.c.subject == subject))
