"""Dates, times and durations that datetime cannot hold: years before 1 and after 9999, nanoseconds, ages of the world.

Every value has one form: datetime's own type where that holds it, else the type here. Both kinds compare, and what is
made here of a day number and nanoseconds comes back in the right form. Knows no text and no expressions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from ..problems import Fault

MAX_YEAR: Final = 999_999_999
"""Largest year, before and after our era."""

DAY: Final = 86_400 * 10**9
"""Nanoseconds of a day."""

_CYCLE: Final = 146_097  # days of 400 years, after which the calendar repeats
_MAX_DURATION: Final = 10**9 * 2**63


def out_of_range() -> Fault:
    """The fault of a date beyond the years that there are."""
    return Fault(
        "feel.date_out_of_range",
        f"The date lies outside the years -{MAX_YEAR} to {MAX_YEAR}.",
        f"日期超出 -{MAX_YEAR} 至 {MAX_YEAR} 年。",
    )


def near(value: Any) -> Any:
    """A value whose date lies within the years that datetime holds."""
    if isinstance(value, WideDate) or (isinstance(value, WideDateTime) and not 1 <= value.year <= 9999):
        raise Fault(
            "feel.date_out_of_range", "The date lies outside the years 1 to 9999.", "日期超出公元 1 至 9999 年。"
        )
    return value


class _Ordered:
    """Order among these types and datetime's own of the same kind."""

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        return bool(order_key(self) < order_key(other))

    def __le__(self, other: Any) -> bool:
        return bool(order_key(self) <= order_key(other))

    def __gt__(self, other: Any) -> bool:
        return bool(order_key(self) > order_key(other))

    def __ge__(self, other: Any) -> bool:
        return bool(order_key(self) >= order_key(other))


@dataclass(frozen=True, slots=True)
class WideDate(_Ordered):
    """A date outside the years 1 to 9999."""

    year: int
    month: int
    day: int

    def toordinal(self) -> int:
        """Its day number, as datetime counts."""
        return day_number(self.year, self.month, self.day)

    def isoweekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.toordinal() - 1) % 7 + 1


@dataclass(frozen=True, slots=True)
class WideTime:
    """A time of day with nanoseconds."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: dt.tzinfo | None = None

    def utcoffset(self) -> dt.timedelta | None:
        """The distance from UTC; None without a zone, and where it depends on the day."""
        return None if self.tzinfo is None else self.tzinfo.utcoffset(None)


@dataclass(frozen=True, slots=True)
class WideDateTime(_Ordered):
    """An instant with nanoseconds, or outside the years 1 to 9999."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: dt.tzinfo | None = None

    def isoweekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (day_number(self.year, self.month, self.day) - 1) % 7 + 1

    def utcoffset(self) -> dt.timedelta | None:
        """The distance from UTC; of a far year that of a near one with the same calendar."""
        if self.tzinfo is None:
            return None
        year = self.year if 1 < self.year < 9999 else (400 if self.year <= 1 else 9600) + self.year % 400
        return dt.datetime(
            year, self.month, self.day, self.hour, self.minute, self.second, tzinfo=self.tzinfo
        ).utcoffset()


@dataclass(frozen=True, slots=True)
class WideDuration(_Ordered):
    """A days and time duration in nanoseconds."""

    nanoseconds: int


DATES: Final = (dt.date, WideDate)
TIMES: Final = (dt.time, WideTime)
INSTANTS: Final = (dt.datetime, WideDateTime)
DURATIONS: Final = (dt.timedelta, WideDuration)


def day_number(year: int, month: int, day: int) -> int:
    """The day number of a date in any year; raises ValueError for none."""
    if abs(year) > MAX_YEAR:
        raise out_of_range()
    cycles, rest = divmod(year - 1, 400)
    return dt.date(rest + 1, month, day).toordinal() + cycles * _CYCLE


def date_at(number: int) -> Any:
    """The date with this day number."""
    cycles, rest = divmod(number - 1, _CYCLE)
    near = dt.date.fromordinal(rest + 1)
    return date_of(near.year + 400 * cycles, near.month, near.day)


