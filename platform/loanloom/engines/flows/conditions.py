"""Choosing the way out of a node: the first route whose condition holds, with the reason kept for the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows.model import Node, Route
from loanloom.engines.flows.record import record
from loanloom.feel import Program
from loanloom.problems import LANGUAGES, Problem, Text, say, text


@record
class Chosen:
    """The route taken and why: the conditions looked at, in order, each with what it gave and how."""

    route: Route
    trace: Any = None


@record
class Value:
    """What an expression gave."""

    value: Any


def choose(node: Node, facts: Mapping[str, Any], labels: Mapping[str, Text]) -> Chosen | Problem:
    """The first route that holds; a Problem where a condition cannot be computed or nothing holds."""
    looked: list[dict[str, Any]] = []
    for route in node.routes:
        if route.condition is None:
            return Chosen(route=route, trace=looked or None)
        result = route.condition.evaluate(facts)
        if result.problem is not None:
            return _not_computed(node, route.source, result.problem)
        holds = result.value is True
        looked.append({"when": route.source, "to": route.to, "holds": holds, "words": _words(route, facts, labels)})
        if holds:
            return Chosen(route=route, trace=looked)
    return _no_route(node)


def _no_route(node: Node) -> Problem:
    return Problem(
        code="flow.no_route",
        message=text(f"No route of '{node.key}' applies.", f"节点“{node.key}”没有符合条件的路径。"),
        hint=text("Add an otherwise route.", "请增加“其他情况”路径。"),
    )


def holding(node: Node, facts: Mapping[str, Any], labels: Mapping[str, Text]) -> list[Chosen] | Problem:
    """Every route that holds (inclusive split); the `otherwise` only when no other does."""
    found: list[Chosen] = []
    for route in node.routes:
        if route.condition is None:
            continue
        result = route.condition.evaluate(facts)
        if result.problem is not None:
            return _not_computed(node, route.source, result.problem)
        if result.value is True:
            words = _words(route, facts, labels)
            trace = [{"when": route.source, "to": route.to, "holds": True, "words": words}]
            found.append(Chosen(route=route, trace=trace))
    if found:
        return found
    rest = next((route for route in node.routes if route.condition is None), None)
    return _no_route(node) if rest is None else [Chosen(route=rest)]


def evaluated(node: Node, program: Program, name: str, facts: Mapping[str, Any]) -> Value | Problem:
    """What an expression of a node gives (`name` says which), or why it cannot be computed."""
    result = program.evaluate(facts)
    if result.problem is not None:
        return _not_computed(node, name, result.problem)
    return Value(value=result.value)


def _words(route: Route, facts: Mapping[str, Any], labels: Mapping[str, Text]) -> dict[str, str]:
    """The condition with its values, in words; fields that are kept encrypted stay hidden."""
    assert route.condition is not None
    explanation = route.condition.explain(facts)
    return {language: explanation.in_words(language, labels) for language in LANGUAGES}


def _not_computed(node: Node, source: str | None, problem: Any) -> Problem:
    message = problem.message
    return Problem(
        code="flow.condition_failed",
        message=text(
            f"The condition '{source}' of '{node.key}' cannot be computed: {say(message, 'en')}",
            f"节点“{node.key}”的条件“{source}”无法计算：{say(message, 'zh')}",
        ),
        hint=text("Complete the data the condition reads.", "请补全条件所需的数据。"),
    )
