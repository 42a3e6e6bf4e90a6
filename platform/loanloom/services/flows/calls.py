"""Calls that service nodes make, as they are noted: a row in the step's own commit; `calling` makes them after it.

When a case is taken back past a call that was made, another row takes it back in turn (compensation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import Connection, Row, select, update

from loanloom.engines import flows
from loanloom.services import stored
from loanloom.services.context import Context
from loanloom.store import bulk
from loanloom.store.tables import flow_call

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step

GIVEN, ANSWER = "flow_call.given", "flow_call.answer"
"""What the sealed values of a row are called."""
UNDONE_BY = ("withdrawn", "terminated")
"""Outcomes that take the whole case back: what it called is taken back too."""


def note(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Calls that these steps want, and those that nobody waits for any more."""
    rows, gone = [], []
    for step in steps:
        before = step.case.state
        rows += [_wanted(ctx, step, effect) for effect in step.moved.effects if effect.name == "call_wanted"]
        if before is not None:
            there = {token.number for token in step.moved.state.tokens}
            left = [token for token in before.tokens if token.waits == "call" and token.number not in there]
            gone += [{"case_id": step.case.id, "token": token.number} for token in left]
            _undo(ctx, connection, step)
    still = "state = CASE WHEN kept.state IN ('due', 'failed') THEN 'gone' ELSE kept.state END"
    bulk.update(connection, flow_call, gone, key=("case_id", "token"), added=[still])
    bulk.insert(connection, flow_call, rows)


def _wanted(ctx: Context, step: Step, effect: flows.Effect) -> dict[str, Any]:
    call = step.case.flow.nodes[effect.node].call
    assert call is not None, "a call of a node without one"
    return {
        "case_id": step.case.id,
        "node": effect.node,
        "token": effect.token,
        "action": call.action,
        "key": str(uuid4()),
        "given": stored.sealed(ctx.database.vault, ctx.company.id, GIVEN, effect.data["given"]),
        "retries": call.retries,
        "pause": call.pause,
        "timeout": call.timeout,
        "compensate": call.compensate,
        "due_at": ctx.now,
    }


def _undo(ctx: Context, connection: Connection, step: Step) -> None:
    """Where the case was taken back past calls: each pass of a node made one call, so the latest of those that have no
    pass any more are undone."""
    before, after = step.case.state, step.moved.state
    called = {node.key for node in step.case.flow if node.call is not None}
    if before is None or not called & set(before.path):
        return
    all_of_it = after.status == "ended" and after.outcome in UNDONE_BY
    stands = {} if all_of_it else {key: after.path.count(key) for key in called}
    fallen = sorted(key for key in called if before.path.count(key) > stands.get(key, 0))
    if not fallen:
        return
    asked = select(flow_call).where(
        flow_call.c.case_id == step.case.id, flow_call.c.node.in_(fallen), flow_call.c.kind == "call",
        ~flow_call.c.undone,
    )  # fmt: skip
    rows = connection.execute(asked.order_by(flow_call.c.id.desc())).all()
    undone: list[Row[Any]] = []
    for key in fallen:
        made = [row for row in rows if row.node == key]
        undone += made[: max(len(made) - stands.get(key, 0), 0)]
    undone.sort(key=lambda row: row.id, reverse=True)
    connection.execute(update(flow_call).where(flow_call.c.id.in_([row.id for row in undone])).values(undone=True))
    bulk.insert(connection, flow_call, [taking_back(ctx, row) for row in undone if _to_take_back(row)])


def given(ctx: Context, row: Row[Any]) -> Mapping[str, Any]:
    """What whoever is called is told."""
    found: Mapping[str, Any] = stored.unsealed(ctx.database.vault, ctx.company.id, GIVEN, row.given)
    return found


def answer(ctx: Context, kept: Any) -> Any:
    """What whoever was called said, from a row's column."""
    return stored.unsealed(ctx.database.vault, ctx.company.id, ANSWER, kept)


def kept(ctx: Context, said: Mapping[str, Any]) -> dict[str, str]:
    """An answer as its row keeps it."""
    return stored.sealed(ctx.database.vault, ctx.company.id, ANSWER, said)


def _to_take_back(row: Row[Any]) -> bool:
    return row.state == "done" and row.compensate is not None


def taking_back(ctx: Context, row: Row[Any]) -> dict[str, Any]:
    """The row that takes a call back."""
    same = {name: getattr(row, name) for name in ("case_id", "node", "token", "given", "retries", "pause", "timeout")}
    made = {"kind": "compensation", "action": row.compensate, "key": str(uuid4()), "undoes_id": row.id}
    return same | made | {"due_at": ctx.now}
