"""Saving what a flow engine returned: items, history, the application, and the effects that belong to the same commit.

Set-based, so that one decision and an import of a thousand applications take the same way. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, insert, update

from loanloom.engines import flows
from loanloom.metadata.registry import Registry
from loanloom.services.approval import messages as approval_messages
from loanloom.services.approval import sanctions
from loanloom.services.approval.flow_cases import Case, product
from loanloom.services.context import Context
from loanloom.store import audit, bulk, outbox, tables

STATES = {"approved": "approved", "refused": "refused", "withdrawn": "withdrawn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One case and how it moved; `closing` is what the decided item keeps of the decision. `findings` and `told` are
    rows of the assessments and of the audit that are still to be written, beside the step's own."""

    case: Case
    moved: flows.Moved
    facts: Mapping[str, Any] = field(default_factory=dict)
    decided: int | None = None
    closing: Mapping[str, Any] = field(default_factory=dict)
    action: str = "application.moved"
    findings: Sequence[Mapping[str, Any]] = ()
    told: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving made: the new work items' ids by application, sanctions by application."""

    items: Mapping[int, Sequence[int]]
    sanctions: Mapping[int, int]


def save(ctx: Context, connection: Connection, steps: Sequence[Step], *, tell: bool = True) -> Saved:
    """Write the steps. `tell` False leaves out messages to people (bulk work)."""
    with bulk.together(connection):
        _close_items(ctx, connection, steps)
        items = _open_items(ctx, connection, steps)
        _write_history(ctx, connection, steps)
        _write_findings(ctx, connection, steps)
        _update_applications(ctx, connection, steps)
        approved = [(step.case, step.moved.state, step.facts) for step in steps if _ended(step) == "approved"]
        made, told = sanctions.create_many(ctx, connection, approved)
        _announce(ctx, connection, steps, made, told)
    if tell:
        for step in steps:
            approval_messages.tell(ctx, connection, step.case, step.moved)
    return Saved(items=items, sanctions=made)


def state_of(moved: flows.Moved) -> str:
    """The application's state after a step."""
    state = moved.state
    if state.status == "ended":
        return STATES[state.outcome or "refused"]
    return "returned" if any(item.kind == "revision" for item in state.items) else "submitted"


def _ended(step: Step) -> str | None:
    return step.moved.state.outcome if step.moved.state.status == "ended" else None


