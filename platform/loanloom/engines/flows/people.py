"""Who may do what with an item: roles, branch, exclusions, delegates, actions, reasons. Refusals are Problems."""

from __future__ import annotations

from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.state import Decision, Fork, Item, Person, State, Token
from loanloom.problems import Problem, Text, text

NAMES: dict[str, Text] = {
    "approve": text("approve", "同意"),
    "refuse": text("refuse", "否决"),
    "return": text("return", "退回"),
    "abstain": text("abstain", "弃权"),
}
ADMINISTRATOR = "*administrator"
"""The group of those who repair flows; no role of a company is called like that."""
KNOWN_HERE = frozenset({"maker", "previous_approvers"})
"""Exclusions that the state of a case tells; the others ask who is related to whom."""


def excluded(node: Node, state: State) -> tuple[int, ...]:
    """The people who may not decide at `node`, whatever their roles: makers, and those whose yes stands already."""
    people = set(state.makers)  # maker is never checker: no flow may say otherwise
    if node.type == "form" and "maker" not in node.exclude:
        people = set()
    if "previous_approvers" in node.exclude:
        people |= {approval.by for approval in state.chain if approval.node != node.key}
    return tuple(sorted(people))


def acting_as(item: Item, person: Person) -> Person | Problem:
    """As whom this person may take or decide this item: themselves, or somebody they stand in for; else why not.

    Whoever may not decide by relation to the case (`excluded`) may not do so for somebody else either.
    """
    problem = held(item, person)
    if problem is not None:
        return problem
    problem = eligible(item, person)
    if problem is None:
        return person
    if person.id in item.excluded:
        return problem
    return next((each for each in person.stands_in_for if eligible(item, each) is None), problem)


def held(item: Item, person: Person) -> Problem | None:
    """That somebody else has taken the item; None when nobody has, or this person."""
    return taken() if item.taken_by is not None and item.taken_by != person.id else None


def eligible(item: Item, person: Person) -> Problem | None:
    """Why this person may not take or decide this item themselves; None when they may."""
    stranger = None if person.id in item.escalated else _outsider(item, person)
    if stranger is not None:
        return stranger
    if person.id in item.excluded:
        return barred()
    return None


def barred() -> Problem:
    """Whoever made the case or said yes before does not decide here."""
    return Problem(
        code="flow.excluded",
        message=text(
            "You made, changed or already approved this case, so somebody else must decide here.",
            "您是该业务的经办人或前序审批人，须由其他人员审批。",
        ),
        hint=text("Maker is never checker.", "经办与审批须分离。"),
    )


def _outsider(item: Item, person: Person) -> Problem | None:
    """Why an item is not for this person, whatever they did in the case."""
    if item.role == ADMINISTRATOR:
        return None if person.administrator else _wrong_role(text("flow administrator", "流程管理员"))
    if item.role is not None and item.role not in person.roles:
        return _wrong_role(text(item.role, item.role))
    if item.position is not None and item.position != person.position:
        return _wrong_role(text(item.position, item.position))
    if item.users and person.id not in item.users:
        return _wrong_role(text("those named", "指定人员"))
    grouped = item.role is not None or item.position is not None
    if grouped and (
        (item.scope == "branch" and not person.in_branch) or (item.scope == "department" and not person.in_department)
    ):
        return Problem(
            code="flow.other_branch",
            message=text("This case belongs to another branch.", "该业务属于其他机构。"),
        )
    return None


def _wrong_role(name: Text) -> Problem:
    return Problem(
        code="flow.wrong_role",
        message=text(f"This step is for the role '{name['en']}'.", f"该步骤由角色“{name['zh']}”处理。"),
    )


def refusals(flow: Flow, state: State, number: int, decision: Decision) -> tuple[Problem, ...]:
    """Everything wrong with a decision; empty when it may go ahead."""
    problem = not_now(state)
    if problem is not None:
        return (problem,)
    item = state.item(number)
    if item is None or item.pending or item.kind not in ("approval", "vote", "signer"):
        return (not_open(),)
    somebody = acting_as(item, decision.by)
    if isinstance(somebody, Problem):
        return (somebody,)
    node = flow.nodes[item.node]
    if decision.by.id in excluded(node, state):
        return (barred(),)
    if has_voted(state, item, decision.by.id):
        return (voted(),)
    if decision.action not in actions_of(node, item):
        return (_unknown_action(decision.action, actions_of(node, item)),)
    return (
        *blocked(state, item),
        *_limited(node, decision, somebody),
        *_words(node, decision),
        *_return(node, state, item, decision),
    )


