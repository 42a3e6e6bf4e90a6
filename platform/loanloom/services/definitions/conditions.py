"""A condition of a definition line by line: the facts that it may name, what may be said of each, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loanloom.engines import expressions
from loanloom.engines.expressions import Place
from loanloom.engines.forms.fields import entity_title
from loanloom.feel import BOOLEAN, Type
from loanloom.feel.help.rows import Row, Rows, comparisons_of, rows_of, sentence, text_of
from loanloom.metadata.pointers import MISSING, parent, resolve
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.catalogue import Page, found_by
from loanloom.services.errors import NotFound

_PLAIN = ("number", "string", "boolean", "date")
_MADE = {"indicators": "indicator", "limit": "calculation", "models": "decision_model", "product": "product"}
"""Facts that definitions make, with the kind that makes them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a line may begin with: its words, the comparisons it may stand in, its codes by name. `of` is what
    it is a fact of, `found_by` what one may type to find it: pinyin too."""

    path: str
    title: Text
    of: Text | None
    found_by: str
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
    return _condition(page, place, source, rows_of(source) if source else Rows(()))


def of_rows(page: Page, pointer: str, rows: Rows) -> Condition:
    """The condition that lines say, checked as it would be at the place."""
    place = place_at(page, pointer)
    whole = rows.filled()
    return _condition(page, place, text_of(whole, _types(place)), rows)


def _condition(page: Page, place: Place, source: str, rows: Rows | None) -> Condition:
    facts = {path: _fact(page.registry, place, path, type_) for path, type_ in _types(place).items()}
    whole = rows.filled() if rows else None
    said = sentence(rows_of(source) or whole, place.labels) if whole and whole.rows else None
    found = place.check(source).problems if source else ()
    problems = tuple(Problem(code=one.code, message=dict(one.message)) for one in found)
    return Condition(source, rows, facts, said, problems)


def _fact(registry: Registry, place: Place, path: str, type_: Type) -> Fact:
    codes = {value: place.labels.get(f"{path}={value}") or text(value, value) for value in type_.values or ()}
    title, of = place.labels.get(path) or text(path, path), _of(registry, path.partition(".")[0])
    sought = found_by(path, title, *((of,) if of else ()))
    return Fact(path, title, of, sought, comparisons_of(type_), codes)


def _of(registry: Registry, name: str) -> Text | None:
    """What a fact is one of, by the first part of its path: a record, an indicator, a calculation, a model."""
    if name in _MADE:
        return registry.kinds.require(_MADE[name]).title
    return entity_title(registry, name) if name in registry.records else None


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
