"""Who may do what with an item: roles, branch, exclusions, delegates, actions, reasons. Refusals are Problems."""

from __future__ import annotations

from loanloom.engines.flows import refusing, returning
from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.state import Decision, Item, Person, State
from loanloom.problems import Problem, text

ADMINISTRATOR = "*administrator"
"""The group of those who repair flows; no role of a company is called like that."""
KNOWN_HERE = frozenset({"maker", "previous_approvers"})
"""Exclusions that the state of a case tells; the others ask who is related to whom."""


def excluded(node: Node, state: State) -> tuple[int, ...]:
    """The people who may not decide at `node`, whatever their roles: makers, and those whose yes stands already, said
    by themselves or by whoever stood in for them."""
    people = set(state.makers)  # maker is never checker: no flow may say otherwise
    if node.type == "form" and "maker" not in node.exclude:
        people = set()
    if "previous_approvers" in node.exclude:
        before = [approval for approval in state.chain if approval.node != node.key]
        people |= {person for one in before for person in (one.by, one.for_whom) if person is not None}
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
    return refusing.taken() if item.taken_by is not None and item.taken_by != person.id else None


def eligible(item: Item, person: Person) -> Problem | None:
    """Why this person may not take or decide this item themselves; None when they may."""
    stranger = None if person.id in item.escalated else _outsider(item, person)
    if stranger is not None:
        return stranger
    if person.id in item.excluded:
        return refusing.barred()
    return None


def _outsider(item: Item, person: Person) -> Problem | None:
    """Why an item is not for this person, whatever they did in the case."""
    if item.outside is not None or person.outside is not None:
        right = item.outside is not None and person.outside == item.number
        return None if right else refusing.wrong_role(text("outside party", "外部机构"))
    if item.role == ADMINISTRATOR:
        return None if person.administrator else refusing.wrong_role(text("flow administrator", "流程管理员"))
    if item.role is not None and item.role not in person.roles:
        return refusing.wrong_role(text(item.role, item.role))
    if item.position is not None and item.position != person.position:
        return refusing.wrong_role(text(item.position, item.position))
    if item.users and person.id not in item.users:
        return refusing.not_named()
    grouped = item.role is not None or item.position is not None
    if grouped and (
        (item.scope == "branch" and not person.in_branch) or (item.scope == "department" and not person.in_department)
    ):
        return Problem(
            code="flow.other_branch",
            message=text("This case belongs to another branch.", "该业务属于其他机构。"),
        )
    return None


def judged(flow: Flow, state: State, number: int, decision: Decision) -> Person | tuple[Problem, ...]:
    """As whom somebody may decide so; else everything wrong with it."""
    problem = refusing.not_now(state)
    if problem is not None:
        return (problem,)
    item = state.item(number)
    if item is None or item.pending or item.kind not in ("approval", "vote", "signer"):
        return (refusing.not_open(),)
    node = flow.nodes[item.node]
    somebody = voice(node, state, item, decision.by)
    if isinstance(somebody, Problem):
        return (somebody,)
    if decision.action not in actions_of(node, item):
        return (refusing.unknown_action(decision.action, actions_of(node, item)),)
    problems = (
        *blocked(state, item),
        *_limited(node, item, decision, somebody),
        *_words(node, decision),
        *_return(node, state, item, decision),
    )
    return problems or somebody


def voice(node: Node, state: State, item: Item, person: Person) -> Person | Problem:
    """As whom this person has a say of an item as the case stands now. Who said yes or voted since it was opened has
    none, and lends none to whoever stands in for them; who has an item of their own there speaks in it alone."""
    somebody = acting_as(item, person)
    if isinstance(somebody, Problem) or item.kind == "minutes":
        return somebody
    gone = excluded(node, state)
    if person.id in gone:
        return refusing.barred()
    if has_voted(state, item, person.id):
        return refusing.voted()
    if person.id not in (*item.users, *item.escalated) and _own(state, item, person.id):
        return refusing.signs_already("decision")
    if somebody is person:
        return person
    lent = [one for one in person.stands_in_for if one.id not in gone and eligible(item, one) is None]
    left = [one for one in lent if not has_voted(state, item, one.id)]
    return left[0] if left else refusing.voted() if lent else refusing.barred()


