"""Runs long and scheduled work: claims its row, keeps telling that it is alive, writes how it ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from loanloom.problems import Problem, text
from loanloom.services.errors import ServiceError
from loanloom.services.running import work
from loanloom.services.running.plugged import plugged
from loanloom.services.running.surroundings import acting

from .app import app
from .process import clock, context, database

log = structlog.get_logger(__name__)
HEARTBEAT = 20.0


@app.task(name="loanloom.run_work")
def run_work(company_id: int, run_id: int) -> None:
    """Do one run, unless somebody else is at it or it is finished."""
    run = work.claim(database(), company_id, run_id, clock())
    if run is None:
        return
    structlog.contextvars.bind_contextvars(correlation_id=run["correlation_id"], work=run["kind"], run_id=run_id)
    try:
        if run["attempts"] > work.BEGINNINGS:
            work.fail(database(), run, [_breaks_off()], clock(), again=False)
            return
        do = plugged().parts("work").get(run["kind"])
        if do is None:
            work.fail(database(), run, [_unknown(run["kind"])], clock(), again=False)
            return
        progress = work.Progress(database(), company_id, run_id)
        ctx = acting(context(company_id), run["started_by"], correlation_id=run["correlation_id"])
        with _heartbeat(progress):
            result = do(ctx, progress, run["arguments"])
        work.finish(database(), run, result, clock())
    except ServiceError as error:
        work.fail(database(), run, error.problems, clock(), again=False)
    except Exception as error:
        log.exception("work_broke")
        work.fail(database(), run, [_broke(error)], clock(), again=True)
    finally:
        structlog.contextvars.clear_contextvars()


@contextmanager
def _heartbeat(progress: work.Progress) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT):
            progress.alive()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _unknown(kind: str) -> Problem:
    return Problem(
        code="work.unknown",
        message=text(f"Nobody here can do '{kind}'.", f"没有可执行“{kind}”的程序。"),
        hint=text("Is the plugin that brings it installed?", "请确认已安装相应插件。"),
    )


def _breaks_off() -> Problem:
    return Problem(
        code="work.breaks_off",
        message=text("The work was broken off each time it was begun.", "任务每次执行都被中断。"),
        hint=text(
            "It may need more memory than its process has. What was done until then is kept.",
            "可能所需内存超出进程上限；此前已完成的部分已保存。",
        ),
    )


def _broke(error: Exception) -> Problem:
    return Problem(
        code="work.broke",
        message=text("The work ended with an internal error.", "任务因内部错误中止。"),
        hint=text(f"The log holds the details ({type(error).__name__}).", f"详情见日志（{type(error).__name__}）。"),
    )
