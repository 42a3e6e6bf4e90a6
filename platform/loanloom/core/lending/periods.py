"""The periods of a schedule: due days moved off days off, and each period's share of a year.

A period is regular when it has the nominal length; the first may be a stub when the due day differs from the day of
disbursement. Amounts are no concern of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from loanloom.core.dates import (
    DAYS,
    EVERY_DAY,
    WHOLE_MONTHS,
    Calendar,
    DayCount,
    YearShare,
    add_months,
    add_period,
    month_end,
)
from loanloom.core.lending.due_days import DueDays, anchor_of, calendar_of, due_days, end_agreed
from loanloom.core.lending.recurrences import months_of
from loanloom.core.lending.terms import Phase, Terms


class Period(NamedTuple):
    """From `start_on` (counted) to `due_on` (not counted). `share` is the part of a year that bears interest;
    `nominal` the part with which level instalments are solved. In a stub whose extra interest comes `on_top`, the
    principal is that of a nominal period. `pays_principal` and `pays_interest` say what falls due at its end;
    interest that does not is kept for a later period, or becomes principal (`capitalises`)."""

    number: int
    start_on: date
    due_on: date
    share: YearShare
    nominal: YearShare
    pays_principal: bool = True
    pays_interest: bool = True
    on_top: bool = False
    capitalises: bool = False
    tolerated_to: date | None = None

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.due_on - self.start_on).days


DAY_STEP, IRREGULAR = 0, -1
"""A step is so many whole months, or counted in days, or neither a whole number of months nor the usual days."""


def whole_months(start: date, end: date) -> int:
    """The months from one day to another on the same day of the month (or on the end of a shorter one)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    day = max(start.day, end.day)
    whole = all(each.day == day or each.day == month_end(each.year, each.month) for each in (start, end))
    return months if whole and months > 0 else IRREGULAR


def _first_step(terms: Terms, start: date, end: date) -> int:
    """The first step is regular only when it begins one calendar step before the first due day."""
    calendar = calendar_of(terms.phases[0])
    months = months_of(calendar)
    if terms.phases[0].rows or terms.phases[0].interest_calendar is not None or calendar.months:
        return whole_months(start, end)
    if months:
        anchor = calendar.days[0] if calendar.days else anchor_of(terms)
        return months if add_months(end, -months, anchor) == start else IRREGULAR
    usual = DAYS.get(calendar.unit, 0) * calendar.every
    return DAY_STEP if not usual or (end - start).days == usual else IRREGULAR


def _steps(terms: Terms, place: int, dues: DueDays, start: date) -> list[int]:
    """The steps of one phase. Where a plain calendar made them, only the first and an agreed last can be irregular."""
    phase = terms.phases[place]
    calendar = calendar_of(phase)
    months = months_of(calendar)
    plain = phase.interest_calendar is None and not phase.rows
    days = [start, *dues.days]
    if plain and not calendar.months:
        steps = [months or DAY_STEP] * len(dues.days)
        if months and end_agreed(terms) is not None and place == len(terms.phases) - 1:
            steps[-1] = whole_months(days[-2], days[-1])
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

    def constant(self, step: int) -> YearShare | None:
        """The share of every such step where it does not depend on dates."""
        if self.terms.interest_by == "period" and step != IRREGULAR:
            return self.uniform(step)
        if self.terms.day_count not in WHOLE_MONTHS or self.terms.day_count == "30/act" or step <= 0:
            return None
        return self.between(self.terms.start_on, self.terms.start_on, step)

    def between(self, start: date, end: date, step: int) -> YearShare:
        """The share that bears interest."""
        if self.terms.interest_by == "period" and step != IRREGULAR:
            return self.uniform(step)
        name = self.terms.day_count
        if name not in WHOLE_MONTHS or (name == "months+days/360" and step == IRREGULAR):
            return self.count(start, end)
        year = self.count(start, end)[1]
        if step > 0:
            return (step, 12) if year == 360 else (step * 30, year)
        return (end - start).days, year if step == DAY_STEP else self.terms.daily_basis

    def uniform(self, step: int) -> YearShare:
        """A share where all periods are alike: months are twelfths, weeks fifty-seconds, days of 365."""
        if step > 0:
            return step, 12
        calendar = calendar_of(self.phase)
        if calendar.unit == "week":
            return calendar.every, 52
        return calendar.every * DAYS.get(calendar.unit, 15), 365

    def nominal(self, share: YearShare, step: int) -> YearShare:
        """The share with which level instalments are solved."""
        return self.uniform(step) if self.terms.instalment_by == "nominal" and step != IRREGULAR else share


