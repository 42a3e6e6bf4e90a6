"""Scheduled jobs: a job document says what runs when, in the company's time zone; a run is a row with its time as key.

However often one looks, and from however many processes, a job starts once for each of its times. Times that passed
while nobody looked are not made up for, except the latest one of the day.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loanloom.services.context import Context
from loanloom.services.running import work

LATE = timedelta(hours=6)
"""A daily job whose time passed longer ago than this is left until tomorrow."""


def start_due(ctx: Context, now: datetime) -> list[int]:
    """Ask for every job whose time has come; the ids of their runs, known ones too."""
    started = []
    with ctx.transaction() as connection:
        work.forget_old(connection, now)
    for document in ctx.registry.all("job"):
        moment = latest_time(document.spec, now, ctx.company.time_zone)
        if moment is None or document.spec["task"] == "outbox_relay":  # the tick itself sees to the outbox
            continue
        with ctx.transaction() as connection:
            key = f"{document.key} {moment.astimezone(UTC):%Y-%m-%dT%H:%M}"
            started.append(work.begin(ctx, connection, document.spec["task"], document.title, key=key, due_at=now))
    return started


def latest_time(spec: Any, now: datetime, time_zone: str) -> datetime | None:
    """The latest time this job should have started, or None."""
    if not spec.get("enabled", True):
        return None
    here = now.astimezone(ZoneInfo(time_zone))
    if every := spec.get("every_minutes"):
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = int((here - midnight).total_seconds() // 60)
        return midnight + timedelta(minutes=passed - passed % int(every))
    at = time.fromisoformat(spec["at"])
    today = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if timedelta() <= here - today <= LATE else None
