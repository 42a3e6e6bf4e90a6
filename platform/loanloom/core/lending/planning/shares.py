"""Steps from one due day to the next, and the share of a year that each is worth under the terms' day count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from loanloom.core.dates import DAYS, WHOLE_MONTHS, DayCount, YearShare, add_months, month_end
from loanloom.core.lending.agreed.terms import Phase, Recurrence, Terms
from loanloom.core.lending.planning.due_days import DueDays, anchor_of, calendar_of, end_agreed, first_due
from loanloom.core.lending.planning.recurrences import months_of

_A_YEAR = {"week": 52, "half_month": 24}

DAY_STEP, IRREGULAR = 0, -1
"""A step is so many whole months (1, 2, ...), or counted in days, or neither whole months nor the usual days."""

_MOST_MOVED = 12
"""Days off and collection weekdays move a date by so many days at most."""


def whole_months(start: date, end: date) -> int:
    """The months from one day to another on the same day of the month (or on the end of a shorter one)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    day = max(start.day, end.day)
    whole = all(each.day == day or each.day == month_end(each.year, each.month) for each in (start, end))
    return months if whole and months > 0 else IRREGULAR


def _months_and_part(start: date, end: date) -> tuple[int, int, int]:
    """Whole months, the days left over, and the days of the month that those are a part of."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    last = add_months(start, months)
    return months, (end - last).days, (add_months(start, months + 1) - last).days


def _first_step(terms: Terms, start: date, end: date) -> int:
    """The first step is regular only when it begins one calendar step before the first due day."""
    calendar = calendar_of(terms.phases[0])
    months = months_of(calendar)
    if terms.phases[0].rows or terms.phases[0].interest_calendar is not None or calendar.months:
        return whole_months(start, end)
    if months:
        anchor = calendar.days[0] if calendar.days else anchor_of(terms)
        whole = add_months(end, -months, anchor) == start and add_months(start, months, anchor) == end
        return months if whole else IRREGULAR
    return step_between(calendar, start, end)


def step_between(calendar: Recurrence, start: date, end: date, moved: int = 0) -> int:
    """The step from one day of a calendar to another, either of which may have been moved by so many days."""
    months, days = months_of(calendar), (end - start).days
    usual = DAYS.get(calendar.unit, 0) * calendar.every
    if not months and not calendar.months:
        return DAY_STEP if not usual or abs(days - usual) <= moved else IRREGULAR
    step = whole_months(start, end)
    if step == IRREGULAR and months and abs(days - months * 365 // 12) <= moved:
        return months
    return step


def steps_of(terms: Terms, place: int, dues: DueDays, start: date) -> list[int]:
    """The steps of one phase. Where a plain calendar made them, only the first and an agreed last can be irregular."""
    phase = terms.phases[place]
    calendar = calendar_of(phase)
    months = months_of(calendar)
    plain = phase.interest_calendar is None and not phase.rows
    days = [start, *dues.days]
    if plain and not calendar.months:
        steps = [months or DAY_STEP] * len(dues.days)
        if end_agreed(terms) is not None and place == len(terms.phases) - 1:
            steps[-1] = step_between(calendar, days[-2], days[-1])
    else:
        steps = [whole_months(first, second) for first, second in pairwise(days)]
    if place == 0:
        steps[0] = _first_step(terms, start, days[1])
    return steps


@dataclass(frozen=True, slots=True)
class Shares:
    """How stretches of a phase become shares of a year."""

    terms: Terms
    phase: Phase
    count: DayCount

    @property
    def by_dates(self) -> bool:
        """Whether nothing but the dates of a stretch matters."""
        return self.terms.day_count not in WHOLE_MONTHS and not self.alike

    @property
    def alike(self) -> bool:
        """Whether all periods bear the same, however many days they have; periods of days have as many as they say."""
        return self.terms.interest_by == "period" and calendar_of(self.phase).unit != "day"

    def step(self, start: date, end: date) -> int:
        """The step of a row as it stands, its ends perhaps moved by days off and collection weekdays."""
        terms, calendar = self.terms, calendar_of(self.phase)
        moves = terms.roll != "keep" or terms.collection_weekday is not None
        if moves and start == terms.start_on:
            first = _first_step(terms, terms.counts_from or start, first_due(terms))
            return first if first == IRREGULAR else step_between(calendar, start, end, _MOST_MOVED)
        if self.phase.interest_calendar is not None and months_of(self.phase.interest_calendar):
            calendar = self.phase.interest_calendar
        return step_between(calendar, start, end, _MOST_MOVED if moves else 0)

    def constant(self, step: int) -> YearShare | None:
        """The share of every such step where it does not depend on dates."""
        if self.alike and step != IRREGULAR:
            return self.uniform(step)
        if self.terms.day_count not in WHOLE_MONTHS or self.terms.day_count == "30/act" or step <= 0:
            return None
        return self.between(self.terms.start_on, self.terms.start_on, step)

    def between(self, start: date, end: date, step: int) -> YearShare:
        """The share that bears interest. Where months are thirty days, an irregular stretch bears by its days, or, with
        interest linear in the days of a period, whole months and a part of one."""
        if self.alike and step != IRREGULAR:
            return self.uniform(step)
        name = self.terms.day_count
        if name not in WHOLE_MONTHS or (name == "months+days/360" and step <= 0):
            return self.count(start, end)
        year = self.count(start, end)[1]
        if step > 0:
            return (step, 12) if year == 360 else (step * 30, year)
        linear = self.terms.accrual == "linear"
        if linear and step == IRREGULAR and months_of(calendar_of(self.phase)):
            months, days, of = _months_and_part(start, end)
            return (months * of + days) * 30, of * year
        return (end - start).days, year if linear or step == DAY_STEP else self.terms.daily_basis

    def uniform(self, step: int) -> YearShare:
        """A share where all periods are alike: months are twelfths, weeks fifty-seconds, half months twenty-fourths,
        days of 365."""
        if step > 0:
            return step, 12
        calendar = calendar_of(self.phase)
        if calendar.unit in _A_YEAR:
            return calendar.every, _A_YEAR[calendar.unit]
        return calendar.every, 365

    def nominal(self, share: YearShare, step: int) -> YearShare:
        """The share with which level instalments are solved."""
        if self.terms.instalment_by == "periods" or step == IRREGULAR:
            return share
        if self.terms.instalment_by == "thirty" and step > 0:
            return step * 30, 365
        return self.uniform(step)
