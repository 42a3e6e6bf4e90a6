"""Hints to the workers that something is due now; without one the tick would find it a few seconds later."""

from __future__ import annotations

import structlog
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def work_is_due(company_id: int, run_id: int) -> None:
    """After the commit of services.running.work.begin."""
    _send("loanloom.run_work", company_id, run_id)


def flows_are_due(company_id: int) -> None:
    """After a commit that left something to be called or begun."""
    _send("loanloom.run_flows", company_id)


def outbox_is_due(company_id: int) -> None:
    """After a commit by which something is to leave the house at once."""
    _send("loanloom.relay", company_id)


def _send(name: str, *arguments: int) -> None:
    from .app import app

    try:
        app.send_task(name, arguments, retry=False)
    except (OperationalError, OSError) as error:  # the row stands; the tick will send it
        log.warning("hint_lost", task=name, reason=str(error))
