"""Working through a run: any number of processes do the same loop, each taking chunks that nobody else holds.

A chunk is claimed by locking its row and worked in that very transaction: a process that dies leaves it as it was, and
the next one does it from the beginning. So nothing is lost, nothing is done twice, and a finished run is a no-op.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused, ServiceError
from loanloom.services.money.end_of_day.plan import BY_KEY, STEPS
from loanloom.services.money.end_of_day.step import Run
from loanloom.store import bulk, tables

RUN, CHUNK = tables.day_run, tables.day_chunk
ORDER = [step.key for step in STEPS]
WAIT = 0.03
"""Seconds between looks while others finish the last chunks of a step."""

_OPEN = (CHUNK.c.day_run_id == bindparam("run"), CHUNK.c.step == bindparam("at"), CHUNK.c.state == "open")
_CLAIM = (
    select(CHUNK.c.id, CHUNK.c.loans)
    .where(*_OPEN)
    .order_by(CHUNK.c.number)
    .limit(1)
    .with_for_update(skip_locked=True)
)  # fmt: skip
_DONE = (
    update(CHUNK)
    .where(CHUNK.c.id == bindparam("chunk"))
    .values(state="done", figures=bindparam("found"), worker=bindparam("by"), done_at=func.clock_timestamp())
)
_AT_ITS_END = (
    RUN.c.id == bindparam("run"), RUN.c.step == bindparam("at"), RUN.c.state == "running", ~exists().where(*_OPEN),
)  # fmt: skip
_STEP = update(RUN).where(*_AT_ITS_END).values(step=bindparam("next"), version=RUN.c.version + 1)
_LAST = (
    update(RUN).where(*_AT_ITS_END).values(state="done", finished_at=func.clock_timestamp(), version=RUN.c.version + 1)
)

Report = Callable[[int, int, str], None]
"""Told before every chunk: steps done, steps in all, key of the step."""


def work(ctx: Context, run_id: int, report: Report | None = None) -> None:
    """Drive a run to its end, alone or with others; returns when it is done, raises when it failed."""
    ctx.require("day.close")
    me = f"{socket.gethostname()}:{os.getpid()}"
    run = _look(ctx, run_id)
    while run.state != "done":
        if report is not None:
            report(ORDER.index(run.step), len(ORDER), run.step)
        run = _work_one(ctx, run, me) or _look(ctx, run_id)


def _look(ctx: Context, run_id: int) -> Run:
    with ctx.transaction() as connection:
        row = connection.execute(select(RUN).where(RUN.c.id == run_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(text("day", "日终"))
        if row["state"] == "failed":
            raise Refused(_told(row["problems"]))
    return Run.of(row)


def lay_out(connection: Connection, run: Run) -> None:
    """Cut a step into chunks. Called once a step, by whoever holds the run's row."""
    rows = [
        {"day_run_id": run.id, "step": run.step, "number": number, "loans": loans}
        for number, loans in enumerate(BY_KEY[run.step].plan(connection, run), 1)
    ]
    bulk.insert(connection, CHUNK, rows)


def _work_one(ctx: Context, run: Run, worker: str) -> Run | None:
    """Do one open chunk of the run's step, or wait a moment when others hold all that is left.

    The run as it stands when this was the step's last chunk, so that the next step begins without another look.
    """
    try:
        with ctx.transaction() as connection:
            step = {"run": run.id, "at": run.step}
            chunk = connection.execute(_CLAIM, step).mappings().one_or_none()
            if chunk is not None:
                figures = BY_KEY[run.step].work(ctx, connection, run, list(chunk["loans"]))
                connection.execute(_DONE, {"chunk": chunk["id"], "found": dict(figures), "by": worker})
            moved = _move_on(connection, run)
    except ServiceError as error:
        _fail(ctx, run, error.problems)
        raise
    except Exception as error:
        _fail(ctx, run, (_broke(run, error),))
        raise
    if chunk is None and moved is None:
        time.sleep(WAIT)
    return moved


def _move_on(connection: Connection, run: Run) -> Run | None:
    """To the next step when every chunk of this one is done: the run then. None: look again, others are at it."""
    place = ORDER.index(run.step) + 1
    moved = replace(run, step=ORDER[place]) if place < len(ORDER) else replace(run, state="done")
    values = {"run": run.id, "at": run.step, "next": moved.step}
    if connection.execute(_STEP if moved.state != "done" else _LAST, values).rowcount != 1:
        return None
    if moved.state != "done":
        lay_out(connection, moved)
    return moved


def _fail(ctx: Context, run: Run, problems: tuple[Problem, ...]) -> None:
    told = [{"code": each.code, "message": dict(each.message), "hint": each.hint} for each in problems]
    with ctx.transaction() as connection:
        connection.execute(
            update(RUN).where(RUN.c.id == run.id, RUN.c.state == "running").values(state="failed", problems=told)
        )


def _told(problems: list[dict[str, Any]]) -> list[Problem]:
    return [Problem(code=each["code"], message=each["message"], hint=each["hint"]) for each in problems]


def _broke(run: Run, error: Exception) -> Problem:
    title = BY_KEY[run.step].title
    return Problem(
        code="day.step_broke",
        message=text(f"The step '{title['en']}' ended with an internal error.", f"步骤“{title['zh']}”因内部错误中止。"),
        hint=text(f"The log holds the details ({type(error).__name__}).", f"详情见日志（{type(error).__name__}）。"),
    )
