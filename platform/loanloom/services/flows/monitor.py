"""What is not going well with cases: nothing will ever move them, a call failed, a term cannot happen, people are late.

Nothing of it stays hidden: every row has its repair (repairs.py). Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    all_,
    and_,
    any_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import array

from loanloom.engines import flows
from loanloom.problems import Text, text
from loanloom.services.context import Context
from loanloom.services.flows import cases, reach, subjects
from loanloom.services.flows.case import Case
from loanloom.store.tables import flow_call, flow_case, flow_timer, work_item

KINDS = ("stuck", "nobody", "call", "timer", "overdue")
PAGE = 50
LOOKED_AT = 2_000
"""Cases without an open item that are looked at for one page, those that stood longest first."""

LIVE_CALL = ("due", "running", "answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing to repair. `id` is that of the call, timer, item or case it is about; `token` the place of the case."""

    kind: str
    id: int
    case_id: int
    number: str
    title: Text
    url: str
    version: int
    node: str
    step: Text
    since: datetime
    words: Text
    hint: Text | None = None
    token: int | None = None
    item: int | None = None
    attempts: int = 0
    action: str | None = None
    compensates: bool = False
    waits_for_it: bool = False
    """Of what is due: the case cannot go on without it."""
    again_at: datetime | None = None


def counts(ctx: Context) -> dict[str, int]:
    """How much there is of each kind."""
    ctx.require("flow.repair")
    with ctx.transaction() as connection:
        found = {kind: _count(connection, _asked(ctx, connection, kind)) for kind in KINDS if kind != "stuck"}
        return {"stuck": len(list(_stuck(ctx, connection))), **found}


def troubles(ctx: Context, kind: str, *, limit: int = PAGE) -> list[Trouble]:
    """The oldest of a kind."""
    ctx.require("flow.repair")
    with ctx.transaction() as connection:
        if kind == "stuck":
            return list(_stuck(ctx, connection))[:limit]
        rows = connection.execute(_asked(ctx, connection, kind).limit(limit)).all()
        return [_trouble(ctx, connection, kind, row) for row in rows]


def _count(connection: Connection, asked: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one())


def _asked(ctx: Context, connection: Connection, kind: str) -> Select[Any]:
    table, wanted, since = _nobody(ctx, connection) if kind == "nobody" else _WANTED[kind](ctx.now)
    joined = select(table).join(flow_case, flow_case.c.id == table.c.case_id)
    return joined.where(wanted, flow_case.c.status != "ended" if kind != "call" else wanted).order_by(since, table.c.id)


def _calls(now: datetime) -> tuple[Any, ColumnElement[bool], Any]:
    undelivered = and_(flow_call.c.state == "answered", flow_call.c.problem.is_not(None))
    return flow_call, or_(flow_call.c.state == "failed", undelivered), flow_call.c.created_at


def _timers(now: datetime) -> tuple[Any, ColumnElement[bool], Any]:
    put_off = and_(flow_timer.c.state == "due", flow_timer.c.problem.is_not(None))
    return flow_timer, or_(flow_timer.c.state == "failed", put_off), flow_timer.c.due_at


def _nobody(ctx: Context, connection: Connection) -> tuple[Any, ColumnElement[bool], Any]:
    item, free = work_item.c, work_item.c.assignee.is_(None)
    named = or_(item.assignee == any_(item.excluded), and_(free, or_(_all_barred(), _desk_empty(ctx, connection))))
    gone = and_(named, func.cardinality(item.escalated) == 0)
    return work_item, and_(item.status == "open", or_(item.role == flows.ADMINISTRATOR, gone)), item.opened_at


def _all_barred() -> ColumnElement[bool]:
    """Whether everybody named for an item has lost their say of it since."""
    item = work_item.c
    return and_(func.cardinality(item.candidates) > 0, item.candidates.contained_by(item.excluded))


def _desk_empty(ctx: Context, connection: Connection) -> ColumnElement[bool]:
    """Whether a group has nobody, or nobody left who has a say of the item."""
    served = reach.manned(ctx, connection)
    desks, people = (array([one[at] for one in served], type_=kind) for at, kind in enumerate((SqlText, Integer)))
    who = func.unnest(desks, people).table_valued("desk", "person", name="served").render_derived()
    may = exists().where(who.c.desk == work_item.c.desk, who.c.person != all_(work_item.c.excluded))
    return and_(work_item.c.desk.is_not(None), ~may)


def _overdue(now: datetime) -> tuple[Any, ColumnElement[bool], Any]:
    return work_item, and_(work_item.c.status == "open", work_item.c.due_at < now), work_item.c.due_at


_SINCE = {"call": "created_at", "timer": "due_at", "nobody": "opened_at", "overdue": "due_at"}
_WANTED = {"call": _calls, "timer": _timers, "overdue": _overdue}


