"""What can be wrong with a flow before it runs: each mistake its own code, its place, a hint in both languages.

Works on nodes already read, so that one faulty flow shows all its faults at once. A flow without errors here cannot get
stuck: every node is reachable, something always follows, every case can end (`soundness`, up to its bound).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loanloom.engines.flows.checks.automatic import automatic
from loanloom.engines.flows.checks.conditions import conditions
from loanloom.engines.flows.checks.drawing import keys, routes, starts_and_ends, targets
from loanloom.engines.flows.checks.final import final
from loanloom.engines.flows.checks.shape import shape
from loanloom.engines.flows.checks.soundness import soundness
from loanloom.engines.flows.checks.telling import Called, Placed
from loanloom.engines.flows.checks.whole import whole
from loanloom.engines.flows.checks.working import work
from loanloom.engines.flows.model import Flow
from loanloom.problems import Problem

__all__ = ["Called", "Placed", "check_flow", "check_nodes"]


def check_nodes(
    nodes: Sequence[Placed], listed: Sequence[tuple[str, Mapping[str, Any]]], called: Called
) -> list[Problem]:
    """All problems of a flow's nodes; `listed` are the raw nodes, for what the compiled ones no longer show."""
    problems = [*keys(nodes), *starts_and_ends(nodes)]
    for (pointer, node), (_, raw) in zip(nodes, listed, strict=True):
        problems += [
            *targets(pointer, node, nodes),
            *routes(pointer, node, raw),
            *automatic(pointer, node, raw, called),
        ]
        if node.human:
            problems += work(pointer, node, nodes)
    codes = {problem.code for problem in problems}
    if not codes & {"flow.no_start", "flow.duplicate_node"}:
        problems += shape(nodes, broken=bool(codes & {"flow.dead_end", "flow.unknown_target"}))
    return problems


def check_flow(flow: Flow, pointers: Mapping[str, str]) -> list[Problem]:
    """What only a whole flow without such mistakes shows; `pointers` are the places of its nodes by key."""
    found = [problem for node in flow for problem in conditions(pointers[node.key], node, flow.labels)]
    return [*whole(flow, pointers), *final(flow, pointers), *found, *soundness(flow, pointers)]
