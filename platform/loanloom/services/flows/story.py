"""The story of a case: what happened, oldest first, as the engine speaks of it; the flow drawn with it. Reads only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from loanloom.engines import flows
from loanloom.services.access.names import names as names_of_users
from loanloom.services.definitions import flow_titles
from loanloom.services.flows import case as kept
from loanloom.services.flows.case import Case
from loanloom.store import tables

TABLE = tables.flow_history


def history(connection: Connection, case_id: int) -> tuple[flows.Entry, ...]:
    """What happened to a case, oldest first."""
    rows = connection.execute(select(TABLE).where(TABLE.c.case_id == case_id).order_by(TABLE.c.id))
    return tuple(
        flows.Entry(
            kind=row.event,
            node=row.node,
            to=row.to_node,
            by=row.actor_id,
            for_whom=int(row.details["for_whom"]) if row.details.get("for_whom") is not None else None,
            at=row.at,
            action=row.decision,
            reason=row.reason_code,
            opinion=row.opinion or "",
            item=int(row.details["item"]) if row.details.get("item") is not None else None,
            round=int(row.details.get("round", 1)),
            trace=row.details.get("trace"),
        )
        for row in rows
    )


def names(connection: Connection, case_id: int) -> dict[int, str]:
    """Who is named in the history, as they were called then."""
    rows = connection.execute(
        select(TABLE.c.actor_id, TABLE.c.actor_name)
        .where(TABLE.c.case_id == case_id, TABLE.c.actor_name.is_not(None))
        .order_by(TABLE.c.id)
    )
    return {row.actor_id: row.actor_name for row in rows}


def drawn(connection: Connection, case: Case, language: str) -> flows.Diagram:
    """The flow of a case with what was passed of it."""
    return flows.diagram(
        case.flow,
        language,
        state=case.state,
        history=history(connection, case.id),
        names=_named(connection, case),
        titles=flow_titles.titles(case.registry),
        reasons=kept.reasons_of(case),
        due=_due(connection, case.id),
    )


def _named(connection: Connection, case: Case) -> dict[int, str]:
    """Everybody whom the history names or for whom work waits, by id."""
    found = names(connection, case.id)
    items = case.state.items if case.state is not None else ()
    waited = {person for item in items for person in (*item.users, *item.escalated, item.taken_by) if person}
    wanted = sorted(waited - found.keys())
    return found | names_of_users(connection, wanted) if wanted else found


def _due(connection: Connection, case_id: int) -> dict[int, datetime]:
    """When the open items are due, by number."""
    item = tables.work_item
    open_items = select(item.c.number, item.c.due_at).where(
        item.c.case_id == case_id, item.c.status == "open", item.c.due_at.is_not(None)
    )
    return {row.number: row.due_at for row in connection.execute(open_items)}
