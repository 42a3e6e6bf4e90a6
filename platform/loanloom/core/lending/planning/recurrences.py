"""Days that come back: from a `Recurrence` to dates. Working days and amounts are no concern of this module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count

from loanloom.core.dates import DAYS, MONTHS, add_months, add_period, month_end
from loanloom.core.lending.agreed.plan_terms import Recurrence

LAST_DAY = date(9999, 1, 1)
"""Nothing is planned beyond it."""


def months_of(recurrence: Recurrence) -> int:
    """The months of one step; 0 where steps are days, half months or named months."""
    return 0 if recurrence.months else recurrence.every * MONTHS.get(recurrence.unit, 0)


def usual_days(recurrence: Recurrence) -> int:
    """About how many days a step has."""
    if recurrence.months:
        return 365 // (len(recurrence.months) * max(len(recurrence.days), 1))
    if recurrence.unit == "half_month":
        return 15 * recurrence.every
    months = months_of(recurrence)
    return months * 30 if months else recurrence.every * DAYS[recurrence.unit]


def _named_days(recurrence: Recurrence, anchor: int) -> tuple[int, ...]:
    """The days of the month a recurrence falls on; half months without days are fifteen days apart."""
    if recurrence.days:
        return tuple(sorted(recurrence.days))
    if recurrence.unit != "half_month":
        return (anchor,)
    return (anchor, min(anchor + 15, 31)) if anchor <= 15 else (anchor - 15, anchor)


def _in_months(recurrence: Recurrence, after: date, anchor: int) -> Iterator[date]:
    """Named days of every month, or of the named months."""
    days, months = _named_days(recurrence, anchor), recurrence.months or tuple(range(1, 13))
    for index in count(after.year * 12 + after.month - 1):
        year, month = index // 12, index % 12 + 1
        if year >= LAST_DAY.year:
            return
        if month in months:
            end = month_end(year, month)
            yield from (day for day in sorted({date(year, month, min(day, end)) for day in days}) if day > after)


def monthly(first: date, step: int, times: int, anchor: int) -> list[date]:
    """`times` days from `first` on (the first is `first` itself), every `step` months on the anchor day or the month's
    end."""
    index = first.year * 12 + first.month - 1
    found = [first]
    for place in range(index + step, index + step * times, step):
        year, month = place // 12, place % 12 + 1
        found.append(date(year, month, anchor if anchor <= 28 else min(anchor, month_end(year, month))))
    return found


def days_after(recurrence: Recurrence, origin: date, anchor: int, beyond: date | None = None) -> Iterator[date]:
    """The days of a recurrence after `origin`. Steps of months and days are counted from `origin`, so that an anchor
    day on the 31st comes back after February; named days do not depend on it. Days up to `beyond` may be left out."""
    every, unit = recurrence.every, recurrence.unit
    if recurrence.months or unit == "half_month":
        days = _in_months(recurrence, max(origin, beyond or origin) if every == 1 else origin, anchor)
        for place, day in enumerate(days, 1):
            if place % every == 0:
                yield day
        return
    anchor = recurrence.days[0] if recurrence.days else anchor
    if recurrence.weekday is not None:
        ahead = (recurrence.weekday - origin.weekday()) % 7
        origin += timedelta(days=ahead)
        if ahead:
            yield origin
    step = 1 if beyond is None else max(1, _steps_between(recurrence, origin, beyond))
    while True:
        day = add_period(origin, every * step, unit, anchor)
        if day >= LAST_DAY:
            return
        yield day
        step += 1


def _steps_between(recurrence: Recurrence, origin: date, until: date) -> int:
    """How many steps certainly lie between two days."""
    months = months_of(recurrence)
    if months:
        return ((until.year - origin.year) * 12 + until.month - origin.month) // months - 1
    return (until - origin).days // (recurrence.every * DAYS[recurrence.unit])


def first_after(recurrence: Recurrence, start: date, anchor: int | None, least: int) -> date:
    """The first day of a calendar that begins at `start`: a full step later where nothing names a day, else the first
    day named that leaves at least `least` days (never more than half a step)."""
    months, unit = months_of(recurrence), recurrence.unit
    if recurrence.days and months:
        anchor = recurrence.days[0]
    fixed = bool(recurrence.months) or unit == "half_month"
    if months > 1 or (months and anchor is None):
        return add_months(start, months, anchor)
    if not months and not fixed and recurrence.weekday is None:
        return add_period(start, recurrence.every, unit)
    if months:
        day = add_months(start, 0, anchor)
        while day < start + timedelta(days=max(least, 1)):
            day = add_months(day, 1, anchor)
        return day
    earliest = start + timedelta(days=max(1, min(least, usual_days(recurrence) // 2)))
    if recurrence.weekday is not None:
        return earliest + timedelta(days=(recurrence.weekday - earliest.weekday()) % 7)
    return next(day for day in days_after(recurrence, start, anchor or start.day) if day >= earliest)


def days_within(recurrence: Recurrence, start: date, end: date, anchor: int | None, least: int) -> Sequence[date]:
    """The days of a calendar between `start` and `end`, both left out."""
    first = first_after(recurrence, start, anchor, least)
    found = []
    day, later = first, days_after(recurrence, first, anchor or first.day)
    while day < end:
        found.append(day)
        day = next(later, LAST_DAY)
    return found
