"""The fields of a record: those every company has, then those that the company's entity documents add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.metadata.document import Document
from loanloom.metadata.field_types import SHAPES, TEXT, Added, Shape
from loanloom.metadata.pointers import child
from loanloom.problems import Problem, Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record, as declared in an entity document."""

    key: str
    title: Text
    type: str
    builtin: bool
    code_list: str | None = None
    hint: Text | None = None
    min: int | Decimal | str | None = None
    max: int | Decimal | str | None = None
    max_length: int | None = None
    pattern: str | None = None
    decimals: int | None = None
    unit: Text | str | None = None
    currency: str | None = None
    encrypted: bool = False
    indexed: bool = False
    unique: bool = False
    accept: tuple[str, ...] = ()
    max_size_mb: int | None = None
    most: int | None = None
    any_level: bool = False
    target: str | None = None
    fields: tuple[Field, ...] = ()
    added: Shape | None = None
    """The shape of its values where a plugin brings its type."""

    @property
    def shape(self) -> Shape:
        """What its values are."""
        return self.added or SHAPES.get(self.type, TEXT)


def field_from(
    declared: Mapping[str, Any], *, builtin: bool = False, added: Mapping[str, Added] | None = None
) -> Field:
    """A Field from its declaration, columns of a table included: of an encrypted one all are. `added` are the types
    that plugins bring."""
    rest = {name: value for name, value in declared.items() if name != "fields"}
    closed = {"encrypted": True} if declared.get("encrypted") else {}
    columns = tuple(
        field_from({**column, **closed}, builtin=builtin, added=added) for column in declared.get("fields", ())
    )
    found = (added or {}).get(declared["type"])
    shape = found.shape if found is not None else SHAPES.get(declared["type"], TEXT)
    own = shape if found is not None else None
    return Field(**{**rest, "encrypted": bool(closed) or shape.closed}, builtin=builtin, fields=columns, added=own)


def record_of(entity: Document) -> str:
    """The record an entity document speaks of."""
    return str(entity.spec.get("extends") or entity.key)


def fields_of(record: str, entities: Iterable[Document], added: Mapping[str, Added] | None = None) -> tuple[Field, ...]:
    """All fields of a record: built-in ones first, each key once."""
    found: dict[str, Field] = {}
    for entity in sorted(entities, key=lambda entity: (not entity.builtin, entity.key)):
        if record_of(entity) == record:
            for declared in entity.spec["fields"]:
                found.setdefault(declared["key"], field_from(declared, builtin=entity.builtin, added=added))
    return tuple(found.values())


def check_fields(entities: Iterable[Document]) -> Iterator[Problem]:
    """Fields declared twice for one record, in different documents; unknown records to extend."""
    declared: dict[tuple[str, str], Document] = {}
    ordered = sorted(entities, key=lambda entity: (not entity.builtin, entity.key))
    records = {entity.key for entity in ordered}
    for entity in ordered:
        record = record_of(entity)
        if record not in records:
            yield entity.problem(
                "metadata.missing_reference",
                text(f'There is no record "{record}".', f"没有记录“{record}”。"),
                "/extends",
            )
        for index, field in enumerate(entity.spec["fields"]):
            name = (record, field["key"])
            first = declared.setdefault(name, entity)
            if first is not entity:
                where = (
                    text("every company has it", "系统内置")
                    if first.builtin
                    else text(f'"{first.key}" declares it', f"“{first.key}”已定义")
                )
                yield entity.problem(
                    "metadata.duplicate_field",
                    text(
                        f'The field "{field["key"]}" of {record} exists already: {where["en"]}.',
                        f"{record} 的字段“{field['key']}”已存在：{where['zh']}。",
                    ),
                    child(child("/fields", index), "key"),
                )