def date_of(year: int, month: int, day: int) -> Any:
    """A date; raises ValueError where there is none."""
    if 1 <= year <= 9999:
        return dt.date(year, month, day)
    day_number(year, month, day)
    return WideDate(year, month, day)


def time_of(hour: int, minute: int, second: int, nanosecond: int, zone: dt.tzinfo | None = None) -> Any:
    """A time of day; raises ValueError where there is none."""
    micro, rest = divmod(nanosecond, 1000)
    time = dt.time(hour, minute, second, micro, zone)
    return WideTime(hour, minute, second, nanosecond, zone) if rest else time


def time_at(nanoseconds: int, zone: dt.tzinfo | None = None) -> Any:
    """The time of day that many nanoseconds after midnight, round the clock."""
    seconds, nanosecond = divmod(nanoseconds % DAY, 10**9)
    return time_of(seconds // 3600, seconds // 60 % 60, seconds % 60, nanosecond, zone)


def instant_of(date: Any, time: Any) -> Any:
    """A date and a time of day as one."""
    if isinstance(date, dt.date) and isinstance(time, dt.time):
        return dt.datetime.combine(date, time)
    nanosecond = time.nanosecond if isinstance(time, WideTime) else time.microsecond * 1000
    clock = (time.hour, time.minute, time.second, nanosecond, time.tzinfo)
    return WideDateTime(date.year, date.month, date.day, *clock)


def instant_at(days: int, nanoseconds: int, zone: dt.tzinfo | None = None) -> Any:
    """The instant that many nanoseconds after the midnight of a day."""
    more, rest = divmod(nanoseconds, DAY)
    return instant_of(date_at(days + more), time_at(rest, zone))


def duration_of(nanoseconds: int) -> Any:
    """A days and time duration."""
    micro, rest = divmod(nanoseconds, 1000)
    if not rest:
        try:
            return dt.timedelta(microseconds=micro)
        except OverflowError:
            pass
    if abs(nanoseconds) > _MAX_DURATION:
        raise Fault("feel.out_of_range", "The duration is out of range.", "时长超出范围。")
    return WideDuration(nanoseconds)


def date_part(value: Any) -> Any:
    """The date of an instant; a date as it is."""
    if isinstance(value, dt.datetime):
        return value.date()
    return date_of(value.year, value.month, value.day) if isinstance(value, WideDateTime) else value


def time_part(value: Any) -> Any:
    """The time of day of an instant, with its zone; a time as it is."""
    if isinstance(value, dt.datetime):
        return value.timetz()
    if isinstance(value, WideDateTime):
        return time_of(value.hour, value.minute, value.second, value.nanosecond, value.tzinfo)
    return value


def clock(value: Any) -> int:
    """Nanoseconds since midnight of a time or instant."""
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    fine = value.nanosecond if isinstance(value, WideTime | WideDateTime) else value.microsecond * 1000
    return int(seconds * 10**9 + fine)


def number_of(value: Any) -> int:
    """The day number of a date or instant."""
    return value.toordinal() if isinstance(value, DATES) else day_number(value.year, value.month, value.day)


def nanoseconds(duration: Any) -> int:
    """A days and time duration in nanoseconds."""
    if isinstance(duration, WideDuration):
        return duration.nanoseconds
    return int(((duration.days * 86_400 + duration.seconds) * 10**6 + duration.microseconds) * 1000)


ANCHOR: Final = dt.date(2000, 1, 1)
"""The day on which a time of day with a named zone is compared and subtracted."""


def zone_offset(time: Any) -> dt.timedelta | None:
    """How far the zone of a time of day is from UTC, of a named zone on the anchor's day; None without a zone."""
    return None if time.tzinfo is None else instant_of(ANCHOR, time).utcoffset()


def in_utc(value: Any) -> Any:
    """An instant with a zone as the same instant without one, in UTC."""
    return instant_at(number_of(value), clock(value) - nanoseconds(value.utcoffset()))


def order_key(value: Any) -> Any:
    """What values of one kind are ordered by."""
    if isinstance(value, DURATIONS):
        return nanoseconds(value)
    return (number_of(value), clock(value)) if isinstance(value, INSTANTS) else number_of(value)
