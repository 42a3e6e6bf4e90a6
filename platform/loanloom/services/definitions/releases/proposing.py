"""From drafts, a bundle or an earlier release to a proposal that somebody else can judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.metadata import canonical
from loanloom.metadata.bundle import Bundle
from loanloom.metadata.document import Identity
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import pictures
from loanloom.services.definitions.releases import candidate as candidates
from loanloom.services.definitions.releases import in_flow, kept_values, stored
from loanloom.services.definitions.releases.candidate import Candidate
from loanloom.services.definitions.releases.checking import in_order
from loanloom.services.definitions.releases.planning import Plan, blocking, make_plan
from loanloom.services.definitions.releases.policy import allow_drafts
from loanloom.services.definitions.releases.telling import tell_reviewers
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.flows import manning
from loanloom.store import audit
from loanloom.store.tables import release

OPEN = ("proposed", "approved", "scheduled")
FURTHEST = timedelta(days=3653)
RELEASE: Text = text("change", "变更")


def plan_drafts(
    ctx: Context, chosen: Iterable[Identity] | None = None, *, name: str = "", note: str | None = None,
    live_from: date | None = None,
) -> Plan:  # fmt: skip
    """What proposing these drafts (all, when none are chosen) would mean. Writes nothing."""
    ctx.require("definition.edit", "release.propose")
    with ctx.transaction() as connection:
        return _plan(ctx, connection, candidates.of_drafts(ctx, connection, chosen), "studio", name, note, live_from)


def plan_bundle(ctx: Context, bundle: Bundle, *, note: str | None = None, live_from: date | None = None) -> Plan:
    """What applying a bundle would mean. Writes nothing."""
    ctx.require("definition.read", "release.propose")
    with ctx.transaction() as connection:
        return _bundle_plan(ctx, connection, bundle, note, live_from)


def propose_drafts(
    ctx: Context, chosen: Iterable[Identity] | None = None, *, name: str = "", note: str | None = None,
    live_from: date | None = None,
) -> int:  # fmt: skip
    """Put drafts up for review; the row of the proposal."""
    ctx.require("release.propose")
    allow_drafts()
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        candidate = candidates.of_drafts(ctx, connection, chosen)
        return _keep(ctx, connection, _plan(ctx, connection, candidate, "studio", name, note, live_from))


def propose_bundle(ctx: Context, bundle: Bundle, *, note: str | None = None, live_from: date | None = None) -> int:
    """Put a bundle up for review; the row of the proposal."""
    ctx.require("release.propose")
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        pictures.take_in(ctx, connection, bundle.pictures)
        return _keep(ctx, connection, _bundle_plan(ctx, connection, bundle, note, live_from))


def propose_rollback(ctx: Context, number: int | None = None, *, note: str | None = None) -> int:
    """Propose to go back to an earlier release (by number; the one before, when none is given)."""
    ctx.require("release.propose")
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        row = _earlier(connection, number)
        candidate = candidates.of_earlier(ctx, connection, row)
        name = f"#{row.number} ↩"
        return _keep(ctx, connection, _plan(ctx, connection, candidate, "rollback", name, note, None))


def propose_again(ctx: Context, release_id: int, *, live_from: date | None = None) -> int:
    """Plan an outdated proposal anew against what is live now; the row of the new proposal."""
    ctx.require("release.propose")
    with ctx.transaction() as connection:
        stored.lock_company(connection, ctx.company.id)
        row = read_row(connection, release_id, lock=True)
        if row.state not in (*OPEN, "outdated", "rejected"):
            raise Conflict(already(row))
        candidate = candidates.of_again(ctx, connection, row)
        plan = _plan(ctx, connection, candidate, row.origin, row.name, row.note, live_from or row.live_from)
        made = _keep(ctx, connection, plan)
        values = {"state": "withdrawn", "version": row.version + 1}
        connection.execute(release.update().where(release.c.id == release_id).values(values))
        in_flow.end(ctx, connection, [release_id], f"#{row.number} ↻")
        return made


def _bundle_plan(
    ctx: Context, connection: Connection, bundle: Bundle, note: str | None, live_from: date | None
) -> Plan:
    candidate = candidates.of_bundle(ctx, connection, bundle)
    return _plan(ctx, connection, candidate, "bundle", stored.called(bundle.manifest), note, live_from)


def _plan(
    ctx: Context, connection: Connection, candidate: Candidate, origin: str, name: str, note: str | None,
    live_from: date | None,
) -> Plan:  # fmt: skip
    makers = () if ctx.actor.user_id is None else (ctx.actor.user_id,)
    checked = candidate.checked
    kept = kept_values.unfit(connection, candidate.base.registry, candidate.registry)
    found = in_order((*checked.problems, *manning.problems(ctx, connection, candidate.registry), *kept))
    return make_plan(
        connection,
        replace(candidate, checked=replace(checked, problems=found)),
        origin=origin,
        name=name.strip(),
        note=(note or "").strip() or None,
        live_from=live_from,
        makers=makers,
    )


def _keep(ctx: Context, connection: Connection, plan: Plan) -> int:
    """Write a proposal, or refuse it with every reason."""
    problems = _bad_day(plan, ctx.business_date) or blocking(plan, ctx.business_date)
    if problems:
        raise Refused(problems)
    release_id = write_release(ctx, connection, plan, state="proposed")
    audit.write(
        connection,
        ctx.actor,
        "release.proposed",
        ("release", release_id),
        release_id=release_id,
        after={"digest": plan.digest, "changes": len(plan.changes), "name": plan.name},
        reason=plan.note,
    )
    flow = in_flow.named(ctx.registry)
    if flow is not None:
        in_flow.begin(ctx, connection, flow, release_id)
    else:
        tell_reviewers(ctx, connection, release_id, plan.name or str(len(plan.changes)), plan.makers)
    return release_id


def _bad_day(plan: Plan, business_date: date) -> tuple[Problem, ...]:
    if plan.live_from is None or business_date <= plan.live_from <= business_date + FURTHEST:
        return ()
    if plan.live_from < business_date:
        code = "release.past_date"
        message = text(
            f"{plan.live_from} is over: the business date is {business_date}.",
            f"{plan.live_from} 已过：当前营业日为 {business_date}。",
        )
    else:
        code = "release.far_date"
        message = text(
            f"{plan.live_from} is too far away: at most ten years from now.",
            f"{plan.live_from} 过于遥远：最多为今后十年。",
        )
    return (Problem(code=code, field="live_from", message=message),)


def write_release(ctx: Context, connection: Connection, plan: Plan, *, state: str) -> int:
    """The rows of a release: definitions, the release, what it holds."""
    candidate = plan.candidate
    definitions = stored.keep(connection, candidate.documents, ctx.actor.user_id)
    values: dict[str, Any] = {
        "number": stored.next_number(connection),
        "state": state,
        "origin": plan.origin,
        "name": plan.name or None,
        "note": plan.note,
        "digest": candidate.digest,
        "target_digest": candidate.base.digest,
        "plan_digest": plan.digest,
        "plan": canonical.plain(plan.values),
        "problems": [_problem_values(problem) for problem in plan.problems],
        "manifest": stored.manifest_values(candidate.manifest),
        "retired": [list(identity) for identity in candidate.retired],
        "makers": list(plan.makers),
        "base_release_id": candidate.base.release_id,
        "live_from": plan.live_from,
        "proposed_by": ctx.actor.user_id,
        "proposed_at": ctx.now,
    }
    made = connection.execute(release.insert().values(values).returning(release.c.id)).scalar_one()
    stored.add_items(connection, made, definitions)
    return int(made)


def _problem_values(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code, "severity": problem.severity, "message": dict(problem.message),
        "hint": dict(problem.hint) if problem.hint else None, "file": problem.file, "line": problem.line,
    }  # fmt: skip


def read_row(connection: Connection, release_id: int, *, lock: bool = False) -> Row[Any]:
    """A release's row."""
    query = select(release).where(release.c.id == release_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(RELEASE)
    return row


def _earlier(connection: Connection, number: int | None) -> Row[Any]:
    live = stored.live_row(connection)
    query = select(release).where(release.c.state == "superseded")
    if number is not None:
        query = query.where(release.c.number == number)
    elif live is not None:
        query = query.where(release.c.activated_at <= live.activated_at)
    row = connection.execute(query.order_by(release.c.activated_at.desc(), release.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound(text("earlier version", "历史版本"))
    return row


def already(row: Row[Any]) -> Problem:
    """The answer to whoever comes too late."""
    return Problem(
        code="release.already_decided",
        message=text(f"Change {row.number} is {row.state} already.", f"变更 {row.number} 的状态已是 {row.state}。"),
        hint=text("Open it again and look at its present state.", "请重新打开查看最新状态。"),
    )
