"""Orders that wait for their second person keep still what they are about: that person checks what was entered."""

from __future__ import annotations

from sqlalchemy import Connection, select

from loanloom.problems import Problem, text
from loanloom.services.errors import Conflict
from loanloom.store import tables

TABLE = tables.cash_order


def of(connection: Connection, kind: str, name: str, subject_id: int, *, but: int | None = None) -> int | None:
    """The order of this kind that waits and has this parameter; `but` is no matter."""
    query = select(TABLE.c.id).where(
        TABLE.c.kind == kind,
        TABLE.c.state == "entered",
        TABLE.c.parameters[name].as_integer() == subject_id,
        TABLE.c.id.is_distinct_from(but),
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()


def check_none_waits(connection: Connection, kind: str, name: str, subject_id: int, *, but: int | None = None) -> None:
    """Refuse to change what an order of this kind, with this parameter, is about while it waits; `but` is no matter."""
    found = of(connection, kind, name, subject_id, but=but)
    if found is not None:
        raise Conflict(
            Problem(
                code="order.waits_for_this",
                message=text(
                    f"Order {found} waits for its second person; what it is about cannot change meanwhile.",
                    f"收付单 {found} 正待复核，期间不得变更其内容。",
                ),
                hint=text("Take that order back first.", "请先撤回该收付单。"),
            )
        )
