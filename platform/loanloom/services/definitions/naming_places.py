"""Where a fact, a code or an indicator is named in definitions: in expressions, in references to fields, as keys.

Gives the exact changes to the text of one document; what an expression means is the checker's answer. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loanloom.engines import expressions, facts
from loanloom.engines.expressions import Written
from loanloom.feel.help.renaming import CannotRename, code_edits, edits
from loanloom.metadata import pointers, schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.fields import record_of
from loanloom.metadata.pointers import child
from loanloom.metadata.registry import Registry
from loanloom.metadata.rewriting import Change, Key, Words
from loanloom.metadata.uses import references_of
from loanloom.problems import Problem

ROWS: Mapping[str, str] = {"guarantors": "guarantor", "collateral": "collateral"}
"""Facts that are lists of records, and the records."""


def of_fact(document: Document, registry: Registry, old: str, new: str) -> tuple[list[Change], list[Problem]]:
    """The changes that give a fact its new path, and the expressions in which that cannot be done."""
    changes, problems = in_expressions(document, registry, old, new)
    changes += in_references(document, registry, old, new)
    if document.kind == "entity":
        changes += in_declarations(document, old, new)
    if document.kind == "case":
        changes += in_facts(document.spec.get("facts", {}), "/spec/facts", old.split("."), new.rpartition(".")[2])
    return changes, problems


def in_expressions(document: Document, registry: Registry, old: str, new: str) -> tuple[list[Change], list[Problem]]:
    """The uses in expressions, whatever the fact is called there."""
    changes: list[Change] = []
    problems: list[Problem] = []
    name, fresh = old.rpartition(".")[2], new.rpartition(".")[2]
    for one in expressions.written(document, registry):
        if name not in one.source:
            continue
        for local in _locals(one, old):
            renamed = local.removesuffix(name) + fresh
            try:
                changes += [_words(one, *edit) for edit in edits(one.check(), local, renamed)]
            except CannotRename as error:
                problems.append(facts.problem_from_feel(error.problem, document, one.place.pointer))
    return changes, problems


def _words(one: Written, start: int, end: int, new: str) -> Words:
    return Words(f"/spec{one.place.pointer}", one.start + start, one.start + end, new)


def _locals(one: Written, path: str) -> Iterator[str]:
    """What a fact of the house is called at a place: its path, or by a bare name."""
    if path.partition(".")[0] not in one.place.aliases:
        yield path
    for name, full in one.place.aliases.items():
        if path == full or path.startswith(f"{full}."):
            yield name + path[len(full) :]


def in_references(document: Document, registry: Registry, old: str, new: str) -> list[Change]:
    """Fields that are named as such: in forms, pages, reports, as keys of an import mapping."""
    kind = registry.kinds.require(document.kind)
    found: list[Change] = []
    start = old.rpartition(".")[0]
    begin = len(start) + 1 if start else 0
    for pointer, value, piece in schema_walk.walk(kind.schema, document.spec):
        if piece.get("x-fact") and isinstance(value, str):
            above = group_of(document, pointer)
            full = f"{above}.{value}" if above else value
            if _is_in(full, old) and not _is_expression(kind.expressions, pointer):
                shift = len(full) - len(value)
                found.append(Words(f"/spec{pointer}", begin - shift, len(old) - shift, new[begin:]))
        names = schema_walk.follow(piece.get("propertyNames", {}), kind.schema)
        if names.get("x-fact") and isinstance(value, Mapping):
            found += [
                Key(f"/spec{child(pointer, name)}", new + name[len(old) :]) for name in value if _is_in(name, old)
            ]
    return found


def _is_expression(places: Iterable[Any], pointer: str) -> bool:
    return any(expressions.fits(pointer, one.pointer) for one in places)


def _is_in(path: str, old: str) -> bool:
    return path == old or path.startswith(f"{old}.")


def group_of(document: Document, pointer: str) -> str:
    """The group that a column of a form belongs to, the record of a register: their fields are named by bare keys."""
    tokens = pointers.split(pointer)
    if document.kind == "entity" and tokens[0] == "register":
        return record_of(document)
    if document.kind == "form" and len(tokens) == 7 and tokens[0] == "sections" and tokens[4] == "fields":
        return str(document.at(pointers.join((*tokens[:4], "field"))))
    return ""


def in_declarations(document: Document, old: str, new: str) -> list[Change]:
    """The field where it is declared."""
    root, *path = old.split(".")
    if record_of(document) != ROWS.get(root, root):
        return []
    fields, pointer = document.spec.get("fields", ()), "/spec/fields"
    for depth, name in enumerate(path, 1):
        at = next((number for number, one in enumerate(fields) if one["key"] == name), None)
        if at is None:
            return []
        if depth == len(path):
            return [Words(f"{pointer}/{at}/key", 0, len(name), new.rpartition(".")[2])]
        fields, pointer = fields[at].get("fields", ()), f"{pointer}/{at}/fields"
    return []


def in_facts(value: Any, pointer: str, path: list[str], new: str) -> list[Change]:
    """The key of a fact in facts that are written out, rows of lists included."""
    if pointers.is_list(value):
        return [each for at, one in enumerate(value) for each in in_facts(one, child(pointer, at), path, new)]
    if not isinstance(value, Mapping) or path[0] not in value:
        return []
    here = child(pointer, path[0])
    return [Key(here, new)] if len(path) == 1 else in_facts(value[path[0]], here, path[1:], new)


# -- codes ------------------------------------------------------------------------------------------------------------


def of_code(
    document: Document, registry: Registry, changed: Registry, code_list: str, fields: Iterable[str], old: str, new: str
) -> tuple[list[Change], list[Problem]]:
    """The changes that write a code otherwise. `changed` is the registry in which the code list has it already;
    `fields` are the paths of the facts that take its codes.
    """
    changes = _declared_codes(document, registry, code_list, old, new)
    problems: list[Problem] = []
    for one in expressions.written(document, registry):
        if old not in one.source:
            continue
        then = expressions.place(document, one.place.pointer, changed)
        if then is None:
            continue
        try:
            changes += [_words(one, *edit) for edit in code_edits(one.source, then.check, old, new)]
        except CannotRename as error:
            problems.append(facts.problem_from_feel(error.problem, document, one.place.pointer))
    if document.kind == "case":
        for path in fields:
            changes += code_in_facts(document.spec.get("facts", {}), "/spec/facts", path.split("."), old, new)
    if document.kind == "scorecard":
        changes += _code_in_options(document, registry, changed, old, new)
    return changes, problems


def _declared_codes(document: Document, registry: Registry, code_list: str, old: str, new: str) -> list[Change]:
    """Places whose schema says that they hold codes of the list."""
    schema = registry.kinds.require(document.kind).schema
    return [
        Words(f"/spec{pointer}", 0, len(old), new)
        for pointer, value, piece in schema_walk.walk(schema, document.spec)
        if value == old and piece.get("x-codes") == code_list
    ]


def code_in_facts(value: Any, pointer: str, path: list[str], old: str, new: str) -> list[Change]:
    """A code where facts are written out."""
    if pointers.is_list(value):
        listed = enumerate(value)
        return [each for at, one in listed for each in code_in_facts(one, child(pointer, at), path, old, new)]
    if not path:
        return [Words(pointer, 0, len(old), new)] if value == old else []
    if not isinstance(value, Mapping) or path[0] not in value:
        return []
    return code_in_facts(value[path[0]], child(pointer, path[0]), path[1:], old, new)


def _code_in_options(document: Document, registry: Registry, changed: Registry, old: str, new: str) -> list[Change]:
    """Options of a characteristic whose indicator gives codes of the list."""
    before, after = (_indicator_codes(document, one) for one in (registry, changed))
    found: list[Change] = []
    for at, one in enumerate(document.spec.get("characteristics", ())):
        key = one.get("indicator")
        if old in before.get(key, ()) and old not in after.get(key, ()):
            for number, option in enumerate(one.get("options", ())):
                pointer = f"/spec/characteristics/{at}/options/{number}/in"
                found += [
                    Words(f"{pointer}/{n}", 0, len(old), new) for n, code in enumerate(option["in"]) if code == old
                ]
    return found


def _indicator_codes(document: Document, registry: Registry) -> dict[str, tuple[str, ...]]:
    scope = facts.scope(registry, str(document.spec["subject"]))
    indicators = scope.members["indicators"].members
    return {key: one.values or () for key, one in indicators.items()}


# -- documents --------------------------------------------------------------------------------------------------------


def of_key(document: Document, registry: Registry, kind: str, old: str, new: str) -> list[Change]:
    """The references to a document whose key changes."""
    found: list[Change] = []
    for target, pointer in references_of(document, registry.kinds.require(document.kind)):
        if target == (kind, old):
            found.append(Words(f"/spec{pointer}", 0, len(old), new))
    return found
