"""Material that an approver asked the makers of an application for: what it is, and by which item it is handed in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from loanloom.services.context import Context
from loanloom.services.flows.case import ids_of
from loanloom.store.tables import flow_history, work_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, and by whom; `item_id` and `version` hand it in."""

    item_id: int
    version: int
    words: str
    by: str | None


def wanted(ctx: Context, connection: Connection, application_id: int) -> Wanted | None:
    """What this actor is asked for now; None for whoever is not."""
    asked = select(work_item).where(
        work_item.c.case_id.in_(ids_of("application", application_id)),
        work_item.c.status == "open",
        work_item.c.kind == "material",
    )
    me = ctx.actor.user_id
    item = next((one for one in connection.execute(asked) if me in (one.assignee, *one.candidates)), None)
    if item is None or me is None:
        return None
    said = (
        select(*flow_history.c["opinion", "actor_name"])
        .where(
            flow_history.c.case_id == item.case_id,
            flow_history.c.node == item.node,
            flow_history.c.decision == "material",
        )
        .order_by(flow_history.c.id.desc())
        .limit(1)
    )
    row = connection.execute(said).one_or_none()
    words, by = (row.opinion or "", row.actor_name) if row is not None else ("", None)
    return Wanted(item_id=item.id, version=item.version, words=words, by=by)
