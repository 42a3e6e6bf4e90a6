"""The tick: every few seconds, send again whatever is due and unfinished, and start the jobs whose time has come.

It holds no work itself and remembers nothing: rows say what is due. Sending something twice is harmless, since
whoever handles it claims the row first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import structlog

from loanloom.services import company as companies
from loanloom.services.context import Context
from loanloom.services.flows import calling, firing
from loanloom.services.money import end_of_day
from loanloom.services.running import jobs, work
from loanloom.store import outbox

from .app import app
from .process import clock, context, database

log = structlog.get_logger(__name__)

Due = tuple[str, tuple[Any, ...]]
"""A task's name and its arguments."""


def due_work(ctx: Context, now: datetime) -> Iterator[Due]:
    """Long work that should be going on."""
    with ctx.transaction() as connection:
        for run_id in work.waiting(connection, now):
            yield "loanloom.run_work", (ctx.company.id, run_id)


def due_outbox(ctx: Context, now: datetime) -> Iterator[Due]:
    """Something wants to leave the house."""
    with ctx.transaction() as connection:
        if outbox.is_due(connection, now):
            yield "loanloom.relay", (ctx.company.id,)


def due_days(ctx: Context, _now: datetime) -> Iterator[Due]:
    """A day is being closed: more hands are welcome, and one that lost its worker goes on."""
    if end_of_day.being_closed(ctx) is not None:
        yield "loanloom.join_day", (ctx.company.id,)


def due_flows(ctx: Context, now: datetime) -> Iterator[Due]:
    """A deadline or a wait of a case has passed, or it wants something called."""
    with ctx.transaction() as connection:
        if firing.is_due(connection, now) or calling.is_due(connection, now):
            yield "loanloom.run_flows", (ctx.company.id,)


SOURCES: tuple[Callable[[Context, datetime], Iterator[Due]], ...] = (due_work, due_outbox, due_days, due_flows)


@app.task(name="loanloom.tick")
def tick() -> None:
    """Look at every company; trouble in one does not keep the others waiting."""
    with database().transaction() as connection:
        found = companies.every(connection)
    for company in found:
        try:
            for name, arguments in due(context(company.id), clock()):
                app.send_task(name, arguments)
        except Exception:
            log.exception("tick_failed", company=company.key)


def due(ctx: Context, now: datetime) -> list[Due]:
    """Everything to send for one company; starts its jobs whose time has come."""
    jobs.start_due(ctx, now)
    return [one for source in SOURCES for one in source(ctx, now)]
