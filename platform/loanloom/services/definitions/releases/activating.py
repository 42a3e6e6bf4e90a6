"""Putting an approved change into effect: one transaction under the company's lock, refused if anything moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.metadata.bundle import Bundle, read_bundle
from loanloom.problems import Problem, text
from loanloom.services.access import roles
from loanloom.services.context import Company, Context
from loanloom.services.definitions import pictures
from loanloom.services.definitions.releases import candidate as candidates
from loanloom.services.definitions.releases import in_flow, snapshots, stored
from loanloom.services.definitions.releases.deciding import unmoved
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.definitions.releases.planning import make_plan
from loanloom.services.definitions.releases.proposing import OPEN, already, read_row, write_release
from loanloom.services.definitions.releases.telling import tell_makers
from loanloom.services.errors import Conflict, Refused
from loanloom.services.records import reindexing
from loanloom.store import audit
from loanloom.store.tables import company, definition, draft, release, release_item


def activate(ctx: Context, release_id: int) -> None:
    """Put an approved release into effect."""
    ctx.require("release.activate")
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        _activate(ctx, connection, read_row(connection, release_id, lock=True))


def activate_due(ctx: Context) -> list[int]:
    """Put every scheduled release into effect whose day has come; the rows of those that went live."""
    done: list[int] = []
    while True:
        with ctx.transaction() as connection:
            stored.lock_company(connection, ctx.company.id)
            query = select(release).where(release.c.state == "scheduled", release.c.live_from <= ctx.business_date)
            row = connection.execute(query.order_by(release.c.live_from, release.c.id).limit(1)).one_or_none()
            if row is None:
                return done
            try:
                with connection.begin_nested():
                    _activate(ctx, connection, row)
                done.append(row.id)
            except (Conflict, Refused) as refused:
                _outdate(ctx, connection, row, refused.in_words("en"))


def _activate(ctx: Context, connection: Connection, row: Row[Any]) -> None:
    if row.state not in ("approved", "scheduled"):
        raise Conflict(already(row))
    if row.live_from is not None and row.live_from > ctx.business_date:
        raise Refused(
            Problem(
                code="release.too_early",
                message=text(f"This change goes live on {row.live_from}.", f"本变更将于 {row.live_from} 生效。"),
            )
        )
    unmoved(connection, row)
    documents = stored.load_documents(connection, row.id).documents
    retired = [(kind, key) for kind, key in row.retired]
    if candidates.release_digest(documents, retired) != row.digest:
        raise Conflict(
            Problem(
                code="release.damaged",
                message=text("What is kept of this change is not what was approved.", "存储的变更内容与批准的不一致。"),
            )
        )
    before = stored.live_row(connection)
    _switch(ctx, connection, before, row)
    _drop_drafts(connection, row.id, retired)
    others = release.update().where(release.c.state.in_(OPEN), release.c.id != row.id).returning(release.c.id)
    outdated = connection.execute(others.values(state="outdated", version=release.c.version + 1)).scalars().all()
    in_flow.end(ctx, connection, sorted(outdated), f"#{row.number}")
    audit.write(connection, ctx.actor, "release.activated", ("release", row.id), release_id=row.id,
                before={"release": before.number if before else None}, after={"release": row.number,
                "digest": row.digest, "plan_digest": row.plan_digest})  # fmt: skip
    _after(ctx, connection, row.id, before.id if before is not None else None)
    tell_makers(
        ctx, connection, row.id, row.makers, text(f"Change {row.number} is in effect.", f"变更 {row.number} 已生效。")
    )


def _switch(ctx: Context, connection: Connection, before: Row[Any] | None, row: Row[Any]) -> None:
    if before is not None:
        ended = {"state": "superseded", "ended_at": ctx.now, "version": before.version + 1}
        connection.execute(release.update().where(release.c.id == before.id).values(ended))
    begun = {
        "state": "live", "activated_by": ctx.actor.user_id, "activated_at": ctx.now, "version": row.version + 1,
    }  # fmt: skip
    connection.execute(release.update().where(release.c.id == row.id).values(begun))
    mine = company.c.id == ctx.company.id
    connection.execute(company.update().where(mine).values(live_release_id=row.id))


def _drop_drafts(connection: Connection, release_id: int, retired: list[tuple[str, str]]) -> None:
    """Drafts whose text just went live are done; those edited since the proposal stay."""
    held = (
        select(*definition.c["kind", "key", "source"])
        .join(release_item, release_item.c.definition_id == definition.c.id)
        .where(release_item.c.release_id == release_id)
    ).subquery()
    same = (draft.c.kind == held.c.kind) & (draft.c.key == held.c.key) & (draft.c.source == held.c.source)
    done = select(draft.c.id).join(held, same).where(~draft.c.retire)
    connection.execute(draft.delete().where(draft.c.id.in_(done)))
    for kind, key in retired:
        gone = (draft.c.kind == kind) & (draft.c.key == key) & draft.c.retire
        connection.execute(draft.delete().where(gone))


def _after(ctx: Context, connection: Connection, release_id: int, before_id: int | None) -> None:
    """Bring the users' roles and the index of records in line with the release that just went live."""
    registry = snapshots.of_release(ctx.database, connection, ctx.company.id, release_id)
    now_live = replace(ctx, registry=registry, company=replace(ctx.company, release_id=release_id))
    roles.sync(now_live, connection)
    earlier = None
    if before_id is not None:
        earlier = snapshots.of_release(ctx.database, connection, ctx.company.id, before_id)
    reindexing.after_release(now_live, connection, earlier)


