"""Sub-flows as they are noted: what a step wants of other cases, one row each; `sub_flows` does it.

Parent and child are never locked together: what one wants of the other is a row that is due at once (timers.py), so
that neither waits for the other and nothing is lost when a process dies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from loanloom.services import stored
from loanloom.services.context import Context
from loanloom.store import bulk
from loanloom.store.tables import flow_case, flow_timer

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step

DATA = "flow_timer.data"
"""What the sealed values of a row are called."""


def note(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """What these steps want of other cases: runs to begin, an end to report, runs that nobody waits for to end."""
    rows = [row for step in steps for row in (*_begun(ctx, step), *_ended(ctx, step))]
    for step in steps:
        rows += _dropped(ctx, connection, step)
    bulk.insert(connection, flow_timer, rows)


def _row(ctx: Context, case_id: int, kind: str, key: str, node: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"case_id": case_id, "kind": kind, "key": f"{kind}:{key}", "node": node, "data": data, "due_at": ctx.now}


def _begun(ctx: Context, step: Step) -> list[dict[str, Any]]:
    return [
        _row(ctx, step.case.id, "sub_start", run["run"], effect.node, _wanted(ctx, run, effect.data["flow"]))
        for effect in step.moved.effects
        if effect.name == "sub_wanted"
        for run in effect.data["runs"]
    ]


def _wanted(ctx: Context, run: Mapping[str, Any], flow: str) -> dict[str, Any]:
    return {"run": run["run"], "flow": flow, "data": _sealed(ctx, run["data"])}


def _sealed(ctx: Context, values: Mapping[str, Any]) -> dict[str, str]:
    return stored.sealed(ctx.database.vault, ctx.company.id, DATA, values)


def values_of(ctx: Context, kept: Any) -> Mapping[str, Any]:
    """What one case says to another, from the data of its row."""
    found: Mapping[str, Any] = stored.unsealed(ctx.database.vault, ctx.company.id, DATA, kept)
    return found


def _ended(ctx: Context, step: Step) -> list[dict[str, Any]]:
    row, state = step.case, step.state
    if (
        row.parent_id is None
        or row.parent_run is None
        or not any(effect.name == "ended" for effect in step.moved.effects)
    ):
        return []
    found = {"case": row.number, "conditions": list(state.conditions), "terms": dict(state.terms)}
    values = {**found, "values": {node: dict(one) for node, one in state.values.items()}}
    data = {"run": row.parent_run, "outcome": state.outcome, "values": _sealed(ctx, values)}
    return [_row(ctx, row.parent_id, "sub_end", row.parent_run, step.case.flow.key, data)]


def _dropped(ctx: Context, connection: Connection, step: Step) -> list[dict[str, Any]]:
    """Runs whose token went away before they ended: the case was taken back, ended, or another run was enough."""
    before = step.case.state
    there = {token.number for token in step.moved.state.tokens}
    tokens = [token for token in before.tokens if token.waits == "sub" and token.number not in there] if before else []
    runs = [run for token in tokens for run in token.waiting_for]
    if not runs:
        return []
    asked = select(flow_case.c.id, flow_case.c.parent_run).where(
        flow_case.c.parent_id == step.case.id, flow_case.c.parent_run.in_(runs), flow_case.c.status != "ended"
    )
    return [
        _row(ctx, row.id, "sub_stop", row.parent_run, step.case.flow.start, {"run": row.parent_run})
        for row in connection.execute(asked)
    ]
