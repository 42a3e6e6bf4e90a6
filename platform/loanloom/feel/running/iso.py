"""Dates, times and durations as ISO 8601 text, read and written; zones by distance from UTC or by name."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from ..problems import Fault
from . import wide
from .temporal import parts
from .values import Months

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)  # no leading zero in a year of five digits
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]{1,64})?", re.ASCII
)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,15})Y)?(?:(\d{1,15})M)?(?:(\d{1,15})D)?"
    r"(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)


def _fault(what: str, what_zh: str, text: str) -> Fault:
    return Fault(
        f"feel.not_a_{what.replace(' ', '_')}", f"{text[:40]!r} is not a {what}.", f"“{text[:40]}”不是{what_zh}。"
    )


def parse_date(text: str) -> Any:
    """2026-01-31"""
    match = _DATE.fullmatch(text)
    if match:
        try:
            return wide.date_of(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise _fault("date", "日期", text)


@lru_cache(maxsize=256)
def zone(text: str) -> dt.tzinfo:
    """Z, +08:00 or @Asia/Shanghai; raises ValueError."""
    if text in ("Z", "z"):
        return dt.UTC
    if text.startswith("@"):
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(text[1:])
        except (KeyError, OSError) as error:
            raise ValueError(text) from error
    hours, minutes, seconds = (int(part) for part in (text[1:] + ":00").split(":")[:3])
    if minutes > 59 or seconds > 59:
        raise ValueError(text)
    offset = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return zone_of(-offset if text[0] == "-" else offset)


def zone_of(offset: Any) -> dt.tzinfo:
    """A zone at a distance from UTC, 14 hours at most; raises ValueError."""
    if not isinstance(offset, dt.timedelta) or abs(offset) > dt.timedelta(hours=14) or offset.microseconds:
        raise ValueError(offset)
    return dt.timezone(offset) if offset else dt.UTC


def _read_time(text: str) -> tuple[int, Any] | None:
    """Days to add and the time of day: 24:00:00 is the midnight at the day's end."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    fine = int((match[4] or "0").ljust(9, "0"))
    late = hour == 24 and not (minute or second or fine)
    try:
        found = zone(match[5]) if match[5] else None
        return int(late), wide.time_of(0 if late else hour, minute, second, fine, found)
    except ValueError:
        return None


def parse_time(text: str) -> Any:
    """08:30:00, with fractions of a second and a zone if wanted"""
    found = _read_time(text)
    if found is None:
        raise _fault("time", "时间", text)
    return found[1]


def parse_date_time(text: str) -> Any:
    """2026-01-31T08:30:00; a date alone is its midnight"""
    day, mark, clock = text.partition("T")
    found = _read_time(clock) if mark else (0, dt.time())
    try:
        date = parse_date(day)
    except Fault:
        found = None
    if found is None:
        raise _fault("date and time", "日期时间", text)
    later, time = found
    return wide.instant_of(wide.date_at(date.toordinal() + later) if later else date, time)


def parse_duration(text: str) -> Any:
    """P1Y2M or P3DT4H; years and days do not mix"""
    match = _DURATION.fullmatch(text)
    if match and any(match.groups()[1:]):
        sign, years, months, days, hours, minutes, seconds, fraction = match.groups()
        dated, timed = (years, months), (days, hours, minutes, seconds)
        factor = -1 if sign else 1
        if any(dated) and not any(timed):
            return Months(factor * (int(years or 0) * 12 + int(months or 0)))
        if any(timed) and not any(dated):
            whole = int(days or 0) * 86_400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
            return wide.duration_of(factor * (whole * 10**9 + int((fraction or "0").ljust(9, "0"))))
    raise _fault("duration", "时长", text)


def parse_any(text: str) -> Any:
    """The value of an @-literal."""
    for read in (parse_date, parse_time, parse_duration, parse_date_time):
        try:
            return read(text)
        except Fault:
            continue
    raise _fault("date, time or duration", "日期、时间或时长", text)


def _zone_text(value: Any) -> str:
    if value.tzinfo is None:
        return ""
    key = getattr(value.tzinfo, "key", None)
    if key is not None:
        return f"@{key}"
    offset = value.utcoffset() or dt.timedelta()
    if not offset:
        return "Z"
    seconds = int(offset.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds % 3600 // 60:02}"
    return text + (f":{seconds % 60:02}" if seconds % 60 else "")


def _fraction(fine: int) -> str:
    return f".{fine:09}".rstrip("0") if fine else ""


def _time_text(value: Any) -> str:
    fine = wide.clock(value) % 10**9
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{_fraction(fine)}{_zone_text(value)}"


def _date_text(value: Any) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def _days_text(value: Any) -> str:
    days, hours, minutes, seconds, fine = (abs(one) for one in parts(value))
    date = f"{days}D" if days else ""
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    time += f"{seconds}{_fraction(fine)}S" if seconds or fine else ""
    if not date and not time:
        return "PT0S"
    return f"{'-' if wide.nanoseconds(value) < 0 else ''}P{date}" + (f"T{time}" if time else "")


def to_text(value: Any) -> str:
    """The ISO text of a date, time or duration."""
    if isinstance(value, Months):
        years, months = divmod(abs(value.total), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if value.total < 0 else "P") + text
    if isinstance(value, wide.DURATIONS):
        return _days_text(value)
    if isinstance(value, wide.INSTANTS):
        return f"{_date_text(value)}T{_time_text(value)}"
    return _time_text(value) if isinstance(value, wide.TIMES) else _date_text(value)
