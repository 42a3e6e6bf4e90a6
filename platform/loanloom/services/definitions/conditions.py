"""A condition of a definition line by line: the facts that it may name, what may be said of each, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loanloom.engines import expressions
from loanloom.engines.expressions import Place
from loanloom.feel import BOOLEAN, Type
from loanloom.feel.help.rows import Row, Rows, comparisons_of, rows_of, sentence, text_of
from loanloom.metadata.pointers import MISSING, parent, resolve
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.catalogue import Page
from loanloom.services.errors import NotFound

_PLAIN = ("number", "string", "boolean", "date")


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a line may begin with: its words, the comparisons it may stand in, its codes by name."""

    path: str
    title: Text
    comparisons: tuple[str, ...]
    codes: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it is being written. `rows` is None where it is more than lines; `problems` say what is wrong."""

    source: str
    rows: Rows | None
    facts: Mapping[str, Fact]
    said: Text | None
    problems: tuple[Problem, ...] = ()


def place_at(page: Page, pointer: str) -> Place:
    """The place of a condition; there must be one."""
    there = page.shown is not None and resolve(page.shown.spec, parent(pointer)) is not MISSING
    found = expressions.place(page.shown, pointer, page.registry) if page.shown is not None and there else None
    if found is None or found.expect != BOOLEAN or found.mark:
        raise NotFound(text("condition", "条件"))
    return found


def at(page: Page, pointer: str) -> Condition:
    """The condition that stands at a place."""
    place = place_at(page, pointer)
    value = page.shown.at(pointer) if page.shown is not None else None
    source = value if isinstance(value, str) else ""
    return _condition(place, source, rows_of(source) if source else Rows(()))


def of_rows(page: Page, pointer: str, rows: Rows) -> Condition:
    """The condition that lines say, checked as it would be at the place."""
    place = place_at(page, pointer)
    whole = rows.filled()
    return _condition(place, text_of(whole, _types(place)), rows)


def _condition(place: Place, source: str, rows: Rows | None) -> Condition:
    facts = {path: _fact(place, path, type_) for path, type_ in _types(place).items()}
    whole = rows.filled() if rows else None
    said = sentence(whole, place.labels) if whole and whole.rows else None
    found = place.check(source).problems if source else ()
    problems = tuple(Problem(code=one.code, message=dict(one.message)) for one in found)
    return Condition(source, rows, facts, said, problems)


def _fact(place: Place, path: str, type_: Type) -> Fact:
    codes = {value: place.labels.get(f"{path}={value}") or text(value, value) for value in type_.values or ()}
    return Fact(path, place.labels.get(path) or text(path, path), comparisons_of(type_), codes)


def _types(place: Place) -> Mapping[str, Type]:
    """The plain facts that a place sees, by path; first those that have a name."""
    found = dict(_leaves(place.scope, ""))
    named = {path: type_ for path, type_ in found.items() if path in place.labels}
    return {**named, **found}


def _leaves(scope: Type, prefix: str) -> Iterator[tuple[str, Type]]:
    for name, type_ in scope.fields:
        path = f"{prefix}{name}"
        if type_.kind in _PLAIN:
            yield path, type_
        elif type_.kind == "context" and prefix.count(".") < 3:
            yield from _leaves(type_, f"{path}.")


__all__ = ["Condition", "Fact", "Row", "Rows", "at", "of_rows", "place_at"]
