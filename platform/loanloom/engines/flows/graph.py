"""The drawn routes of a flow as a graph: what leads where. Returns, refusals and withdrawals are not drawn routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loanloom.engines.flows.model import Node

Edges = Mapping[str, frozenset[str]]


def edges(nodes: Mapping[str, Node]) -> Edges:
    """Where each node leads; targets that do not exist are left out."""
    return {
        key: frozenset(route.to for route in node.routes if route.to in nodes) if node.type != "end" else frozenset()
        for key, node in nodes.items()
    }


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
    automatic = {key for key, node in nodes.items() if node.type in ("start", "decision")}
    inner = {key: frozenset(target for target in forward[key] if target in automatic) for key in automatic}
    return frozenset(key for key in automatic if key in reachable(inner, inner[key]))
