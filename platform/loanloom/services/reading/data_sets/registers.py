"""The data set of an entity that keeps records: its fields out of the record's JSON, filters through the index.

A condition on a searchable field asks `record_index` for the rows; it never opens the JSON of a million records. A
searchable text is found by its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, or_, select

from loanloom.engines.reports.fields import Field, fields_of
from loanloom.metadata.fields import Field as Declared
from loanloom.metadata.plain_values import plain
from loanloom.metadata.registers import Register
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services import scope
from loanloom.services.reading.data_sets.asking import Range
from loanloom.services.reading.data_sets.model import Action, Column, DataSet
from loanloom.services.reading.data_sets.values import VALUES, typed
from loanloom.store import names
from loanloom.store.tables import customer, party, record, record_index

COUNTED_TO = 1_000
FIRST = 6
"""Fields that a list shows where nobody said which."""
LAST = "\U0010ffff"
_KEPT: Mapping[str, ColumnElement[Any]] = {
    "record.number": record.c.number,
    "record.state": record.c.state,
    "record.entered_on": record.c.created_at,
    "record.changed_on": record.c.updated_at,
    "record.unit": record.c.unit,
}


def data_set(registry: Registry, register: Register) -> DataSet:
    """The records of one register."""
    source, scoped = _whose(register)
    declared = {f"{register.key}.{one.key}": one for one in register.indexed}
    fields = fields_of(registry, register.key)
    declared = {path: one for path, one in declared.items() if path in fields}
    columns = {
        path: Column(field, _value(field), _through_index(register.key, declared[path]) if path in declared else None)
        for path, field in fields.items()
    }
    return DataSet(
        name=register.key,
        title=register.title,
        function=register.right("read"),
        source=source,
        scoped=scoped,
        key=record.c.id,
        columns=columns,
        search=_search(scoped),
        record_url=f"/records/{register.key}/{{id}}",
        actions=_actions(register),
        icon=register.icon,
        where=record.c.entity == register.key,
        shared=register.shared,
        sight=scope.visible_by_key if scoped is record else scope.visible,
        counted_to=COUNTED_TO,
        shown=_shown(register, columns),
        filtered=(*(path for path in declared if columns[path].field.type != "text"), "record.state"),
        usually={"record.state": "active"},
        whose=(f"{register.about}.name",) if register.about else (),
    )


def _shown(register: Register, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """The columns of the list: those its document names, else the first ones, and whose a record is."""
    own = register.columns or tuple(one.key for one in register.fields)
    named = dict.fromkeys((register.name, *own))
    fields = [f"{register.key}.{name}" for name in named if f"{register.key}.{name}" in columns]
    whose = (f"{register.about}.name",) if register.about else ()
    return ("record.number", *fields[: len(register.columns) + 1 if register.columns else FIRST], *whose)


def _whose(register: Register) -> tuple[FromClause, Table]:
    """Where the rows come from, and the table whose columns say who sees them: a customer's records go with them."""
    if register.about == "customer":
        return record.join(customer, customer.c.id == record.c.customer_id), customer
    if register.about == "party":
        return record.join(party, party.c.id == record.c.party_id), party
    return record, record


def _actions(register: Register) -> tuple[Action, ...]:
    """What belongs to somebody is entered from there."""
    label, right = register.label, register.right("write")
    words = text(f"New: {label.get('en', register.key)}", f"新建{label.get('zh', register.key)}")
    new = Action(title=words, url=f"/records/{register.key}/new", function=right)
    bring = Action(
        title=text("Import", "导入"),
        url=f"/records/{register.key}/import",
        function="import.run",
        icon="upload",
        also=right,
    )
    return (bring,) if register.about else (new, bring)


def _search(owner: Table) -> Callable[[str], ColumnElement[bool]]:
    def found(words: str) -> ColumnElement[bool]:
        asked = [record.c.number.startswith(words.upper(), autoescape=True), names.like_name(record, words)]
        return or_(*asked) if owner is record else or_(*asked, names.like_name(owner, words))

    return found


def _value(field: Field) -> ColumnElement[Any]:
    if field.added:
        return typed(record.c.data[field.path.partition(".")[2]].astext, field)
    if field.path == "party.name":
        return party.c.name
    if field.path == "party.number":
        return party.c.number
    return _KEPT[field.path] if field.path in _KEPT else VALUES[field.path]


def _through_index(entity: str, field: Declared) -> Callable[[Any], ColumnElement[bool]]:
    index = record_index.c

    def fits(wanted: tuple[Any, ...] | Range) -> ColumnElement[bool]:
        asked = _between(field, wanted) if isinstance(wanted, Range) else _one_of(field, wanted)
        rows = select(index.record_id).where(index.entity == entity, index.field == field.key, asked)
        return record.c.id.in_(rows)

    return fits


def _between(field: Declared, wanted: Range) -> ColumnElement[bool]:
    is_number, index = plain(field) == "number", record_index.c
    value = index.number_value if is_number else index.date_value
    parts = []
    if wanted.first is not None:
        parts += [value >= wanted.first, *([index.text_value >= ranked(wanted.first)] if is_number else [])]
    if wanted.last is not None:
        parts += [value <= wanted.last, *([index.text_value < ranked(wanted.last) + LAST] if is_number else [])]
    return and_(*parts)


def _one_of(field: Declared, wanted: tuple[Any, ...]) -> ColumnElement[bool]:
    value = record_index.c.text_value
    if plain(field) in ("code", "yes_no"):
        return value.in_([written(one) for one in wanted])
    return or_(*(and_(value >= names.normal(str(one)), value < names.normal(str(one)) + LAST) for one in wanted))


def written(value: Any) -> str:
    """A value as the index writes it: one spelling for all that mean the same; numbers in an order of their own."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{ranked(value)}:{value.normalize():f}"[:LONGEST]
    return names.normal(str(value))[:LONGEST]


def ranked(value: Decimal) -> str:
    """Digits that stand in the order of the numbers, to four decimals: under row-level security PostgreSQL finds texts
    by an index and numbers not, for comparing those could tell what nobody may see."""
    scaled = max(-FURTHEST, min(FURTHEST, int((value * 10_000).to_integral_value(ROUND_FLOOR))))
    return f"{scaled + FURTHEST * 10:024d}"


FURTHEST = 10**22
"""Of numbers further out the order is not told."""


LONGEST = 200
"""Characters of a text that the index keeps."""
