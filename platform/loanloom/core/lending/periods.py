"""The calendar side of a schedule: from terms to periods with their dates and their share of a year.

A period is regular when it has the nominal length; the first may be a stub when the due day differs from the day of
disbursement. Amounts are no concern of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from loanloom.core.dates import EVERY_DAY, MONTHS, Calendar, DayCount, YearShare, add_months, add_period
from loanloom.core.lending.terms import Phase, Terms


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_on` (counted) to `due_on` (not counted). `share` is the part of a year that bears interest;
    `nominal` the part a regular period of this phase has: they differ in a stub only."""

    number: int
    start_on: date
    due_on: date
    share: YearShare
    nominal: YearShare

    @property
    def regular(self) -> bool:
        """Whether the period has its nominal length."""
        return self.share == self.nominal


def first_due(terms: Terms) -> date:
    """The first due date: as agreed, else one step after the start, on the due day if there is one.

    The due day is taken at its first occurrence that leaves at least `min_first_days` to pay.
    """
    if terms.first_due_on is not None:
        return terms.first_due_on
    phase = terms.phases[0]
    if phase.unit not in MONTHS or terms.due_day is None:
        return add_period(terms.start_on, phase.every, phase.unit)
    months = phase.every * MONTHS[phase.unit]
    if months > 1:
        return add_months(terms.start_on, months, terms.due_day)
    day = add_months(terms.start_on, 0, terms.due_day)
    while day < terms.start_on + timedelta(days=max(terms.min_first_days, 1)):
        day = add_months(day, 1, terms.due_day)
    return day


def _nominal(phase: Phase, start: date, due: date, terms: Terms, count: DayCount) -> YearShare:
    """A regular period's share: whole months are twelfths where months have thirty days, else the days count."""
    if phase.unit in MONTHS and terms.day_count.startswith("30"):
        return phase.every * MONTHS[phase.unit], 12
    return count(start, due)


def _due_dates(terms: Terms) -> Iterator[tuple[Phase, date]]:
    """Phase and due date of every period, before holidays move it. Months are counted from one date with one anchor
    day, so the 31st comes back after February."""
    anchor = terms.due_day or terms.start_on.day
    day = first_due(terms)
    for place, phase in enumerate(terms.phases):
        origin, skipped = day, 0 if place == 0 else 1
        for step in range(phase.periods):
            day = add_period(origin, phase.every * (step + skipped), phase.unit, anchor)
            yield phase, day


def lay_out(
    terms: Terms, day_counts: Mapping[str, DayCount], calendar: Calendar = EVERY_DAY
) -> tuple[tuple[Period, ...], ...]:
    """The periods of every phase, in order. A holiday moves its own date and none after it."""
    count = day_counts[terms.day_count]
    anchor = terms.due_day or terms.start_on.day
    phases: dict[int, list[Period]] = {}
    start = terms.start_on
    places = [place for place, phase in enumerate(terms.phases) for _ in range(phase.periods)]
    for number, (phase, day) in enumerate(_due_dates(terms), 1):
        due = max(calendar.rolled(day, terms.roll), start)
        nominal = share = _nominal(phase, start, due, terms, count)
        regular_start = add_period(day, -phase.every, phase.unit, anchor)
        if number == 1 and regular_start != start:
            share = ((due - start).days, terms.daily_basis)
            nominal = _nominal(phase, regular_start, day, terms, count)
        phases.setdefault(places[number - 1], []).append(Period(number, start, due, share, nominal))
        start = due
    return tuple(tuple(periods) for periods in phases.values())
