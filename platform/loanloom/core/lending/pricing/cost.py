"""Annualised cost: the internal rate of a loan's cash flows, simple and compound, from the borrower's side.

Flows are (date or period, amount) with money to the borrower negative, as the lender sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from math import gcd

from loanloom.core.dates import add_months
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.instalments import Schedule
from loanloom.core.lending.pricing.charging import planned_charges
from loanloom.core.lending.pricing.subsidies import planned_parts
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


UNBOUNDED = AnnualCost(HIGHEST, HIGHEST)
"""The cost of a loan of which the borrower receives nothing, or next to nothing."""

Flow = tuple[date, Decimal]


def borrower_flows(terms: Terms, schedule: Schedule) -> tuple[Flow, ...]:
    """What the borrower receives (negative) and pays, day by day, if everything is paid on its due date: with every
    charge that he bears and that counts as a cost, whoever collects it."""
    days: dict[date, Decimal] = {terms.start_on: -terms.principal}
    for tranche in terms.draws.tranches:
        days[tranche.on] = days.get(tranche.on, ZERO) - tranche.amount
    for row in schedule.instalments:
        days[row.due_on] = days.get(row.due_on, ZERO) + row.payment
    for day, amount in _subsidies(terms, schedule):
        days[day] = days.get(day, ZERO) - amount
    for charge in planned_charges(terms, schedule.instalments):
        if charge.terms.in_cost and charge.borne:
            days[charge.on] = days.get(charge.on, ZERO) + charge.borne
    return tuple((day, amount) for day, amount in sorted(days.items()) if amount)


def _subsidies(terms: Terms, schedule: Schedule) -> Iterator[Flow]:
    """What others bear of the interest: on its due date where the borrower is not billed for it, else when the claim
    for it is over at the earliest."""
    parts = planned_parts(terms, schedule.instalments)
    for row in schedule.instalments if parts else ():
        for share, part in zip(terms.interest_shares, parts[row.number], strict=True):
            yield add_months(row.due_on, share.claim_every) if share.refunded else row.due_on, part


def months_apart(days: Sequence[date]) -> int | None:
    """The number of months that all days are apart by, or a multiple of it; None where they are not whole months.
    Month ends keep their anchor: the 31st, the 28th of February and the 31st of March are a month apart."""
    if len(days) < 2:
        return None
    start = days[0]
    for anchor in {start.day, max(day.day for day in days)}:
        steps = [(day.year - start.year) * 12 + day.month - start.month for day in days]
        if all(add_months(start, step, anchor) == day for step, day in zip(steps, days, strict=True)):
            return gcd(*steps) or None
    return None


def cost_of_flows(flows: Sequence[Flow]) -> AnnualCost:
    """The yearly cost of flows: by equal periods where all days are whole months apart, else by actual days."""
    if not flows or flows[0][1] >= 0:
        return UNBOUNDED
    months = months_apart([day for day, _ in flows])
    if months is not None:
        start = flows[0][0]
        placed = [ZERO] * (((flows[-1][0].year - start.year) * 12 + flows[-1][0].month - start.month) // months + 1)
        for day, amount in flows:
            placed[((day.year - start.year) * 12 + day.month - start.month) // months] += amount
        rate = irr(placed)
        if rate is None:
            return UNBOUNDED
        with localcontext(EXACT):
            return AnnualCost(rate * 12 / months, (ONE + rate) ** (Decimal(12) / months) - ONE)
    dated = xirr(flows)
    if dated is None:
        return UNBOUNDED
    with localcontext(EXACT):
        return AnnualCost(((ONE + dated) ** (ONE / 12) - ONE) * 12, dated)


def loan_cost(terms: Terms, schedule: Schedule) -> AnnualCost:
    """The yearly cost of a loan with everything that its borrower bears."""
    return cost_of_flows(borrower_flows(terms, schedule))


def full_cost(terms: Terms, schedule: Schedule) -> AnnualCost:
    """The same if nobody bore a part of the interest, or of charges while the loan is late: what price caps are held
    against, for a subsidy does not make a price lawful, and it can stop."""
    sure = tuple(
        replace(charge, shares=tuple(share for share in charge.shares if share.stops_after_days is None))
        for charge in terms.charges
    )
    return loan_cost(replace(terms, interest_shares=(), charges=sure), schedule)
