"""Messages to people inside the house. Others (SMS, mail) leave by the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from loanloom.problems import Text

from .tables import membership, message


def send(
    connection: Connection,
    user_ids: Iterable[int],
    kind: str,
    title: Text,
    body: Text | None = None,
    *,
    url: str | None = None,
    severity: str = "info",
    subject: tuple[str, int] | None = None,
    key: str | None = None,
) -> None:
    """Tell each of `user_ids`; with `key`, the same person is told only once."""
    rows: list[dict[str, Any]] = [
        {
            "user_id": user_id,
            "kind": kind,
            "severity": severity,
            "title": title,
            "body": body or {},
            "url": url,
            "subject_kind": subject[0] if subject else None,
            "subject_id": subject[1] if subject else None,
            "key": key,
        }
        for user_id in sorted(set(user_ids))
    ]
    if rows:
        connection.execute(insert(message).on_conflict_do_nothing(), rows)


def holders(connection: Connection, company_id: int, roles: Iterable[str], unit: str | None = None) -> list[int]:
    """Users of a company who hold one of `roles`, in `unit` where one is given."""
    query = select(membership.c.user_id).where(
        membership.c.company_id == company_id, membership.c.active, membership.c.roles.overlap(list(roles))
    )
    if unit is not None:
        query = query.where(membership.c.unit == unit)
    return list(connection.execute(query.order_by(membership.c.user_id)).scalars())


UNREAD = select(func.count()).where(message.c.user_id == bindparam("user_id"), message.c.read_at.is_(None))


def unread(connection: Connection, user_id: int) -> int:
    """How many this person has not read."""
    return int(connection.execute(UNREAD, {"user_id": user_id}).scalar_one())


def newest(connection: Connection, user_id: int, *, before_id: int | None = None, limit: int = 20) -> list[RowMapping]:
    """A person's messages, the newest first; page on with the last one's id."""
    query = select(message).where(message.c.user_id == user_id).order_by(message.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(message.c.id < before_id)
    return list(connection.execute(query).mappings())


def mark_read(connection: Connection, user_id: int, now: datetime, message_ids: Iterable[int] | None = None) -> int:
    """Mark some (or all) of a person's messages read; how many were not."""
    change = update(message).where(message.c.user_id == user_id, message.c.read_at.is_(None)).values(read_at=now)
    if message_ids is not None:
        change = change.where(message.c.id.in_(list(message_ids)))
    return connection.execute(change).rowcount
