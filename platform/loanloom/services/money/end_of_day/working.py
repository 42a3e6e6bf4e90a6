"""Working through a run: any number of processes do the same loop, each taking chunks that nobody else holds.

A chunk is claimed by locking its row and worked in that very transaction: a process that dies leaves it as it was, and
the next one does it from the beginning. So nothing is lost, nothing is done twice, and a finished run is a no-op.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

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

Report = Callable[[int, int, str], None]
"""Told before every chunk: steps done, steps in all, key of the step."""


def work(ctx: Context, run_id: int, report: Report | None = None) -> None:
    """Drive a run to its end, alone or with others; returns when it is done, raises when it failed."""
    ctx.require("day.close")
    me = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        with ctx.transaction() as connection:
            run = _run(connection, run_id)
            if run.state == "failed":
                raise Refused(_told(connection, run_id))
        if run.state == "done":
            return
        if report is not None:
            report(ORDER.index(run.step), len(ORDER), run.step)
        if not _work_one(ctx, run, me):
            time.sleep(WAIT)


def lay_out(connection: Connection, run: Run) -> None:
    """Cut a step into chunks. Called once a step, by whoever holds the run's row."""
    rows = [
        {"day_run_id": run.id, "step": run.step, "number": number, "loans": loans}
        for number, loans in enumerate(BY_KEY[run.step].plan(connection, run), 1)
    ]
    bulk.insert(connection, CHUNK, rows)


def _work_one(ctx: Context, run: Run, worker: str) -> bool:
    """Do one open chunk of the run's step, and move on after the last one; False when others hold all that is left."""
    try:
        with ctx.transaction() as connection:
            chunk = _claim(connection, run)
            if chunk is not None:
                figures = BY_KEY[run.step].work(ctx, connection, run, list(chunk["loans"]))
                values = {
                    "state": "done",
                    "figures": dict(figures),
                    "worker": worker,
                    "done_at": func.clock_timestamp(),
                }
                connection.execute(update(CHUNK).where(CHUNK.c.id == chunk["id"]).values(values))
            return _move_on(connection, run) or chunk is not None
    except ServiceError as error:
        _fail(ctx, run, error.problems)
        raise
    except Exception as error:
        _fail(ctx, run, (_broke(run, error),))
        raise


def _run(connection: Connection, run_id: int, *, lock: bool = False) -> Run:
    query = select(RUN).where(RUN.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise NotFound(text("day", "日终"))
    return Run.of(row)


def _claim(connection: Connection, run: Run) -> RowMapping | None:
    query = (
        select(CHUNK.c.id, CHUNK.c.loans)
        .where(CHUNK.c.day_run_id == run.id, CHUNK.c.step == run.step, CHUNK.c.state == "open")
        .order_by(CHUNK.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(query).mappings().one_or_none()


def _move_on(connection: Connection, run: Run) -> bool:
    """To the next step when every chunk of this one is done; False while others are still at it."""
    still_open = select(CHUNK.c.id).where(
        CHUNK.c.day_run_id == run.id, CHUNK.c.step == run.step, CHUNK.c.state == "open"
    )
    if connection.execute(still_open.limit(1)).first() is not None:
        return False
    if _run(connection, run.id, lock=True) != run:
        return True
    place = ORDER.index(run.step) + 1
    values: dict[str, Any] = {"version": RUN.c.version + 1}
    if place < len(ORDER):
        values["step"] = ORDER[place]
    else:
        values |= {"state": "done", "finished_at": func.clock_timestamp()}
    connection.execute(update(RUN).where(RUN.c.id == run.id).values(values))
    if place < len(ORDER):
        lay_out(connection, Run(run.id, run.business_date, run.next_date, run.state, ORDER[place]))
    return True


def _fail(ctx: Context, run: Run, problems: tuple[Problem, ...]) -> None:
    told = [{"code": each.code, "message": dict(each.message), "hint": each.hint} for each in problems]
    with ctx.transaction() as connection:
        connection.execute(
            update(RUN).where(RUN.c.id == run.id, RUN.c.state == "running").values(state="failed", problems=told)
        )


def _told(connection: Connection, run_id: int) -> list[Problem]:
    problems = connection.execute(select(RUN.c.problems).where(RUN.c.id == run_id)).scalar_one()
    return [Problem(code=each["code"], message=each["message"], hint=each["hint"]) for each in problems]


def _broke(run: Run, error: Exception) -> Problem:
    title = BY_KEY[run.step].title
    return Problem(
        code="day.step_broke",
        message=text(f"The step '{title['en']}' ended with an internal error.", f"步骤“{title['zh']}”因内部错误中止。"),
        hint=text(f"The log holds the details ({type(error).__name__}).", f"详情见日志（{type(error).__name__}）。"),
    )
