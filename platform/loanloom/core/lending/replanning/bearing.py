"""What a balance bears between two days of a period: rates that change, pauses, and the day counts behind them.

The interest of a stretch is its share, by days, of what the balance would bear from the stretch's first day to the
period's end. So a period that is never cut bears exactly its scheduled interest, and cutting it loses nothing.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Context, Decimal
from itertools import pairwise

from loanloom.core.dates import add_period
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.money import ONE, ZERO

_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 360}
_YEARLY = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_WIDE = Context(prec=80)


def _leap_day_inside(start_on: date, due_on: date) -> bool:
    return any(
        gregorian.isleap(year) and start_on < date(year, 2, 29) <= due_on
        for year in range(start_on.year, due_on.year + 1)
    )


def _year_days(count: str, from_on: date, start_on: date, due_on: date) -> int:
    """Days of the year that a stretch counts over."""
    basis = count.split("/")[1]
    if basis.isdigit():
        return int(basis)
    if basis == "365L":
        return 366 if gregorian.isleap(from_on.year) and _leap_day_inside(start_on, due_on) else 365
    return 366 if gregorian.isleap(from_on.year) else 365


def _year_fractions(count: str, from_on: date, to_on: date) -> Decimal:
    """A stretch over a year's end: each year's days over that year's length."""
    total, day = ZERO, from_on
    for year in range(from_on.year, to_on.year + 1):
        end = date(year, 12, 31) if count.endswith("dec31") else date(year + 1, 1, 1)
        end = to_on if year == to_on.year else end
        total += Decimal((end - day).days) / (366 if gregorian.isleap(year) else 365)
        day = end
    return total


def _units(start_on: date, due_on: date, every: int, unit: str, anchor: int) -> Decimal:
    """How many units a row spans: `every` for a regular one, whole units and a share by days for a moved one."""
    anchored = add_period(start_on, 0, unit, anchor) == start_on
    if anchored and add_period(start_on, every, unit, anchor) == due_on:
        return Decimal(every)
    whole = 0
    while add_period(start_on, whole + 1, unit) <= due_on:
        whole += 1
    last = add_period(start_on, whole, unit)
    length = (add_period(start_on, whole + 1, unit) - last).days
    return whole + Decimal((due_on - last).days) / length


def factor_to_end(terms: Terms, start_on: date, due_on: date, rate: Decimal, from_on: date) -> Decimal:
    """What one unit of balance bears from a day to the end of its period, at one rate."""
    length, left = (due_on - start_on).days, (due_on - from_on).days
    if not length or left <= 0:
        return ZERO
    phase, count = terms.phases[-1], terms.day_count
    crosses = count.startswith("act/act") and due_on.year > from_on.year
    if terms.interest_by == "period" and phase.unit != "day":
        made = rate * (Decimal(phase.every) / _YEARLY[phase.unit]) * left / length
    elif crosses or (count == "act/365L" and due_on.year > from_on.year and _leap_day_inside(start_on, due_on)):
        made = rate * _year_fractions("act/act-dec31" if count == "act/365L" else count, from_on, due_on)
    elif count.startswith("30"):
        anchor = (terms.counts_from or terms.start_on).day if terms.due_day is None else terms.due_day
        units = _units(start_on, due_on, phase.every, phase.unit, anchor)
        made = rate * (_DAYS[phase.unit] * units / _year_days(count, from_on, start_on, due_on)) * left / length
    else:
        made = rate * (Decimal(left) / _year_days(count, from_on, start_on, due_on))
    return made.quantize(ONE.scaleb(-terms.precision), context=_WIDE) if terms.precision < 30 else made


def rate_on(terms: Terms, row_rate: Decimal, day: date) -> Decimal:
    """The yearly rate of a day: the newest dated change that has begun, else the row's own."""
    begun = [step for step in terms.rates.steps if step.from_on <= day]
    return max(begun, key=lambda step: step.from_on).rate if begun else row_rate


def _pieces(terms: Terms, from_on: date, to_on: date) -> Iterator[tuple[date, date]]:
    """The stretch cut wherever the rate changes or a pause begins or ends; paused pieces are left out."""
    cuts = {step.from_on for step in terms.rates.steps}
    for pause in terms.pauses:
        cuts |= {pause.from_on, pause.to_on + timedelta(days=1)}
    days = [from_on, *sorted(day for day in cuts if from_on < day < to_on), to_on]
    for first, last in pairwise(days):
        if not any(pause.from_on <= first <= pause.to_on for pause in terms.pauses):
            yield first, last


def interest_of(
    terms: Terms, start_on: date, due_on: date, base: Decimal, rate: Decimal, from_on: date, to_on: date
) -> Decimal:
    """What `base` bears from one day to another inside the period from `start_on` to `due_on`; not yet money."""
    made = ZERO
    if base <= 0 or to_on <= from_on:
        return made
    for first, last in _pieces(terms, from_on, to_on):
        factor = factor_to_end(terms, start_on, due_on, rate_on(terms, rate, first), first)
        made += base * factor / (due_on - first).days * (last - first).days
    return made


def nominal_growth(terms: Terms, start_on: date, rate: Decimal) -> Decimal:
    """What one unit becomes over a period of the usual length, with which level instalments are solved."""
    phase = terms.phases[-1]
    if terms.instalment_by == "thirty":
        share = Decimal(phase.every * _DAYS[phase.unit]) / 365
    else:
        share = Decimal(phase.every) / _YEARLY[phase.unit]
    return ONE + rate_on(terms, rate, start_on) * share


def growth(terms: Terms, start_on: date, due_on: date, rate: Decimal) -> Decimal:
    """What one unit becomes over the whole period with its changes of rate and pauses."""
    made = ONE
    if due_on <= start_on:
        return made
    for first, last in _pieces(terms, start_on, due_on):
        factor = factor_to_end(terms, start_on, due_on, rate_on(terms, rate, first), first)
        made += factor / (due_on - first).days * (last - first).days
    return made
