"""Saving a row that somebody else may have changed meanwhile: the version decides, nobody is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, update


def update_if_unchanged(
    connection: Connection, table: Table, row_id: int, version: int, values: Mapping[str, Any]
) -> bool:
    """Change the row if it is still at `version`, and count it up; False when somebody was quicker."""
    changes = dict(values) | {"version": version + 1}
    if "updated_at" in table.c and "updated_at" not in changes:
        changes["updated_at"] = func.now()
    done = connection.execute(update(table).where(table.c.id == row_id, table.c.version == version).values(changes))
    return done.rowcount == 1
