"""A person's own messages. Sending is store/messages.py inside the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from loanloom.problems import text
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound
from loanloom.store import messages
from loanloom.store.tables import message

PAGE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, and the number to go on with."""

    messages: tuple[Mapping[str, Any], ...]
    next_before: int | None
    unread: int


def _me(ctx: Context) -> int:
    if ctx.actor.user_id is None:
        raise Forbidden()
    return ctx.actor.user_id


def mine(ctx: Context, *, before_id: int | None = None, limit: int = PAGE) -> Page:
    """The newest messages, or those before one."""
    with ctx.transaction() as connection:
        found = messages.newest(connection, _me(ctx), before_id=before_id, limit=limit + 1)
        unread = messages.unread(connection, _me(ctx))
    shown = tuple(dict(row) for row in found[:limit])
    return Page(shown, shown[-1]["id"] if len(found) > limit else None, unread)


def read(ctx: Context, message_id: int) -> str | None:
    """Mark one of mine read; where it leads."""
    with ctx.transaction() as connection:
        query = select(message.c.url).where(message.c.id == message_id, message.c.user_id == _me(ctx))
        row = connection.execute(query).first()
        if row is None:
            raise NotFound(text("message", "消息"))
        messages.mark_read(connection, _me(ctx), ctx.now, [message_id])
    url: str | None = row.url
    return url


def read_all(ctx: Context) -> int:
    """Mark all of mine read; how many were not."""
    with ctx.transaction() as connection:
        return messages.mark_read(connection, _me(ctx), ctx.now)
