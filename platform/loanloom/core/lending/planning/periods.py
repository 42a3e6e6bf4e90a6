"""The periods of a schedule: due days moved off days off, and each period's share of a year.

A period is regular when it has the nominal length; the first may be a stub when the due day differs from the day of
disbursement. Amounts are no concern of this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple, overload

from loanloom.core.dates import (
    DAYS,
    EVERY_DAY,
    Calendar,
    DayCount,
    YearShare,
    add_months,
    add_period,
)
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.due_days import DueDays, anchor_of, calendar_of, due_days
from loanloom.core.lending.planning.recurrences import months_of
from loanloom.core.lending.planning.shares import DAY_STEP, IRREGULAR, Shares, steps_of


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


class PlainPeriods(Sequence[Period]):
    """Periods in columns, each of which pays principal and interest; made into a `Period` only where one is asked for.
    Nearly all schedules are of these."""

    __slots__ = ("dues", "first_number", "nominals", "shares", "starts")

    def __init__(
        self,
        first_number: int,
        starts: Sequence[date],
        dues: Sequence[date],
        shares: Sequence[YearShare],
        nominals: Sequence[YearShare],
    ) -> None:
        self.first_number, self.starts, self.dues = first_number, starts, dues
        self.shares, self.nominals = shares, nominals

    def __len__(self) -> int:
        return len(self.dues)

    @overload
    def __getitem__(self, place: int) -> Period: ...
    @overload
    def __getitem__(self, place: slice) -> list[Period]: ...
    def __getitem__(self, place: int | slice) -> Period | list[Period]:
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        number = self.first_number + range(len(self))[place]
        return Period(number, self.starts[place], self.dues[place], self.shares[place], self.nominals[place])


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
) -> tuple[Sequence[Period], ...]:
    """The periods of every phase, in order. A holiday moves its own date and none after it."""
    count, moves = day_counts[terms.day_count], Moves(terms, calendar)
    raw, start, number = terms.counts_from or terms.start_on, terms.start_on, first_number
    laid: list[Sequence[Period]] = []
    for place, dues in enumerate(due_days(terms)):
        shares = Shares(terms, terms.phases[place], count)
        steps = steps_of(terms, place, dues, raw)
        columns = Columns.of(shares, moves, dues, steps, raw, start)
        if _plain(terms, place, steps):
            laid.append(PlainPeriods(number, columns.starts, columns.dues, columns.shares, columns.nominals))
        else:
            periods = _periods(shares, moves, dues, columns, number)
            if place == 0:
                periods[0] = _first(shares, dues, steps, raw, periods[0])
            laid.append(periods)
        number, raw, start = number + len(dues.days), dues.days[-1], columns.dues[-1]
    grace = terms.grace
    return _graced(terms, laid) if grace.principal or grace.interest_payment or grace.interest_charged else tuple(laid)


def _plain(terms: Terms, place: int, steps: Sequence[int]) -> bool:
    """Whether every period of a phase pays both and none is a stub; a stub, a grace, a tolerated holiday or a calendar
    of its own for interest makes one that is not."""
    phase, grace = terms.phases[place], terms.grace
    stub = place == 0 and (steps[0] == IRREGULAR or terms.counts_from is not None)
    graced = grace.principal or grace.interest_payment or grace.interest_charged
    return not (stub or graced or phase.interest_calendar or phase.capitalises or terms.tolerates_holidays)


class Columns(NamedTuple):
    """Days and shares of a phase, its first period as if it were like the others."""

    starts: Sequence[date]
    dues: Sequence[date]
    shares: Sequence[YearShare]
    nominals: Sequence[YearShare]

    @classmethod
    def of(cls, shares: Shares, moves: Moves, dues: DueDays, steps: Sequence[int], raw: date, start: date) -> Columns:
        """The columns of a phase that begins at `raw` by the calendar and at `start` in fact."""
        days, terms = dues.days, shares.terms
        if moves.needed:
            days = list(accumulate((moves.moved(day) for day in days), max, initial=start))[1:]
        starts = [start, *days[:-1]]
        constant = shares.constant(steps[0]) if steps.count(steps[0]) == len(steps) else None
        if constant is not None:
            found: Sequence[YearShare] = [constant] * len(days)
        elif terms.roll_accrues and shares.by_dates:
            found = list(map(shares.count, starts, days))
        elif terms.roll_accrues:
            found = [shares.between(*stretch) for stretch in zip(starts, days, steps, strict=True)]
        else:
            found = [shares.between(*stretch) for stretch in zip([raw, *dues.days], dues.days, steps, strict=False)]
        nominals = found
        if terms.instalment_by != "periods":
            nominals = [shares.nominal(share, step) for share, step in zip(found, steps, strict=True)]
        return cls(starts, days, found, nominals)


def _periods(shares: Shares, moves: Moves, dues: DueDays, columns: Columns, first_number: int) -> list[Period]:
    """The periods of one phase in which not every one pays both."""
    capitalises = shares.phase.capitalises
    return [
        Period(
            number, *column, principal, interest and not capitalises, False, interest and capitalises,
            moves.tolerated(column[1]),
        )
        for number, (column, principal, interest) in enumerate(
            zip(zip(*columns, strict=True), dues.principal, dues.interest, strict=True), first_number
        )
    ]  # fmt: skip


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


def _graced(terms: Terms, laid: list[Sequence[Period]]) -> tuple[Sequence[Period], ...]:
    """The periods with the graces of the first of them."""
    grace = terms.grace
    principal, interest, charged = grace.principal, grace.interest_payment, grace.interest_charged
    phases: list[Sequence[Period]] = []
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
        phases.append(changed)
    return tuple(phases)