def barred(node: Node, state: State, item: Item) -> tuple[int, ...]:
    """Everybody who has no say of an item as the case stands now: whoever it excludes, whose yes stands, who has voted,
    and who has an item of their own beside it."""
    if item.kind in ("revision", "material", "minutes"):
        return item.excluded
    voted = {who for one in state.votes if one.token == item.token for who in (one.by, one.for_whom) if who is not None}
    beside = [one for one in state.items if one.token == item.token and one.number != item.number]
    own = {who for one in beside for who in one.users} - {*item.users, *item.escalated}
    return tuple(sorted({*item.excluded, *excluded(node, state), *voted, *own}))


def has_voted(state: State, item: Item, person: int) -> bool:
    """Whether this person said something of the same step already, for themselves or for somebody else, or somebody
    did for them."""
    return any(one.token == item.token and person in (one.by, one.for_whom) for one in state.votes)


def second_voice(state: State, item: Item, person: int) -> Problem | None:
    """Why this person may not get an item of a step: they have voted there, or have an item of their own there."""
    if has_voted(state, item, person):
        return refusing.voted()
    return refusing.signs_already("to") if _own(state, item, person) else None


def _own(state: State, item: Item, person: int) -> bool:
    """Whether this person has an item of their own beside this one at the same step."""
    return any(one.token == item.token and one.number != item.number and person in one.users for one in state.items)


def actions_of(node: Node, item: Item) -> tuple[str, ...]:
    """What may be said of an item; an added signer says yes or no."""
    return tuple(one for one in node.actions if one != "return") if item.kind == "signer" else node.actions


def blocked(state: State, item: Item) -> tuple[Problem, ...]:
    """What forbids an item now: branches that are worked one at a time: who has begun one finishes it first."""
    if not state.interleaved:
        return ()
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


def _limited(node: Node, item: Item, decision: Decision, somebody: Person) -> tuple[Problem, ...]:
    """Authority: a yes needs a limit that covers the case, of who says it and of whom they stand in for. Who stands in
    needs whatever authority the other has here. Added signers speak beside those whose authority it is."""
    if decision.action != "approve" or item.kind == "signer":
        return ()
    if not node.authorities and somebody is decision.by:
        return ()
    needed = {node.limit} if node.limit is not None else set()
    lent = somebody.covers & node.authorities if somebody is not decision.by else frozenset()
    named = _named_by(node)
    if named and not named & somebody.covers:
        return (refusing.over_limit("decision"),)
    if needed <= somebody.covers and needed | lent <= decision.by.covers:
        return ()
    return (refusing.over_limit("decision"),)


def _named_by(node: Node) -> frozenset[str]:
    """The authority tables of which one must cover the case of whoever says yes: where a node names its people by
    nothing else, and states nobody who decides without."""
    tables = [one.authority for one in node.assign]
    stated = node.if_nobody.do == "assign"
    return frozenset() if stated else frozenset(one for one in tables if one is not None and None not in tables)


def _words(node: Node, decision: Decision) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    name = refusing.NAMES[decision.action]
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
    may = node.may_change if decision.action == "approve" else frozenset()
    changed = sorted(set(decision.terms) - may) if decision.terms else ()
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
    if decision.action != "return" or returning.return_target(node, state, item, decision) is not None:
        return ()
    targets = returning.return_targets(node, state, item)
    return (
        Problem(
            code="flow.return_target",
            field="to",
            message=text("The case cannot be returned to this step.", "不能退回到该步骤。"),
            hint=text("Possible: " + ", ".join(targets), "可退回至：" + "、".join(targets)),
        ),
    )
