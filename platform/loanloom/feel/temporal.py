"""Dates, times and durations: reading, writing and reckoning. The calendar is the proleptic Gregorian one of
datetime.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from .problems import Fault
from .values import CONTEXT, Months

_DATE = re.compile(r"(-?\d{4,9})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]{1,64})?", re.ASCII)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?(?:(\d{1,12})D)?"
    r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?)?",
    re.ASCII,
)


def _fault(what: str, what_zh: str, text: str) -> Fault:
    return Fault(
        f"feel.not_a_{what.replace(' ', '_')}", f"{text[:40]!r} is not a {what}.", f"“{text[:40]}”不是{what_zh}。"
    )


def parse_date(text: str) -> dt.date:
    """2026-01-31"""
    match = _DATE.fullmatch(text)
    if match:
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise _fault("date", "日期", text)


@lru_cache(maxsize=256)
def zone(text: str) -> dt.tzinfo:
    """Z, +08:00 or @Asia/Shanghai; raises ValueError."""
    if text == "Z":
        return dt.UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, OSError) as error:
            raise ValueError(text) from error
    parts = [int(part) for part in text[1:].split(":")]
    if parts[0] > 14 or parts[1] > 59 or (len(parts) > 2 and parts[2] > 59):
        raise ValueError(text)
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
    return dt.timezone(dt.timedelta(seconds=-seconds if text[0] == "-" else seconds))


def parse_time(text: str) -> dt.time:
    """08:30:00, with fractions of a second and a zone if wanted"""
    match = _TIME.fullmatch(text)
    if match:
        try:
            return dt.time(
                int(match[1]),
                int(match[2]),
                int(match[3]),
                int((match[4] or "0").ljust(6, "0")[:6]),
                zone(match[5]) if match[5] else None,
            )
        except ValueError:
            pass
    raise _fault("time", "时间", text)


def parse_date_time(text: str) -> dt.datetime:
    """2026-01-31T08:30:00; a date alone is its midnight"""
    day, mark, time = text.partition("T")
    try:
        date = parse_date(day)
        return dt.datetime.combine(date, parse_time(time) if mark else dt.time())
    except Fault:
        raise _fault("date and time", "日期时间", text) from None


def parse_duration(text: str) -> Months | dt.timedelta:
    """P1Y2M or P3DT4H; years and days do not mix"""
    match = _DURATION.fullmatch(text)
    if match and any(match.groups()[1:]):
        sign, years, months, days, hours, minutes, seconds, fraction = match.groups()
        dated, timed = (years, months), (days, hours, minutes, seconds)
        factor = -1 if sign else 1
        if any(dated) and not any(timed):
            return Months(factor * (int(years or 0) * 12 + int(months or 0)))
        if any(timed) and not any(dated):
            try:
                micro = int((fraction or "0").ljust(6, "0")[:6])
                return factor * dt.timedelta(
                    days=int(days or 0),
                    hours=int(hours or 0),
                    minutes=int(minutes or 0),
                    seconds=int(seconds or 0),
                    microseconds=micro,
                )
            except OverflowError:
                pass
    raise _fault("duration", "时长", text)


def parse_any(text: str) -> Any:
    """The value of an @-literal."""
    for read in (parse_date, parse_time, parse_duration, parse_date_time):
        try:
            return read(text)
        except Fault:
            continue
    raise _fault("date, time or duration", "日期、时间或时长", text)


def add_months(date: Any, months: int) -> Any:
    """The same day of a later month, or that month's last day."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise _out_of_range()
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def _out_of_range() -> Fault:
    return Fault("feel.date_out_of_range", "The date lies outside the years 1 to 9999.", "日期超出公元 1 至 9999 年。")


def shift(value: Any, duration: Months | dt.timedelta) -> Any:
    """A date, time or instant moved by a duration."""
    try:
        if isinstance(value, dt.time):
            if isinstance(duration, Months):
                raise Fault("feel.wrong_type", "Months cannot be added to a time.", "时间不能加减月数。")
            moved = dt.datetime.combine(dt.date(2000, 1, 1), value.replace(tzinfo=None)) + duration % dt.timedelta(
                days=1
            )
            return moved.time().replace(tzinfo=value.tzinfo)
        if isinstance(duration, Months):
            return add_months(value, duration.total)
        if isinstance(value, dt.datetime):
            return value + duration
        return (dt.datetime.combine(value, dt.time()) + duration).date()
    except OverflowError:
        raise _out_of_range() from None


def difference(first: Any, second: Any) -> dt.timedelta:
    """first - second for two dates, instants or times."""
    if isinstance(first, dt.time):
        anchor = dt.date(2000, 1, 1)
        return _gap(dt.datetime.combine(anchor, first), dt.datetime.combine(anchor, second))
    return (
        _gap(_instant(first), _instant(second))
        if type(first) is not type(second) or isinstance(first, dt.datetime)
        else first - second
    )


def _instant(value: Any) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time(), dt.UTC)


def _gap(first: dt.datetime, second: dt.datetime) -> dt.timedelta:
    if (first.utcoffset() is None) != (second.utcoffset() is None):
        raise Fault(
            "feel.no_zone",
            "A time with a zone cannot be reckoned with one without.",
            "带时区的时间不能与不带时区的时间相减。",
        )
    if first.utcoffset() is None:
        return first - second
    return first.astimezone(dt.UTC) - second.astimezone(dt.UTC)


def months_between(start: dt.date, end: dt.date) -> Months:
    """Whole months from start to end, towards zero."""
    if end < start:
        return Months(-months_between(end, start).total)
    total = (end.year - start.year) * 12 + end.month - start.month
    return Months(total - (end.day < start.day))


def seconds_of(duration: dt.timedelta) -> Decimal:
    """A duration as exact seconds."""
    micro = (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds
    return CONTEXT.divide(Decimal(micro), Decimal(1_000_000))


def from_seconds(seconds: Decimal) -> dt.timedelta:
    """A duration of so many seconds, to the microsecond."""
    micro = int((CONTEXT.multiply(seconds, Decimal(1_000_000))).to_integral_value())
    if abs(micro) > 86_399_999_999_999_999_999:
        raise Fault("feel.out_of_range", "The duration is out of range.", "时长超出范围。")
    return dt.timedelta(microseconds=micro)


def _zone_text(value: dt.datetime | dt.time) -> str:
    if value.tzinfo is None:
        return ""
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset() or dt.timedelta()
    if not offset:
        return "Z"
    seconds = int(offset.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds % 3600 // 60:02}"
    return text + (f":{seconds % 60:02}" if seconds % 60 else "")


def _time_text(value: dt.datetime | dt.time) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    return text + _zone_text(value)


def _days_text(value: dt.timedelta) -> str:
    sign, value = ("-", -value) if value < dt.timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    date = f"{value.days}D" if value.days else ""
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    time += f"{seconds}{fraction}S" if seconds or fraction else ""
    if not date and not time:
        return "PT0S"
    return f"{sign}P{date}" + (f"T{time}" if time else "")


def to_text(value: Any) -> str:
    """The ISO text of a date, time or duration."""
    if isinstance(value, Months):
        years, months = divmod(abs(value.total), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if value.total < 0 else "P") + text
    if isinstance(value, dt.timedelta):
        return _days_text(value)
    if isinstance(value, dt.datetime):
        return f"{value.date().isoformat()}T{_time_text(value)}"
    return _time_text(value) if isinstance(value, dt.time) else str(value.isoformat())
