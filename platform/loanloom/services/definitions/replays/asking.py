"""Asking for a replay: which change, over which applications. What was asked is fixed, whoever works on meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from loanloom.metadata.document import Identity
from loanloom.problems import Problem, errors, text
from loanloom.services.context import Context
from loanloom.services.definitions.releases import candidate as candidates
from loanloom.services.definitions.releases import stored
from loanloom.services.definitions.releases.proposing import OPEN, already, read_row
from loanloom.services.errors import Conflict, Refused
from loanloom.services.origination.rescoring import APPROVED, REFUSED
from loanloom.services.running import work
from loanloom.store import audit, tables
from loanloom.store.tables import application, draft, replay

LAST = 500
"""Applications a replay goes through where nobody says how many."""
MOST = 5_000
TITLE = text("Replay over decided applications", "历史申请回放")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many of the applications decided last, and of which product (None: of all)."""

    last: int = LAST
    product: str | None = None


def of_drafts(ctx: Context, chosen: Iterable[Identity] | None, wanted: Wanted) -> tuple[int, int]:
    """Ask for a replay against drafts (all, when none are chosen) as they are now: the replay and its run."""
    ctx.require("definition.edit", "release.propose")
    asked = None if chosen is None else set(chosen)
    with ctx.transaction() as connection:
        rows = connection.execute(select(draft).order_by(draft.c.kind, draft.c.key)).mappings().all()
        mine = [row for row in rows if asked is None or (row["kind"], row["key"]) in asked]
        candidate = candidates.of_rows(ctx, connection, mine)
        if not mine or candidate.base.release_id is None:
            raise Refused(_nothing())
        if not candidate.checked.passed:
            raise Refused(errors(candidate.checked.problems))
        kept = [{name: row[name] for name in ("kind", "key", "title", "source", "retire")} for row in mine]
        values = {"digest": candidate.digest, "base_release_id": candidate.base.release_id, "drafts": kept}
        return _begin(ctx, connection, values, wanted)


def of_release(ctx: Context, release_id: int, wanted: Wanted) -> tuple[int, int]:
    """The same against a proposal."""
    ctx.require("release.propose", "release.approve")
    with ctx.transaction() as connection:
        row = read_row(connection, release_id)
        live = stored.live_row(connection)
        if row.state not in OPEN or live is None:
            raise Conflict(already(row))
        values = {"digest": row.digest, "base_release_id": live.id, "release_id": row.id}
        return _begin(ctx, connection, values, wanted)


def _begin(ctx: Context, connection: Connection, values: Mapping[str, Any], wanted: Wanted) -> tuple[int, int]:
    if not 1 <= wanted.last <= MOST:
        words = text(f"Choose between 1 and {MOST:,} applications.", f"请选择 1 至 {MOST:,} 笔申请。")
        raise Refused(Problem(code="replay.how_many", field="last", message=words))
    ids = list(connection.execute(_decided(wanted)).scalars())
    if not ids:
        raise Refused(_none_decided())
    made = replay.insert().values(
        **values, product_key=wanted.product, applications=ids, created_by=ctx.actor.user_id, created_at=ctx.now
    )
    replay_id = int(connection.execute(made.returning(replay.c.id)).scalar_one())
    url = f"/studio/replays/{replay_id}"
    run = work.begin(ctx, connection, "replay", TITLE, {"replay": replay_id}, key=str(replay_id), url=url)
    connection.execute(replay.update().where(replay.c.id == replay_id).values(run_id=run))
    told = {"digest": values["digest"], "applications": len(ids), "product": wanted.product}
    audit.write(connection, ctx.actor, "replay.asked", ("replay", replay_id), after=told, at=ctx.now)
    return replay_id, run


def _decided(wanted: Wanted) -> Select[tuple[int]]:
    """The applications decided last, the newest first."""
    decided = application.c.decided_at.is_not(None), application.c.state.in_(APPROVED + REFUSED)
    query = select(tables.application.c.id).where(*decided)
    if wanted.product is not None:
        query = query.where(application.c.product_key == wanted.product)
    return query.order_by(application.c.decided_at.desc(), application.c.id.desc()).limit(wanted.last)


def _nothing() -> Problem:
    return Problem(
        code="replay.no_drafts",
        message=text("There is no draft to be tried.", "没有可供回放的草稿。"),
        hint=text("Change a definition first.", "请先修改配置。"),
    )


def _none_decided() -> Problem:
    return Problem(
        code="replay.none_decided",
        message=text("No such application has been decided yet.", "尚无符合条件的已审结申请。"),
        hint=text("Choose another product, or all of them.", "请选择其他产品或全部产品。"),
    )
