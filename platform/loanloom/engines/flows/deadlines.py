"""When a work item is due: working hours counted over the working days of a calendar. Pure; local time in and out.

A calendar may state its `hours: {from: "09:00", to: "17:00"}`; without them these are assumed. Working weekends count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FURTHEST = 3660
"""Days to look ahead at most; a calendar without a working day in ten years is answered with the last day looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """Which days and hours are worked."""

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(17)

    def works(self, day: date) -> bool:
        """Whether `day` is worked: a named working day always is, a holiday or weekend day else is not."""
        if day in self.working_days:
            return True
        return day not in self.holidays and day.weekday() not in self.weekend


def working_time(spec: Mapping[str, Any] | None) -> WorkingTime:
    """The working time of a calendar document's spec; Monday to Friday, 9 to 17, without one."""
    if spec is None:
        return WorkingTime()
    hours = spec.get("hours") or {}
    weekend = spec.get("weekend", ("saturday", "sunday"))
    return WorkingTime(
        weekend=frozenset(WEEKDAYS.index(str(day)) for day in weekend),
        holidays=frozenset(_day(entry["on"]) for entry in spec.get("holidays", ())),
        working_days=frozenset(_day(day) for day in spec.get("working_days", ())),
        opens=time.fromisoformat(str(hours.get("from", "09:00"))),
        closes=time.fromisoformat(str(hours.get("to", "17:00"))),
    )


def due_at(working: WorkingTime, opened_at: datetime, hours: int) -> datetime:
    """The instant at which `hours` working hours have passed since `opened_at` (both in the calendar's local time)."""
    return after(working, opened_at, timedelta(hours=hours))


def after(working: WorkingTime, opened_at: datetime, left: timedelta) -> datetime:
    """The instant at which so much working time has passed since `opened_at` (both in the calendar's local time)."""
    day = opened_at.date()
    for _ in range(FURTHEST):
        if working.works(day):
            begins = _on(day, working.opens, opened_at)
            ends = _on(day, working.closes, opened_at)
            begins = max(begins, opened_at) if day == opened_at.date() else begins
            open_time = max(ends - begins, timedelta(0))
            if left <= open_time:
                return begins + left
            left -= open_time
        day += timedelta(days=1)
    return _on(day, working.closes, opened_at)


def worked(working: WorkingTime, since: datetime, until: datetime) -> timedelta:
    """The working time between two instants in the calendar's local time; none where `until` is not later."""
    found, day = timedelta(0), since.date()
    for _ in range(FURTHEST):
        if day > until.date():
            break
        if working.works(day):
            begins, ends = _on(day, working.opens, since), _on(day, working.closes, since)
            found += max(min(ends, until) - max(begins, since), timedelta(0))
        day += timedelta(days=1)
    return found


def _on(day: date, at: time, like: datetime) -> datetime:
    return datetime.combine(day, at, tzinfo=like.tzinfo)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
