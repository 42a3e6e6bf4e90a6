"""What stands before a decision is asked of the flow engine: who may know of the item, is it open, whose is it.

Raises the services' errors and holds the problems' words; changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.approval import flow_cases
from loanloom.services.approval.flow_cases import Case
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.store import tables

ITEM = text("work item", "待办事项")
NOT_ALLOWED = {"flow.wrong_role", "flow.other_branch", "flow.excluded"}
LONGEST_OPINION = 4_000
MOST_CONDITIONS = 20


def locked(ctx: Context, connection: Connection, item_id: int) -> tuple[Case, Row[Any]]:
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


def check_open(item: Row[Any], expected_version: int) -> None:
    """Refuse an item that is closed, or that changed since the page was made."""
    if item.status != "open":
        raise Conflict(decided_already(item))
    if item.version != expected_version:
        raise Conflict()


def check_claim(ctx: Context, item: Row[Any]) -> None:
    """Refuse an item that a colleague has taken."""
    if item.assignee is not None and item.assignee != ctx.actor.user_id:
        raise Forbidden(claimed())


def check_eligible(ctx: Context, case: Case, item: Row[Any]) -> None:
    """Refuse whoever could not decide the item either."""
    waiting = case.state.item(item.number) if case.state else None
    if waiting is None or waiting.kind != "approval":
        raise Conflict(flows.not_open())
    problem = flows.eligible(waiting, flow_cases.person_in(ctx, case.branch))
    if problem is not None:
        raise Forbidden(problem)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise what the flow engine had against a step, as the error an edge understands; nothing for no problems."""
    for problem in problems:
        if problem.code in NOT_ALLOWED:
            raise Forbidden(problem)
        if problem.code in ("flow.item_closed", "flow.ended"):
            raise Conflict(problem)
    if problems:
        raise Refused(problems)


def words_problems(case: Case, item: Row[Any], said: flows.Decision) -> list[Problem]:
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


def decided_already(item: Row[Any]) -> Problem:
    """The item was closed meanwhile."""
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
