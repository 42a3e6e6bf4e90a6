"""Long work that survives its process: a row says what is to be done, how far it is and how it ended.

`begin` writes the row; a task (or the tick, when a message was lost) claims it and runs it. Progress is written in
transactions of its own, so that a page can show it while the work goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.store import messages
from loanloom.store.database import Database
from loanloom.store.tables import job_run

LEASE = timedelta(seconds=90)
"""Work whose process has said nothing for so long is taken to be lost, and is done again."""

ATTEMPTS = 3
BEGINNINGS = 6
"""So often work is begun whose process died each time: after that it is the work that kills it."""
PAUSE = timedelta(seconds=30)
KEPT = timedelta(days=14)


def begin(
    ctx: Context,
    connection: Connection,
    kind: str,
    title: Text,
    arguments: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    url: str | None = None,
    due_at: datetime | None = None,
) -> int:
    """Ask for work of `kind` (a key of the slot `work`). With `key` it exists once: the id is that of the first."""
    values: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "title": title,
        "arguments": arguments or {},
        "url": url,
        "started_by": ctx.actor.user_id,
        "correlation_id": ctx.actor.correlation_id,
        "due_at": due_at or ctx.now,
    }
    statement = insert(job_run).values(values)
    made = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["company_id", "kind", "key"]).returning(job_run.c.id)
    ).scalar_one_or_none()
    if made is None:
        query = select(job_run.c.id).where(job_run.c.kind == kind, job_run.c.key == key)
        made = connection.execute(query).scalar_one()
    return int(made)


def read(ctx: Context, run_id: int) -> RowMapping:
    """How far it is: state (due, running, done, failed), done, total, step, result, problems."""
    with ctx.transaction() as connection:
        row = connection.execute(select(job_run).where(job_run.c.id == run_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(text("task", "任务"))
    return row


def recent(ctx: Context, *, kind: str | None = None, limit: int = 20) -> Sequence[RowMapping]:
    """The latest runs, the newest first."""
    query = select(job_run).order_by(job_run.c.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(job_run.c.kind == kind)
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


def waiting(connection: Connection, now: datetime, limit: int = 50) -> list[int]:
    """Runs that should be going on and are not: due, or left by a process that died."""
    query = select(job_run.c.id).where(_claimable(now)).order_by(job_run.c.due_at, job_run.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def claim(database: Database, company_id: int, run_id: int, now: datetime) -> RowMapping | None:
    """Take a run for this process; None when somebody else has it or it is finished."""
    with database.transaction(company_id) as connection:
        return (
            connection.execute(
                update(job_run)
                .where(job_run.c.id == run_id, _claimable(now))
                .values(
                    state="running",
                    attempts=job_run.c.attempts + 1,
                    started_at=now,
                    alive_at=now,
                    problems=[],
                    step=None,
                )
                .returning(job_run)
            )
            .mappings()
            .one_or_none()
        )


def release_lost(database: Database, company_id: int) -> int:
    """Right after a start, when no task process can be alive: what was running is due again at once."""
    with database.transaction(company_id) as connection:
        return connection.execute(update(job_run).where(job_run.c.state == "running").values(state="due")).rowcount


def forget_old(connection: Connection, now: datetime) -> int:
    """Remove scheduled runs that went well long ago; what a person asked for, or what failed, stays."""
    old = and_(job_run.c.state == "done", job_run.c.started_by.is_(None), job_run.c.finished_at < now - KEPT)
    return connection.execute(delete(job_run).where(old)).rowcount


def finish(database: Database, run: RowMapping, result: Mapping[str, Any], now: datetime) -> None:
    """It is done; whoever asked for it is told."""
    values = {"state": "done", "result": result, "finished_at": now, "problems": []}
    _end(database, run, values, text("Done", "已完成"), "good")


def fail(database: Database, run: RowMapping, problems: Sequence[Problem], now: datetime, *, again: bool) -> bool:
    """It did not work out. `again`: try later, unless it was tried often enough. Returns whether it is over."""
    told = [{"code": each.code, "message": dict(each.message), "hint": each.hint} for each in problems]
    if again and run["attempts"] < ATTEMPTS:
        values = {"state": "due", "due_at": now + PAUSE * run["attempts"], "problems": told}
        with database.transaction(run["company_id"]) as connection:
            connection.execute(update(job_run).where(job_run.c.id == run["id"]).values(values))
        return False
    values = {"state": "failed", "problems": told, "finished_at": now}
    _end(database, run, values, text("Failed", "未成功"), "bad")
    return True


def _end(database: Database, run: RowMapping, values: Mapping[str, Any], words: Text, severity: str) -> None:
    with database.transaction(run["company_id"]) as connection:
        connection.execute(update(job_run).where(job_run.c.id == run["id"]).values(dict(values)))
        if run["started_by"] is not None:
            title = {tag: f"{words[tag]}: {run['title'].get(tag, run['kind'])}" for tag in ("en", "zh")}
            messages.send(
                connection,
                [run["started_by"]],
                "work",
                title,
                url=run["url"],
                severity=severity,
                key=f"work-{run['id']}-{run['attempts']}",
            )


def _claimable(now: datetime) -> Any:
    return or_(
        and_(job_run.c.state == "due", job_run.c.due_at <= now),
        and_(job_run.c.state == "running", job_run.c.alive_at < now - LEASE),
    )


@dataclass(slots=True)
class Progress:
    """Tells the row how far the work is, at most a few times a second."""

    database: Database
    company_id: int
    run_id: int
    every: float = 0.4
    _last: float = field(default=0.0, repr=False)

    def report(self, done: int, total: int, step: str | None = None) -> None:
        """`done` of `total`; the last one is always written."""
        if done < total and monotonic() - self._last < self.every:
            return
        self._write({"done": done, "total": total, "step": step})

    def alive(self) -> None:
        """Nothing new, but still here."""
        self._write({})

    def _write(self, values: dict[str, Any]) -> None:
        self._last = monotonic()
        with self.database.transaction(self.company_id) as connection:
            connection.execute(
                update(job_run).where(job_run.c.id == self.run_id).values(values | {"alive_at": datetime.now(UTC)})
            )
