"""How values read in a document: money, capitals, dates, percentages, codes. Pure; text out, one language at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core import money

FORMATS = ("money", "capitals", "date", "percent", "number", "text", "code", "badge")
EMPTY = "—"
_NOTHING: tuple[Any, ...] = (None, "", (), [])
"""What stands where there is no value."""
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905 (reads better than twelve quotes)
Codes = Mapping[str, Mapping[str, str]]
"""Labels of a code list by key."""


def shown(value: Any, how: str | None, language: str, codes: Codes | None = None) -> str:
    """`value` as text; what has no value reads —."""
    if value in _NOTHING:
        return EMPTY
    if codes is not None and how in (None, "code", "badge", "text"):
        return _labels(value, codes, language)
    writer = _WRITERS.get(how or "")
    if writer is not None:
        return writer(value, language)
    return _plain(value, language)


def _plain(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return {"zh": "是" if value else "否"}.get(language, "Yes" if value else "No")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value == value.to_integral() else f"{value:f}"
    if isinstance(value, date):
        return _date(value, language)
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(_plain(one, language) for one in value)
    return _parts(value, language) if isinstance(value, Mapping) else str(value)


def _parts(value: Mapping[str, Any], language: str) -> str:
    """A value of several parts: an address in full, a period from its first day to its last, else what it holds."""
    if value.get("text"):
        return str(value["text"])
    if set(value) == {"start", "end"}:
        days = (shown(value[one], None, language) for one in ("start", "end"))  # kept records forget the order
        return (" 至 " if language == "zh" else " to ").join(days)
    kept = {name: value[name] for name in ("latitude", "longitude")} if "latitude" in value else value
    filled = (one for one in kept.values() if one not in _NOTHING)
    return ("，" if language == "zh" else ", ").join(_plain(one, language) for one in filled)


def _labels(value: Any, codes: Codes, language: str) -> str:
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(_labels(one, codes, language) for one in value)
    if isinstance(value, Mapping):
        return _parts(value, language)
    label = codes.get(str(value))
    return str(value) if label is None else label.get(language) or label.get("en") or str(value)


def _money(value: Any, language: str) -> str:
    return money.formatted(Decimal(value))


def _capitals(value: Any, language: str) -> str:
    return money.capitals(Decimal(value))


def _date(value: Any, language: str) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _percent(value: Any, language: str) -> str:
    points = Decimal(value) * 100
    return f"{points.normalize():f}%" if points else "0%"


def _number(value: Any, language: str) -> str:
    return f"{Decimal(value):,f}"


_WRITERS: Mapping[str, Callable[[Any, str], str]] = {
    "money": _money,
    "capitals": _capitals,
    "date": _date,
    "percent": _percent,
    "number": _number,
}
EXPECTED: Mapping[str, str] = dict.fromkeys(("money", "capitals", "percent", "number"), "number") | {"date": "date"}
"""The FEEL type a format needs."""
