"""Days and shares of a year between two dates, by the conventions that contracts name.

First day in, last day out. The conventions are those of the 2006 ISDA Definitions, section 4.16: 30/360 (f), 30E/360
(g), act/360 (e), act/365 (d), act/act (b).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..problems import Fault
from ..running.budget import exact
from ..running.values import CONTEXT
from .signatures import Library

DAY_COUNTS = Library()
declare = DAY_COUNTS.declare


def _actual(start: Any, end: Any) -> int:
    return int(end.toordinal() - start.toordinal())


def _months_of_thirty(start: Any, end: Any, first: int, last: int) -> int:
    return int((end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first)


def _american(start: Any, end: Any) -> int:
    first = min(start.day, 30)
    return _months_of_thirty(start, end, first, 30 if end.day == 31 and first == 30 else end.day)


def _european(start: Any, end: Any) -> int:
    return _months_of_thirty(start, end, min(start.day, 30), min(end.day, 30))


def _in_leap_years(ordinal: int, year: int) -> int:
    """Days before a date that lie in leap years."""
    leaps = (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400
    before = 365 * (year - 1) + leaps
    return leaps * 366 + (ordinal - 1 - before if calendar.isleap(year) else 0)


def _actual_actual(start: Any, end: Any) -> tuple[int, int]:
    leap = _in_leap_years(end.toordinal(), end.year) - _in_leap_years(start.toordinal(), start.year)
    return (_actual(start, end) - leap) * 366 + leap * 365, 365 * 366


BASES: Mapping[str, Callable[[Any, Any], tuple[int, int]]] = {
    "30/360": lambda start, end: (_american(start, end), 360),
    "30E/360": lambda start, end: (_european(start, end), 360),
    "act/360": lambda start, end: (_actual(start, end), 360),
    "act/364": lambda start, end: (_actual(start, end), 364),
    "act/365": lambda start, end: (_actual(start, end), 365),
    "act/act": _actual_actual,
}


def _basis(name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise Fault(
            "feel.arguments",
            f"The convention is one of {', '.join(known)}.",
            f"计息惯例应为下列之一：{'、'.join(known)}。",
        )
    return known[name]


@declare("actual days", "from: date, to: date -> number")
def _actual_days(start: Any, end: Any) -> Decimal:
    """Calendar days from one date to another."""
    return Decimal(_actual(start, end))


@declare("days 360", "from: date, to: date, convention?: string -> number")
def _days_360(start: Any, end: Any, convention: str = "30/360") -> Decimal:
    """Days in months of thirty: 30/360, the 31st cut only after a 30th or 31st, or 30E/360, every 31st cut."""
    return Decimal(_basis(convention, {"30/360": _american, "30E/360": _european})(start, end))


@declare("year fraction", "from: date, to: date, convention: string -> number")
def _year_fraction(start: Any, end: Any, convention: str) -> Decimal:
    """The share of a year by a convention."""
    days, year = _basis(convention, BASES)(start, end)
    return exact(CONTEXT.divide, Decimal(days), Decimal(year))