def _trouble(ctx: Context, connection: Connection, kind: str, row: Row[Any]) -> Trouble:
    known = row._mapping
    problem = known.get("problem")
    return Trouble(
        kind=kind,
        id=row.id,
        **_of_case(cases.load(ctx, connection, row.case_id), row.node),
        since=known[_SINCE[kind]],
        words=problem["message"] if problem else _WORDS[kind],
        hint=problem.get("hint") if problem else None,
        item=known.get("number"),
        token=known.get("token"),
        attempts=known.get("attempts") or 0,
        action=known.get("action"),
        compensates=known.get("undoes_id") is not None,
        waits_for_it=known.get("kind") != "deadline",
        again_at=known.get("due_at") if kind in ("call", "timer") and row.state != "failed" else None,
    )


def _of_case(case: Case, node: str) -> dict[str, Any]:
    """What a row says of its case and the step."""
    found = case.flow.nodes.get(node)
    return {
        "case_id": case.id, "number": case.number, "title": case.title, "version": case.version, "node": node,
        "url": subjects.of(case.subject).page(case), "step": found.title if found is not None else text(node, node),
    }  # fmt: skip


# --- cases that nothing will ever move


def _stuck(ctx: Context, connection: Connection) -> Iterator[Trouble]:
    open_here = select(work_item.c.id).where(work_item.c.case_id == flow_case.c.id, work_item.c.status == "open")
    asked = select(flow_case.c.id, flow_case.c.updated_at).where(flow_case.c.status == "running", ~open_here.exists())
    rows = connection.execute(asked.order_by(flow_case.c.updated_at, flow_case.c.id).limit(LOOKED_AT)).all()
    stood: dict[int, datetime] = {row.id: row.updated_at for row in rows}
    moving = _moving(connection, tuple(stood))
    for case_id, since in stood.items():
        case = cases.load(ctx, connection, case_id)
        token = dead(case, moving.get(case_id, frozenset()))
        if token is not None:
            about = _of_case(case, token.node)
            yield Trouble(kind="stuck", id=case_id, token=token.number, since=since, words=_WORDS["stuck"], **about)


def _moving(connection: Connection, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """What is under way for each case, by name: `wait:<token>`, `call:<token>`, `sub:<run>`."""
    found: dict[int, set[str]] = {}

    def under_way(case_id: int, name: str) -> None:
        found.setdefault(case_id, set()).add(name)

    timer, call, child = flow_timer.c, flow_call.c, flow_case.c
    of_timers = timer.case_id.in_(ids), timer.state.in_(("due", "failed"))
    for row in connection.execute(select(timer.case_id, timer.kind, timer.target, timer.data).where(*of_timers)):
        under_way(row.case_id, f"sub:{row.data['run']}" if row.kind.startswith("sub") else f"wait:{row.target}")
    of_calls = call.case_id.in_(ids), call.kind == "call", call.state.in_((*LIVE_CALL, "failed"))
    for case_id, token in connection.execute(select(call.case_id, call.token).where(*of_calls)):
        under_way(case_id, f"call:{token}")
    of_children = child.parent_id.in_(ids), child.status != "ended"
    for parent, run in connection.execute(select(child.parent_id, child.parent_run).where(*of_children)):
        under_way(parent or 0, f"sub:{run}")
    return {case_id: frozenset(names) for case_id, names in found.items()}


def dead(case: Case, moving: frozenset[str]) -> flows.Token | None:
    """A token that nothing will ever move, where no other token of the case may either; None for a case that waits for
    something: an event, a time, an answer, another case, another branch."""
    tokens = case.state.tokens if case.state is not None else ()
    if not tokens or any(_alive(case.flow, token, moving) for token in tokens):
        return None
    return tokens[0]


def _alive(flow: flows.Flow, token: flows.Token, moving: frozenset[str]) -> bool:
    node = flow.nodes.get(token.node)
    match token.waits:
        case "event":
            listens = node is not None and (node.until is not None or any(one.event for one in node.awaited))
            return listens or f"wait:{token.number}" in moving
        case "call":
            return f"call:{token.number}" in moving
        case "sub":
            return any(f"sub:{run}" in moving for run in token.waiting_for)
        case _:
            return False  # people: no item is open; a join: as long as no branch is under way


_WORDS = {
    "stuck": text("Nothing is open, and nothing it waits for will come.", "没有待办，也没有可等待的事项。"),
    "nobody": text("Nobody may do this.", "没有可以办理的人员。"),
    "call": text("The call failed.", "调用失败。"),
    "timer": text("What was due could not happen.", "到期处理未能完成。"),
    "overdue": text("Past its deadline.", "已超时限。"),
}
