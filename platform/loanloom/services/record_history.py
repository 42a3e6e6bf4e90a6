"""What happened to one record, for its own page: the audit rows that speak of it. Reads; the caller has checked
sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from loanloom.store import tables

MOST = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One audit row."""

    at: datetime
    actor: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str | None


def of(connection: Connection, *subjects: tuple[str, int], limit: int = MOST) -> Sequence[Happening]:
    """What happened to these records, the newest first."""
    table = tables.audit_log
    asked = or_(*(and_(table.c.subject_kind == kind, table.c.subject_id == str(key)) for kind, key in subjects))
    rows = connection.execute(
        select(table.c.at, table.c.actor, table.c.action, table.c.before, table.c.after, table.c.reason)
        .where(asked)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [Happening(row.at, row.actor, row.action, row.before or {}, row.after or {}, row.reason) for row in rows]
