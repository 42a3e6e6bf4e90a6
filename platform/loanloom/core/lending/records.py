"""Values as records: terms and events to plain mappings of text, numbers and lists, and back.

Amounts and dates become text. A record written before a field existed gets that field's default.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
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
    if kind is tuple or kind is list:
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
    return {
        name: record[name] if read is None else read(record[name])
        for name, read in _readers(kind).items()
        if name in record
    }


Reader = Callable[[Any], Any]
"""Makes a value of what stands for it in a record."""


_known: dict[type[Any], dict[str, Reader | None]] = {}
_hinted: dict[type[Any], dict[str, Any]] = {}


def _readers(kind: type[Any]) -> dict[str, Reader | None]:
    """How each field of a dataclass or named tuple is read, worked out once; None: it is taken as it stands."""
    found = _known.get(kind)
    if found is None:
        found = _known[kind] = {name: _reader(hint) for name, hint in _hints(kind).items()}
    return found


def _hints(kind: type[Any]) -> dict[str, Any]:
    """The fields of a dataclass or named tuple with their types, worked out once."""
    found = _hinted.get(kind)
    if found is None:
        hints = get_type_hints(kind)
        names = getattr(kind, "_fields", None) or [field.name for field in dataclasses.fields(kind)]
        found = _hinted[kind] = {name: hints[name] for name in names}
    return found


def _reader(hint: Any) -> Reader | None:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType or NoneType in inner:
        return _one_of([option for option in inner if option is not NoneType])
    if origin is tuple:
        return _all(_reader(inner[0]))
    if origin is Mapping:
        return _values(_reader(inner[1]))
    if hint is Decimal:
        return Decimal
    if hint is date:
        return date.fromisoformat
    if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, tuple)):
        return lambda value: from_record(hint, value)
    return None


def _one_of(options: list[Any]) -> Reader:
    """None, or the option that a value has the shape of: a list is a tuple, anything else the first that is none."""
    listed = next((option for option in options if get_origin(option) is tuple), options[0])
    plain = next((option for option in options if get_origin(option) is not tuple), options[0])
    read_list, read_plain = _reader(listed), _reader(plain)

    def read(value: Any) -> Any:
        if value is None:
            return None
        reader = read_list if isinstance(value, list) else read_plain
        return value if reader is None else reader(value)

    return read


def _all(reader: Reader | None) -> Reader:
    return tuple if reader is None else lambda values: tuple([reader(value) for value in values])


def _values(reader: Reader | None) -> Reader:
    return dict if reader is None else lambda values: {key: reader(value) for key, value in values.items()}
