"""Values between facts and rows: fields that metadata adds live in a JSON column, encrypted ones closed inside it.

Knows how a value of each field type is kept, nothing of what it means. Dates are ISO text in JSON and come back as
dates; whole numbers come back as Decimal, for expressions know only numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from types import UnionType
from typing import Any

from loanloom.metadata.field_types import Shape
from loanloom.metadata.fields import Field
from loanloom.store import json as exact
from loanloom.store.vault import Vault

CLOSED = "closed"
HIDDEN = "•••"
"""What stands for a closed value where it may not be read."""
_PLAIN: Mapping[str, type | UnionType] = {"date": str | date, "boolean": bool, "number": str | int | Decimal}


def to_json(
    vault: Vault,
    company_id: int,
    record: str,
    fields: Iterable[Field],
    values: Mapping[str, Any],
    was: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The declared fields among `values`, ready for a JSON column. `was`: what the column holds; what stays as it is
    keeps its closed form, for the same value closed again reads like a change that nobody made."""
    kept: dict[str, Any] = {}
    for field in fields:
        if field.key not in values:
            continue
        value, old = values[field.key], (was or {}).get(field.key)
        if field.shape.rows:
            name = f"{record}.{field.key}"
            rows = rows_to_json(vault, company_id, name, field.fields, _rows(field, value), _rows(field, old))
            kept[field.key] = rows if field.shape.several else next(iter(rows), None)
        elif field.encrypted and value is not None:
            kept[field.key] = _closed(vault, company_id, f"{record}.{field.key}", _as_text(field, value), old)
        else:
            kept[field.key] = list(value) if isinstance(value, tuple) else value
    return kept


def rows_to_json(
    vault: Vault,
    company_id: int,
    record: str,
    fields: Sequence[Field],
    rows: Iterable[Mapping[str, Any]],
    was: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """The same of several rows; `was`: the rows that are kept, in their order."""
    stood = chain(was, repeat(None))
    return [to_json(vault, company_id, record, fields, row, old) for row, old in zip(rows, stood, strict=False)]


def from_json(
    vault: Vault, company_id: int, record: str, fields: Iterable[Field], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """Every declared field, typed again; null where nothing is kept."""
    found: dict[str, Any] = {}
    for field in fields:
        value, shape = kept.get(field.key), field.shape
        if value is None and not shape.rows:
            found[field.key] = [] if shape.several else None
        elif shape.rows:
            name = f"{record}.{field.key}"
            rows = [from_json(vault, company_id, name, field.fields, row) for row in _rows(field, value)]
            found[field.key] = rows if shape.several else next(iter(rows), None)
        elif isinstance(value, Mapping) and CLOSED in value:
            found[field.key] = _as_kept(field, _open(vault, company_id, f"{record}.{field.key}", value[CLOSED]), True)
        else:
            found[field.key] = _as_kept(field, value, False)
    return found


def _as_kept(field: Field, value: Any, closed: bool) -> Any:
    """A value as it was kept; nothing where the field was of another type then: a customer or a record may be read
    under a release that is older than what it holds."""
    try:
        kept = _from_text(field, value) if closed else value
        return typed(field, kept if _fits(field.shape, kept) else None)
    except (ValueError, ArithmeticError):
        return typed(field, None)


def _fits(shape: Shape, value: Any) -> bool:
    if shape.several:
        return isinstance(value, list | tuple)
    if shape.parts:
        return isinstance(value, Mapping)
    return isinstance(value, _PLAIN.get(shape.type, object)) and not isinstance(value, Mapping | list | tuple)


def _closed(vault: Vault, company_id: int, name: str, written: str, old: Any) -> Mapping[str, Any]:
    if isinstance(old, Mapping) and CLOSED in old and _open(vault, company_id, name, old[CLOSED]) == written:
        return old
    return {CLOSED: _close(vault, company_id, name, written)}


def _rows(field: Field, value: Any) -> Iterable[Mapping[str, Any]]:
    """The rows of a table; a group is one. None where something else is kept."""
    if not field.shape.several:
        return [value] if value and isinstance(value, Mapping) else ()
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else ()


def sealed(vault: Vault, company_id: int, name: str, values: Any) -> dict[str, str]:
    """A whole JSON value closed: what nobody declared field by field may hold anything. `name` says of what."""
    return {CLOSED: _close(vault, company_id, name, exact.dumps(values))}


def unsealed(vault: Vault, company_id: int, name: str, kept: Any) -> Any:
    """What `sealed` closed; a row written before that comes as it is."""
    if isinstance(kept, Mapping) and set(kept) == {CLOSED}:
        return exact.loads(_open(vault, company_id, name, kept[CLOSED]))
    return kept


def without_secrets(kept: Any) -> Any:
    """A value of a JSON column for showing: closed fields leave a mark only."""
    if isinstance(kept, Mapping):
        return HIDDEN if CLOSED in kept else {name: without_secrets(value) for name, value in kept.items()}
    if isinstance(kept, list | tuple):
        return [without_secrets(one) for one in kept]
    return kept


FURTHEST = 99
"""Digits before or behind the point of a number that anybody means; 1e999999999 would take a gigabyte."""


def typed(field: Field, value: Any) -> Any:
    """One JSON value as the fact it was: plain, several of them, or a record of its parts."""
    shape = field.shape
    if value is None:
        return [] if shape.several else None
    if shape.several:
        return [_plain(shape.type, one) for one in value or ()]
    if shape.parts and isinstance(value, Mapping):
        return {name: _plain(part.type, value.get(name)) for name, part in shape.parts.items()}
    return _plain(shape.type, value)


def _plain(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "number":
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > FURTHEST:
            raise ValueError(value)
        return Decimal(int(number)) if number == number.to_integral_value() else number
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _as_text(field: Field, value: Any) -> str:
    """What is enciphered: a plain value as its text, anything else as JSON."""
    return exact.dumps(value) if field.shape.several or field.shape.parts else str(value)


def _from_text(field: Field, value: str) -> Any:
    if field.shape.type == "boolean" and not field.shape.several:
        return value == "True"
    return exact.loads(value) if field.shape.several or field.shape.parts else value


def _close(vault: Vault, company_id: int, name: str, value: Any) -> str:
    return base64.b64encode(vault.encrypt(company_id, name, str(value))).decode("ascii")


def _open(vault: Vault, company_id: int, name: str, closed: str) -> str:
    return vault.decrypt(company_id, name, base64.b64decode(closed))