def has_voted(state: State, item: Item, person: int) -> bool:
    """Whether this person said something of the same step already, for themselves or for somebody else."""
    return any(vote.token == item.token and vote.by == person for vote in state.votes)


def voted() -> Problem:
    """Nobody votes twice."""
    return Problem(
        code="flow.voted",
        message=text("You have voted at this step already.", "您已对该环节表决。"),
        hint=text("Every vote is another person's.", "每票须由不同人员投出。"),
    )


def actions_of(node: Node, item: Item) -> tuple[str, ...]:
    """What may be said of an item; an added signer says yes or no."""
    return tuple(one for one in node.actions if one != "return") if item.kind == "signer" else node.actions


def blocked(state: State, item: Item) -> tuple[Problem, ...]:
    """What forbids an item now: branches that are worked one at a time: who has begun one finishes it first."""
    token = state.token(item.token)
    runs = {run for run, _ in token.forks} & set(state.interleaved) if token else set()
    busy = [other for other in state.items if other.taken_by is not None and other.token != item.token]
    for other in busy:
        beside = state.token(other.token)
        if beside is not None and {run for run, _ in beside.forks} & runs:
            return (
                Problem(
                    code="flow.one_at_a_time",
                    message=text("Another of these steps is being worked on.", "同组的另一环节正在办理中。"),
                    hint=text("They are done one after the other.", "这些环节须逐一办理。"),
                ),
            )
    return ()


def tables(node: Node) -> frozenset[str]:
    """The authority tables that a node goes by."""
    named = {one.authority for one in (*node.assign, *node.if_nobody.assign)} | {node.limit}
    return frozenset(table for table in named if table is not None)


def _limited(node: Node, decision: Decision, somebody: Person) -> tuple[Problem, ...]:
    """Authority: a yes needs a limit that covers the case, of who says it and of whom they stand in for. Who stands in
    needs whatever authority the other has here."""
    if decision.action != "approve":
        return ()
    needed = {node.limit} if node.limit is not None else set()
    lent = somebody.covers & tables(node) if somebody is not decision.by else frozenset()
    if needed <= somebody.covers and needed | lent <= decision.by.covers:
        return ()
    return (over_limit("decision"),)


def over_limit(field: str) -> Problem:
    """The case is above somebody's limit of authority."""
    return Problem(
        code="flow.over_limit",
        field=field,
        message=text("This case is above the limit of authority.", "该业务超出审批权限。"),
        hint=text("Pass it on to somebody with a higher limit.", "请转交有权限的人员审批。"),
    )


def _words(node: Node, decision: Decision) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    name = NAMES[decision.action]
    if decision.action in node.reason_required and not decision.reason:
        problems.append(
            Problem(
                code="flow.reason_missing",
                field="reason",
                message=text("Choose a reason.", "请选择原因。"),
                hint=text(f"This step asks for a reason to {name['en']}.", f"本步骤{name['zh']}时须说明原因。"),
            )
        )
    if decision.action in node.opinion_required and not decision.opinion.strip():
        problems.append(
            Problem(
                code="flow.opinion_missing",
                field="opinion",
                message=text("Write your opinion.", "请填写意见。"),
                hint=text(f"This step asks for an opinion to {name['en']}.", f"本步骤{name['zh']}时须填写意见。"),
            )
        )
    changed = sorted(set(decision.terms) - node.may_change) if decision.action == "approve" else sorted(decision.terms)
    if changed:
        possible = sorted(node.may_change)
        problems.append(
            Problem(
                code="flow.may_not_change",
                field=changed[0],
                message=text("This step may not change that.", "本步骤不能修改该项内容。"),
                hint=text("Possible: " + ", ".join(possible), "可修改：" + "、".join(possible)),
            )
        )
    return tuple(problems)