def _close_items(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    table = tables.work_item
    for step in steps:
        others = [number for number in step.moved.closed if number != step.decided]
        here = table.c.application_id == step.case.row.id
        if step.decided is not None:
            values = {
                "status": "done",
                "decided_by": ctx.actor.user_id,
                "decided_at": ctx.now,
                "version": table.c.version + 1,
                **step.closing,
            }
            connection.execute(update(table).where(here, table.c.number == step.decided).values(values))
        if others:
            cancelled = {"status": "cancelled", "decided_at": ctx.now, "version": table.c.version + 1}
            connection.execute(update(table).where(here, table.c.number.in_(others)).values(cancelled))


def _open_items(ctx: Context, connection: Connection, steps: Sequence[Step]) -> dict[int, list[int]]:
    working: dict[str | None, flows.WorkingTime] = {}
    rows = [_item_row(ctx, step, item, working) for step in steps for item in step.moved.opened]
    ids: dict[int, list[int]] = {}
    if not rows:
        return ids
    table = tables.work_item
    statement = insert(table).returning(table.c.id, table.c.application_id)
    for row in connection.execute(statement, rows):
        ids.setdefault(row.application_id, []).append(row.id)
    return ids


def _item_row(
    ctx: Context, step: Step, item: flows.Item, working: dict[str | None, flows.WorkingTime]
) -> dict[str, Any]:
    case = step.case
    return {
        "application_id": case.row.id,
        "number": item.number,
        "kind": item.kind,
        "node": item.node,
        "title": dict(case.flow.nodes[item.node].title),
        "round": step.moved.state.round,
        "role": item.role,
        "scope": item.scope,
        "unit": case.branch,
        "assignee": case.row.created_by if item.kind == "revision" else None,
        "excluded": list(item.excluded),
        "opened_at": ctx.now,
        "due_at": _due(ctx, case, item, working),
    }


def _due(ctx: Context, case: Case, item: flows.Item, working: dict[str | None, flows.WorkingTime]) -> datetime | None:
    if item.working_hours is None:
        return None
    key = product(case.registry, case.row.product_key).get("calendar")
    if key not in working:
        working[key] = flows.working_time(_calendar(ctx.registry, key))
    local = ctx.now.astimezone(ZoneInfo(ctx.company.time_zone))
    return flows.due_at(working[key], local, item.working_hours)


def _calendar(registry: Registry, key: str | None) -> Mapping[str, Any] | None:
    document = registry.get("calendar", key) if key else None
    return document.spec if document else None


def _write_history(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    rows = [
        {
            "application_id": step.case.row.id,
            "node": entry.node,
            "event": entry.kind,
            "state": step.moved.state.code,
            "to_node": entry.to,
            "actor_id": entry.by,
            "actor_name": ctx.actor.name if entry.by == ctx.actor.user_id else None,
            "decision": entry.action,
            "reason_code": entry.reason,
            "opinion": entry.opinion or None,
            "details": {"item": entry.item, "round": entry.round, "trace": entry.trace},
            "at": entry.at or ctx.now,
        }
        for step in steps
        for entry in step.moved.history
    ]
    bulk.insert(connection, tables.flow_history, rows)


def _write_findings(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Keep what automatic decisions found beside the findings of the other engines."""
    rows = [row for step in steps for row in step.findings]
    rows += [
        {
            "application_id": step.case.row.id,
            "kind": "decision",
            "definition_key": effect.data["ruleset"],
            "definition_digest": step.case.registry.require("ruleset", effect.data["ruleset"]).digest,
            "result": effect.data["values"],
            "trace": effect.data["trace"],
            "assessed_at": ctx.now,
        }
        for step in steps
        for effect in step.moved.effects
        if effect.name == "ruled"
    ]
    bulk.insert(connection, tables.assessment, rows)


_MOVED = (
    update(tables.application)
    .where(tables.application.c.id == bindparam("of"))
    .values(
        state=bindparam("new_state"),
        flow_state=bindparam("new_flow_state"),
        decided_at=bindparam("ended_at"),
        updated_at=bindparam("now"),
        version=tables.application.c.version + 1,
    )
)


def _update_applications(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    rows = [
        {
            "of": step.case.row.id,
            "new_state": state_of(step.moved),
            "new_flow_state": step.moved.state.to_json(),
            "ended_at": ctx.now if step.moved.state.status == "ended" else None,
            "now": ctx.now,
        }
        for step in steps
    ]
    if rows:
        connection.execute(_MOVED, rows)


def _announce(
    ctx: Context,
    connection: Connection,
    steps: Sequence[Step],
    made: Mapping[int, int],
    made_known: Sequence[Mapping[str, Any]],
) -> None:
    """Audit the moves beside what they made, and put the events on the outbox: outer parts learn of them after the
    commit."""
    entries = [*(entry for step in steps for entry in step.told), *made_known]
    events = []
    for step in steps:
        row, state = step.case.row, step.moved.state
        before = {"state": row.state, "code": step.case.state.code if step.case.state else None}
        after = {"state": state_of(step.moved), "code": state.code, "sanction_id": made.get(row.id), **step.closing}
        told = {"before": before, "after": after, "release_id": row.release_id, "at": ctx.now}
        entries.append(audit.entry(ctx.actor, step.action, ("application", row.id), **told))
        ended = _ended(step)
        topic = f"application.{ended}" if ended else "application.moved"
        payload = {"application_id": row.id, "number": row.number, "state": after["state"], "code": state.code}
        events.append((topic, payload, f"{row.id}:{row.version + 1}"))
    audit.write_many(connection, entries)
    outbox.put_many(connection, events, correlation_id=ctx.actor.correlation_id)
