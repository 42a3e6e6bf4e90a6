"""Runs of the day: open one, see how far it is. One run a company and business date; opening it again continues it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound
from loanloom.services.money.end_of_day import rolling, working
from loanloom.services.money.end_of_day.plan import STEPS
from loanloom.services.money.end_of_day.step import Run
from loanloom.store import audit, tables
from loanloom.store.ledger_guard import DAY_LOCK

RUN, CHUNK = tables.day_run, tables.day_chunk


def open_run(ctx: Context) -> int:
    """Begin to close the context's business date; waits for money being booked this moment, then lets no more in.

    The run that exists already is given back; a failed one is taken up again where it stopped.
    """
    ctx.require("day.close")
    with ctx.transaction() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(DAY_LOCK, ctx.company.id)))
        today = connection.execute(
            select(tables.company.c.business_date).where(tables.company.c.id == ctx.company.id)
        ).scalar_one()
        known = _of_day(connection, ctx.business_date)
        if known is not None:
            if known["state"] == "failed":
                connection.execute(update(RUN).where(RUN.c.id == known["id"]).values(state="running", problems=[]))
            return int(known["id"])
        if today != ctx.business_date:
            raise Conflict(_moved(today, ctx.business_date))
        values = {
            "business_date": today,
            "next_date": rolling.next_business_date(ctx.registry, today),
            "step": STEPS[0].key,
            "started_by": ctx.actor.user_id,
        }
        row = connection.execute(insert(RUN).values(values).returning(RUN)).mappings().one()
        working.lay_out(connection, Run.of(row))
        made, after = int(row["id"]), {"business_date": today, "next_date": values["next_date"]}
        audit.write(connection, ctx.actor, "day.closing", ("day_run", made), after=after, at=ctx.now)
        return made


def _of_day(connection: Connection, day: date) -> RowMapping | None:
    return connection.execute(select(RUN).where(RUN.c.business_date == day)).mappings().one_or_none()


def _moved(today: date, wanted: date) -> Problem:
    return Problem(
        code="day.moved",
        message=text(f"The business date is {today} now, not {wanted}.", f"营业日期已是 {today}，不是 {wanted}。"),
        hint=text("Open the page again.", "请重新打开页面。"),
    )


def being_closed(ctx: Context) -> int | None:
    """The run that is going on, if there is one."""
    with ctx.transaction() as connection:
        found = connection.execute(select(RUN.c.id).where(RUN.c.state == "running")).scalar_one_or_none()
    return int(found) if found is not None else None


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of a run: how many of its chunks are done and what they found."""

    key: str
    title: Text
    done: int
    total: int
    state: Literal["waiting", "running", "done"]
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """A run with its steps."""

    id: int
    business_date: date
    next_date: date
    state: str
    started_at: datetime
    finished_at: datetime | None
    problems: Sequence[Mapping[str, Any]]
    steps: tuple[StepProgress, ...]

    @property
    def done(self) -> int:
        """Steps finished."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def total(self) -> int:
        """Steps in all."""
        return len(self.steps)

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


def progress(ctx: Context, run_id: int) -> Progress:
    """How far a run is."""
    ctx.require("day.close", "money.read")
    with ctx.transaction() as connection:
        row = connection.execute(select(RUN).where(RUN.c.id == run_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(text("day", "日终"))
        return _progress(connection, row)


def recent(ctx: Context, *, limit: int = 31) -> list[Progress]:
    """The latest runs, the newest first."""
    ctx.require("day.close", "money.read")
    with ctx.transaction() as connection:
        rows = connection.execute(select(RUN).order_by(RUN.c.business_date.desc()).limit(limit)).mappings().all()
        return [_progress(connection, row) for row in rows]


def _progress(connection: Connection, row: RowMapping) -> Progress:
    query = select(CHUNK.c.step, CHUNK.c.state, CHUNK.c.figures).where(CHUNK.c.day_run_id == row["id"])
    chunks: dict[str, list[RowMapping]] = {}
    for chunk in connection.execute(query.order_by(CHUNK.c.number)).mappings():
        chunks.setdefault(chunk["step"], []).append(chunk)
    places = {step.key: place for place, step in enumerate(STEPS)}
    current = len(STEPS) if row["state"] == "done" else places[row["step"]]
    steps = []
    for place, step in enumerate(STEPS):
        found = chunks.get(step.key, [])
        state: Literal["waiting", "running", "done"] = (
            "done" if place < current else "running" if place == current else "waiting"
        )
        done = sum(chunk["state"] == "done" for chunk in found)
        steps.append(StepProgress(step.key, step.title, done, len(found), state, _summed(found)))
    return Progress(
        row["id"], row["business_date"], row["next_date"], row["state"], row["started_at"], row["finished_at"],
        row["problems"], tuple(steps),
    )  # fmt: skip


def _summed(chunks: Sequence[RowMapping]) -> dict[str, Any]:
    """Counts of all chunks added up; of other figures the first."""
    figures: dict[str, Any] = {}
    for chunk in chunks:
        for name, value in chunk["figures"].items():
            if isinstance(value, int):
                figures[name] = figures.get(name, 0) + value
            elif isinstance(value, str):
                figures.setdefault(name, value)
    return figures
