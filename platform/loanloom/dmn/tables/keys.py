"""Values by what they are compared by: a key for each, and for a stretch between two keys a value that lies in it, as
plain as can be, to show to people.

Numbers, texts and truth values are their own keys; dates are day numbers, times and lengths of time nanoseconds or
months. Times with a zone are a kind of their own: they are not compared with those without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

from loanloom.feel import Months, Type
from loanloom.feel.problems import Fault
from loanloom.feel.running.values import kind_of
from loanloom.feel.running.wide import DAY, clock, date_at, duration_of, instant_at, nanoseconds, number_of, time_at

_WIDE = Context(prec=120)
_PLAIN = frozenset({"number", "string", "boolean"})
_HOUR = DAY // 24
_FINER = (_HOUR, _HOUR // 60, _HOUR // 3600, 1000, 1)
_SAMPLE_DAY = dt.date(2000, 1, 1).toordinal()
_SAMPLE_TEXT = "other"


def keyed(value: Any) -> tuple[str, Any] | None:
    """The kind of a value and its key; None for values that have no order with others of their kind."""
    kind = kind_of(value)
    if kind in _PLAIN:
        return kind, value
    if kind == "date":
        return kind, value.toordinal()
    if kind in ("time", "date and time"):
        key = clock(value) if kind == "time" else number_of(value) * DAY + clock(value)
        offset = value.utcoffset()
        return (kind, key) if offset is None else (f"{kind} with zone", key - nanoseconds(offset))
    if kind == "days and time duration":
        return kind, nanoseconds(value)
    return (kind, value.total) if isinstance(value, Months) else None


def value_of(kind: str, key: Any) -> Any:
    """The value with a key; None where no value has it."""
    make = _VALUES.get(kind)
    try:
        return key if make is None else make(key)
    except (Fault, ValueError):
        return None


def _time(key: int, zone: dt.tzinfo | None = None) -> Any:
    return time_at(key, zone) if 0 <= key < DAY else None


_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "date": date_at,
    "time": _time,
    "time with zone": lambda key: _time(key, dt.UTC),
    "date and time": lambda key: instant_at(0, key),
    "date and time with zone": lambda key: instant_at(0, key, dt.UTC),
    "days and time duration": duration_of,
    "years and months duration": Months,
}


def plainness(value: Any) -> tuple[Any, ...]:
    """Orders values by how readily people take them as an example: not negative, few digits."""
    if isinstance(value, Decimal):
        digits = len(value.normalize(_WIDE).as_tuple().digits)
        return value < 0, digits + max(0, -int(value.as_tuple().exponent))
    return (value != _SAMPLE_TEXT,) if isinstance(value, str) else ()


def between(kind: str, low: Any, high: Any, type_: Type) -> Any:
    """A key strictly between two keys of a kind (None: no bound on that side), or None where no value lies there."""
    if kind == "number":
        return _number(low, high, type_.digits.scale if type_.digits is not None else None)
    if kind == "string":
        return _text(low, high)
    if kind in ("time", "time with zone"):
        return _stepped(-1 if low is None else low, DAY if high is None else high, _FINER)
    if kind in ("date and time", "date and time with zone"):
        return _stepped(low, high, (DAY, *_FINER), _SAMPLE_DAY * DAY)
    if kind == "days and time duration":
        return _stepped(low, high, (DAY, *_FINER), DAY)
    if kind in ("date", "years and months duration"):
        return _stepped(low, high, (1,), _SAMPLE_DAY if kind == "date" else 12)
    return None


def _stepped(low: int | None, high: int | None, steps: tuple[int, ...], sample: int = 0) -> int | None:
    """The next whole step behind `low`, of the largest step that does not reach `high`."""
    if low is None:
        return sample if high is None else (high - 1) // steps[0] * steps[0]
    following = ((low // step + 1) * step for step in steps)
    return next((one for one in following if high is None or one < high), None)


def _number(low: Decimal | None, high: Decimal | None, scale: int | None) -> Decimal | None:
    if low is None:
        if high is None:
            return Decimal(1)
        within = _round(Decimal(0), high, scale) if high > 0 else None
        return within if within is not None else _round(_WIDE.subtract(high * 10, Decimal(10)), high, scale)
    if high is None:
        return _round(low, max(low * 10, Decimal(10)), scale) if low >= 0 else Decimal(0)
    return _round(low, high, scale)


def _round(low: Decimal, high: Decimal, scale: int | None) -> Decimal | None:
    """The roundest number strictly between two."""
    least = scale if scale is not None else 2 + max(0, -int(_WIDE.subtract(high, low).adjusted()))
    for exponent in range(max(low.adjusted(), high.adjusted()) + 1, -least - 1, -1):
        steps = low.scaleb(-exponent, _WIDE).to_integral_value(ROUND_FLOOR, _WIDE)
        found = _WIDE.add(steps, Decimal(1)).scaleb(exponent, _WIDE)
        if found < high:
            return Decimal(format(found, "f"))
    return None


def _text(low: str | None, high: str | None) -> str | None:
    if (low is None or low < _SAMPLE_TEXT) and (high is None or high > _SAMPLE_TEXT):
        return _SAMPLE_TEXT
    start = low or ""
    endings = ("a", "0", " ", "\x01", "\x00") if low is not None else ("a", "A", "0", " ", "\x01", "\x00", "")
    return next((start + one for one in endings if high is None or start + one < high), None)
