"""A rule set tried with a case that somebody makes up: which line counts, and what rules the others out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from loanloom.engines import facts as fact_scope
from loanloom.engines import rules
from loanloom.feel import Program, Type
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.grids import reading
from loanloom.services.definitions.grids.model import Column, Grid

PREFIX = "fact."
_KINDS = {"number": "number", "boolean": "yes_no", "date": "date"}
_UNREAD = frozenset({"context", "function", "range"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One fact that the rules read: how it is typed, and what was."""

    path: str
    column: Column
    typed: str
    problem: Problem | None = None

    @property
    def name(self) -> str:
        """What its box is called."""
        return PREFIX + self.path


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: results by their columns, the lines that count, and the cell that ruled each other line out."""

    results: tuple[tuple[Text, str], ...]
    hits: frozenset[str]
    stopped: Mapping[str, str]
    unknown: frozenset[str]
    problems: tuple[Problem, ...]


def asked(document: Document, registry: Registry, typed: Mapping[str, str]) -> tuple[Asked, ...]:
    """The facts that the rules read, in the order in which they meet them."""
    compiled = rules.compile_ruleset(document, registry).ruleset
    if compiled is None:
        return ()
    scope = fact_scope.scope(registry, document.spec["subject"])
    found = []
    for path in dict.fromkeys(_read(compiled)):
        type_ = _type(scope, path)
        if path != "as_of" and type_ is not None and type_.kind not in _UNREAD:
            found.append(asked_for(path, type_, compiled.labels, typed.get(PREFIX + path, "")))
    return tuple(found)


def is_ready(asked: tuple[Asked, ...]) -> bool:
    """Whether something was typed, and all of it can be read."""
    return any(one.typed for one in asked) and not any(one.problem for one in asked)


def _read(ruleset: rules.Ruleset) -> Iterator[str]:
    for column in ruleset.columns:
        yield from sorted(column.program.inputs)
    for rule in ruleset.rules:
        yield from rule.inputs
        yield from _inputs(rule.then)
    yield from _inputs(ruleset.otherwise)


def _inputs(values: Mapping[str, Any]) -> Iterator[str]:
    for one in values.values():
        if isinstance(one, Program):
            yield from sorted(one.inputs)


def _type(scope: Type, path: str) -> Type | None:
    found: Type | None = scope
    for name in path.split("."):
        found = found.members.get(name) if found is not None else None
    return found if found is None or found.kind != "list" or _words(found) else None


def _words(type_: Type) -> bool:
    return type_.item is not None and type_.item.kind == "string"


def asked_for(path: str, type_: Type, labels: Mapping[str, Text], typed: str) -> Asked:
    """One fact as its type has it typed."""
    inner = type_.item if type_.kind == "list" and type_.item is not None else type_
    options = {code: labels.get(f"{path}={code}", text(code, code)) for code in inner.values or ()}
    kind = _KINDS.get(type_.kind) or ("choice" if options else "text")
    if type_.kind == "list":
        kind = "choices" if options else "words"
    column = Column(path=path, label=labels.get(path) or text(path, path), kind=kind, options=options or None)
    _, problem = reading.read(column, typed)
    return Asked(path, column, typed, problem)


def run(document: Document, registry: Registry, grid: Grid, facts: tuple[Asked, ...], on: date, language: str) -> Tried:
    """What the rules say to these facts; what was left empty is not known."""
    compiled = rules.compile_ruleset(document, registry).ruleset
    assert compiled is not None, "asked only where it runs"
    result = rules.run(compiled, _facts(document, registry, facts, on))
    at = {rule.key: line.pointer for rule, line in zip(compiled.rules, grid.lines, strict=True)}
    stopped = {at[one.rule.key]: f"{at[one.rule.key]}/when/{one.cell.column}"
               for one in result.trace if not one.hit and one.cell is not None}  # fmt: skip
    unknown = frozenset(at[one.rule.key] for one in result.trace if one.hit is None)
    columns = {column.path: column for column in grid.columns}
    said = []
    for output in compiled.outputs:
        column = columns[f"/then/{output.key}"]
        value = result.outputs.get(output.key)
        said.append((column.label, reading.shown(column, value if value is not None else MISSING, language)))
    return Tried(tuple(said), frozenset(at[one.key] for one in result.hits), stopped, unknown, result.problems)


def _facts(document: Document, registry: Registry, facts: tuple[Asked, ...], on: date) -> dict[str, Any]:
    scope = fact_scope.scope(registry, document.spec["subject"])
    return fact_scope.read(scope, raw_facts(facts, on)).facts


def raw_facts(facts: tuple[Asked, ...], on: date) -> dict[str, Any]:
    """What was typed, as a record that is still to be read."""
    raw: dict[str, Any] = {"as_of": on.isoformat()}
    for one in facts:
        value, problem = reading.read(one.column, one.typed)
        if problem is not None or value is MISSING:
            continue
        *holders, leaf = one.path.split(".")
        inside = raw
        for name in holders:
            inside = inside.setdefault(name, {})
        inside[leaf] = value
    return raw
