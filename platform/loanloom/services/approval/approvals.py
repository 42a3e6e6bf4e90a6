"""Approving: a case enters its flow, people take and decide its items, it ends. One transaction each.

Order of locks everywhere: the application's row, then its work item. What may be done is the flow engine's word; who is
asking, what was already answered and what is out of date are settled here before the engine is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from loanloom.engines import flows
from loanloom.services.approval import flow_cases, flow_moves, guards
from loanloom.services.approval import messages as approval_messages
from loanloom.services.approval.flow_cases import Case
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.once import Once
from loanloom.services.origination import applications
from loanloom.store import audit, bulk, tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a submission hands over: the application's row, locked and as it stands, and what is still to be written
    with the first step: findings and audit entries."""

    row: Row[Any]
    findings: Sequence[Mapping[str, Any]] = ()
    told: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How a case stands after it entered its flow."""

    application_id: int
    state: str
    outcome: str | None
    items: tuple[int, ...] = ()
    sanction_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did. `replayed` tells that this is the first answer given again."""

    application_id: int
    item_id: int
    decision: str
    state: str
    outcome: str | None = None
    sanction_id: int | None = None
    replayed: bool = False


def start(
    ctx: Context,
    connection: Connection,
    application_id: int,
    facts: Mapping[str, Any] | None = None,
    handed: Handed | None = None,
) -> Started:
    """A submitted application enters its flow, or a returned one goes on. Runs in the submission's transaction."""
    known = facts if facts is not None else applications.facts_of(ctx, connection, application_id)
    if handed is None:
        (case,) = _cases(ctx, connection, [application_id])
        step = _entering(ctx, case, known)
    else:
        step = _entering(ctx, flow_cases.case_of(ctx, connection, handed.row), known)
        step = replace(step, findings=handed.findings, told=handed.told)
    (started,) = _enter(ctx, connection, [step], tell=True)
    return started


def start_many(ctx: Context, connection: Connection, cases: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Started]:
    """The same for many at once: one set of inserts for all. Nobody gets a message for each."""
    found = _cases(ctx, connection, [application_id for application_id, _ in cases])
    steps = [_entering(ctx, case, facts) for case, (_, facts) in zip(found, cases, strict=True)]
    return _enter(ctx, connection, steps, tell=False)


def _cases(ctx: Context, connection: Connection, application_ids: Sequence[int]) -> list[Case]:
    """The cases of these applications, locked, in the order asked for."""
    table = tables.application
    asked = select(table).where(table.c.id.in_(application_ids)).order_by(table.c.id)
    rows = {row.id: row for row in connection.execute(asked.with_for_update())}
    if not rows.keys() >= set(application_ids):
        raise NotFound(flow_cases.APPLICATION)
    return [flow_cases.case_of(ctx, connection, rows[one]) for one in application_ids]


def _enter(ctx: Context, connection: Connection, steps: Sequence[flow_moves.Step], *, tell: bool) -> list[Started]:
    saved = flow_moves.save(ctx, connection, steps, tell=tell)
    return [
        Started(
            application_id=step.case.row.id,
            state=flow_moves.state_of(step.moved),
            outcome=step.moved.state.outcome,
            items=tuple(saved.items.get(step.case.row.id, ())),
            sanction_id=saved.sanctions.get(step.case.row.id),
        )
        for step in steps
    ]


def withdraw(ctx: Context, connection: Connection, application_id: int, reason: str | None = None) -> None:
    """The case is taken back by those who made it; its items close."""
    case = flow_cases.load(ctx, connection, application_id, lock=True)
    if case.state is None:
        raise Refused(flows.not_open())
    moved = flows.withdraw(case.flow, case.state, ctx.actor.user_id, flows.World(at=ctx.now), reason=reason)
    guards.refuse(moved.problems)
    flow_moves.save(ctx, connection, [flow_moves.Step(case=case, moved=moved, action="application.withdrawn")])


def decide(
    ctx: Context,
    item_id: int,
    decision: str,
    *,
    expected_version: int,
    idempotency_key: str | None = None,
    reason: str | None = None,
    opinion: str = "",
    return_to: str | None = None,
    conditions: Sequence[str] = (),
) -> Decided:
    """Decide one item. The same key gives the first answer again; two at once have exactly one winner."""
    ctx.require("application.decide")
    with ctx.transaction() as connection:
        case, item = guards.locked(ctx, connection, item_id)
        asked = {"decision": decision}
        first = Once(ctx, connection, idempotency_key, "approval.decide", item_id, asked, locked=True)
        if first.answer is not None:
            return Decided(**{**first.answer, "replayed": True})
        guards.check_open(item, expected_version)
        guards.check_claim(ctx, item)
        said = flows.Decision(
            action=decision,  # type: ignore[arg-type]  # any text may arrive; the engine refuses what is no action
            by=flow_cases.person_in(ctx, case.branch),
            reason=reason or None,
            opinion=opinion.strip(),
            to=return_to or None,
            conditions=tuple(text.strip() for text in conditions if text.strip()) if decision == "approve" else (),
        )
        with bulk.together(connection):
            done = _carry_out(ctx, connection, case, item, said)
            first.keep(asdict(done))
        return done


