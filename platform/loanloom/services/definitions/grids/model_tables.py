"""The decision tables inside a decision model: which there are, and the columns of one. Reads no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom import feel
from loanloom.dmn.pieces import Seen
from loanloom.engines import decided
from loanloom.engines import facts as fact_scope
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child, is_list, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services.definitions.grids.model import Column

_SECTIONS = ("decisions", "functions")
_PLAIN = ("number", "string", "boolean", "date")
_CODES = re.compile(r'\s*"[^"\\]*"\s*(?:,\s*"[^"\\]*"\s*)*')
_CODE = re.compile(r'"([^"\\]*)"')
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A table of a model, or an element that could be one: its place, whose it is, and what that is called."""

    at: str
    element: str
    title: Text


def tables_in(document: Document) -> tuple[Found, ...]:
    """Every table, in the order of the model."""
    return tuple(
        Found(at, element, title)
        for element, title, value in _elements(document)
        for at in _tables(value, element, _DEEPEST)
    )


def without_logic(document: Document) -> tuple[Found, ...]:
    """The decisions that say nothing yet: each could be a table."""
    return tuple(
        Found(f"{element}/logic/table", element, title)
        for element, title, value in _elements(document)
        if element.startswith("/decisions/") and value.get("logic") in (None, False, "", "null")
    )


def fresh_table(document: Document, element: str) -> dict[str, Any]:
    """The least table of a decision: it asks for the first thing that the decision needs."""
    needs = resolve(document.spec, f"{element}/needs")
    first = needs[0] if is_list(needs) and needs else None
    asked = first.get("need") if isinstance(first, Mapping) else first
    name = resolve(document.spec, f"{element}/name")
    return {
        "hit_policy": "UNIQUE",
        "inputs": [{"value": asked or "null"}],
        "outputs": [{"name": name}],
        "rules": [{"when": ["-"], "then": ["null"]}],
    }


def _elements(document: Document) -> Iterator[tuple[str, Text, Mapping[str, Any]]]:
    for section in _SECTIONS:
        for place, one in enumerate(document.spec.get(section, ())):
            yield f"/{section}/{place}", one.get("title") or text(one["name"], one["name"]), one


def _tables(value: Any, pointer: str, deeper: int) -> Iterator[str]:
    if not deeper:
        return
    members = value.items() if isinstance(value, Mapping) else enumerate(value) if is_list(value) else ()
    for name, inside in members:
        at = child(pointer, name)
        if name == "table" and isinstance(inside, Mapping) and is_list(inside.get("outputs")):
            yield at
        elif name != "kept":
            yield from _tables(inside, at, deeper - 1)


@dataclass(frozen=True, slots=True)
class Called:
    """What people call the inputs and decisions of a model, and their values."""

    elements: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, Text]

    def title(self, name: str) -> Text:
        """An input or a decision; any other expression by itself."""
        return self.elements.get(name, {}).get("title") or text(name, name)

    def code(self, name: str, code: str) -> Text:
        """A value: by the decision that answers so, or by the fact it comes from."""
        known = self.elements.get(name, {})
        said = known.get("answers", {}).get(code) or self.labels.get(f"{known.get('value')}={code}")
        return said or text(code, code)


def called(document: Document, registry: Registry) -> Called:
    """What the parts of a model are called."""
    listed = (one for section in ("inputs", "decisions") for one in document.spec.get(section, ()))
    return Called({one["name"]: one for one in listed}, fact_scope.labels(registry))


def columns(document: Document, registry: Registry, at: str) -> tuple[Column, ...]:
    """The columns of one table: what it asks, what it answers, and the remarks."""
    return tuple(_Table(document, registry, at).columns())


@dataclass(frozen=True, slots=True)
class _Table:
    document: Document
    registry: Registry
    at: str

    def columns(self) -> Iterator[Column]:
        subject = str(self.document.spec["subject"])
        facts = fact_scope.model_scope(self.registry, subject)
        seen = decided.decided(self.document, self.registry, facts).seen
        table = resolve(self.document.spec, self.at)
        known = called(self.document, self.registry)
        for place, one in enumerate(table.get("inputs", ())):
            yield self._input(place, one, seen, known)
        alone = len(table["outputs"]) == 1
        for place, one in enumerate(table["outputs"]):
            yield self._output(place, one, alone)
        for place, one in enumerate(table.get("annotations", ())):
            name = one.get("name") or str(place + 1)
            yield Column(path=f"/notes/{place}", label=text(name, name), kind="note")

    def _input(self, place: int, clause: Mapping[str, Any], seen: Mapping[str, Seen], known: Called) -> Column:
        head = f"{self.at}/inputs/{place}"
        source = _source(clause.get("value"))
        sees = seen.get(f"{head}/value")
        type_ = feel.check(source, sees.scope, functions=feel.LENDING).type if sees is not None else None
        codes = {one: known.code(source, one) for one in (type_.values if type_ is not None else None) or ()}
        kind = type_.kind if type_ is not None and type_.kind in _PLAIN else ""
        return Column(path=f"/when/{place}", label=known.title(source), kind="test", feel=kind, options=codes or None,
                      head=head, group="when")  # fmt: skip

    def _output(self, place: int, clause: Mapping[str, Any], alone: bool) -> Column:
        kind, codes = self._type(clause.get("type"))
        own = _listed(clause.get("values")) or codes
        element = self._element()
        label = element.get("title") if alone else None
        name = str(clause.get("name") or element["name"])
        answers = element.get("answers", {}) if alone else {}
        return Column(path=f"/then/{place}", label=label or text(name, name), kind="answer", feel=kind,
                      options={one: answers.get(one) or text(one, one) for one in own} or None,
                      head=f"{self.at}/outputs/{place}", group="then")  # fmt: skip

    def _element(self) -> Mapping[str, Any]:
        section, place = split(self.at)[:2]
        found: Mapping[str, Any] = self.document.spec[section][int(place)]
        return found

    def _type(self, name: Any) -> tuple[str, tuple[str, ...]]:
        """The kind of value that a type of the model is in the end, and its codes where it has some."""
        types = {one["name"]: one for one in self.document.spec.get("types", ())}
        codes: tuple[str, ...] = ()
        for _ in range(len(types) + 1):
            own = types.get(name)
            if own is None:
                break
            if own.get("list") or own.get("fields"):
                return "", ()
            codes, name = codes or _listed(own.get("values")), own.get("type")
        return str(name) if name in _PLAIN else "", codes


def _source(value: Any) -> str:
    """The text of an expression that may stand with more beside it."""
    found = value.get("text", "") if isinstance(value, Mapping) else value
    return "" if found is None else str(found).strip()


def _listed(value: Any) -> tuple[str, ...]:
    """The codes that tests list; none where they say anything else."""
    source = _source(value)
    return tuple(_CODE.findall(source)) if _CODES.fullmatch(source) else ()
