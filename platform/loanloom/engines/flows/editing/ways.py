"""The ways of a flow as they are written: each with its place in the document, in the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.drawing.model import DrawnEdge, EdgeKind

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnWay:
    """One way out of a step. `place` is where it is written, below its step: next, routes/0, events/1, on_refuse ..."""

    source: str
    place: str
    to: str
    kind: EdgeKind = "route"

    @property
    def target(self) -> str:
        """Where it is written to which step it leads, below its step."""
        return f"{self.place}/to" if self.place[-1].isdigit() else self.place

    @property
    def forward(self) -> bool:
        """Whether it is how a case ordinarily goes on, not what happens when something fails or takes too long."""
        return self.kind in ("route", "event")

    def __str__(self) -> str:
        return f"{self.source}:{self.place}"


def ways_of(node: Raw) -> Iterator[DrawnWay]:
    """The ways out of one step."""
    key = str(node["key"])
    for index, route in enumerate(node.get("routes", ())):
        yield DrawnWay(key, f"routes/{index}", str(route["to"]))
    if node.get("next") is not None:
        yield DrawnWay(key, "next", str(node["next"]))
    for index, event in enumerate(node.get("events", ())):
        yield DrawnWay(key, f"events/{index}", str(event["to"]), "event")
    for index, term in enumerate(node.get("deadlines", ())):
        if term.get("do") == "route" and term.get("to") is not None:
            yield DrawnWay(key, f"deadlines/{index}", str(term["to"]), "deadline")
    if (node.get("call") or {}).get("on_failure") is not None:
        yield DrawnWay(key, "call/on_failure", str(node["call"]["on_failure"]), "failure")
    if node.get("on_refuse") is not None:
        yield DrawnWay(key, "on_refuse", str(node["on_refuse"]), "refuse")


def drawn_ways(nodes: Iterable[Raw]) -> tuple[DrawnWay, ...]:
    """All the ways of a flow."""
    return tuple(way for node in nodes for way in ways_of(node))


def placed(ways: Iterable[DrawnWay], edges: Sequence[DrawnEdge]) -> tuple[DrawnWay | None, ...]:
    """For every edge of a drawing the way that it draws: those between the same two steps in their order."""
    waiting: dict[tuple[str, str, str], list[DrawnWay]] = {}
    for way in ways:
        waiting.setdefault((way.source, way.to, way.kind), []).append(way)
    found = (waiting.get((edge.source, edge.target, edge.kind), []) for edge in edges)
    return tuple(each.pop(0) if each else None for each in found)
