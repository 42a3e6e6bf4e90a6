"""Where a fact is used: the expressions that read it, by what they mean, and the fields named as such. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.engines import expressions
from loanloom.metadata import pointers, schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.fields import record_of
from loanloom.metadata.registry import Registry, kept
from loanloom.metadata.uses import Use
from loanloom.problems import Text
from loanloom.services.definitions.naming_places import ROWS, group_of


def of_fact(registry: Registry, path: str) -> tuple[Use, ...]:
    """Every place that reads or shows a fact, or something below it: `customer.income`, `indicators.overdue_count`."""
    found = (
        use for name, uses in readers(registry).items() if name == path or name.startswith(f"{path}.") for use in uses
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda use: (use.kind, use.key, use.pointer)))


@dataclass(frozen=True, slots=True)
class FieldUses:
    """One field of a record with the places that use it."""

    title: Text
    path: str
    uses: tuple[Use, ...]


def of_fields(registry: Registry, document: Document) -> tuple[FieldUses, ...]:
    """The uses of each field that an entity document declares."""
    record = record_of(document)
    root = next((name for name, each in ROWS.items() if each == record), record)
    paths = [(one["title"], f"{root}.{one['key']}") for one in document.spec["fields"]]
    return tuple(FieldUses(title, path, of_fact(registry, path)) for title, path in paths)


@kept
def readers(registry: Registry) -> Mapping[str, tuple[Use, ...]]:
    """The places that read each fact, by its full path."""
    found: dict[str, list[Use]] = {}
    for document in registry.documents.values():
        for one in expressions.written(document, registry):
            for path in one.check().inputs:
                found.setdefault(one.place.full(path), []).append(Use(*document.identity, one.place.pointer))
        for path, pointer in _named(document, registry):
            found.setdefault(path, []).append(Use(*document.identity, pointer))
    return {path: tuple(dict.fromkeys(uses)) for path, uses in found.items()}


def _named(document: Document, registry: Registry) -> list[tuple[str, str]]:
    """The fields that a document names as such."""
    kind = registry.kinds.require(document.kind)
    found: list[tuple[str, str]] = []
    for pointer, value, piece in schema_walk.walk(kind.schema, document.spec):
        if piece.get("x-fact") and isinstance(value, str):
            above = group_of(document, pointer)
            found.append((f"{above}.{value}" if above else value, pointer))
        names = schema_walk.follow(piece.get("propertyNames", {}), kind.schema)
        if names.get("x-fact") and isinstance(value, Mapping):
            found += [(name, pointers.child(pointer, name)) for name in value]
    return found
