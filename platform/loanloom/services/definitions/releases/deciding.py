"""A second person judges a proposal: approve its exact plan, send it back, or its makers take it back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions.releases import in_flow, signing, stored
from loanloom.services.definitions.releases.planning import stored_digest
from loanloom.services.definitions.releases.proposing import OPEN, already, read_row
from loanloom.services.definitions.releases.telling import tell_makers
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.store import audit
from loanloom.store.tables import release


def approve(ctx: Context, release_id: int, plan_digest: str, *, opinion: str | None = None) -> str:
    """Approve exactly the plan with this digest; the new state: approved, scheduled for its day, or still proposed
    while others must sign it too."""
    ctx.require("release.approve")
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        row = read_row(connection, release_id, lock=True)
        if row.state != "proposed":
            raise Conflict(already(row))
        in_flow.check_not_in_flow(connection, release_id)
        _not_a_maker(ctx, row)
        if plan_digest != row.plan_digest:
            raise Conflict(_other_plan())
        unmoved(connection, row)
        if not signing.sign(ctx, connection, row, opinion):
            return "proposed"
        return approved_in(ctx, connection, row, ctx.actor.user_id, opinion)


def approved_in(ctx: Context, connection: Connection, row: Row[Any], by: int | None, opinion: str | None) -> str:
    """The same inside the caller's transaction, which holds the company's releases: `by` has approved its plan."""
    if row.state != "proposed":
        raise Conflict(already(row))
    unmoved(connection, row)
    later = row.live_from is not None and row.live_from > ctx.business_date
    state = "scheduled" if later else "approved"
    _decide(ctx, connection, row, state, by, opinion)
    said = text(f"Change {row.number} was approved.", f"变更 {row.number} 已获批准。")
    tell_makers(ctx, connection, row.id, row.makers, said)
    return state


def reject(ctx: Context, release_id: int, opinion: str) -> None:
    """Send a proposal back to its makers, with the reason."""
    ctx.require("release.approve")
    if not opinion.strip():
        raise Refused(
            Problem(
                code="release.opinion_missing",
                field="opinion",
                message=text("Say why it goes back.", "请填写退回意见。"),
            )
        )
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        row = read_row(connection, release_id, lock=True)
        if row.state not in OPEN:
            raise Conflict(already(row))
        in_flow.check_not_in_flow(connection, release_id)
        _not_a_maker(ctx, row)
        rejected_in(ctx, connection, row, opinion)


def rejected_in(ctx: Context, connection: Connection, row: Row[Any], opinion: str) -> str:
    """The same inside the caller's transaction."""
    _decide(ctx, connection, row, "rejected", ctx.actor.user_id, opinion)
    said = opinion.strip()
    words = text(f"Change {row.number} was sent back: {said}", f"变更 {row.number} 被退回：{said}")
    tell_makers(ctx, connection, row.id, row.makers, words)
    return "rejected"


def proposed_again(ctx: Context, connection: Connection, row: Row[Any]) -> str:
    """A refusal that its flow looks at once more."""
    values = {"state": "proposed", "approved_by": None, "approved_at": None, "opinion": None}
    connection.execute(release.update().where(release.c.id == row.id).values(**values, version=row.version + 1))
    return "proposed"


def withdraw(ctx: Context, release_id: int) -> None:
    """Take a proposal back before it is live."""
    ctx.require("release.propose")
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        row = read_row(connection, release_id, lock=True)
        if row.state not in (*OPEN, "outdated", "rejected"):
            raise Conflict(already(row))
        withdrawn_in(ctx, connection, row)
        in_flow.end(ctx, connection, [row.id], ctx.actor.name)


def withdrawn_in(ctx: Context, connection: Connection, row: Row[Any]) -> str:
    """The same inside the caller's transaction."""
    values = {"state": "withdrawn", "ended_at": ctx.now, "version": row.version + 1}
    connection.execute(release.update().where(release.c.id == row.id).values(values))
    audit.write(
        connection,
        ctx.actor,
        "release.withdrawn",
        ("release", row.id),
        release_id=row.id,
        before={"state": row.state},
        after={"state": "withdrawn"},
    )
    return "withdrawn"


def _decide(
    ctx: Context, connection: Connection, row: Row[Any], state: str, by: int | None, opinion: str | None
) -> None:
    said = (opinion or "").strip() or None
    values = {
        "state": state, "approved_by": by, "approved_at": ctx.now, "opinion": said,
        "version": row.version + 1,
    }  # fmt: skip
    connection.execute(release.update().where(release.c.id == row.id).values(values))
    audit.write(
        connection,
        ctx.actor,
        f"release.{'rejected' if state == 'rejected' else 'approved'}",
        ("release", row.id),
        before={"state": row.state},
        after={"state": state, "plan_digest": row.plan_digest},
        release_id=row.id,
        reason=said,
    )


def _not_a_maker(ctx: Context, row: Row[Any]) -> None:
    if ctx.actor.user_id is None or ctx.actor.user_id in row.makers:
        raise Forbidden(
            Problem(
                code="release.same_person",
                message=text("Who made a change may not review it.", "变更的制作人不得复核自己的变更。"),
                hint=text(
                    "Somebody else with the right to review has to look at it.", "请由另一位有复核权限的人员处理。"
                ),
            )
        )


def unmoved(connection: Connection, row: Row[Any]) -> None:
    """Refuse if anything moved since the plan was made: what is live, the plan itself, or what it holds."""
    live = stored.live_row(connection)
    if (live.digest if live else None) != row.target_digest:
        raise Conflict(
            Problem(
                code="release.target_moved",
                message=text("Another change went live since this one was planned.", "本变更提出后已有其他变更生效。"),
                hint=text("Plan it again; it then needs a new review.", "请重新生成方案并再次复核。"),
            )
        )
    if stored_digest(row.plan) != row.plan_digest or row.plan["bundle_digest"] != row.digest:
        raise Conflict(_other_plan())


def _other_plan() -> Problem:
    return Problem(
        code="release.other_plan",
        message=text("This is not the plan that was approved.", "方案与批准的内容不一致。"),
        hint=text("Open the change again and look at its present plan.", "请重新打开变更，核对当前方案。"),
    )
