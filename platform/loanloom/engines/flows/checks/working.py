"""What is wrong with work for people: who gets it, what they may say, what votes need, until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loanloom.engines.flows import refusing
from loanloom.engines.flows.checks.telling import Placed, wrong
from loanloom.engines.flows.model import VOTED, Deadline, Node, Voting
from loanloom.problems import Problem, say, text


def _said(action: str, language: str) -> str:
    """What people call an action."""
    return say(refusing.NAMES.get(action, action), language)


def work(pointer: str, node: Node, nodes: Sequence[Placed]) -> Iterator[Problem]:
    """The problems of a node at which people work."""
    yield from _people(pointer, node)
    if node.type != "form":
        yield from _answers(pointer, node, nodes)
        yield from _reasons(pointer, node)
        yield from _in_bulk(pointer, node, nodes)
    if node.type in VOTED:
        yield from _voting(pointer, node)
    yield from _deadlines(pointer, node)


def _people(pointer: str, node: Node) -> Iterator[Problem]:
    if not node.assign:
        yield wrong(
            "no_role",
            pointer,
            text(
                f"Nobody is named to decide at '{node.title['en']}'.",
                f"环节“{node.title['zh']}”未指定承办人。",
            ),
            text("Say who does it.", "请指定承办人。"),
            "assign: {role: ...}",
        )
    if node.if_nobody.do == "assign" and not node.if_nobody.assign:
        yield wrong(
            "no_substitute",
            f"{pointer}/if_nobody",
            text(f"'{node.title['en']}' does not say who stands in.", f"“{node.title['zh']}”未说明无人时由谁办理。"),
            text("Name the people under “If nobody qualifies”.", "请在“无人可办时”中指定人员。"),
            "if_nobody: {do: assign, assign: {role: ...}}",
        )


def _answers(pointer: str, node: Node, nodes: Sequence[Placed]) -> Iterator[Problem]:
    if "approve" not in node.actions:
        yield wrong(
            "no_approve",
            f"{pointer}/actions",
            text(f"'{node.title['en']}' cannot be approved.", f"环节“{node.title['zh']}”不允许“同意”。"),
            text("Add “Approve” to its actions.", "请在可用操作中加入“同意”。"),
            "actions: [approve, ...]",
        )
    ends = {other.outcome for _, other in nodes if other.type == "end"}
    if "refuse" in node.actions and node.on_refuse is None and ends and "refused" not in ends:
        yield wrong(
            "no_refused_end",
            f"{pointer}/actions",
            text(
                f"'{node.title['en']}' may refuse, but no end is 'refused'.",
                f"“{node.title['zh']}”可否决，但没有结果为“否决”的结束环节。",
            ),
            text("Add an end with the outcome “Refused”.", "请增加结果为“否决”的结束环节。"),
            "{type: end, outcome: refused, ...}",
        )


def _reasons(pointer: str, node: Node) -> Iterator[Problem]:
    for action in sorted(node.reason_required - set(node.actions)):
        yield wrong(
            "reason_for_unknown_action",
            f"{pointer}/reason_required",
            text(
                f"'{node.title['en']}' asks a reason to {_said(action, 'en')}, which it forbids.",
                f"“{node.title['zh']}”要求为不允许的操作“{_said(action, 'zh')}”填写理由。",
            ),
            severity="warning",
        )
    for action in sorted((node.reason_required & set(node.actions)) - set(node.reasons)):
        yield wrong(
            "no_reason_list",
            f"{pointer}/reason_required",
            text(
                f"'{node.title['en']}' asks for a reason to {_said(action, 'en')} but names no list of reasons.",
                f"“{node.title['zh']}”要求“{_said(action, 'zh')}”时填写理由，但未指定理由代码表。",
            ),
            text("Choose the list of reasons under “Less usual”.", "请在“较少使用”中选择理由代码表。"),
            f"reasons: {{{action}: <code list>}}",
        )


def _in_bulk(pointer: str, node: Node, nodes: Sequence[Placed]) -> Iterator[Problem]:
    """A yes that says more than yes cannot be said of many at once."""
    if not node.bulk:
        return
    if "approve" in node.reason_required:
        yield wrong(
            "bulk_reason",
            f"{pointer}/bulk",
            text(
                f"'{node.title['en']}' is approved in bulk, but asks a reason for every approval.",
                f"“{node.title['zh']}”可批量审批，但每笔同意都要求填写原因。",
            ),
            text(
                "Do not approve it in bulk, or ask no reason to approve.",
                "请取消“可批量审批”，或取消“同意”时必填理由。",
            ),
            "bulk, reason_required",
        )
    names = {other.key for _, other in nodes if any(one.chosen_by == "previous" for one in other.assign)}
    chosen = sorted({route.to for route in node.routes} & names)
    if chosen:
        yield wrong(
            "bulk_chooses",
            f"{pointer}/bulk",
            text(
                f"'{node.title['en']}' is approved in bulk, but whoever approves names the people of '{chosen[0]}'.",
                f"“{node.title['zh']}”可批量审批，但审批人须为“{chosen[0]}”指定办理人。",
            ),
            text(
                "Do not approve it in bulk, or assign the next step otherwise.",
                "请取消“可批量审批”，或改变下一环节的承办人。",
            ),
            "bulk",
        )


def _voting(pointer: str, node: Node) -> Iterator[Problem]:
    """Votes whose result cannot be what is stated."""
    voting = node.voting
    if voting is None:
        return
    if voting.rule in ("count", "ratio", "weight") and voting.needed is None:
        yield wrong(
            "vote_needs_number",
            f"{pointer}/vote",
            text(
                f"'{node.title['en']}' does not say how much yes it needs.",
                f"“{node.title['zh']}”未说明通过所需的票数或比例。",
            ),
            text("Say how much is needed under “Vote”.", "请在“表决”中填写所需票数或比例。"),
            "vote: {needed: ...}",
        )
    if voting.rule == "ratio" and voting.needed is not None and voting.needed > 1:
        yield wrong(
            "vote_share",
            f"{pointer}/vote/needed",
            text(f"'{node.title['en']}' needs more than all votes.", f"“{node.title['zh']}”所需比例超过 100%。"),
            text("A share lies between 0 and 1, such as 0.67.", "比例应在 0 与 1 之间，例如 0.67。"),
        )
    yield from _never_enough(pointer, node, voting)


def _never_enough(pointer: str, node: Node, voting: Voting) -> Iterator[Problem]:
    """What the people that are named can never come to."""
    everybody = [len(one.users) for one in node.assign if one.users]
    known = sum(everybody) if len(everybody) == len(node.assign) and node.each == "person" else None
    if node.each == "group":
        known = len(node.assign)
    weight = sum(one.weight * max(len(one.users), 1) for one in node.assign)
    most = {"count": known, "weight": weight if known is not None else None}.get(voting.rule)
    if most is not None and voting.needed is not None and voting.needed > most:
        yield wrong(
            "vote_never_enough",
            f"{pointer}/vote/needed",
            text(
                f"'{node.title['en']}' needs {voting.needed}, but there are only {most}.",
                f"“{node.title['zh']}”需要 {voting.needed}，但最多只有 {most}。",
            ),
            text("Ask for less, or name more people.", "请降低所需票数或增加人员。"),
        )
    if voting.quorum is not None and voting.quorum > 1 and known is not None and voting.quorum > known:
        yield wrong(
            "quorum_never_there",
            f"{pointer}/vote/quorum",
            text(
                f"The quorum of '{node.title['en']}' can never be there.",
                f"“{node.title['zh']}”的法定人数无法达到。",
            ),
            text("Lower the quorum, or name more people.", "请降低法定人数或增加人员。"),
        )


def _deadlines(pointer: str, node: Node) -> Iterator[Problem]:
    """Deadlines that cannot do what they say."""
    first = 1 if node.deadlines and node.deadlines[0].do == "remind" and not node.deadlines[0].assign else 0
    for place, deadline in enumerate(node.deadlines):
        where = f"{pointer}/deadlines/{max(place - first, 0)}"
        yield from _leads(where, node, deadline)
        yield from _acts(where, node, deadline)
        if deadline.repeat is not None and deadline.do != "remind":
            yield wrong(
                "deadline_repeats",
                where,
                text(f"Only a reminder repeats, at '{node.title['en']}'.", f"“{node.title['zh']}”：只有提醒可以重复。"),
                text("Leave out how often it repeats.", "请清空重复间隔。"),
                "repeat",
            )


def _leads(where: str, node: Node, deadline: Deadline) -> Iterator[Problem]:
    """A deadline that passes the work on says where to, or to whom."""
    if deadline.do == "route" and deadline.to is None:
        yield wrong(
            "deadline_without_target",
            where,
            text(
                f"A deadline of '{node.title['en']}' does not say where to.",
                f"“{node.title['zh']}”的一个时限未说明转至何处。",
            ),
            text("Say to which step it goes on.", "请选择转至的环节。"),
            "to: <step>",
        )
    if deadline.do == "escalate" and not deadline.assign:
        yield wrong(
            "deadline_without_people",
            where,
            text(
                f"A deadline of '{node.title['en']}' does not say who else.",
                f"“{node.title['zh']}”的一个时限未说明升级给谁。",
            ),
            text("Say who may do it then as well.", "请指定届时还可由谁办理。"),
            "assign: {role: ...}",
        )


def _acts(where: str, node: Node, deadline: Deadline) -> Iterator[Problem]:
    """A deadline decides only what may be decided here, and nothing that needs somebody's authority."""
    if deadline.do in ("approve", "refuse", "return") and deadline.do not in node.actions:
        yield wrong(
            "deadline_action",
            where,
            text(
                f"A deadline does what '{node.title['en']}' does not allow: {_said(deadline.do, 'en')}.",
                f"时限操作“{_said(deadline.do, 'zh')}”不在“{node.title['zh']}”允许的操作中。",
            ),
            text(
                f"Add “{_said(deadline.do, 'en')}” to its actions.",
                f"请在可用操作中加入“{_said(deadline.do, 'zh')}”。",
            ),
            f"actions: [{deadline.do}, ...]",
        )
    if deadline.do == "approve" and node.authorities:
        yield wrong(
            "deadline_without_authority",
            where,
            text(
                f"A deadline of '{node.title['en']}' would approve what needs somebody's authority.",
                f"“{node.title['zh']}”须有审批权限的人员同意，不能由时限自动同意。",
            ),
            text("Remind, escalate, return or refuse instead.", "请改为提醒、升级、退回或否决。"),
        )
