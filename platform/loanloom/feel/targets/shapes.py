"""What the scale analysis knows of a value: a bounded number, a quotient, a list or record of such, or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..limits import MAX_LIST
from ..running.values import Months
from ..types import ANY, Type
from .bounds import Bound, Ratio, either, of_decimal, of_digits

DAY = 86_400_000_000
"""Microseconds."""
MOST_DAYS = 3_652_058
"""Days between the first and the last date there is."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list: what holds for each item, and how many there may be."""

    item: Shape
    most: int = MAX_LIST


@dataclass(frozen=True, slots=True)
class Record:
    """A context: what holds for each entry."""

    entries: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing that matters: no number, or a number without known digits."""

    reported: bool = False


Shape = Bound | Ratio | Items | Record | Blank

UNKNOWN = Blank()
FAILED = Blank(reported=True)
"""Unknown for a reason that has been noted already."""
NOTHING = Bound(0, 0)
"""null: it fits wherever a value does."""


def of_type(type_: Type) -> Shape:
    """What a declared type says."""
    if type_.kind == "number" and type_.digits is not None:
        bound = of_digits(type_.digits, type_.least, type_.most)
        return bound if bound.fits else UNKNOWN
    if type_.kind == "Null":
        return NOTHING
    if type_.kind == "list":
        return Items(of_type(type_.item or ANY))
    if type_.kind == "context":
        return Record({name: of_type(one) for name, one in type_.fields})
    return UNKNOWN


def of_value(value: Any) -> Shape:
    """What a constant says."""
    if value is None:
        return NOTHING
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return of_decimal(value) or UNKNOWN
    if isinstance(value, Months):
        return Bound(value.total, value.total)
    if isinstance(value, dt.timedelta):
        micro = value // dt.timedelta(microseconds=1)
        return Bound(micro, micro)
    if isinstance(value, list | tuple):
        shapes = [of_value(one) for one in value]
        return Items(joined(*shapes) if shapes else UNKNOWN, len(shapes))
    return UNKNOWN


def joined(*shapes: Shape) -> Shape:
    """Either of some values."""
    result = shapes[0]
    for one in shapes[1:]:
        result = _either(result, one)
    return result


def _either(first: Shape, second: Shape) -> Shape:
    if isinstance(first, Bound | Ratio) and isinstance(second, Bound | Ratio):
        found = either(first, second)
        return found if isinstance(found, Ratio) or found.fits else UNKNOWN
    if isinstance(first, Items) and isinstance(second, Items):
        return Items(_either(first.item, second.item), max(first.most, second.most))
    if isinstance(first, Record) and isinstance(second, Record):
        names = {**first.entries, **second.entries}
        both = {name: _either(first.entries.get(name, NOTHING), second.entries.get(name, NOTHING)) for name in names}
        return Record(both)
    if first is NOTHING or second is NOTHING:
        return second if first is NOTHING else first
    return FAILED if FAILED in (first, second) else UNKNOWN
