"""Reckoning with dates, times and durations. The calendar is the proleptic Gregorian one.

Values are datetime's own where it holds them, else those of `wide`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from ..problems import Fault
from . import wide
from .budget import exact
from .values import CONTEXT, Months

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def add_months(date: Any, months: int) -> Any:
    """The same day of a later month, or that month's last day; an instant keeps its time."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    day = min(date.day, days_in_month(year, month + 1))
    if 1 <= year <= 9999 and isinstance(date, dt.date):
        return date.replace(year=year, month=month + 1, day=day)
    moved = wide.date_of(year, month + 1, day)
    return wide.instant_of(moved, wide.time_part(date)) if isinstance(date, wide.INSTANTS) else moved


def days_in_month(year: int, month: int) -> int:
    """How many days a month of any year has."""
    return calendar.monthrange(400 + year % 400, month)[1]


def shift(value: Any, duration: Any) -> Any:
    """A date, time or instant moved by a duration."""
    if isinstance(value, wide.TIMES):
        if isinstance(duration, Months):
            raise Fault("feel.wrong_type", "Months cannot be added to a time.", "时间不能加减月数。")
        return wide.time_at(wide.clock(value) + wide.nanoseconds(duration), value.tzinfo)
    if isinstance(duration, Months):
        return add_months(value, duration.total)
    if isinstance(value, dt.date) and isinstance(duration, dt.timedelta):
        try:
            return value + duration  # of a date: whole days, rounded down
        except OverflowError:
            pass
    if isinstance(value, wide.INSTANTS):
        return wide.instant_at(wide.number_of(value), wide.clock(value) + wide.nanoseconds(duration), value.tzinfo)
    return wide.date_at(value.toordinal() + wide.nanoseconds(duration) // wide.DAY)


def difference(first: Any, second: Any) -> Any:
    """first - second for two dates, instants or times."""
    if type(first) is type(second) is dt.date:
        return first - second
    if isinstance(first, wide.TIMES):
        return _gap(wide.instant_of(wide.ANCHOR, first), wide.instant_of(wide.ANCHOR, second))
    if isinstance(first, wide.INSTANTS) or isinstance(second, wide.INSTANTS):
        return _gap(_instant(first), _instant(second))
    return wide.duration_of((first.toordinal() - second.toordinal()) * wide.DAY)


def _instant(value: Any) -> Any:
    return value if isinstance(value, wide.INSTANTS) else wide.instant_of(value, dt.time(tzinfo=dt.UTC))


def _gap(first: Any, second: Any) -> Any:
    zoned = first.utcoffset() is not None
    if zoned != (second.utcoffset() is not None):
        raise Fault(
            "feel.no_zone",
            "A time with a zone cannot be reckoned with one without.",
            "带时区的时间不能与不带时区的时间相减。",
        )
    if zoned:
        first, second = wide.in_utc(first), wide.in_utc(second)
    days = wide.number_of(first) - wide.number_of(second)
    return wide.duration_of(days * wide.DAY + wide.clock(first) - wide.clock(second))


def months_between(start: Any, end: Any) -> Months:
    """Whole months from start to end, towards zero."""
    if end < start:
        return Months(-months_between(end, start).total)
    total = (end.year - start.year) * 12 + end.month - start.month
    return Months(total - (end.day < start.day))


def total(first: Any, second: Any) -> Any:
    """Two days and time durations together."""
    return wide.duration_of(wide.nanoseconds(first) + wide.nanoseconds(second))


def negative(duration: Any) -> Any:
    """The days and time duration backwards."""
    return wide.duration_of(-wide.nanoseconds(duration))


def seconds_of(duration: Any) -> Decimal:
    """A duration as exact seconds."""
    return CONTEXT.divide(Decimal(wide.nanoseconds(duration)), Decimal(10**9))


def fine(duration: Any) -> bool:
    """Whether a days and time duration is one that only nanoseconds hold."""
    return isinstance(duration, wide.WideDuration)


def times(duration: Any, factor: Decimal) -> Any:
    """A days and time duration so many times over; to the nanosecond where it is that fine itself."""
    if isinstance(duration, dt.timedelta) and abs(factor) < 10**9 and factor == (whole := int(factor)):
        try:
            return duration * whole
        except OverflowError:
            pass
    return from_seconds(exact(CONTEXT.multiply, seconds_of(duration), factor), fine=fine(duration))


def from_seconds(seconds: Decimal, *, fine: bool = False) -> Any:
    """A duration of so many seconds, to the microsecond; to the nanosecond where `fine`."""
    if abs(seconds) >= 10**20:
        raise Fault("feel.out_of_range", "The duration is out of range.", "时长超出范围。")
    digits = 9 if fine else 6
    whole = int(CONTEXT.scaleb(seconds, digits).to_integral_value(rounding=ROUND_HALF_EVEN))
    return wide.duration_of(whole * 10 ** (9 - digits))


def parts(duration: Any) -> tuple[int, int, int, int, int]:
    """Days, hours, minutes, seconds and nanoseconds of a duration, all of its sign."""
    nanos = wide.nanoseconds(duration)
    sign, seconds, fine = (-1 if nanos < 0 else 1), *divmod(abs(nanos), 10**9)
    days, seconds = divmod(seconds, 86_400)
    return sign * days, sign * (seconds // 3600), sign * (seconds // 60 % 60), sign * (seconds % 60), sign * fine
