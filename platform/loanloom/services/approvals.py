"""Approving: a case enters its flow, people take and decide its items, it ends. One transaction each.

Order of locks everywhere: the application's row, then its work item. What may be done is the flow engine's word; who is
asking, what was already answered and what is out of date are settled here before the engine is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from loanloom.engines import flows
from loanloom.problems import Problem, text
from loanloom.services import applications, approval_messages, flow_cases, flow_moves, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flow_cases import Case
from loanloom.store import audit, idempotency, tables

ITEM = text("work item", "待办事项")
NOT_ALLOWED = {"flow.wrong_role", "flow.other_branch", "flow.excluded"}
LONGEST_OPINION = 4_000
MOST_CONDITIONS = 20


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


def start(ctx: Context, connection: Connection, application_id: int, facts: Mapping[str, Any] | None = None) -> Started:
    """A submitted application enters its flow, or a returned one goes on. Runs in the submission's transaction."""
    known = facts if facts is not None else applications.facts_of(ctx, connection, application_id)
    (started,) = start_many(ctx, connection, [(application_id, known)], tell=True)
    return started


def start_many(
    ctx: Context, connection: Connection, cases: Sequence[tuple[int, Mapping[str, Any]]], *, tell: bool = False
) -> list[Started]:
    """The same for many at once: one set of inserts for all. Nobody gets a message for each (unless `tell`)."""
    table = tables.application
    wanted = [application_id for application_id, _ in cases]
    rows = connection.execute(select(table).where(table.c.id.in_(wanted)).order_by(table.c.id).with_for_update())
    found = {row.id: flow_cases.case_of(ctx, connection, row) for row in rows}
    steps = [_entering(ctx, _found(found, application_id), facts) for application_id, facts in cases]
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
    moved = flows.withdraw(case.flow, case.state, ctx.actor.user_id, reason=reason, at=ctx.now)
    _refuse(moved.problems)
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
    command = f"approval.decide:{item_id}:{decision}"
    with ctx.transaction() as connection:
        if idempotency_key:
            earlier = idempotency.earlier(connection, idempotency_key, command, ctx.actor.user_id)
            if earlier is not None:
                return _again(earlier)
        case, item = _locked(ctx, connection, item_id)
        _check_open(item, expected_version)
        _check_claim(ctx, item)
        said = flows.Decision(
            action=decision,  # type: ignore[arg-type]  # any text may arrive; the engine refuses what is no action
            by=flow_cases.person_in(ctx, case.branch),
            at=ctx.now,
            reason=reason or None,
            opinion=opinion.strip(),
            to=return_to or None,
            conditions=tuple(text.strip() for text in conditions if text.strip()) if decision == "approve" else (),
        )
        done = _carry_out(ctx, connection, case, item, said)
        if idempotency_key:
            idempotency.keep(connection, idempotency_key, command, asdict(done), ctx.actor.user_id)
        return done


def remind_overdue(ctx: Context) -> int:
    """Tell those who could decide what is past its deadline, each once; how many items that are."""
    with ctx.transaction() as connection:
        return approval_messages.remind_overdue(ctx, connection)


def claim(ctx: Context, item_id: int, *, expected_version: int) -> None:
    """Take an item of the group: nobody else may decide it until it is given back."""
    ctx.require("application.decide")
    with ctx.transaction() as connection:
        case, item = _locked(ctx, connection, item_id)
        _check_open(item, expected_version)
        _check_claim(ctx, item)
        _check_eligible(ctx, case, item)
        values = {"assignee": ctx.actor.user_id, "claimed_at": ctx.now}
        _change_item(ctx, connection, item, "work_item.claimed", values)


def release(ctx: Context, item_id: int, *, expected_version: int) -> None:
    """Give a taken item back to the group."""
    ctx.require("application.decide")
    with ctx.transaction() as connection:
        _, item = _locked(ctx, connection, item_id)
        _check_open(item, expected_version)
        if item.assignee != ctx.actor.user_id or item.kind != "approval":
            raise Forbidden(claimed())
        _change_item(ctx, connection, item, "work_item.released", {"assignee": None, "claimed_at": None})


