"""Annualised cost: the internal rate of a loan's cash flows, simple and compound, from the borrower's side.

Flows are (date or period, amount) with money to the borrower negative, as the lender sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from loanloom.core.lending.schedule import Schedule
from loanloom.core.money import EXACT, ONE, ZERO, total

_TOLERANCE = Decimal("1e-14")
HIGHEST = Decimal(10_000)
"""No rate per period above this is looked for."""


def _bracket(worth: Callable[[Decimal], Decimal]) -> tuple[Decimal, Decimal] | None:
    """Two rates between which a falling function crosses zero, looked for outwards from zero."""
    if worth(ZERO) >= 0:
        low, high = ZERO, Decimal("0.02")
        while worth(high) > 0:
            low, high = high, high * 2
            if high > HIGHEST:
                return None
        return low, high
    low, high = Decimal("-0.02"), ZERO
    while worth(low) < 0:
        low, high = low * 2, low
        if low <= -1:
            return None
    return low, high


def _root(worth: Callable[[Decimal], Decimal]) -> Decimal | None:
    """Where a falling function crosses zero: secants held inside a bracket (Illinois)."""
    bracket = _bracket(worth)
    if bracket is None:
        return None
    low, high = bracket
    at_low, at_high, side = worth(low), worth(high), 0
    while at_low != at_high and high - low > _TOLERANCE:
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        at_middle = worth(middle)
        if abs(at_middle) < _TOLERANCE:
            return middle
        if at_middle < 0:
            high, at_high = middle, at_middle
            at_low = at_low / 2 if side < 0 else at_low
            side = -1
        else:
            low, at_low = middle, at_middle
            at_high = at_high / 2 if side > 0 else at_high
            side = 1
    return (low + high) / 2


def irr(flows: Sequence[Decimal]) -> Decimal | None:
    """The rate per period at which flows one period apart are worth nothing; None if there is none."""
    with localcontext(EXACT):

        def worth(rate: Decimal) -> Decimal:
            value, growth = ZERO, ONE + rate
            for amount in reversed(flows):
                value = value / growth + amount
            return value

        return _root(worth)


def xirr(flows: Sequence[tuple[date, Decimal]], year_days: int = 365) -> Decimal | None:
    """The compound yearly rate of dated flows, by actual days over `year_days`."""
    if not flows:
        return None
    start = flows[0][0]
    with localcontext(EXACT):
        years = [(Decimal((day - start).days) / year_days, amount) for day, amount in flows]

        def worth(rate: Decimal) -> Decimal:
            log = (ONE + rate).ln()
            return total(amount * (-log * share).exp() for share, amount in years)

        return _root(worth)


@dataclass(frozen=True, slots=True)
class AnnualCost:
    """One cost, said two ways: twelve times the monthly rate, and that rate compounded over a year."""

    simple: Decimal
    compound: Decimal


def annual_cost(schedule: Schedule, start_on: date, months: int | None, fee_at_start: Decimal = ZERO) -> AnnualCost:
    """The cost of a loan paid on time with everything the borrower bears. `months` is the length of a regular period;
    None, or a first stub, makes it a matter of dates."""
    rows = schedule.instalments
    received = schedule.principal - fee_at_start
    if months is not None:
        rate = irr([-received, *(row.payment for row in rows)])
        if rate is None:
            return AnnualCost(ZERO, ZERO)
        with localcontext(EXACT):
            return AnnualCost(rate * 12 / months, (ONE + rate) ** (Decimal(12) / months) - ONE)
    dated = xirr([(start_on, -received), *((row.due_on, row.payment) for row in rows)])
    if dated is None:
        return AnnualCost(ZERO, ZERO)
    with localcontext(EXACT):
        monthly = (ONE + dated) ** (ONE / 12) - ONE
        return AnnualCost(monthly * 12, dated)
