"""What a flow says of itself as a whole: until when it may be withdrawn, where a refused case is looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loanloom.engines.flows import choosing
from loanloom.engines.flows.checks.telling import meant, wrong
from loanloom.engines.flows.model import HUMAN, Flow
from loanloom.engines.flows.scope import REQUEST
from loanloom.problems import Problem, text


def whole(flow: Flow, pointers: Mapping[str, str]) -> Iterator[Problem]:
    """The problems of what stands beside the nodes, and of a choice that nobody could make."""
    for node in flow if flow.subject != REQUEST else ():
        if choosing.only_named(node, choosing.STARTER):
            yield wrong(
                "starter_names_nobody",
                f"{pointers[node.key]}/assign",
                text(
                    f"Only who starts a request names people, so '{node.title['en']}' would have nobody.",
                    f"仅自有字段的业务申请可由发起人指定办理人，“{node.title['zh']}”将无人办理。",
                ),
                text("Name a role, or let the approver before choose.", "请指定角色，或由上一审批人指定。"),
            )
    for index, key in enumerate(sorted(flow.withdraw_until or ())):
        if key not in flow.nodes:
            yield wrong(
                "unknown_target",
                f"/spec/withdraw_until/{index}",
                text(f"'{key}' is no step of this flow.", f"流程中没有环节“{key}”。"),
                meant(key, flow.nodes),
            )
    again = flow.reconsider
    if again is None:
        return
    if again.to is not None and again.to not in flow.nodes:
        yield wrong(
            "unknown_target",
            "/spec/reconsider/to",
            text(f"'{again.to}' is no step of this flow.", f"流程中没有环节“{again.to}”。"),
            meant(again.to, flow.nodes),
        )
    elif again.to is not None and flow.nodes[again.to].type not in ("start", *HUMAN):
        yield wrong(
            "reconsider_automatic",
            "/spec/reconsider/to",
            text(f"'{again.to}' does not wait for anybody.", f"“{again.to}”不是人工环节。"),
            text("Reconsider at the start or at work for people.", "复议应回到开始环节或人工环节。"),
        )
    if not any(node.type in HUMAN and "refuse" in node.actions for node in flow) and flow.end_with("refused") is None:
        yield wrong(
            "reconsider_nothing",
            "/spec/reconsider",
            text("Nothing in this flow can be refused.", "本流程不会产生否决，无从复议。"),
            text("Leave the reconsideration out.", "请取消“否决后复议”。"),
            "reconsider",
            severity="warning",
        )