def _return(node: Node, state: State, item: Item, decision: Decision) -> tuple[Problem, ...]:
    if decision.action != "return" or return_target(node, state, item, decision) is not None:
        return ()
    targets = return_targets(node, state, item)
    return (
        Problem(
            code="flow.return_target",
            field="to",
            message=text("The case cannot be returned to this step.", "不能退回到该步骤。"),
            hint=text("Possible: " + ", ".join(targets), "可退回至：" + "、".join(targets)),
        ),
    )


def return_targets(node: Node, state: State, item: Item | None = None) -> tuple[str, ...]:
    """Where this case may be returned to from `node`: the nodes the flow allows, as far as the case passed them on its
    way to this item (not in another branch)."""
    token = state.token(item.token) if item is not None else None
    forks = token.forks if token is not None else ()
    inside = left_behind(state, token) if token is not None else 0
    passed = {each.node for each in state.passed if len(each.forks) >= inside and _upstream(each.forks, forks)}
    return tuple(key for key in node.return_to if key in passed and key != node.key)


def left_behind(state: State, token: Token) -> int:
    """How deep in splits a token stands whose join has gone on without it; it does not come out of these again. 0 for
    a token that counts."""
    return max((depth for depth, (run, _) in enumerate(token.forks, 1) if run in state.absorbed), default=0)


def _upstream(earlier: tuple[Fork, ...], later: tuple[Fork, ...]) -> bool:
    return later[: len(earlier)] == earlier


def return_target(node: Node, state: State, item: Item, decision: Decision) -> str | None:
    """Where a return goes: the node named if it is allowed, the first allowed when none is named."""
    targets = return_targets(node, state, item)
    if decision.to is None:
        return targets[0] if targets else None
    return decision.to if decision.to in targets else None


def not_now(state: State) -> Problem | None:
    """Why nothing at all may be done with the case; None when it runs."""
    if state.status == "ended":
        return ended()
    return suspended() if state.status == "suspended" else None


def not_open() -> Problem:
    """The item was decided, closed or never there."""
    return Problem(
        code="flow.item_closed",
        message=text("This work item is no longer open.", "该待办已处理或已关闭。"),
        hint=text("Look at the case's history for what happened.", "请查看流程历史。"),
    )


def taken() -> Problem:
    """Somebody else holds the item."""
    return Problem(
        code="flow.taken",
        message=text("A colleague has taken this item.", "该待办已由同事领取。"),
        hint=text("They can give it back to the group.", "可请对方退回待办池。"),
    )


def ended() -> Problem:
    """The case has ended."""
    return Problem(code="flow.ended", message=text("This case has ended.", "该业务流程已结束。"))


def suspended() -> Problem:
    """The case is suspended."""
    return Problem(
        code="flow.suspended",
        message=text("This case is suspended.", "该业务流程已挂起。"),
        hint=text("Whoever suspended it can resume it.", "可由挂起人恢复。"),
    )


def too_few_voters(node: Node) -> Problem:
    """Not even all of them together could say yes."""
    return Problem(
        code="flow.too_few_voters",
        message=text(
            f"Too few people may vote at '{node.title.get('en', node.key)}'.",
            f"环节“{node.title.get('zh', node.key)}”可参与表决的人员不足。",
        ),
        hint=text("Give more people the role, or lower what is needed.", "请增加具有相应角色的人员，或降低通过要求。"),
    )


def not_allowed() -> Problem:
    """The node does not give its people this power."""
    return Problem(code="flow.action", message=text("This step does not allow that.", "本环节不允许该操作。"))


def no_administrator() -> Problem:
    """Only those who repair flows may do that."""
    return Problem(
        code="flow.wrong_role",
        message=text("Only administrators of flows may do that.", "仅流程管理员可执行该操作。"),
    )


def _unknown_action(action: str, possible: tuple[str, ...]) -> Problem:
    allowed = [NAMES[name] for name in possible]
    return Problem(
        code="flow.action",
        field="decision",
        message=text(f"'{action}' is not possible at this step.", f"本步骤不能执行“{action}”。"),
        hint=text(
            "Possible: " + ", ".join(name["en"] for name in allowed),
            "可选操作：" + "、".join(name["zh"] for name in allowed),
        ),
    )
