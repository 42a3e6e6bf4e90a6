"""A concrete value between two constants, of the column's own kind and as plain as can be: what people are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

from loanloom.feel import Months, Type

_WIDE = Context(prec=120)
_DAY = dt.timedelta(days=1)
_STEPS = (_DAY, dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1), dt.timedelta(microseconds=1))
_SAMPLE_DAY = dt.date(2000, 1, 1)
_SAMPLE_TEXT = "other"


def between(kind: str, low: Any, high: Any, type_: Type) -> Any:
    """A key strictly between two keys of a kind (None: no bound on that side), or None where no value lies there."""
    found = _BETWEEN.get(kind)
    try:
        return None if found is None else found(low, high, type_)
    except OverflowError:  # beyond the first or last day there is
        return None


def value_of(kind: str, key: Any) -> Any:
    """The value with a key; None where no value has it."""
    if kind == "time" or kind == "time with zone":
        if not dt.timedelta() <= key < _DAY:
            return None
        wall = (dt.datetime.combine(_SAMPLE_DAY, dt.time()) + key).time()
        return wall.replace(tzinfo=dt.UTC) if kind == "time with zone" else wall
    return key.replace(tzinfo=dt.UTC) if kind == "date and time with zone" else key


def plainness(value: Any) -> tuple[Any, ...]:
    """Orders values by how readily people take them as an example: not negative, few digits."""
    if isinstance(value, Decimal):
        digits = len(value.normalize(_WIDE).as_tuple().digits)
        return value < 0, digits + max(0, -int(value.as_tuple().exponent))
    return (value != _SAMPLE_TEXT,) if isinstance(value, str) else ()


def _number(low: Decimal | None, high: Decimal | None, type_: Type) -> Decimal | None:
    scale = type_.digits.scale if type_.digits is not None else None
    if low is None and high is None:
        return Decimal(1)
    if low is None:
        assert high is not None
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


def _day(low: dt.date | None, high: dt.date | None, type_: Type) -> dt.date | None:
    if low is None and high is None:
        return _SAMPLE_DAY
    if low is None:
        assert high is not None
        return high - _DAY
    found = low + _DAY
    return found if high is None or found < high else None


def _moment(low: dt.datetime | None, high: dt.datetime | None, type_: Type) -> dt.datetime | None:
    if low is None:
        if high is None:
            return dt.datetime.combine(_SAMPLE_DAY, dt.time())
        return high - _DAY
    midnight = dt.datetime.combine(low.date(), dt.time()) + _DAY
    if high is None or midnight < high:
        return midnight
    return next((low + step for step in _STEPS if low + step < high), None)


def _length(low: dt.timedelta | None, high: dt.timedelta | None, type_: Type) -> dt.timedelta | None:
    if low is None:
        return _DAY if high is None else high - _DAY
    return next((low + step for step in _STEPS if high is None or low + step < high), None)


def _time(low: dt.timedelta | None, high: dt.timedelta | None, type_: Type) -> dt.timedelta | None:
    """Within one day."""
    start = low if low is not None else dt.timedelta(microseconds=-1)
    end = min(high, _DAY) if high is not None else _DAY
    if low is None and end > dt.timedelta():
        return dt.timedelta()
    return next((start + step for step in _STEPS[1:] if start + step < end), None)


def _months(low: Months | None, high: Months | None, type_: Type) -> Months | None:
    if low is None:
        return Months(12) if high is None else Months(high.total - 1)
    found = Months(low.total + 1)
    return found if high is None or found < high else None


def _text(low: str | None, high: str | None, type_: Type) -> str | None:
    if (low is None or low < _SAMPLE_TEXT) and (high is None or high > _SAMPLE_TEXT):
        return _SAMPLE_TEXT
    start = low or ""
    endings = ("a", "0", " ", "\x01", "\x00") if low is not None else ("a", "A", "0", " ", "\x01", "\x00", "")
    return next((start + one for one in endings if high is None or start + one < high), None)


_BETWEEN: Mapping[str, Callable[[Any, Any, Type], Any]] = {
    "number": _number,
    "string": _text,
    "boolean": lambda low, high, type_: None,
    "date": _day,
    "date and time": _moment,
    "date and time with zone": _moment,
    "time": _time,
    "time with zone": _time,
    "days and time duration": _length,
    "years and months duration": _months,
}
