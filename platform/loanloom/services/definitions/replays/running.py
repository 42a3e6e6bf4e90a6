"""Going through a replay: a set of applications at a time, each set kept in one transaction with how far it is.

Whoever takes it up after a process died goes on behind the last set that was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as altered
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions.releases import candidate as candidates
from loanloom.services.definitions.releases import snapshots
from loanloom.services.definitions.replays.figures import figures_of
from loanloom.services.definitions.replays.reading import verdicts_of
from loanloom.services.definitions.replays.verdicts import Judge
from loanloom.services.errors import Conflict
from loanloom.services.flows import colleagues
from loanloom.services.origination.rescoring import APPROVED
from loanloom.services.running.work import Progress
from loanloom.store import bulk, tables
from loanloom.store.tables import replay, replay_case

SET = 50
"""Applications kept at a time."""


def go(ctx: Context, progress: Progress, replay_id: int) -> dict[str, Any]:
    """Judge what is left, then count."""
    with ctx.transaction() as connection:
        row = connection.execute(select(replay).where(replay.c.id == replay_id)).one()
        judges = _judges(ctx, connection, row)
        done = set(connection.execute(_done(replay_id)).scalars())
    left = [one for one in row.applications if one not in done]
    total = len(row.applications)
    for start in range(0, len(left), SET):
        progress.report(total - len(left) + start, total)
        _keep_set(ctx, replay_id, left[start : start + SET], judges)
    progress.report(total, total)
    with ctx.transaction() as connection:
        figures = figures_of(verdicts_of(connection, replay_id))
        ended = replay.update().where(replay.c.id == replay_id)
        connection.execute(ended.values(figures=figures, finished_at=ctx.now, version=replay.c.version + 1))
    return {"replay": replay_id, "cases": figures["cases"], "flipped": figures["flipped"]}


def _done(replay_id: int) -> Any:
    return select(replay_case.c.application_id).where(replay_case.c.replay_id == replay_id)


def _judges(ctx: Context, connection: Connection, row: Row[Any]) -> tuple[Judge, Judge]:
    """Who judges by what was live, and who by the change."""
    before = snapshots.of_release(ctx.database, connection, ctx.company.id, row.base_release_id)
    after = _changed(ctx, connection, row)
    with_staff = (
        (registry, colleagues.staff_of(altered(ctx, registry=registry), connection)) for registry in (before, after)
    )
    one, other = (Judge(ctx, registry, staff) for registry, staff in with_staff)
    return one, other


def _changed(ctx: Context, connection: Connection, row: Row[Any]) -> Registry:
    """What the change would make of the definitions; refused where it is no longer what was asked for."""
    if row.release_id is not None:
        return snapshots.of_release(ctx.database, connection, ctx.company.id, row.release_id)
    drafts = [{**one, "editors": []} for one in row.drafts]
    candidate = candidates.of_rows(ctx, connection, drafts)
    if candidate.digest != row.digest:
        raise Conflict(
            Problem(
                code="replay.moved",
                message=text("Another change went live meanwhile.", "其间已有其他变更生效。"),
                hint=text("Ask for the replay again.", "请重新发起回放。"),
            )
        )
    return candidate.registry


def _keep_set(ctx: Context, replay_id: int, ids: Sequence[int], judges: tuple[Judge, Judge]) -> None:
    table = tables.application
    with ctx.transaction() as connection:
        rows = connection.execute(select(table).where(table.c.id.in_(ids))).all()
        people = select(tables.customer).where(tables.customer.c.id.in_({row.customer_id for row in rows}))
        customers = {row.id: row for row in connection.execute(people)}
        made = [_judged(replay_id, row, customers[row.customer_id], judges) for row in rows]
        bulk.insert_missing(connection, replay_case, made, ("replay_id", "application_id"))


def _judged(replay_id: int, row: Row[Any], customer: Row[Any], judges: tuple[Judge, Judge]) -> dict[str, Any]:
    before, after = (judge.judge(row, customer) for judge in judges)
    return {
        "replay_id": replay_id,
        "application_id": row.id,
        "decided": "approved" if row.state in APPROVED else "refused",
        "before": before.as_values(),
        "after": after.as_values(),
        "flipped": after.differs(before),
    }
