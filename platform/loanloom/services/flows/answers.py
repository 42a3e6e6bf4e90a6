"""Cases as programs read them: a list by key, one case with its open work and its story. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.flows import case as kept
from loanloom.services.flows import guards, story
from loanloom.services.flows.case import CASE, ITEM, TABLE

LINE = (
    "id", "number", "flow_key", "subject_kind", "subject_id", "title", "product_key", "amount", "currency", "status",
    "code", "outcome", "version", "started_at", "ended_at", "updated_at",
)  # fmt: skip
WORK = ("id", "kind", "node", "title", "status", "version", "opened_at", "due_at")


def listing(
    ctx: Context, *, status: str | None = None, flow: str | None = None, subject: str | None = None,
    after: int | None = None, limit: int = 50,
) -> tuple[list[dict[str, Any]], int | None]:  # fmt: skip
    """The cases that the actor may see, the newest first, and the id after which the following page begins."""
    statement = select(*TABLE.c[LINE]).order_by(TABLE.c.id.desc()).limit(limit + 1)
    if ctx.actor.customer_id is not None or not ctx.actor.may("flow.read_all"):
        statement = statement.where(scope.visible(ctx, TABLE))
    wanted = {TABLE.c.status: status, TABLE.c.flow_key: flow, TABLE.c.subject_kind: subject}
    statement = statement.where(*(column == value for column, value in wanted.items() if value is not None))
    if after is not None:
        statement = statement.where(TABLE.c.id < after)
    with ctx.transaction() as connection:
        rows = connection.execute(statement).all()
    lines = [dict(row._mapping) for row in rows[:limit]]
    return lines, lines[-1]["id"] if len(rows) > limit else None


def one(ctx: Context, case_id: int) -> dict[str, Any]:
    """A case, if the actor may know of it: by scope, or because work of it is or was theirs."""
    with ctx.transaction() as connection:
        row = kept.row_of(connection, case_id)
        case = kept.of_row(ctx, connection, row)
        items = connection.execute(select(ITEM).where(ITEM.c.case_id == case_id).order_by(ITEM.c.id)).all()
        if not guards.sees(ctx, case) and not guards.works_on(ctx, connection, case, items):
            raise NotFound(CASE)
        names = story.names(connection, case_id)
        told = [
            {
                "at": entry.at, "kind": entry.kind, "node": entry.node, "to": entry.to, "round": entry.round,
                "by": names.get(entry.by) if entry.by is not None else None, "action": entry.action,
                "reason": entry.reason, "opinion": entry.opinion,
            }
            for entry in story.history(connection, case_id)
        ]  # fmt: skip
    work = [_work(item) for item in items if item.status in ("open", "waiting")]
    return {**{name: getattr(row, name) for name in LINE}, "items": work, "history": told}


def _work(item: Row[Any]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in WORK}
