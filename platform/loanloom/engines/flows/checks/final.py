"""A credit committee's no is the last word: no way of the flow, and no clock, makes a yes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loanloom.engines.flows import graph
from loanloom.engines.flows.checks.telling import wrong
from loanloom.engines.flows.model import Flow, Node
from loanloom.problems import Problem, text


def final(flow: Flow, pointers: Mapping[str, str]) -> Iterator[Problem]:
    """The problems of a flow's committees."""
    for node in flow:
        if node.type == "committee" and "refuse" in node.actions:
            yield from _overturned(flow, node, pointers[node.key])
        if node.type == "committee":
            yield from _by_clock(node, pointers[node.key])


def _overturned(flow: Flow, node: Node, pointer: str) -> Iterator[Problem]:
    """Ways that go on after a no to a yes of others. What leads back before the committee is decided anew."""
    forward = graph.edges(flow.nodes)
    before = graph.reachable(graph.reversed_edges(forward), [node.key])
    after = {key: frozenset(ways - before) for key, ways in forward.items() if key not in before}
    again = flow.reconsider.to if flow.reconsider is not None else None
    places = {f"{pointer}/on_refuse": node.on_refuse, "/spec/reconsider/to": again}
    for place, to in places.items():
        if to is None or to not in after or to not in graph.reachable(forward, [node.key]):
            continue
        if any(flow.nodes[key].outcome == "approved" for key in graph.reachable(after, [to])):
            yield wrong(
                "overturned",
                place,
                text(
                    f"After a no of '{node.title['en']}' this way leads to an approval.",
                    f"“{node.title['zh']}”否决后，此路径仍可通向“通过”。",
                ),
                text(
                    "A committee's no is final: lead to a refused end, or back to before the committee.",
                    "贷审会的否决为最终意见：请通向“否决”的结束环节，或退回贷审会之前的环节。",
                ),
            )


def _by_clock(node: Node, pointer: str) -> Iterator[Problem]:
    if any(one.do == "approve" for one in node.deadlines):
        yield wrong(
            "committee_by_clock",
            f"{pointer}/deadlines",
            text(
                f"A deadline of '{node.title['en']}' would approve without the committee.",
                f"“{node.title['zh']}”的时限将在贷审会未表决时自动同意。",
            ),
            text("Remind, escalate, return or refuse instead.", "请改为提醒、升级、退回或否决。"),
        )
