"""Replays as people look at them: how far one is, its figures, its applications line by line, those of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from loanloom.problems import Text, text
from loanloom.services import scope
from loanloom.services.access.names import names
from loanloom.services.context import Context
from loanloom.services.definitions.replays.figures import Judged
from loanloom.services.definitions.replays.verdicts import Verdict
from loanloom.services.errors import NotFound
from loanloom.store.tables import application, job_run, replay, replay_case

REPLAY = text("replay", "回放")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One replay. `state` is that of its run: due, running, done, failed; `drafts` are kind, key and title of each."""

    id: int
    digest: str
    release_id: int | None
    drafts: tuple[tuple[str, str, Text | None], ...]
    product: str | None
    total: int
    state: str
    done: int
    problems: Sequence[Mapping[str, Any]]
    figures: Mapping[str, Any] | None
    by: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One application of a replay."""

    application_id: int
    number: str
    product: str
    decided: str
    flipped: bool
    before: Verdict
    after: Verdict


def read(ctx: Context, replay_id: int) -> Replay:
    """One replay."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        row = connection.execute(_replays().where(replay.c.id == replay_id)).one_or_none()
        if row is None:
            raise NotFound(REPLAY)
        return _replay(row, names(connection, {row.created_by}))


def of_digest(ctx: Context, digest: str, limit: int = 5) -> tuple[Replay, ...]:
    """The replays of exactly this change, the newest first: asked for as drafts or as the proposal they became."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        query = _replays().where(replay.c.digest == digest).order_by(replay.c.id.desc()).limit(limit)
        rows = connection.execute(query).all()
        people = names(connection, {row.created_by for row in rows})
        return tuple(_replay(row, people) for row in rows)


def lines(ctx: Context, replay_id: int, *, flipped: bool | None = None, limit: int | None = None) -> tuple[Line, ...]:
    """The applications of a replay that the actor may see, those that turn first."""
    ctx.require("application.read")
    query = _lines(ctx, replay_id, flipped).order_by(replay_case.c.flipped.desc(), application.c.id.desc())
    with ctx.transaction() as connection:
        rows = connection.execute(query.limit(limit)).all()
    return tuple(
        Line(
            application_id=row.application_id, number=row.number, product=row.product_key, decided=row.decided,
            flipped=row.flipped, before=Verdict.of(row.before), after=Verdict.of(row.after),
        )
        for row in rows
    )  # fmt: skip


def line_count(ctx: Context, replay_id: int, *, flipped: bool | None = None) -> int:
    """How many of them there are."""
    ctx.require("application.read")
    with ctx.transaction() as connection:
        counted = select(func.count()).select_from(_lines(ctx, replay_id, flipped).subquery())
        return int(connection.execute(counted).scalar_one())


def verdicts_of(connection: Connection, replay_id: int) -> list[Judged]:
    """All verdicts of a replay."""
    columns = replay_case.c["decided", "before", "after"]
    rows = connection.execute(select(*columns).where(replay_case.c.replay_id == replay_id))
    return [Judged(row.decided, Verdict.of(row.before), Verdict.of(row.after)) for row in rows]


def _lines(ctx: Context, replay_id: int, flipped: bool | None) -> Select[Any]:
    columns = replay_case.c["application_id", "decided", "before", "after", "flipped"]
    query = (
        select(*columns, application.c.number, application.c.product_key)
        .join(application, application.c.id == replay_case.c.application_id)
        .where(replay_case.c.replay_id == replay_id, scope.visible(ctx, application))
    )
    return query if flipped is None else query.where(replay_case.c.flipped == flipped)


def _replays() -> Select[Any]:
    run = job_run.c["state", "done", "problems"]
    return select(replay, *run).join(job_run, job_run.c.id == replay.c.run_id)


def _replay(row: Row[Any], people: Mapping[int, str]) -> Replay:
    return Replay(
        id=row.id, digest=row.digest, release_id=row.release_id,
        drafts=tuple((one["kind"], one["key"], one.get("title")) for one in row.drafts), product=row.product_key,
        total=len(row.applications), state=row.state, done=row.done, problems=row.problems, figures=row.figures,
        by=people.get(row.created_by), created_at=row.created_at, finished_at=row.finished_at,
    )  # fmt: skip
