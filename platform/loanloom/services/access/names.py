"""Names of users, for saying who did what."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from loanloom.problems import Text, text
from loanloom.services.access.sign_in import ab_user, full_name

SYSTEM: Text = text("the system", "系统")
PERSON = func.nullif(func.trim(func.concat(ab_user.c.first_name, " ", ab_user.c.last_name)), "")
"""The name of a person in a statement over `ab_user`; null of a user who has none."""


def names(connection: Connection, user_ids: Iterable[int | None]) -> dict[int, str]:
    """User -> name."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    columns = ab_user.c["id", "first_name", "last_name"]
    rows = connection.execute(select(*columns).where(ab_user.c.id.in_(wanted))).mappings()
    return {row["id"]: full_name(row) for row in rows}


def name_of(connection: Connection, user_id: int | None) -> Text:
    """The name of one user; the system for none."""
    if user_id is None:
        return SYSTEM
    name = names(connection, [user_id]).get(user_id, f"#{user_id}")
    return text(name, name)
