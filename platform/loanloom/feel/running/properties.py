"""The parts of dates, times, durations and ranges by kind and name: `date.year`, `range.start`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import temporal


def _zone_name(value: Any) -> str | None:
    return getattr(value.tzinfo, "key", None)


def _part(name: str) -> Callable[[Any], Any]:
    return lambda value: Decimal(getattr(value, name))


PROPERTIES: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    **{(kind, part): _part(part) for kind in ("date", "date and time") for part in ("year", "month", "day")},
    **{(kind, "weekday"): (lambda value: Decimal(value.isoweekday())) for kind in ("date", "date and time")},
    **{(kind, part): _part(part) for kind in ("time", "date and time") for part in ("hour", "minute", "second")},
    **{(kind, "time offset"): (lambda value: value.utcoffset()) for kind in ("time", "date and time")},
    **{(kind, "timezone"): _zone_name for kind in ("time", "date and time")},
    ("years and months duration", "years"): lambda value: Decimal(int(value.total / 12)),
    ("years and months duration", "months"): lambda value: Decimal(value.total - int(value.total / 12) * 12),
    ("days and time duration", "days"): lambda value: Decimal(temporal.parts(value)[0]),
    ("days and time duration", "hours"): lambda value: Decimal(temporal.parts(value)[1]),
    ("days and time duration", "minutes"): lambda value: Decimal(temporal.parts(value)[2]),
    ("days and time duration", "seconds"): lambda value: Decimal(temporal.parts(value)[3]),
    ("range", "start"): lambda value: value.low,
    ("range", "end"): lambda value: value.high,
    ("range", "start included"): lambda value: value.low_closed,
    ("range", "end included"): lambda value: value.high_closed,
}
"""How each part is read from a value."""