def remind_overdue(ctx: Context) -> int:
    """Tell those who could decide what is past its deadline, each once; how many items that are."""
    with ctx.transaction() as connection:
        return approval_messages.remind_overdue(ctx, connection)


def claim(ctx: Context, item_id: int, *, expected_version: int) -> None:
    """Take an item of the group: nobody else may decide it until it is given back."""
    ctx.require("application.decide")
    with ctx.transaction() as connection:
        case, item = guards.locked(ctx, connection, item_id)
        guards.check_open(item, expected_version)
        guards.check_claim(ctx, item)
        guards.check_eligible(ctx, case, item)
        values = {"assignee": ctx.actor.user_id, "claimed_at": ctx.now}
        _change_item(ctx, connection, item, "work_item.claimed", values)


def release(ctx: Context, item_id: int, *, expected_version: int) -> None:
    """Give a taken item back to the group."""
    ctx.require("application.decide")
    with ctx.transaction() as connection:
        _, item = guards.locked(ctx, connection, item_id)
        guards.check_open(item, expected_version)
        if item.assignee != ctx.actor.user_id or item.kind != "approval":
            raise Forbidden(guards.claimed())
        _change_item(ctx, connection, item, "work_item.released", {"assignee": None, "claimed_at": None})


def snapshot(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the decider had before them: the figures and findings, not the whole form."""
    application = facts.get("application") or {}
    return {
        **{name: facts[name] for name in ("score", "limit", "eligibility", "decision", "indicators") if name in facts},
        "application": {name: application.get(name) for name in ("amount", "term_months", "method", "guarantee_mode")},
    }


def _entering(ctx: Context, case: Case, facts: Mapping[str, Any]) -> flow_moves.Step:
    world = flows.World(facts=facts, automatic=flow_cases.automatic(case), at=ctx.now)
    actor = ctx.actor.user_id
    if case.state is None:
        makers = tuple(applications.makers_of(case.row, actor))
        moved = flows.start(case.flow, world, makers=makers)
        guards.refuse(moved.problems)
        return flow_moves.Step(case=case, moved=moved, facts=facts, action="application.submitted")
    revision = next((item for item in case.state.items if item.kind == "revision"), None)
    moved = flows.resubmit(
        case.flow,
        replace(case.state, makers=tuple(dict.fromkeys((*case.state.makers, *applications.makers_of(case.row))))),
        revision.number if revision else 0,
        flow_cases.person_in(ctx, case.branch),
        world,
    )
    guards.refuse(moved.problems)
    closing = {"decision": "resubmit"}
    number = revision.number if revision else None
    return flow_moves.Step(
        case=case, moved=moved, facts=facts, decided=number, closing=closing, action="application.resubmitted"
    )


def _carry_out(ctx: Context, connection: Connection, case: Case, item: Row[Any], said: flows.Decision) -> Decided:
    assert case.state is not None
    facts = applications.facts_of(ctx, connection, case.row.id)
    world = flows.World(facts=facts, automatic=flow_cases.automatic(case), at=ctx.now)
    moved = flows.decide(case.flow, case.state, item.number, said, world)
    guards.refuse((*moved.problems, *guards.words_problems(case, item, said)))
    closing = {
        "decision": said.action,
        "reason_code": said.reason,
        "opinion": said.opinion or None,
        "conditions": list(said.conditions),
        "snapshot": snapshot(facts),
    }
    step = flow_moves.Step(
        case=case, moved=moved, facts=facts, decided=item.number, closing=closing, action=f"application.{said.action}"
    )
    saved = flow_moves.save(ctx, connection, [step])
    return Decided(
        application_id=case.row.id,
        item_id=item.id,
        decision=said.action,
        state=flow_moves.state_of(moved),
        outcome=moved.state.outcome,
        sanction_id=saved.sanctions.get(case.row.id),
    )


def _change_item(ctx: Context, connection: Connection, item: Row[Any], action: str, values: Mapping[str, Any]) -> None:
    table = tables.work_item
    connection.execute(update(table).where(table.c.id == item.id).values(**values, version=table.c.version + 1))
    before, after = {"assignee": item.assignee}, {"assignee": values["assignee"]}
    audit.write(connection, ctx.actor, action, ("work_item", item.id), before=before, after=after, at=ctx.now)
