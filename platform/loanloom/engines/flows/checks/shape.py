"""The drawing as a whole: what can be reached, from where an end can be, circles, where returns lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loanloom.engines.flows import graph
from loanloom.engines.flows.checks.telling import Placed, wrong
from loanloom.engines.flows.model import HUMAN, Node
from loanloom.problems import Problem, text


def shape(nodes: Sequence[Placed], *, broken: bool) -> Iterator[Problem]:
    """What the drawing shows as a whole. Where a route is `broken`, what it cuts off is not told again."""
    by_key = {node.key: node for _, node in nodes}
    edges = graph.edges(by_key)
    start = next(node.key for node in by_key.values() if node.type == "start")
    from_start = graph.reachable(edges, [start])
    to_end = graph.reachable(graph.reversed_edges(edges), [key for key, node in by_key.items() if _stops(node, by_key)])
    circle = graph.automatic_circle(by_key, edges)
    for pointer, node in nodes:
        hidden = node.key not in from_start and node.type != "start"
        if not broken and hidden and not (node.type == "end" and _reached_by_action(node, by_key)):
            yield wrong(
                "unreachable_node",
                pointer,
                text(f"No way leads to '{node.title['en']}'.", f"没有路径通向环节“{node.title['zh']}”。"),
                text("Draw a way to it, or take it out.", "请画出通向它的路径，或将其删除。"),
            )
        elif not broken and graph.ways(node) and node.key not in to_end:
            yield wrong(
                "no_way_to_end",
                pointer,
                text(
                    f"From '{node.title['en']}' no end can be reached.",
                    f"从环节“{node.title['zh']}”无法到达任何结束环节。",
                ),
                text("Lead one of its ways towards an end.", "请让其中一条路径通向结束环节。"),
            )
        if node.key in circle:
            yield wrong(
                "automatic_circle",
                pointer,
                text(
                    f"'{node.title['en']}' is in a circle of automatic steps.",
                    f"“{node.title['zh']}”处于自动环节的循环中。",
                ),
                text("Let one of the steps wait for a person.", "请让其中一个环节由人工处理。"),
            )
        if not broken:
            yield from _returns(pointer, node, by_key, edges, start)


def _stops(node: Node, nodes: Mapping[str, Node]) -> bool:
    """Ends, and nodes whose own fault is named already: what leads to them is not at fault too."""
    if node.type == "end" or not node.routes or any(to not in nodes for to in graph.ways(node)):
        return True
    return all(other.type != "end" for other in nodes.values())


def _reached_by_action(end: Node, nodes: Mapping[str, Node]) -> bool:
    """Ends also reached without a drawn route: by refusing at an approval, by withdrawing at any time."""
    if end.outcome == "withdrawn":
        return True
    first = next(node for node in nodes.values() if node.type == "end" and node.outcome == end.outcome)
    refusing = any("refuse" in node.actions and node.on_refuse is None for node in nodes.values())
    return end.outcome == "refused" and refusing and first.key == end.key


def _returns(
    pointer: str, node: Node, nodes: Mapping[str, Node], edges: Mapping[str, frozenset[str]], start: str
) -> Iterator[Problem]:
    for index, target in enumerate(node.return_to):
        key = start if target == "start" and target not in nodes else target
        if key not in nodes:
            continue
        place, called = f"{pointer}/return_to/{index}", nodes[key].title
        if nodes[key].type not in ("start", *HUMAN):
            yield wrong(
                "return_to_automatic",
                place,
                text(
                    f"'{called['en']}' does not wait for anybody, so nothing can be returned to it.",
                    f"“{called['zh']}”不是人工环节，不能退回到它。",
                ),
                text("Return to the start or to work for people.", "请退回到开始环节或人工环节。"),
            )
        elif key == node.key or node.key not in graph.reachable(edges, [key]):
            yield wrong(
                "return_not_before",
                place,
                text(
                    f"'{called['en']}' does not come before '{node.title['en']}'.",
                    f"“{called['zh']}”不在“{node.title['zh']}”之前。",
                ),
                text("Return only to steps passed on the way here.", "只能退回到之前经过的环节。"),
            )
