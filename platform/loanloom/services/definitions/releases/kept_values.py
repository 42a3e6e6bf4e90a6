"""Values that customers and records hold already, when a field is to become of another type: they are read under what
is live, so a type that cannot hold them is refused while they are there. Applications and contracts keep theirs under
the release they began with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from loanloom.metadata.document import Document
from loanloom.metadata.field_types import Shape
from loanloom.metadata.fields import Field, record_of
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, say, text
from loanloom.store import tables


def unfit(connection: Connection, old: Registry, new: Registry) -> tuple[Problem, ...]:
    """The fields of another type of which values of the old one are kept, with how many. Counts only what changed."""
    return tuple(
        _problem(document, f"/fields/{at}/type", field, count)
        for document in new.all("entity")
        if not document.builtin
        for at, field in _retyped(document, old, new)
        if (count := connection.execute(_holding(record_of(document), field.key)).scalar_one())
    )


def _retyped(document: Document, old: Registry, new: Registry) -> Iterator[tuple[int, Field]]:
    record = record_of(document)
    for at, declared in enumerate(document.spec["fields"]):
        was, field = old.field(record, declared["key"]), new.field(record, declared["key"])
        if was is not None and field is not None and _kept_as(was.shape) != _kept_as(field.shape):
            yield at, field


def _kept_as(shape: Shape) -> tuple[Any, ...]:
    return shape.type, shape.several, shape.rows, tuple((name, part.type) for name, part in shape.parts.items())


def _holding(record: str, key: str) -> Select[int]:
    """How many hold a value."""
    if record == "customer":
        return _count(tables.customer.c.extra, key)
    return _count(tables.record.c.data, key).where(tables.record.c.entity == record)


def _count(column: ColumnElement[Mapping[str, Any]], key: str) -> Select[int]:
    return select(func.count()).where(func.jsonb_typeof(column[key]) != "null")


def _problem(document: Document, pointer: str, field: Field, count: int) -> Problem:
    named = {language: say(field.title, language) for language in ("en", "zh")}
    return document.problem(
        "release.kept_values",
        text(
            f"{count:,} records hold a value in “{named['en']}” that the new type cannot hold.",
            f"已有 {count:,} 条记录填有“{named['zh']}”，新的类型无法保存这些内容。",
        ),
        pointer,
        hint=text(
            "Add a new field of that type, and take the old one out of the forms.",
            "请另建一个该类型的字段，并把原字段从表单中移除。",
        ),
    )