@dataclass(frozen=True, slots=True)
class Moves:
    """How a due day is moved: to the collection weekday, then off a day off."""

    terms: Terms
    calendar: Calendar

    @property
    def needed(self) -> bool:
        """Whether any day can move or be tolerated."""
        terms = self.terms
        return terms.roll != "keep" or terms.collection_weekday is not None or terms.tolerates_holidays

    def moved(self, day: date) -> date:
        """The day on which payment is due."""
        weekday = self.terms.collection_weekday
        if weekday is not None:
            day += timedelta(days=(weekday - day.weekday()) % 7)
        return self.calendar.rolled(day, self.terms.roll)

    def tolerated(self, due: date) -> date | None:
        """The working day until which payment on a day off is on time."""
        if not self.terms.tolerates_holidays or self.calendar.is_working(due):
            return None
        return self.calendar.following(due)


def lay_out(
    terms: Terms, day_counts: Mapping[str, DayCount], calendar: Calendar = EVERY_DAY, first_number: int = 1
) -> tuple[tuple[Period, ...], ...]:
    """The periods of every phase, in order. A holiday moves its own date and none after it."""
    count, moves = day_counts[terms.day_count], Moves(terms, calendar)
    raw, start, number = terms.counts_from or terms.start_on, terms.start_on, first_number
    laid: list[tuple[Period, ...]] = []
    for place, dues in enumerate(due_days(terms)):
        shares = Shares(terms, terms.phases[place], count)
        steps = _steps(terms, place, dues, raw)
        periods = _periods(shares, moves, dues, steps, (number, raw, start))
        if place == 0:
            periods[0] = _first(shares, dues, steps, raw, periods[0])
        laid.append(tuple(periods))
        number, raw, start = number + len(periods), dues.days[-1], periods[-1].due_on
    return _graced(terms, laid)


def _periods(
    shares: Shares, moves: Moves, dues: DueDays, steps: list[int], begin: tuple[int, date, date]
) -> list[Period]:
    """The periods of one phase, its first as if it were like the others."""
    number, raw, start = begin
    moving, capitalises = moves.needed, shares.phase.capitalises
    adjusted, same = shares.terms.roll_accrues, shares.terms.instalment_by != "nominal"
    constants = {step: shares.constant(step) for step in set(steps)}
    between, new, periods = shares.between, tuple.__new__, []
    for day, principal, interest, step in zip(*dues, steps, strict=True):
        due = max(moves.moved(day), start) if moving else day
        share = constants[step] or (between(start, due, step) if adjusted else between(raw, day, step))
        usual = share if same else shares.nominal(share, step)
        tolerated = moves.tolerated(due) if moving else None
        pays, kept = interest and not capitalises, interest and capitalises
        period = (number, start, due, share, usual, principal, pays, False, kept, tolerated)
        periods.append(new(Period, period))
        number, raw, start = number + 1, day, due
    return periods


def _first(shares: Shares, dues: DueDays, steps: list[int], raw: date, period: Period) -> Period:
    """The first period, which may be a stub: what its extra or missing days cost is the terms' `first_stub`."""
    terms, phase = shares.terms, shares.phase
    if terms.counts_from is not None and raw < period.start_on:
        days, part = (period.due_on - raw).days, (period.due_on - period.start_on).days
        share = period.share[0] * part, period.share[1] * days
        return period._replace(share=share, nominal=share)
    if steps[0] != IRREGULAR or phase.rows or terms.first_stub in ("level", "separate"):
        return period
    calendar = calendar_of(phase)
    months = months_of(calendar)
    if phase.interest_calendar is not None or calendar.months or not (months or calendar.unit in DAYS):
        return period
    day = dues.days[0]
    if months:
        regular = add_months(day, -months, calendar.days[0] if calendar.days else anchor_of(terms))
    else:
        regular = add_period(day, -calendar.every, calendar.unit)
    step = months or DAY_STEP
    usual = shares.between(regular, day, step)
    if terms.first_stub == "full":
        return period._replace(share=usual, nominal=shares.nominal(usual, step))
    return period._replace(nominal=shares.nominal(usual, step), on_top=True)


def _graced(terms: Terms, laid: list[tuple[Period, ...]]) -> tuple[tuple[Period, ...], ...]:
    """The periods with the graces of the first of them."""
    grace = terms.grace
    if not (grace.principal or grace.interest_payment or grace.interest_charged):
        return tuple(laid)
    principal, interest, charged = grace.principal, grace.interest_payment, grace.interest_charged
    phases = []
    for periods in laid:
        changed = []
        for period in periods:
            if period.pays_principal and principal:
                principal -= 1
                period = period._replace(pays_principal=False)
            if (period.pays_interest or period.capitalises) and interest:
                interest -= 1
                period = period._replace(pays_interest=False, capitalises=grace.capitalises)
            if charged:
                charged -= 1
                period = period._replace(share=(0, 1), nominal=(0, 1))
            changed.append(period)
        phases.append(tuple(changed))
    return tuple(phases)
