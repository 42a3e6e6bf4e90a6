"""Values as records: terms and events to plain mappings of text, numbers and lists, and back.

Amounts and dates become text. A record written before a field existed gets that field's default.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
_PLAIN = frozenset({int, str, bool, NoneType})


def to_record(value: Any) -> Any:
    """A dataclass or named tuple (or anything inside one) as plain values; rows leave out what they have by default."""
    kind = type(value)
    if kind is Decimal:
        return str(value)
    if kind is date:
        return value.isoformat()
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [to_record(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_record(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return _row_to_record(value)
    return {name: to_record(getattr(value, name)) for name in _hints(kind)}


def _row_to_record(row: Any) -> dict[str, Any]:
    usual = row._field_defaults
    return {
        name: to_record(item)
        for name, item in zip(row._fields, row, strict=True)
        if name not in usual or item != usual[name]
    }


def from_record(kind: type[Value], record: Mapping[str, Any]) -> Value:
    """The dataclass of `kind` that `to_record` wrote."""
    return kind(**parts_from_record(kind, record))


def parts_from_record(kind: type[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `kind` that a record names, by name."""
    hints = _hints(kind)
    return {name: _read(hints[name], record[name]) for name in hints if name in record}


_known: dict[type[Any], dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    """The fields of a dataclass or named tuple with their types, worked out once."""
    found = _known.get(kind)
    if found is None:
        hints = get_type_hints(kind)
        names = getattr(kind, "_fields", None) or [field.name for field in dataclasses.fields(kind)]
        found = _known[kind] = {name: hints[name] for name in names}
    return found


def _read(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin is UnionType or NoneType in get_args(hint):
        if value is None:
            return None
        listed = isinstance(value, list)
        options = [option for option in get_args(hint) if option is not NoneType]
        hint = next((option for option in options if (get_origin(option) is tuple) is listed), options[0])
        origin = get_origin(hint)
    if origin is tuple:
        return tuple(_read(get_args(hint)[0], item) for item in value)
    if origin is Mapping:
        return {key: _read(get_args(hint)[1], item) for key, item in value.items()}
    if hint is Decimal:
        return Decimal(value)
    if hint is date:
        return date.fromisoformat(value)
    return from_record(hint, value) if isinstance(hint, type) and _has_fields(hint) else value


def _has_fields(kind: type[Any]) -> bool:
    return dataclasses.is_dataclass(kind) or issubclass(kind, tuple)
