"""Choosing the way out of a node: the first route whose condition holds, with the reason kept for the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.model import Node, Route
from loanloom.problems import LANGUAGES, Problem, Text, say, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The route taken and why: the conditions looked at, in order, each with what it gave and how."""

    route: Route
    trace: Any = None


def choose(node: Node, facts: Mapping[str, Any], labels: Mapping[str, Text]) -> Chosen | Problem:
    """The first route that holds; a Problem where a condition cannot be computed or nothing holds."""
    looked: list[dict[str, Any]] = []
    for route in node.routes:
        if route.condition is None:
            return Chosen(route=route, trace=looked or None)
        result = route.condition.evaluate(facts)
        if result.problem is not None:
            return _not_computed(node, route, result.problem)
        holds = result.value is True
        looked.append({"when": route.source, "to": route.to, "holds": holds, "words": _words(route, facts, labels)})
        if holds:
            return Chosen(route=route, trace=looked)
    return Problem(
        code="flow.no_route",
        message=text(f"No route of '{node.key}' applies.", f"节点“{node.key}”没有符合条件的路径。"),
        hint=text("Add an otherwise route.", "请增加“其他情况”路径。"),
    )


def _words(route: Route, facts: Mapping[str, Any], labels: Mapping[str, Text]) -> dict[str, str]:
    """The condition with its values, in words; fields that are kept encrypted stay hidden."""
    assert route.condition is not None
    explanation = route.condition.explain(facts)
    return {language: explanation.in_words(language, labels) for language in LANGUAGES}


def _not_computed(node: Node, route: Route, problem: Any) -> Problem:
    message = problem.message
    return Problem(
        code="flow.condition_failed",
        message=text(
            f"The condition '{route.source}' of '{node.key}' cannot be computed: {say(message, 'en')}",
            f"节点“{node.key}”的条件“{route.source}”无法计算：{say(message, 'zh')}",
        ),
        hint=text("Complete the data the condition reads.", "请补全条件所需的数据。"),
    )
