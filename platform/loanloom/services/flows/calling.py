"""Making the calls of service nodes: each after the commit that wanted it, the answer as a command of its case.

A row is claimed for as long as its call may take, so that a worker that died is followed by another; the key stays the
same at every attempt. What failed for good goes the way of `on_failure`, or waits for somebody to repair it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from loanloom.plugins import Asked, CallFailed
from loanloom.problems import Problem, text
from loanloom.services.context import Context, system_actor
from loanloom.services.errors import ServiceError
from loanloom.services.flows import bounds, calls, cases
from loanloom.services.flows.case import Case
from loanloom.services.flows.failures import written
from loanloom.services.running.plugged import plugged
from loanloom.store import bulk
from loanloom.store.tables import flow_call, flow_case

log = structlog.get_logger(__name__)
SPARE = timedelta(seconds=30)
"""How much longer than its call a claim lasts."""

LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """What making calls needs: the actions, the installation's folder, the time."""

    home: Path
    clock: Callable[[], datetime]
    actions: Mapping[str, Any] | None = None

    def action(self, name: str) -> Any:
        """What is called by this name, if it is plugged in."""
        known = self.actions if self.actions is not None else plugged().parts("node_action")
        return known.get(name)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether a call should be made, or an answer brought to its case."""
    return connection.execute(_due(now).limit(1)).first() is not None


def _due(now: datetime) -> Any:
    waits: ColumnElement[bool] = and_(flow_call.c.state.in_(("due", "running", "answered")), flow_call.c.due_at <= now)
    stands = flow_case.c.status == "suspended"
    return (
        select(flow_call.c.id)
        .join(flow_case, flow_case.c.id == flow_call.c.case_id)
        .where(waits, or_(~stands, flow_call.c.kind == "compensation"))
        .order_by(flow_call.c.due_at, flow_call.c.id)
    )


def work(ctx: Context, worker: Worker, *, limit: int = 1000) -> int:
    """Make what is due, one after the other; how many were tried. Several may work at once."""
    for done in range(limit):
        now = replace(ctx, now=worker.clock())
        row = _claim(now)
        if row is None:
            return done
        if row.state != "answered":
            row = _made(now, worker, row)
        if row is not None:
            _bring(replace(ctx, now=worker.clock()), row)
    return limit


def _claim(ctx: Context) -> Row[Any] | None:
    with ctx.transaction() as connection:
        asked = _due(ctx.now).limit(1).with_for_update(skip_locked=True, of=flow_call)
        found = connection.execute(asked).scalar_one_or_none()
        if found is None:
            return None
        row = connection.execute(select(flow_call).where(flow_call.c.id == found)).one()
        taken: dict[str, Any] = {"due_at": ctx.now + timedelta(seconds=row.timeout) + SPARE}
        if row.state != "answered":
            taken |= {"state": "running", "attempts": row.attempts + 1}
        changed = update(flow_call).where(flow_call.c.id == found).values(taken).returning(flow_call)
        return connection.execute(changed).one()


def _made(ctx: Context, worker: Worker, row: Row[Any]) -> Row[Any] | None:
    """Call; the row with its answer, or None when it is to be tried again or failed for good."""
    try:
        answer = _called(ctx, worker, row)
    except CallFailed as failed:
        _failed(ctx, worker, row, bounds.cleaned(str(failed)), again=failed.again)
        return None
    with ctx.transaction() as connection:
        answered = {
            "state": "answered",
            "answer": calls.kept(ctx, answer),
            "problem": None,
            "answered_at": worker.clock(),
        }
        if row.kind == "compensation":
            answered["state"] = "done"
        connection.execute(update(flow_call).where(flow_call.c.id == row.id).values(answered))
        return connection.execute(select(flow_call).where(flow_call.c.id == row.id)).one()


def _called(ctx: Context, worker: Worker, row: Row[Any]) -> Mapping[str, Any]:
    """What the action gives; CallFailed for whatever else it does, taking too long included."""
    action = worker.action(row.action)
    if action is None:
        raise CallFailed(f"No action '{row.action}' is plugged in.", again=False)
    asked = _asked(ctx, worker, row)
    found: list[Any] = []
    thread = threading.Thread(target=_answer, args=(action, ctx, asked, found), daemon=True)
    thread.start()
    thread.join(row.timeout)
    if not found:
        raise CallFailed(f"No answer within {row.timeout} seconds.")
    answer = found[0]
    if isinstance(answer, CallFailed):
        raise answer
    if isinstance(answer, Exception):
        log.error("node_action_broke", action=row.action, call_id=row.id, exc_info=answer)
        raise CallFailed(f"It broke off ({type(answer).__name__}); the log holds the details.")
    if not isinstance(answer, Mapping):
        raise CallFailed(f"The action '{row.action}' answered with something that is no mapping.", again=False)
    unfit = bounds.problem("answer", answer)
    if unfit is not None:
        raise CallFailed(f"The answer of '{row.action}' cannot be kept. {unfit.message['en']}", again=False)
    return answer


def _answer(action: Any, ctx: Context, asked: Asked, found: list[Any]) -> None:
    try:
        found.append(action(ctx, asked))
    except Exception as error:  # noqa: BLE001 (foreign code may raise anything; the caller tells it)
        found.append(error)


def _asked(ctx: Context, worker: Worker, row: Row[Any]) -> Asked:
    with ctx.transaction() as connection:
        number = connection.execute(select(flow_case.c.number).where(flow_case.c.id == row.case_id)).scalar_one()
        undoes = select(flow_call.c.answer).where(flow_call.c.id == row.undoes_id)
        answer = connection.execute(undoes).scalar_one() if row.undoes_id is not None else None
    return Asked(
        key=row.key, company_id=ctx.company.id, case=number, node=row.node, given=calls.given(ctx, row),
        attempt=row.attempts, home=worker.home, answer=calls.answer(ctx, answer),
    )  # fmt: skip


def _failed(ctx: Context, worker: Worker, row: Row[Any], words: str, *, again: bool) -> None:
    ctx = replace(ctx, now=worker.clock())
    if again and row.attempts <= row.retries:
        pause = min(timedelta(seconds=row.pause) * 2 ** (row.attempts - 1), LONGEST_PAUSE)
        later = {"state": "due", "due_at": ctx.now + pause, "problem": _words(words)}
        with ctx.transaction() as connection:
            _set(connection, row, **later)
        return
    try:
        with ctx.transaction() as connection:
            if row.kind == "call":
                _fail_case(ctx, connection, row, words)
            else:
                _set(connection, row, state="failed", problem=_words(words))
    except ServiceError as error:  # the way stated for that cannot be gone either
        log.warning("failed_call_stays", call_id=row.id, reason=str(error))
        with ctx.transaction() as connection:
            _set(connection, row, state="failed", problem=written(error))


def _fail_case(ctx: Context, connection: Connection, row: Row[Any], words: str) -> None:
    """The case goes the way of `on_failure`, or learns that it waits for a repair."""
    case = cases.load(ctx, connection, row.case_id, lock=True)
    if _suspended(case):  # it is called once more when the case goes on
        _set(connection, row, state="due", due_at=ctx.now, problem=_words(words))
        return
    gone = not _waits(case, row)
    if not gone:
        cases.act_in(ctx, connection, case.id, "fail_call", {"token": row.token, "reason": words})
        node = case.flow.nodes[row.node]
        gone = node.call is not None and node.call.on_failure is not None
    _set(connection, row, state="gone" if gone else "failed", problem=_words(words))


def _set(connection: Connection, row: Row[Any], **values: Any) -> None:
    connection.execute(update(flow_call).where(flow_call.c.id == row.id).values(values))


def _suspended(case: Case) -> bool:
    return case.state is not None and case.state.status == "suspended"


def _waits(case: Case, row: Row[Any]) -> bool:
    token = case.state.token(row.token) if case.state is not None else None
    return token is not None and token.waits == "call"


def deliver(ctx: Context, call_id: int) -> None:
    """Bring an answer that is there to its case now. The house brings it, whoever gave it: the audit names them."""
    with ctx.transaction() as connection:
        row = connection.execute(select(flow_call).where(flow_call.c.id == call_id)).one()
    _bring(ctx.as_actor(system_actor("flows")), row)


def _bring(ctx: Context, row: Row[Any]) -> None:
    """Bring an answer to its case. Where that cannot be done now, it is tried again, and the monitor shows it."""
    if row.kind == "compensation":
        return
    try:
        with ctx.transaction() as connection:
            case = cases.load(ctx, connection, row.case_id, lock=True)
            locked = select(flow_call).where(flow_call.c.id == row.id, flow_call.c.state == "answered")
            row = connection.execute(locked.with_for_update()).one_or_none() or row
            if row.state != "answered" or _suspended(case):
                return
            state = "done"
            if _waits(case, row):
                cases.act_in(ctx, connection, case.id, "answer_call", _said(ctx, row))
            else:
                state = "gone"  # the case went on without it: what was done is taken back
                if row.compensate is not None:
                    bulk.insert(connection, flow_call, [calls.taking_back(ctx, row)])
            _set(connection, row, state=state, problem=None)
    except Exception as error:
        log.exception("answer_not_delivered", call_id=row.id)
        with ctx.transaction() as connection:
            _set(connection, row, problem=written(error), due_at=ctx.now + timedelta(seconds=row.pause))


def _said(ctx: Context, row: Row[Any]) -> dict[str, Any]:
    return {"token": row.token, "values": calls.answer(ctx, row.answer)}


def _words(words: str) -> dict[str, Any]:
    problem = Problem(code="flow.call_failed", message=text(words, words))
    return {"code": problem.code, "message": dict(problem.message)}
