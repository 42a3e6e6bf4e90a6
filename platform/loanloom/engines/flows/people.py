"""Who may do what with an item: roles, branch, exclusions, actions, required reasons. Refusals are Problems."""

from __future__ import annotations

from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.state import Decision, Item, Person, State
from loanloom.problems import Problem, Text, text

NAMES: dict[str, Text] = {
    "approve": text("approve", "同意"),
    "refuse": text("refuse", "否决"),
    "return": text("return", "退回"),
}


def excluded(node: Node, state: State) -> tuple[int, ...]:
    """The people who may not decide at `node`, whatever their roles: makers, and those whose yes stands already."""
    people = set(state.makers)  # maker is never checker: no flow may say otherwise
    if "previous_approvers" in node.exclude:
        people |= {approval.by for approval in state.chain if approval.node != node.key}
    return tuple(sorted(people))


def eligible(item: Item, person: Person) -> Problem | None:
    """Why this person may not take or decide this item; None when they may."""
    if item.role is not None and item.role not in person.roles:
        return Problem(
            code="flow.wrong_role",
            message=text(f"This step is for the role '{item.role}'.", f"该步骤由角色“{item.role}”处理。"),
        )
    if item.role is not None and item.scope == "branch" and not person.in_branch:
        return Problem(
            code="flow.other_branch",
            message=text("This case belongs to another branch.", "该业务属于其他机构。"),
        )
    if person.id in item.excluded:
        return Problem(
            code="flow.excluded",
            message=text(
                "You made, changed or already approved this case, so somebody else must decide here.",
                "您是该业务的经办人或前序审批人，须由其他人员审批。",
            ),
            hint=text("Maker is never checker.", "经办与审批须分离。"),
        )
    return None


def refusals(flow: Flow, state: State, number: int, decision: Decision) -> tuple[Problem, ...]:
    """Everything wrong with a decision; empty when it may go ahead."""
    if state.status == "ended":
        return (ended(),)
    item = state.item(number)
    if item is None or item.kind != "approval":
        return (not_open(),)
    problem = eligible(item, decision.by)
    if problem is not None:
        return (problem,)
    node = flow.nodes[item.node]
    if decision.action not in node.actions:
        return (_unknown_action(decision.action, node),)
    problems: list[Problem] = []
    if decision.action in node.reason_required and not decision.reason:
        problems.append(
            Problem(
                code="flow.reason_missing",
                field="reason",
                message=text("Choose a reason.", "请选择原因。"),
                hint=text(
                    f"This step asks for a reason to {decision.action}.",
                    f"本步骤{NAMES[decision.action]['zh']}时须说明原因。",
                ),
            )
        )
    if decision.action == "return" and return_target(node, state, decision) is None:
        targets = return_targets(node, state)
        problems.append(
            Problem(
                code="flow.return_target",
                field="to",
                message=text("The case cannot be returned to this step.", "不能退回到该步骤。"),
                hint=text("Possible: " + ", ".join(targets), "可退回至：" + "、".join(targets)),
            )
        )
    return tuple(problems)


def return_targets(node: Node, state: State) -> tuple[str, ...]:
    """Where this case may be returned to from `node`: the nodes the flow allows, as far as the case passed them."""
    return tuple(key for key in node.return_to if key in state.path and key != node.key)


def return_target(node: Node, state: State, decision: Decision) -> str | None:
    """Where a return goes: the node named if it is allowed, the first allowed when none is named."""
    targets = return_targets(node, state)
    if decision.to is None:
        return targets[0] if targets else None
    return decision.to if decision.to in targets else None


def not_open() -> Problem:
    """The item was decided, closed or never there."""
    return Problem(
        code="flow.item_closed",
        message=text("This work item is no longer open.", "该待办已处理或已关闭。"),
        hint=text("Look at the case's history for what happened.", "请查看流程历史。"),
    )


def ended() -> Problem:
    """The case has ended."""
    return Problem(code="flow.ended", message=text("This case has ended.", "该业务流程已结束。"))


def _unknown_action(action: str, node: Node) -> Problem:
    allowed = [NAMES[name] for name in node.actions]
    return Problem(
        code="flow.action",
        field="decision",
        message=text(f"'{action}' is not possible at this step.", f"本步骤不能执行“{action}”。"),
        hint=text(
            "Possible: " + ", ".join(name["en"] for name in allowed),
            "可选操作：" + "、".join(name["zh"] for name in allowed),
        ),
    )