def snapshot(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the decider had before them: the figures and findings, not the whole form."""
    application = facts.get("application") or {}
    return {
        **{name: facts[name] for name in ("score", "limit", "eligibility", "decision", "indicators") if name in facts},
        "application": {name: application.get(name) for name in ("amount", "term_months", "method", "guarantee_mode")},
    }


def _entering(ctx: Context, case: Case, facts: Mapping[str, Any]) -> flow_moves.Step:
    automatic = flow_cases.automatic(case)
    actor = ctx.actor.user_id
    if case.state is None:
        makers = tuple(dict.fromkeys(who for who in (case.row.created_by, case.row.updated_by, actor) if who))
        moved = flows.start(case.flow, facts, makers=makers, automatic=automatic, at=ctx.now)
        _refuse(moved.problems)
        return flow_moves.Step(case=case, moved=moved, facts=facts, action="application.submitted")
    revision = next((item for item in case.state.items if item.kind == "revision"), None)
    moved = flows.resubmit(
        case.flow,
        case.state,
        revision.number if revision else 0,
        flow_cases.person_in(ctx, case.branch),
        facts,
        automatic=automatic,
        at=ctx.now,
    )
    _refuse(moved.problems)
    closing = {"decision": "resubmit"}
    number = revision.number if revision else None
    return flow_moves.Step(
        case=case, moved=moved, facts=facts, decided=number, closing=closing, action="application.resubmitted"
    )


def _carry_out(ctx: Context, connection: Connection, case: Case, item: Row[Any], said: flows.Decision) -> Decided:
    assert case.state is not None
    facts = applications.facts_of(ctx, connection, case.row.id)
    moved = flows.decide(case.flow, case.state, item.number, said, facts, automatic=flow_cases.automatic(case))
    _refuse((*moved.problems, *_words_problems(case, item, said)))
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


def _words_problems(case: Case, item: Row[Any], said: flows.Decision) -> list[Problem]:
    """What was written with the decision: a reason of the step's own list, an opinion of bearable length."""
    problems = []
    known = flow_cases.code_items(case.registry, case.flow.nodes[item.node].reasons.get(said.action))
    if said.reason is not None and said.reason not in known:
        problems.append(
            Problem(
                code="approval.unknown_reason",
                field="reason",
                message=text("Choose a reason from the list.", "请从列表中选择原因。"),
            )
        )
    too_many = len(said.conditions) > MOST_CONDITIONS
    if too_many or len(said.opinion) + sum(map(len, said.conditions)) > LONGEST_OPINION:
        problems.append(
            Problem(
                code="approval.too_long",
                field="opinion",
                message=text(
                    f"Opinion and conditions may hold {LONGEST_OPINION} characters.",
                    f"意见与条件合计不得超过 {LONGEST_OPINION} 字。",
                ),
            )
        )
    return problems


def _locked(ctx: Context, connection: Connection, item_id: int) -> tuple[Case, Row[Any]]:
    """The item and its case, both locked, if the actor may know of them."""
    table = tables.work_item
    application_id = connection.execute(
        select(table.c.application_id).where(table.c.id == item_id)
    ).scalar_one_or_none()
    if application_id is None:
        raise NotFound(ITEM)
    case = flow_cases.load(ctx, connection, application_id, lock=True)
    item = connection.execute(select(table).where(table.c.id == item_id).with_for_update()).one()
    if not scope.sees(ctx, case.row._mapping) and not concerns(ctx, item):
        raise NotFound(ITEM)
    return case, item


def concerns(ctx: Context, item: Row[Any]) -> bool:
    """Whether an item gives the actor sight of its case: it is theirs to decide, or they decided it."""
    actor = ctx.actor
    if actor.user_id is None or actor.user_id in (item.assignee, item.decided_by):
        return True
    here = item.scope == "all" or scope.branch_of(scope.units_of(ctx), actor.unit) == item.unit
    return item.role is not None and item.role in actor.roles and here


def _check_open(item: Row[Any], expected_version: int) -> None:
    if item.status != "open":
        raise Conflict(_decided_already(item))
    if item.version != expected_version:
        raise Conflict()


def _check_claim(ctx: Context, item: Row[Any]) -> None:
    if item.assignee is not None and item.assignee != ctx.actor.user_id:
        raise Forbidden(claimed())


def _check_eligible(ctx: Context, case: Case, item: Row[Any]) -> None:
    waiting = case.state.item(item.number) if case.state else None
    if waiting is None or waiting.kind != "approval":
        raise Conflict(flows.not_open())
    problem = flows.eligible(waiting, flow_cases.person_in(ctx, case.branch))
    if problem is not None:
        raise Forbidden(problem)


def _change_item(ctx: Context, connection: Connection, item: Row[Any], action: str, values: Mapping[str, Any]) -> None:
    table = tables.work_item
    connection.execute(update(table).where(table.c.id == item.id).values(**values, version=table.c.version + 1))
    before, after = {"assignee": item.assignee}, {"assignee": values["assignee"]}
    audit.write(connection, ctx.actor, action, ("work_item", item.id), before=before, after=after, at=ctx.now)


def _refuse(problems: Sequence[Problem]) -> None:
    for problem in problems:
        if problem.code in NOT_ALLOWED:
            raise Forbidden(problem)
        if problem.code in ("flow.item_closed", "flow.ended"):
            raise Conflict(problem)
    if problems:
        raise Refused(problems)


def _found(cases: Mapping[int, Case], application_id: int) -> Case:
    if application_id not in cases:
        raise NotFound(flow_cases.APPLICATION)
    return cases[application_id]


def _again(earlier: idempotency.Answer) -> Decided:
    if not earlier.fits:
        raise Conflict(
            Problem(
                code="approval.key_reused",
                message=text("This form was already used for another decision.", "该页面已用于另一项操作。"),
                hint=text("Open the case again.", "请重新打开该业务。"),
            )
        )
    return Decided(**{**earlier.response, "replayed": True})


def _decided_already(item: Row[Any]) -> Problem:
    return Problem(
        code="flow.item_closed",
        message=text("Somebody else has already dealt with this item.", "该待办已由他人处理或已关闭。"),
        hint=text("Look at the case's history for what happened.", "请查看流程历史。"),
    )


def no_approver() -> Problem:
    """The actor's roles do not decide applications at all."""
    return Problem(
        code="approval.no_approver", message=text("Your roles do not decide applications.", "您的角色无审批权限。")
    )


def claimed() -> Problem:
    """Somebody else holds the item."""
    return Problem(
        code="approval.claimed",
        message=text("A colleague has taken this item.", "该待办已由同事领取。"),
        hint=text("They can give it back to the group.", "可请对方退回待办池。"),
    )
