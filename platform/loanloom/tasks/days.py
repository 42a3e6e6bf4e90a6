"""Lends a hand to a day that is being closed. The day's rows say what is left; this worker takes what nobody holds."""

from __future__ import annotations

import structlog

from loanloom.services.errors import ServiceError
from loanloom.services.money import end_of_day

from .app import app
from .process import context

log = structlog.get_logger(__name__)


@app.task(name="loanloom.join_day")
def join_day(company_id: int) -> None:
    """Work on the company's open day, if there is one, until it is done."""
    ctx = context(company_id)
    run_id = end_of_day.being_closed(ctx)
    if run_id is None:
        return
    try:
        end_of_day.work(ctx, run_id)
    except ServiceError as error:  # the run says so itself; whoever began it is told
        log.warning("day_stopped", run_id=run_id, reason=str(error))
