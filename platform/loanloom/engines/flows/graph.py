"""A flow as a graph: what leads where. Returns, withdrawals and refusals without a way of their own are not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loanloom.engines.flows.model import Node

AUTOMATIC = (
    "start", "decision", "calculation", "document", "notify", "cc", "exclusive", "parallel", "inclusive", "join",
)  # fmt: skip
"""Nodes that a case passes in the step in which it comes to them; a join when all have come."""
Edges = Mapping[str, frozenset[str]]


def other_ways(node: Node) -> list[tuple[str, str]]:
    """Where a node leads beside its routes, each with its place in the document: events, failures, refusals, times."""
    found = [(f"events/{place}/to", awaited.to) for place, awaited in enumerate(node.awaited)]
    if node.call is not None and node.call.on_failure is not None:
        found.append(("call/on_failure", node.call.on_failure))
    if node.on_refuse is not None:
        found.append(("on_refuse", node.on_refuse))
    return [*found, *(("deadlines", one.to) for one in node.deadlines if one.do == "route" and one.to is not None)]


def ways(node: Node) -> tuple[str, ...]:
    """Every node to which a node may lead."""
    if node.type == "end":
        return ()
    return (*(route.to for route in node.routes), *(to for _, to in other_ways(node)))


def edges(nodes: Mapping[str, Node]) -> Edges:
    """Where each node leads; targets that do not exist are left out."""
    return {key: frozenset(to for to in ways(node) if to in nodes) for key, node in nodes.items()}


def reversed_edges(forward: Edges) -> Edges:
    """The same routes the other way round."""
    backward: dict[str, set[str]] = {key: set() for key in forward}
    for key, targets in forward.items():
        for target in targets:
            backward[target].add(key)
    return {key: frozenset(sources) for key, sources in backward.items()}


def reachable(forward: Edges, sources: Iterable[str]) -> frozenset[str]:
    """The sources and everything that can be reached from them."""
    seen = {source for source in sources if source in forward}
    waiting = list(seen)
    while waiting:
        for target in forward[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(seen)


def automatic_circle(nodes: Mapping[str, Node], forward: Edges) -> frozenset[str]:
    """Nodes on a circle in which nobody is asked: such a case would run for ever in one step."""
    automatic = {key for key, node in nodes.items() if node.type in AUTOMATIC}
    inner = {key: frozenset(target for target in forward[key] if target in automatic) for key in automatic}
    return frozenset(key for key in automatic if key in reachable(inner, inner[key]))
