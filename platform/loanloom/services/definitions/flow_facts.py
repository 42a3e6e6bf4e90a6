"""What a flow asks about a case: every fact that its ways, its people and its terms read, and how each is typed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.engines import facts as fact_paths
from loanloom.engines import flows
from loanloom.engines.flows import resolving, scope
from loanloom.engines.flows.model import Node
from loanloom.feel import Type
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text

_WORDS = re.compile(r'"([^"]*)"')
_ELSE = "-"
"""A value that none of the flow's conditions names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact that is asked for. `options` are values that its type or the flow's conditions name."""

    path: str
    title: Text
    kind: str
    value: str
    options: tuple[str, ...] = ()
    unit: str | None = None


def asked(
    document: Document, registry: Registry, flow: flows.Flow, given: Mapping[str, str], on: date
) -> tuple[Fact, ...]:
    """The facts in the order in which the flow meets them, with what was typed or else a value to begin with."""
    seen = scope.of_flow(document, registry)
    paths = dict.fromkeys(path for node in flow for path in _read(node, registry) if _asks(path, flow))
    return tuple(_fact(path, seen, flow, given.get(path), on) for path in paths)


def _asks(path: str, flow: flows.Flow) -> bool:
    """Whether people must say it: where the case stands is known, and so is what an event brings."""
    head, _, rest = path.partition(".")
    return head not in ("event", "each") and bool(rest) and (head != "flow" or rest.startswith("values."))


def _read(node: Node, registry: Registry) -> Iterator[str]:
    for route in node.routes:
        yield from sorted(route.reads)
    programs = [one.condition for one in node.awaited] + [node.until]
    programs += list(node.call.given.values()) if node.call else []
    programs += [node.sub.for_each, *node.sub.data.values()] if node.sub else []
    assigned = [
        *node.assign,
        *node.cc,
        *node.record,
        *node.if_nobody.assign,
        *(node.telling.to if node.telling else ()),
    ]
    for program in [*programs, *(one.condition for one in assigned)]:
        yield from sorted(program.inputs) if program is not None else ()
    for one in assigned:
        manager = one.manager_of if one.manager_of and "." in one.manager_of else None
        yield from (path for path in (one.fact, one.outside, manager) if path is not None)
    tables = resolving.authorities(registry)
    for key in {one.authority for one in assigned} | {node.limit}:
        if key is not None and key in tables:
            yield tables[key].measure
    days = [term.until for term in node.deadlines] + [one.until for one in node.awaited]
    yield from (path for path in days if path is not None)


def _fact(path: str, seen: Type, flow: flows.Flow, typed: str | None, on: date) -> Fact:
    found: Type | None = seen
    for name in path.split("."):
        found = found.members.get(name) if found is not None else None
    kind = found.kind if found is not None else "Any"
    named = tuple(dict.fromkeys(word for source in _sources(flow, path) for word in _WORDS.findall(source)))
    known = tuple(found.values or ()) if found is not None else ()
    options = tuple(dict.fromkeys((*named, *known))) if kind in ("string", "Any") else ()
    options = (*options, _ELSE) if options and not known else options
    return Fact(
        path=path,
        title=flow.labels.get(path) or text(path, path),
        kind=kind,
        value=_first(kind, path, options, named, flow, on) if typed is None else typed.strip(),
        options=options,
        unit=found.unit if found is not None else None,
    )


def _first(kind: str, path: str, options: tuple[str, ...], named: tuple[str, ...], flow: flows.Flow, on: date) -> str:
    """A value to begin with: at the first threshold for a number, one that no condition names for a word."""
    if kind == "number":
        beside = re.compile(rf"{re.escape(path)}\s*[<>=]+\s*(\d+(?:\.\d+)?)")
        found = (match.group(1) for source in _sources(flow, path) if (match := beside.search(source)))
        return next(found, "100000")
    if kind == "boolean":
        return "false"
    if kind == "date":
        return on.isoformat()
    return next((one for one in options if one not in named), options[0] if options else "")


def _sources(flow: flows.Flow, path: str) -> Iterator[str]:
    return (route.source for node in flow for route in node.routes if route.source and path in route.reads)


def read(
    document: Document, registry: Registry, facts: Iterable[Fact], on: date
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """What was typed as the facts of a case, and what of it cannot be read."""
    raw: dict[str, Any] = {"as_of": on.isoformat(), "guarantors": [], "collateral": []}
    problems: list[Problem] = []
    for fact in facts:
        if not fact.value:
            continue
        value = _value(fact)
        if value is None:
            problems.append(_unreadable(fact))
            continue
        *above, leaf = fact.path.split(".")
        inside = raw
        for name in above:
            inside = inside.setdefault(name, {})
        inside[leaf] = value
    worked_out = {name: raw.pop(name) for name in ("flow",) if name in raw}
    converted = fact_paths.read(scope.of_flow(document, registry), raw)
    return {**converted.facts, **worked_out}, (*problems, *converted.problems)


def _value(fact: Fact) -> Any:
    if fact.kind == "number" or (fact.kind == "Any" and fact.value.replace(".", "", 1).isdigit()):
        try:
            number = Decimal(fact.value.replace(",", ""))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    if fact.kind == "boolean":
        return {"true": True, "false": False}.get(fact.value)
    if fact.kind == "list":
        return [word.strip() for word in fact.value.split(",") if word.strip()]
    return fact.value


def _unreadable(fact: Fact) -> Problem:
    return Problem(
        code="flow_trial.unreadable",
        message=text(f"“{fact.value}” cannot be read here.", f"无法识别“{fact.value}”。"),
        field=f"fact.{fact.path}",
    )
