"""What a balance bears between two days of a period: the schedule's share of a year, rates that change, and pauses.

The interest of a stretch is its share, by days, of what the balance would bear from the stretch's first day to the
period's end. So a period that is never cut bears exactly its scheduled interest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Context, Decimal

from loanloom.core.dates import DAY_COUNTS, actual
from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.plan import by_balance
from loanloom.core.lending.planning.rates import stretches, tiered_rate, value_on
from loanloom.core.lending.planning.shares import Shares
from loanloom.core.money import ONE, ZERO

_WIDE = Context(prec=80)
_PLENTY = 30
"""From so many significant digits on nothing is cut off what one unit bears."""


def _shares(terms: Terms) -> Shares:
    """The shares of the schedule; a day count that is not ours goes by the days that interest accrues by."""
    count = DAY_COUNTS.get(terms.day_count) or actual(terms.daily_basis)
    return Shares(terms, terms.phases[-1], count)


def _to_end(terms: Terms, start_on: date, due_on: date, from_on: date) -> tuple[Decimal, Decimal]:
    """What one unit of balance bears at a rate of one from a day to the end of its period, as a fraction."""
    length, left = (due_on - start_on).days, (due_on - from_on).days
    shares = _shares(terms)
    if shares.by_dates:
        share, of = shares.count(from_on, due_on)
        return Decimal(share), Decimal(of)
    share, of = shares.between(start_on, due_on, shares.step(start_on, due_on))
    return Decimal(share * left), Decimal(of * length)


def _borne(terms: Terms, start_on: date, due_on: date, base: Decimal, stretch: tuple[date, date, Decimal]) -> Decimal:
    """What a base bears in a stretch at one rate: divided once at the end, or, where interest is linear in the days of
    the period, by way of what one unit bears, cut to the precision."""
    first, last, rate = stretch
    share, of = _to_end(terms, start_on, due_on, first)
    days, left = (last - first).days, (due_on - first).days
    if terms.accrual != "linear":
        return base * rate * share * days / (of * left)
    factor = rate * share / of
    if terms.precision < _PLENTY:
        factor = factor.quantize(ONE.scaleb(-terms.precision), context=_WIDE)
    return base * factor / left * days


def _path(terms: Terms, row_rate: Decimal, due_on: date) -> tuple[RateStep, ...]:
    """The rates of a period: its own (a row that begins in a pause says none), then the dated changes that mean
    something for it."""
    if terms.pauses and not row_rate:
        row_rate = terms.annual_rate if terms.phases[-1].annual_rate is None else terms.phases[-1].annual_rate
    own = RateStep(from_on=date.min, rate=row_rate)
    if not terms.rates.steps or terms.rates.applies == "contract" or terms.phases[-1].annual_rate is not None:
        return (own,)
    path = (own, *terms.rates.steps)
    if terms.rates.applies == "current":
        rate = value_on(path, due_on)
        return (RateStep(from_on=date.min, rate=row_rate if rate is None else rate),)
    return path


def rate_on(terms: Terms, row_rate: Decimal, day: date) -> Decimal:
    """The yearly rate of a day in a row: the newest dated change that has begun, else the row's own."""
    rate = value_on(_path(terms, row_rate, day), day)
    return row_rate if rate is None else rate


def _pieces(
    terms: Terms, rate: Decimal, due_on: date, from_on: date, to_on: date
) -> Iterator[tuple[date, date, Decimal]]:
    """The stretch cut wherever the rate changes or a pause begins or ends; paused pieces are left out."""
    path, first = _path(terms, rate, due_on), from_on
    if len(path) == 1 and not terms.pauses:
        yield from_on, to_on, path[0].rate
        return
    for stretch in stretches(terms, path, from_on, to_on):
        last = first + timedelta(days=stretch.days)
        if stretch.rate:
            yield first, last, stretch.rate
        first = last


def interest_of(
    terms: Terms, start_on: date, due_on: date, base: Decimal, rate: Decimal, from_on: date, to_on: date
) -> Decimal:
    """What `base` bears from one day to another inside the period from `start_on` to `due_on`; not yet money."""
    made = ZERO
    if base <= 0 or to_on <= from_on:
        return made
    if by_balance(terms):
        rate = tiered_rate(terms, base)
    for first, last, held in _pieces(terms, rate, due_on, from_on, to_on):
        made += _borne(terms, start_on, due_on, base, (first, last, held))
    return made


def nominal_growth(terms: Terms, start_on: date, due_on: date, rate: Decimal) -> Decimal:
    """What one unit becomes over a period of the usual length, with which level instalments are solved."""
    shares = _shares(terms)
    step = shares.step(start_on, due_on)
    share, of = shares.nominal(shares.between(start_on, due_on, step), step)
    return ONE + rate_on(terms, rate, start_on) * (Decimal(share) / of)


def growth(terms: Terms, start_on: date, due_on: date, rate: Decimal) -> Decimal:
    """What one unit becomes over the whole period with its changes of rate and pauses."""
    made = ONE
    if due_on <= start_on:
        return made
    for first, last, held in _pieces(terms, rate, due_on, start_on, due_on):
        made += _borne(terms, start_on, due_on, ONE, (first, last, held))
    return made
