"""What stands before a command is asked of the flow engine: who may know of the case, is it open, is it up to date.

Raises the services' errors and holds the problems' words; changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from loanloom.engines import flows
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows import staff
from loanloom.services.flows.case import Case

ITEM = text("work item", "待办事项")
NOT_ALLOWED = {"flow.wrong_role", "flow.other_branch", "flow.excluded", "flow.taken"}
CLOSED = {"flow.item_closed", "flow.ended"}
LONGEST_OPINION = 4_000
MOST_CONDITIONS = 20


def concerns(ctx: Context, item: Any) -> bool:
    """Whether an item gives the actor sight of its case: it is theirs to do, or they did it."""
    actor = ctx.actor
    if actor.outside is not None:
        return bool(item.outside is not None and item.number == actor.outside)
    if actor.user_id is None or actor.user_id in (item.assignee, item.decided_by):
        return True
    if actor.user_id in item.candidates or actor.user_id in item.escalated:
        return True
    if item.role == flows.ADMINISTRATOR:
        return actor.may(staff.REPAIR)
    grouped = item.role is not None or item.position is not None
    in_group = item.role in (None, *actor.roles) and item.position in (None, actor.position)
    return grouped and in_group and _here(ctx, item)


def _here(ctx: Context, item: Any) -> bool:
    units, unit = scope.units_of(ctx), ctx.actor.unit
    if item.scope == "department":
        return item.department is not None and unit in scope.below(units, item.department)
    return bool(item.scope == "all" or scope.branch_of(units, unit) == item.unit)


def concerns_absent(ctx: Context, connection: Connection, item: Any, flow_key: str) -> bool:
    """Whether an item is for somebody whom the actor stands in for today."""
    if ctx.actor.user_id is None or ctx.actor.is_borrower:
        return False
    for one in staff.stood_in_for(ctx, connection, flow_key):
        absent = replace(
            ctx.actor, user_id=one.id, username=one.username, roles=tuple(one.roles), unit=one.unit,
            position=one.position, functions=frozenset(),
        )  # fmt: skip
        if concerns(ctx.as_actor(absent), item):
            return True
    return False


def works_on(ctx: Context, connection: Connection, case: Case, items: Sequence[Row[Any]]) -> bool:
    """Whether the actor may know of a case by its work: it is or was theirs, or waits for whom they stand in for."""
    if ctx.actor.is_borrower:
        return False
    return any(concerns(ctx, item) for item in items) or any(
        concerns_absent(ctx, connection, item, case.flow.key) for item in items if item.status == "open"
    )


def sees(ctx: Context, case: Case) -> bool:
    """Whether the actor may see the case by scope, or because they may see all."""
    if ctx.actor.outside is not None:
        return False
    return scope.sees(ctx, case.mapping) or (ctx.actor.customer_id is None and ctx.actor.may("flow.read_all"))


def check_open(item: Any, expected_version: int | None) -> None:
    """Refuse an item that is closed, or that changed since the page was made."""
    if item.status not in ("open", "waiting"):
        raise Conflict(decided_already())
    if expected_version is not None and item.version != expected_version:
        raise Conflict()


def refuse(problems: Sequence[Problem]) -> None:
    """Raise what the flow engine had against a step, as the error an edge understands; nothing for no problems. Naming
    somebody else who may not is a mistake in a field."""
    for problem in problems:
        if problem.code in NOT_ALLOWED and problem.field is None:
            raise Forbidden(problem)
        if problem.code in CLOSED:
            raise Conflict(problem)
    if problems:
        raise Refused(problems)


def words_problems(case: Case, node: str, said: flows.Decision) -> list[Problem]:
    """What was written with the decision: a reason of the step's own list, an opinion of bearable length."""
    problems = []
    known = kept.code_items(case.registry, case.flow.nodes[node].reasons.get(said.action))
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
        problems.append(too_long())
    return problems


def too_long() -> Problem:
    """More text than anybody reads."""
    return Problem(
        code="approval.too_long",
        field="opinion",
        message=text(
            f"Opinion and conditions may hold {LONGEST_OPINION} characters.",
            f"意见与条件合计不得超过 {LONGEST_OPINION} 字。",
        ),
    )


def decided_already() -> Problem:
    """The item was closed meanwhile."""
    return Problem(
        code="flow.item_closed",
        message=text("Somebody else has already dealt with this item.", "该待办已由他人处理或已关闭。"),
        hint=text("Look at the case's history for what happened.", "请查看流程历史。"),
    )


def no_approver() -> Problem:
    """The actor's roles do not decide such cases at all."""
    return Problem(code="approval.no_approver", message=text("Your roles do not decide here.", "您的角色无审批权限。"))


def part_of_another() -> Problem:
    """The case that a sub-flow belongs to has heard of its end and gone on."""
    return Problem(
        code="flow.part_of_another",
        message=text(
            "This is part of another case, which went on with its result.", "该业务为子流程，主流程已据其结果继续。"
        ),
        hint=text("Ask for that case to be looked at again.", "请对主流程申请复议。"),
    )


def too_late(days: int) -> Problem:
    """The time in which a refusal may be looked at again is over."""
    return Problem(
        code="flow.too_late",
        message=text(f"This was possible within {days} days.", f"该操作须在 {days} 天内提出。"),
    )
