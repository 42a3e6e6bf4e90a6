"""Choosing the way out of a node: the first route whose condition holds, with the reason kept for the history.

Kept is what a condition saw (`seen`); the words are made of that when somebody reads them, in the reader's language.
Where that is hidden, long or more than one value, they are made at once (`words`): it is not kept a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.engines.flows.model import Flow, Node, Route
from loanloom.engines.flows.record import record
from loanloom.feel import Program, value_in_words
from loanloom.problems import LANGUAGES, Problem, Text, say, text

_PLAIN = frozenset({bool, int, Decimal, str, type(None)})
_LONG = 200
_ABSENT = object()


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
        looked.append(_looked(route, holds, facts, labels))
        if holds:
            return Chosen(route=route, trace=looked)
    return _no_route(node)


def _no_route(node: Node) -> Problem:
    return Problem(
        code="flow.no_route",
        message=text(f"No way on from '{node.title['en']}' applies.", f"环节“{node.title['zh']}”没有符合条件的路径。"),
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
            found.append(Chosen(route=route, trace=[_looked(route, True, facts, labels)]))
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


def _looked(route: Route, holds: bool, facts: Mapping[str, Any], labels: Mapping[str, Text]) -> dict[str, Any]:
    """A condition that was looked at, as the history keeps it."""
    looked = {"when": route.source, "to": route.to, "holds": holds}
    seen: dict[str, Any] = {}
    for path in route.reads:
        value = _ABSENT if f"{path}=*" in labels else _kept(facts, path)
        if value is _ABSENT:
            return {**looked, "words": {language: _words(route, facts, labels, language) for language in LANGUAGES}}
        seen[path] = value
    return {**looked, "seen": seen}


def _kept(facts: Mapping[str, Any], path: str) -> Any:
    """The value at a path as the history keeps it; _ABSENT where there is none, or none that is kept."""
    value: Any = facts
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return _ABSENT
        value = value[name]
    if type(value) is date:
        return {"date": value.isoformat()}
    return value if type(value) in _PLAIN and not (type(value) is str and len(value) > _LONG) else _ABSENT


def reason(flow: Flow, node: str, looked: Mapping[str, Any], language: str) -> str:
    """Why a condition held or did not, in words with the values it saw."""
    if "seen" not in looked:
        return say(looked["words"], language)
    here = flow.nodes[node].routes if node in flow.nodes else ()
    routes = (*here, *(route for one in flow for route in one.routes))
    route = next((one for one in routes if one.condition is not None and one.source == looked["when"]), None)
    if route is not None:
        return _words(route, _facts(looked["seen"]), flow.labels, language)
    seen = [
        f"{say(flow.labels.get(path) or text(path, path), language)} {value_in_words(_value(kept), language)}"
        for path, kept in looked["seen"].items()
    ]
    return f"{looked['when']} ({', '.join(seen)})"  # the case has moved to a version without this condition


def _facts(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen, as the facts it was seen in."""
    facts: dict[str, Any] = {}
    for path, kept in seen.items():
        *records, leaf = path.split(".")
        record = facts
        for name in records:
            record = record.setdefault(name, {})
        record[leaf] = _value(kept)
    return facts


def _value(kept: Any) -> Any:
    return date.fromisoformat(kept["date"]) if isinstance(kept, Mapping) else kept


def _words(route: Route, facts: Mapping[str, Any], labels: Mapping[str, Text], language: str) -> str:
    """The condition with its values; fields that are kept encrypted stay hidden."""
    assert route.condition is not None
    return route.condition.explain(facts).in_words(language, labels)


def _not_computed(node: Node, source: str | None, problem: Any) -> Problem:
    message = problem.message
    return Problem(
        code="flow.condition_failed",
        message=text(
            f"The condition '{source}' of '{node.title['en']}' cannot be computed: {say(message, 'en')}",
            f"环节“{node.title['zh']}”的条件“{source}”无法计算：{say(message, 'zh')}",
        ),
        hint=text("Complete the data the condition reads.", "请补全条件所需的数据。"),
    )
