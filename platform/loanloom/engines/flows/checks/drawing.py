"""What is written wrong about nodes and their ways, whatever their type: keys, start and ends, where routes lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loanloom.engines.flows import graph
from loanloom.engines.flows.checks.telling import Placed, unknown, wrong
from loanloom.engines.flows.model import ENDINGS, Node
from loanloom.problems import Problem, text


def keys(nodes: Sequence[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for pointer, node in nodes:
        if node.key in seen:
            yield wrong(
                "duplicate_node",
                f"{pointer}/key",
                text(f"Two steps have the key '{node.key}'.", f"有两个环节的键都是“{node.key}”。"),
                text("Give each step a key of its own.", "请为每个环节取不同的键。"),
            )
        seen.add(node.key)


def starts_and_ends(nodes: Sequence[Placed]) -> Iterator[Problem]:
    yield from _starts(nodes)
    yield from _ends(nodes)


def _starts(nodes: Sequence[Placed]) -> Iterator[Problem]:
    starts = [placed for placed in nodes if placed[1].type == "start"]
    if not starts:
        yield wrong(
            "no_start",
            "/spec/nodes",
            text("The flow has no start.", "流程没有开始环节。"),
            text("Add a step of the type “Start”.", "请增加“开始”环节。"),
            "{type: start, ...}",
        )
    for pointer, node in starts[1:]:
        yield wrong(
            "second_start",
            pointer,
            text(f"'{node.title['en']}' is a second start.", f"“{node.title['zh']}”是第二个开始环节。"),
            text("A flow begins at exactly one step.", "一个流程只能有一个开始环节。"),
        )


def _ends(nodes: Sequence[Placed]) -> Iterator[Problem]:
    if not any(node.type == "end" for _, node in nodes):
        yield wrong(
            "no_end",
            "/spec/nodes",
            text("The flow has no end.", "流程没有结束环节。"),
            text("Add ends, each with its outcome.", "请增加结束环节并注明结果。"),
            "{type: end, outcome: approved, ...}",
        )
    for pointer, node in nodes:
        if node.type == "end" and node.outcome is None:
            yield wrong(
                "end_without_outcome",
                pointer,
                text(
                    f"The end '{node.title['en']}' states no outcome.",
                    f"结束环节“{node.title['zh']}”未注明结果。",
                ),
                text("Say how a case that comes here has ended.", "请选择到达此处的业务结果。"),
                "outcome: " + ", ".join(ENDINGS),
            )
        if node.type == "end" and node.routes:
            yield wrong(
                "end_continues",
                pointer,
                text(f"The end '{node.title['en']}' leads on.", f"结束环节“{node.title['zh']}”仍有后续路径。"),
                text("Take the ways from it away.", "请删除从它出发的路径。"),
                "next, routes",
            )


def targets(pointer: str, node: Node, nodes: Sequence[Placed]) -> Iterator[Problem]:
    keys = [other.key for _, other in nodes]
    conditional = [route for route in node.routes if route.condition or route.source is not None or route.otherwise]
    for index, route in enumerate(conditional):
        if route.to not in keys:
            yield unknown("unknown_target", f"{pointer}/routes/{index}/to", node, route.to, keys)
    for route in node.routes:
        if route not in conditional and route.to not in keys:
            yield unknown("unknown_target", f"{pointer}/next", node, route.to, keys)
    for index, target in enumerate(node.return_to):
        if target not in keys and target != "start":
            yield unknown("unknown_return_target", f"{pointer}/return_to/{index}", node, target, keys)
    for place, target in graph.other_ways(node):
        if target not in keys:
            yield unknown("unknown_target", f"{pointer}/{place}", node, target, keys)
    for index, target in enumerate(node.cancels):
        if target not in keys:
            yield unknown("unknown_target", f"{pointer}/cancels/{index}", node, target, keys)


def routes(pointer: str, node: Node, raw: Mapping[str, Any]) -> Iterator[Problem]:
    if node.type == "end":
        return
    if raw.get("routes") and raw.get("next") is not None:
        yield wrong(
            "next_and_routes",
            f"{pointer}/next",
            text(
                f"'{node.title['en']}' has one way on and a choice of ways as well.",
                f"“{node.title['zh']}”既有唯一去向，又有多条路径。",
            ),
            text(
                "Keep the one way, or the choice with one for every other case.",
                "请只保留唯一去向，或只保留含“其他情况”的多条路径。",
            ),
            "next, routes",
        )
    if not node.routes:
        if node.type == "wait" and node.awaited and node.until is None:
            return
        yield wrong(
            "dead_end",
            pointer,
            text(f"Nothing follows '{node.title['en']}'.", f"环节“{node.title['zh']}”之后没有去向。"),
            text("Draw a way to the next step, or make it an end.", "请画出通向下一环节的路径，或改为结束环节。"),
            "next: <step>",
        )
        return
    if node.type == "parallel":
        yield from _all_at_once(pointer, node)
    else:
        yield from _one_of(pointer, node, raw)


def _one_of(pointer: str, node: Node, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A choice of ways has one for every other case, and that one last."""
    otherwise = [index for index, route in enumerate(node.routes) if route.source is None]
    if not otherwise:
        yield wrong(
            "missing_otherwise",
            f"{pointer}/routes",
            text(
                f"'{node.title['en']}' has no way for every other case.",
                f"环节“{node.title['zh']}”缺少“其他情况”路径。",
            ),
            text(
                "Add a last way that is taken in every other case.",
                "请在最后增加“其他情况”的路径，以免无路可走。",
            ),
            "{otherwise: true, to: <step>}",
        )
    elif otherwise[0] < len(node.routes) - 1 and raw.get("next") is None:
        yield wrong(
            "route_after_otherwise",
            f"{pointer}/routes/{otherwise[0] + 1}",
            text(
                f"A way on from '{node.title['en']}' can never be taken.",
                f"环节“{node.title['zh']}”有一条路径永远不会走到。",
            ),
            text("Put the way for every other case last.", "“其他情况”路径应放在最后。"),
            "otherwise",
        )


def _all_at_once(pointer: str, node: Node) -> Iterator[Problem]:
    """A parallel split takes all its ways: it asks nothing, and has at least two."""
    for index, route in enumerate(node.routes):
        if route.source is not None or route.otherwise:
            yield wrong(
                "condition_on_parallel",
                f"{pointer}/routes/{index}",
                text(
                    f"'{node.title['en']}' takes all its ways and asks nothing.",
                    f"并行分支“{node.title['zh']}”不判断条件。",
                ),
                text(
                    "Use “Split by conditions” for ways with conditions.", "有条件的多路分支请用“条件分支（可多选）”。"
                ),
                "type: inclusive",
            )
    if len({route.to for route in node.routes}) < 2:
        yield wrong(
            "nothing_to_split",
            f"{pointer}/routes",
            text(f"'{node.title['en']}' splits into one branch.", f"并行分支“{node.title['zh']}”只有一条路径。"),
            text("Draw a second way, or take this step out.", "请画出第二条路径，或删除该环节。"),
            "routes",
        )
