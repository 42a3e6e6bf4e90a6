"""Ending sessions: one that somebody signs out of, or all of a user. A cookie that was copied before is worth nothing
afterwards."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as upsert

from loanloom.store.tables import user_profile


def end(connection: Connection, user_id: int, session: str, now: datetime, *, lasting: timedelta) -> None:
    """End one session. Those that ended longer ago than a cookie is good for (`lasting`) are forgotten."""
    kept = select(user_profile.c.ended_sessions).where(user_profile.c.user_id == user_id).with_for_update()
    before = connection.execute(kept).scalar_one_or_none() or {}
    still = {one: at for one, at in before.items() if datetime.fromisoformat(at) > now - lasting}
    _write(connection, user_id, {"ended_sessions": {**still, session: now.isoformat()}})


def end_all(connection: Connection, user_id: int) -> None:
    """End every session and token of a user, the one at hand too."""
    _write(connection, user_id, {"sessions_since": secrets.token_urlsafe(12), "ended_sessions": {}})


def _write(connection: Connection, user_id: int, values: dict[str, object]) -> None:
    statement = upsert(user_profile).values(user_id=user_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))