def _outdate(ctx: Context, connection: Connection, row: Row[Any], why: str) -> None:
    values = {"state": "outdated", "version": row.version + 1}
    connection.execute(release.update().where(release.c.id == row.id).values(values))
    audit.write(
        connection,
        ctx.actor,
        "release.outdated",
        ("release", row.id),
        release_id=row.id,
        before={"state": row.state},
        after={"state": "outdated"},
        reason=why,
    )
    tell_makers(
        ctx,
        connection,
        row.id,
        row.makers,
        text(
            f"Change {row.number} could not go live on its day; plan it again.",
            f"变更 {row.number} 未能按期生效，请重新生成方案。",
        ),
    )


def install(ctx: Context, bundle: Bundle | Path) -> Company:
    """The first release of an empty company, applied by the installer without review and marked so in the audit.

    `bundle` may be the folder or zip file it lies in.
    """
    if isinstance(bundle, Path):
        bundle = read_bundle(bundle, kinds())
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        if connection.execute(select(release.c.id).limit(1)).first() is not None:
            raise Conflict(
                Problem(
                    code="release.not_empty",
                    message=text("This company has its configuration already.", "该公司已有配置。"),
                    hint=text("Plan the bundle and let somebody approve it.", "请提交配置包方案并由他人复核。"),
                )
            )
        candidate = candidates.of_bundle(ctx, connection, bundle)
        plan = make_plan(
            connection,
            candidate,
            origin="installer",
            live_from=None,
            makers=(),
            note=None,
            name=stored.called(bundle.manifest),
        )
        if not plan.passed:
            raise Refused([problem for problem in plan.problems if problem.severity == "error"])
        pictures.take_in(ctx, connection, bundle.pictures)
        made = write_release(ctx, connection, plan, state="approved")
        row = read_row(connection, made, lock=True)
        _switch(ctx, connection, None, row)
        audit.write(
            connection,
            ctx.actor,
            "release.installed",
            ("release", made),
            release_id=made,
            after={"digest": row.digest, "documents": len(candidate.documents)},
            reason="first release of an empty company, applied by the installer without review",
        )
        _after(ctx, connection, made, None)
        return replace(ctx.company, release_id=made)
