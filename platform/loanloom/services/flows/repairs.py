"""Repairing cases by hand (right flow.repair): each with a reason, in the audit, and safe to ask for twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.flows import bounds, calling, calls, cases, colleagues, expiring
from loanloom.store import audit
from loanloom.store.tables import flow_call, flow_timer, work_item

CALL, TIMER, ITEM = text("call", "调用"), text("term", "到期事项"), text("work item", "待办事项")


def call_again(ctx: Context, call_id: int, *, reason: str) -> None:
    """A failed call is made again, from the first attempt and with its key of old."""
    _change(ctx, flow_call, CALL, call_id, "flow_call.repeated", reason, state="due", attempts=0, problem=None)


def answer_by_hand(ctx: Context, call_id: int, values: Mapping[str, Any], *, reason: str) -> None:
    """Somebody asked by telephone: what the call would have found is written down, and the case goes on."""
    unfit = bounds.problem("values", values)
    if unfit is not None:
        raise Refused(unfit)
    _change(
        ctx, flow_call, CALL, call_id, "flow_call.answered", reason, state="answered",
        answer=calls.kept(ctx, values), problem=None, answered_at=ctx.now,
    )  # fmt: skip
    calling.deliver(ctx, call_id)


def drop_call(ctx: Context, call_id: int, *, reason: str) -> None:
    """A compensation that failed was seen to by other means. A call a case waits for cannot be dropped."""
    with ctx.transaction() as connection:
        row = _row(connection, flow_call, CALL, call_id)
    if row.kind != "compensation":
        raise Refused(
            Problem(
                code="flow.waits_for_call",
                message=text("The case waits for this call.", "该业务正在等待此调用。"),
                hint=text("Try again, write its answer, or move the case.", "请重试、录入结果或跳转业务。"),
            )
        )
    _change(ctx, flow_call, CALL, call_id, "flow_call.dropped", reason, state="gone")


def let_happen(ctx: Context, timer_id: int, *, reason: str) -> None:
    """What could not happen is tried again now."""
    _change(ctx, flow_timer, TIMER, timer_id, "flow_timer.repeated", reason, state="due", attempts=0, problem=None)


def drop_timer(ctx: Context, timer_id: int, *, reason: str) -> None:
    """What was due is not to happen: a deadline is let go. What a case waits for stays."""
    with ctx.transaction() as connection:
        row = _row(connection, flow_timer, TIMER, timer_id)
    if row.kind != "deadline":
        raise Refused(
            Problem(
                code="flow.waits_for_time",
                message=text("The case waits for this.", "该业务正在等待此事项。"),
                hint=text("Try again, or move the case.", "请重试或跳转业务。"),
            )
        )
    _change(ctx, flow_timer, TIMER, timer_id, "flow_timer.dropped", reason, state="gone")


def remind(ctx: Context, item_id: int) -> int:
    """Tell those who could do an item that it waits; how many they are."""
    ctx.require("flow.repair")
    with ctx.transaction() as connection:
        row = _row(connection, work_item, ITEM, item_id)
        case = cases.load(ctx, connection, row.case_id)
        item = case.state.item(row.number) if case.state is not None else None
        if row.status != "open" or item is None:
            raise Conflict()
        return len(expiring.remind(ctx, connection, case, item, f"urged:{item_id}:{ctx.now:%Y%m%d%H}"))


def enter_again(ctx: Context, case_id: int, token: int, *, expected_version: int, reason: str) -> None:
    """A case that nothing will move enters its step once more: work, terms, calls and sub-flows are made anew."""
    ctx.require("flow.repair")
    with ctx.transaction() as connection:
        case = cases.load(ctx, connection, case_id, lock=True)
        if case.version != expected_version:
            raise Conflict()
        place = case.state.token(token) if case.state is not None else None
        if place is None:
            raise Conflict()
        cases.act_in(ctx, connection, case.id, "jump", {"to": place.node, "token": token, "reason": reason})


def _change(ctx: Context, table: Table, name: Any, row_id: int, action: str, reason: str, **values: Any) -> None:
    ctx.require("flow.repair")
    if not reason.strip():
        words = text("Say why.", "请说明原因。")
        raise Refused(Problem(code="flow.reason_missing", field="reason", message=words))
    with ctx.transaction() as connection:
        row = _row(connection, table, name, row_id)
        cases.load(ctx, connection, row.case_id, lock=True)
        row = connection.execute(select(table).where(table.c.id == row_id).with_for_update()).one()
        if row.state not in ("failed", "due", "answered") or row.problem is None:
            raise Conflict()  # it went well meanwhile, or somebody else has seen to it
        if row.state == "answered" and values["state"] == "due":
            values["state"] = "answered"  # the answer is there: it is brought to the case again
        connection.execute(update(table).where(table.c.id == row_id).values(due_at=ctx.now, **values))
        before: dict[str, Any] = {"state": row.state}
        after: dict[str, Any] = {name: values[name] for name in ("state", "answer") if name in values}
        audit.write(
            connection, ctx.actor, action, ("flow_case", row.case_id), before=before, after=after, reason=reason,
            at=ctx.now,
        )  # fmt: skip


def _row(connection: Connection, table: Table, name: Any, row_id: int) -> Row[Any]:
    row = connection.execute(select(table).where(table.c.id == row_id)).one_or_none()
    if row is None:
        raise NotFound(name)
    return row


def people(ctx: Context) -> list[tuple[int, str]]:
    """Those to whom work can be given: the active staff, by id and name."""
    ctx.require("flow.repair")
    with ctx.transaction() as connection:
        return colleagues.active(ctx, connection)
