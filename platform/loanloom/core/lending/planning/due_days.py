"""The due days of a schedule, phase by phase, before collection weekdays and days off move them.

From the calendars in the terms to dates; what a day is worth and what falls due on it is no concern of this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from loanloom.core.dates import DAYS, add_months, add_period
from loanloom.core.lending.agreed.terms import Phase, Recurrence, Terms
from loanloom.core.lending.planning.recurrences import days_after, days_within, first_after, monthly, months_of


class DueDays(NamedTuple):
    """The due days of a phase before days off move them, and which of them are for principal and for interest."""

    days: Sequence[date]
    principal: Sequence[bool]
    interest: Sequence[bool]

    @classmethod
    def for_both(cls, days: Sequence[date]) -> DueDays:
        """Days on which principal and interest fall due together."""
        both = [True] * len(days)
        return cls(days, both, both)


def calendar_of(phase: Phase) -> Recurrence:
    """The calendar of a phase's principal."""
    return phase.calendar or Recurrence(every=phase.every, unit=phase.unit)


def anchor_of(terms: Terms) -> int:
    """The day of the month on which due days fall where nothing else names one."""
    return terms.due_day or (terms.first_due_on or terms.counts_from or terms.start_on).day


def first_due(terms: Terms) -> date:
    """The first due date of principal: as agreed, else one step after the start, on the due day if there is one.

    The due day is taken at its first occurrence that leaves at least `min_first_days` to pay.
    """
    if terms.first_due_on is not None:
        return terms.first_due_on
    start = terms.counts_from or terms.start_on
    return first_after(calendar_of(terms.phases[0]), start, terms.due_day, terms.min_first_days)


def _principal_days(terms: Terms, place: int, origin: date) -> list[date]:
    """The due days of one phase's principal. In the first phase `origin` is the first of them, later the last day of
    the phase before."""
    phase = terms.phases[place]
    if phase.rows:
        return [row.due_on for row in phase.rows]
    calendar, anchor = calendar_of(phase), anchor_of(terms)
    months = months_of(calendar)
    if months and not calendar.days:
        if place == 0:
            return monthly(origin, months, phase.periods, anchor)
        return monthly(origin, months, phase.periods + 1, anchor)[1:]
    if place == 0:
        return [origin, *islice(days_after(calendar, origin, anchor), phase.periods - 1)]
    return list(islice(days_after(calendar, origin, anchor), phase.periods))


def end_agreed(terms: Terms) -> date | None:
    """The last due date where the terms fix it."""
    if terms.matures_on is not None or terms.fixed_length is None:
        return terms.matures_on
    unit = terms.phases[-1].unit
    return add_period(terms.counts_from or terms.start_on, terms.fixed_length, unit)


def _dues_of_phase(terms: Terms, place: int, start: date, origin: date) -> DueDays:
    """The due days of one phase, principal's and interest's together, in order."""
    phase = terms.phases[place]
    days = _principal_days(terms, place, origin)
    end = end_agreed(terms) if place == len(terms.phases) - 1 else None
    if end is not None:
        days = [day for day in days[:-1] if day < end] + [end]
    if phase.interest_calendar is None:
        return DueDays.for_both(days)
    least = 1 if phase.interest_calendar.days else terms.min_first_days
    anchor = terms.due_day if place == 0 else anchor_of(terms)
    interest = {*days_within(phase.interest_calendar, start, days[-1], anchor, least), days[-1]}
    principal = set(days)
    both = sorted(principal | interest)
    return DueDays(both, [day in principal for day in both], [day in interest for day in both])


def due_days(terms: Terms) -> tuple[DueDays, ...]:
    """Phase by phase every due day, before collection weekdays and days off move it. Months are counted from one date
    with one anchor day, so the 31st comes back after February."""
    start = terms.counts_from or terms.start_on
    origin = first_due(terms)
    phases: list[DueDays] = []
    for place in range(len(terms.phases)):
        dues = _dues_of_phase(terms, place, start, origin)
        if place == 0 and terms.first_stub == "separate" and not _regular(terms, start, dues.days[0]):
            dues = _behind_a_stub(terms, dues)
        phases.append(dues)
        start = origin = dues.days[-1]
    return tuple(phases)


def _behind_a_stub(terms: Terms, dues: DueDays) -> DueDays:
    """A row of interest alone on the first due day; everything else one step later."""
    more = next(days_after(calendar_of(terms.phases[0]), dues.days[-1], anchor_of(terms)))
    return DueDays([*dues.days, more], [False, *dues.principal], [True, *dues.interest])


def _regular(terms: Terms, start: date, first: date) -> bool:
    """Whether the first due day is one step after the start."""
    calendar = calendar_of(terms.phases[0])
    months = months_of(calendar)
    if months:
        return add_months(first, -months, anchor_of(terms)) == start
    return first_after(calendar, start, None, 1) == first or calendar.unit not in DAYS
