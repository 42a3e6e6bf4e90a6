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
                text(f"Two nodes are called '{node.key}'.", f"有两个节点都叫“{node.key}”。"),
                text("Give each node a key of its own.", "请为每个节点取不同的标识。"),
            )
        seen.add(node.key)


def starts_and_ends(nodes: Sequence[Placed]) -> Iterator[Problem]:
    starts = [placed for placed in nodes if placed[1].type == "start"]
    if not starts:
        yield wrong(
            "no_start",
            "/spec/nodes",
            text("The flow has no start node.", "流程没有开始节点。"),
            text("Add a node with type: start.", "请增加 type: start 的节点。"),
        )
    for pointer, node in starts[1:]:
        yield wrong(
            "second_start",
            pointer,
            text(f"'{node.title['en']}' is a second start node.", f"“{node.title['zh']}”是第二个开始节点。"),
            text("A flow begins at exactly one node.", "一个流程只能有一个开始节点。"),
        )
    if not any(node.type == "end" for _, node in nodes):
        yield wrong(
            "no_end",
            "/spec/nodes",
            text("The flow has no end node.", "流程没有结束节点。"),
            text("Add nodes with type: end and an outcome.", "请增加 type: end 并注明 outcome 的节点。"),
        )
    for pointer, node in nodes:
        if node.type == "end" and node.outcome is None:
            yield wrong(
                "end_without_outcome",
                pointer,
                text(
                    f"The end node '{node.title['en']}' states no outcome.",
                    f"结束节点“{node.title['zh']}”未注明结果。",
                ),
                text("Possible: " + ", ".join(ENDINGS), "可选：" + "、".join(ENDINGS)),
            )
        if node.type == "end" and node.routes:
            yield wrong(
                "end_continues",
                pointer,
                text(f"The end node '{node.title['en']}' leads on.", f"结束节点“{node.title['zh']}”仍有后续路径。"),
                text("Remove next and routes from an end.", "请删除结束节点的 next 与 routes。"),
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
                f"'{node.title['en']}' states both next and routes.",
                f"“{node.title['zh']}”同时写了 next 和 routes。",
            ),
            text("Use routes with an otherwise, or next alone.", "请只用 next，或只用带“其他情况”的 routes。"),
        )
    if not node.routes:
        if node.type == "wait" and node.awaited and node.until is None:
            return
        yield wrong(
            "dead_end",
            pointer,
            text(f"Nothing follows '{node.title['en']}'.", f"节点“{node.title['zh']}”之后没有去向。"),
            text("Add next or routes, or make it an end.", "请增加 next 或 routes，或改为结束节点。"),
        )
        return
    if node.type == "parallel":
        yield from _all_at_once(pointer, node)
        return
    otherwise = [index for index, route in enumerate(node.routes) if route.source is None]
    if not otherwise:
        yield wrong(
            "missing_otherwise",
            f"{pointer}/routes",
            text(f"'{node.title['en']}' has no otherwise route.", f"节点“{node.title['zh']}”缺少“其他情况”路径。"),
            text(
                "End the routes with {otherwise: true, to: ...}.",
                "请在最后增加 {otherwise: true, to: ...}，以免无路可走。",
            ),
        )
    elif otherwise[0] < len(node.routes) - 1 and raw.get("next") is None:
        yield wrong(
            "route_after_otherwise",
            f"{pointer}/routes/{otherwise[0] + 1}",
            text(
                f"A route of '{node.title['en']}' can never be taken.",
                f"节点“{node.title['zh']}”有一条路径永远不会走到。",
            ),
            text("Put the otherwise route last.", "“其他情况”路径应放在最后。"),
        )


def _all_at_once(pointer: str, node: Node) -> Iterator[Problem]:
    """A parallel split takes all its ways: it asks nothing, and has at least two."""
    for index, route in enumerate(node.routes):
        if route.source is not None or route.otherwise:
            yield wrong(
                "condition_on_parallel",
                f"{pointer}/routes/{index}",
                text(
                    f"'{node.title['en']}' takes all its routes and asks nothing.",
                    f"并行分支“{node.title['zh']}”不判断条件。",
                ),
                text("Use type: inclusive for routes with conditions.", "有条件的多路分支请用 type: inclusive。"),
            )
    if len({route.to for route in node.routes}) < 2:
        yield wrong(
            "nothing_to_split",
            f"{pointer}/routes",
            text(f"'{node.title['en']}' splits into one branch.", f"并行分支“{node.title['zh']}”只有一条路径。"),
            text("Name two routes at least, or use next alone.", "请至少写两条路径，或改为普通 next。"),
        )
