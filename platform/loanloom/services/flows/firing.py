"""Letting happen what is due for cases: deadlines, waits, sub-flows to begin, to report, to end.

Each row is fired in a transaction of its own that locks its case first, so that it happens once however many look, and
late rather than never. What cannot be done is tried again, ever later, and the monitor shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, or_, select, update

from loanloom.services.context import Context
from loanloom.services.flows import cases, expiring, sub_flows
from loanloom.services.flows.case import Case
from loanloom.services.flows.failures import written
from loanloom.store.tables import flow_case, flow_timer

log = structlog.get_logger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
ATTEMPTS = 8
"""What cannot be done is tried so often; then it waits for somebody to look."""

Fire = Callable[[Context, Connection, Case, Row[Any]], datetime | None]
"""Does what a row says; when it is due again, None when it is done."""

FIRE: Mapping[str, Fire] = {
    "deadline": expiring.deadline, "wait": expiring.wait, "sub_start": sub_flows.begin, "sub_end": sub_flows.report,
    "sub_stop": sub_flows.stop,
}  # fmt: skip


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether anything should happen now."""
    return connection.execute(_due(now).limit(1)).first() is not None


def _due(now: datetime) -> Any:
    may = or_(flow_case.c.status != "suspended", flow_timer.c.kind == "sub_stop")
    return (
        select(flow_timer.c.id, flow_timer.c.case_id)
        .join(flow_case, flow_case.c.id == flow_timer.c.case_id)
        .where(flow_timer.c.state == "due", flow_timer.c.held_at.is_(None), flow_timer.c.due_at <= now, may)
        .order_by(flow_timer.c.due_at, flow_timer.c.id)
    )


def work(ctx: Context, clock: Callable[[], datetime], *, limit: int = 10_000) -> int:
    """Let everything happen that is due, in the order of its time; how much that was."""
    done = 0
    while done < limit:
        now = clock()
        with ctx.transaction() as connection:
            found = connection.execute(_due(now).limit(100)).all()
        if not found:
            break
        for row in found:
            fire(replace(ctx, now=clock()), row.id, row.case_id)
            done += 1
    return done


def fire(ctx: Context, timer_id: int, case_id: int) -> bool:
    """Let one row happen, unless somebody else was quicker; whether it did. What cannot be done is tried again."""
    try:
        with ctx.transaction() as connection:
            case = cases.load(ctx, connection, case_id, lock=True)
            row = _still_due(connection, timer_id, ctx.now)
            if row is None:
                return False
            again = FIRE[row.kind](ctx, connection, case, row)
            values: dict[str, Any] = {"state": "done", "fired_at": ctx.now, "problem": None}
            if again is not None:
                values |= {"state": "due", "due_at": again, "attempts": 0}
            mine = update(flow_timer).where(flow_timer.c.id == timer_id, flow_timer.c.state.in_(("due", "gone")))
            connection.execute(mine.values(values))
            return True
    except Exception as error:
        log.warning("timer_failed", timer_id=timer_id, case_id=case_id, exc_info=error)
        with ctx.transaction() as connection:
            _put_off(ctx, connection, timer_id, error)
        return False


def _still_due(connection: Connection, timer_id: int, now: datetime) -> Row[Any] | None:
    asked = select(flow_timer).where(
        flow_timer.c.id == timer_id, flow_timer.c.state == "due", flow_timer.c.held_at.is_(None),
        flow_timer.c.due_at <= now,
    )  # fmt: skip
    return connection.execute(asked.with_for_update()).one_or_none()


def _put_off(ctx: Context, connection: Connection, timer_id: int, error: Exception) -> None:
    row = connection.execute(select(flow_timer).where(flow_timer.c.id == timer_id).with_for_update()).one()
    if row.state != "due":
        return
    attempts = row.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "problem": written(error)}
    if attempts >= ATTEMPTS:
        values["state"] = "failed"
    values["due_at"] = ctx.now + FIRST_PAUSE * 2 ** (attempts - 1)
    connection.execute(update(flow_timer).where(flow_timer.c.id == timer_id).values(values))
