"""Going on from a node whose work is done, and keeping what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows.conditions import choose, evaluated
from loanloom.engines.flows.model import Node
from loanloom.engines.flows.step import Failed, Forks, Step
from loanloom.feel import Program
from loanloom.problems import Problem


def leave(step: Step, node: Node, forks: Forks) -> None:
    """Go on from a node whose work is done, by the route that holds."""
    sure = node.routes and node.routes[0].condition is None
    to, trace = (node.routes[0].to, None) if sure else _chosen(step, node)
    step.note("routed", node.key, to=to, trace=trace)
    step.go(to, forks)


def _chosen(step: Step, node: Node) -> tuple[str, Any]:
    chosen = choose(node, step.facts, step.flow.labels)
    if isinstance(chosen, Problem):
        raise Failed(chosen)
    return chosen.route.to, chosen.trace


def keep(step: Step, node: Node, values: Mapping[str, Any]) -> None:
    """What a node found: the facts `flow.values.<node>.*` from now on."""
    step.set(values={**step.state.values, node.key: dict(values)})


def given(node: Node, program: Program, name: str, facts: Mapping[str, Any]) -> Any:
    """What an expression of a node gives; `name` says which one cannot be computed."""
    value = evaluated(node, program, name, facts)
    if isinstance(value, Problem):
        raise Failed(value)
    return value.value
