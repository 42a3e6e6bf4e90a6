"""Dates of lending: steps with an anchor day, day counts, and working-day calendars with their roll rules.

Nothing here reads a clock: the business date of the company comes in as an argument.
"""

from __future__ import annotations

import calendar as gregorian
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "half_month", "month", "quarter", "year"]
MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
DAYS: Mapping[str, int] = {"day": 1, "week": 7}
_MONTH_ENDS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
YEARS = range(1900, 2200)
"""Years that a day written by somebody may lie in."""
LONGEST_DAY = 40
_WRITTEN = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")


def written_day(written: str) -> date | None:
    """The day that somebody wrote, full-width digits or not; None where it is none, or lies in no year of ours.

    >>> written_day("2026/1/31"), written_day("20260131"), written_day("２０２６年1月31日")
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
    >>> written_day("2026-02-30"), written_day("0206-01-31")
    (None, None)
    """
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", written).strip()) if len(written) < LONGEST_DAY else None
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= month_end(year, month):
        return None
    return date(year, month, day)


def month_end(year: int, month: int) -> int:
    """The last day of the month: 28 to 31."""
    return 29 if month == 2 and gregorian.isleap(year) else _MONTH_ENDS[month - 1]


def add_months(start: date, months: int, anchor_day: int | None = None) -> date:
    """Months later, on the anchor day (that of `start` unless given) or the month's last day if it has none such."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(anchor_day or start.day, month_end(year, month)))


def add_period(start: date, count: int, unit: str, anchor_day: int | None = None) -> date:
    """`count` units later; months keep their anchor day, so steps are always counted from one start."""
    if unit in MONTHS:
        return add_months(start, count * MONTHS[unit], anchor_day)
    return start + timedelta(days=count * DAYS[unit])


# --- day counts: the share of a year between two dates, as an exact fraction ------------------------------------

YearShare = tuple[int, int]
DayCount = Callable[[date, date], YearShare]


def actual(year_days: int) -> DayCount:
    """First day in, last day out, over a fixed year."""
    return lambda start, end: ((end - start).days, year_days)


def actual_actual(start: date, end: date) -> YearShare:
    """Days in common years over 365, days in leap years over 366 (ISDA)."""
    leap = sum(
        (min(end, date(year + 1, 1, 1)) - max(start, date(year, 1, 1))).days
        for year in range(start.year, end.year + 1)
        if gregorian.isleap(year)
    )
    common = (end - start).days - leap
    return common * 366 + leap * 365, 365 * 366


def actual_actual_from_the_eve(start: date, end: date) -> YearShare:
    """Actual days over actual years where a day belongs to the year in which it ends: cut at 31 December."""
    day = timedelta(days=1)
    return actual_actual(start + day, end + day)


def year_days(on: date) -> int:
    """365, or 366 in a leap year."""
    return 366 if gregorian.isleap(on.year) else 365


def actual_of_the_start(start: date, end: date) -> YearShare:
    """Actual days over the length of the year in which the stretch begins."""
    return (end - start).days, year_days(start)


def actual_365_leap(start: date, end: date) -> YearShare:
    """Actual days over 366 where a 29 February lies after the first day and up to the last, else over 365."""
    holds = any(gregorian.isleap(year) and start < date(year, 2, 29) <= end for year in range(start.year, end.year + 1))
    return (end - start).days, 366 if holds else 365


def thirty(days_of_year: int) -> DayCount:
    """Months of thirty days, the American way: the 31st is the 30th only after a start on the 30th or 31st."""

    def count(start: date, end: date) -> YearShare:
        first = min(start.day, 30)
        last = 30 if end.day == 31 and first == 30 else end.day
        months = (end.year - start.year) * 12 + end.month - start.month
        return months * 30 + last - first, days_of_year

    return count


def thirty_e_360(start: date, end: date) -> YearShare:
    """Months of thirty days, the European way: every 31st is a 30th; shares of a split stretch add up."""
    first, last = min(start.day, 30), min(end.day, 30)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first, 360


def thirty_actual(start: date, end: date) -> YearShare:
    """Months of thirty days over the length of the year in which the stretch begins."""
    return thirty(360)(start, end)[0], year_days(start)


def months_and_days(start: date, end: date) -> YearShare:
    """Whole months of thirty days each, then the odd days as they are, over 360 (整年月加零头天数)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months * 30 + (end - add_months(start, months)).days, 360


DAY_COUNTS: Mapping[str, DayCount] = {
    "30/360": thirty(360),
    "30/364": thirty(364),
    "30/365": thirty(365),
    "30/act": thirty_actual,
    "30E/360": thirty_e_360,
    "act/360": actual(360),
    "act/364": actual(364),
    "act/365": actual(365),
    "act/365L": actual_365_leap,
    "act/act": actual_actual,
    "act/act-dec31": actual_actual_from_the_eve,
    "act/act-start": actual_of_the_start,
    "months+days/360": months_and_days,
}

WHOLE_MONTHS: frozenset[str] = frozenset(name for name in DAY_COUNTS if not name.startswith("act"))
"""Day counts in which a month from one due day to the next is thirty days, however many it has."""

# --- calendars ---------------------------------------------------------------------------------------------------

WEEKDAYS: Mapping[str, int] = {
    name: index
    for index, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}

Roll = Literal["keep", "following", "preceding", "modified_following"]
"""What happens to a due date on a day off: `keep` leaves it, the others move it; `modified_following` moves it back
when forward would leave the month."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days the lender works. Working weekends (调休上班) beat weekends and holidays."""

    weekend: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the lender works on `day`."""
        return day in self.working_days or (day.weekday() not in self.weekend and day not in self.holidays)

    def _seek(self, day: date, step: int) -> date:
        for _ in range(3660):  # ten years without a working day is a calendar nobody meant
            if self.is_working(day):
                return day
            day += timedelta(days=step)
        raise ValueError("the calendar has no working day within ten years")

    def following(self, day: date) -> date:
        """`day` itself, or the next working day."""
        return self._seek(day, 1)

    def preceding(self, day: date) -> date:
        """`day` itself, or the working day before."""
        return self._seek(day, -1)

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return self._seek(day + timedelta(days=1), 1)

    def rolled(self, day: date, rule: str) -> date:
        """`day` by a roll rule."""
        if rule == "keep" or self.is_working(day):
            return day
        if rule == "preceding":
            return self.preceding(day)
        moved = self.following(day)
        if rule == "modified_following" and moved.month != day.month:
            return self.preceding(day)
        return moved


EVERY_DAY = Calendar()
"""No weekend, no holiday."""
