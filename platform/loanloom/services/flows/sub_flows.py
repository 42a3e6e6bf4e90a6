"""Sub-flows: a case of its own for each run, begun after the step that wants it, reporting to it when it ends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows
from loanloom.engines.flows.checks.nesting import MOST_DEEP
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.flows import cases, subs
from loanloom.services.flows.case import Case
from loanloom.store.tables import flow_case


def begin(ctx: Context, connection: Connection, case: Case, row: Row[Any]) -> None:
    """Start the case of a run, unless nobody waits for it any more or it is there."""
    run, node = row.data["run"], case.flow.nodes[row.node]
    if node.sub is None or (node.sub.wait != "none" and not _waits(case.state, run)):
        return
    there = select(flow_case.c.id).where(flow_case.c.parent_id == case.id, flow_case.c.parent_run == run)
    if connection.execute(there).first() is None:
        _check_nesting(connection, case, row.data["flow"])
        flow_key = row.data["flow"]
        alike = case.registry.require("flow", flow_key).spec.get("subject", "application") == case.subject
        subject = (case.subject, case.subject_id) if alike else ("request", None)
        cases.start(
            ctx, connection, flow_key, subject, data=subs.values_of(ctx, row.data["data"]), parent=(case.id, run)
        )


def _check_nesting(connection: Connection, case: Case, wanted: str) -> None:
    """A release may have been made before such circles were refused, or by other hands: none is begun either way."""
    above, over = [case.flow.key], case.parent_id
    while over is not None and len(above) <= MOST_DEEP:
        asked = select(flow_case.c.flow_key, flow_case.c.parent_id).where(flow_case.c.id == over)
        flow_key, over = connection.execute(asked).one()
        above.append(flow_key)
    if wanted in above or len(above) > MOST_DEEP:
        raise Refused(_within_itself(wanted))


def _within_itself(wanted: str) -> Problem:
    return Problem(
        code="flow.sub_flow_circle",
        message=text(
            f"The flow '{wanted}' would begin within itself, or too many within each other.",
            f"流程“{wanted}”会在自身内部再次启动，或嵌套过深。",
        ),
        hint=text("Move the case past this step, and mend the flow.", "请将业务跳转至其他环节，并修改流程。"),
    )


def report(ctx: Context, connection: Connection, case: Case, row: Row[Any]) -> None:
    """A run ended: the case goes on after the last, or the first, of them."""
    data = row.data
    if _waits(case.state, data["run"]):
        values = subs.values_of(ctx, data["values"])
        said = {"run": data["run"], "outcome": data["outcome"] or "completed", "values": values}
        cases.act_in(ctx, connection, case.id, "sub_flow_ended", said)


def stop(ctx: Context, connection: Connection, case: Case, row: Row[Any]) -> None:
    """Nobody waits for this run any more."""
    if case.state is not None and case.state.status != "ended":
        reason = "The case it was part of went on without it. / 主流程已不再等待该子流程。"
        cases.act_in(ctx, connection, case.id, "terminate", {"reason": reason})


def _waits(state: flows.State | None, run: str) -> bool:
    return state is not None and any(run in token.waiting_for for token in state.tokens)
