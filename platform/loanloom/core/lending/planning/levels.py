"""The payment that brings a balance where it should be: level, stepped, or with a balloon at the end.

A balance is a straight line in the payment (as long as the rate does not depend on it), so one walk over the periods
with two numbers solves it; where tiers bend the line, secants do.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from loanloom.core.lending.planning.plan import InterestPlan, PhasePlan, by_balance, growth_of, raw_interest
from loanloom.core.money import ONE, ZERO, total

_CLOSE = Decimal("1e-9")
_MOST_STEPS = 60


class Walk(NamedTuple):
    """The balance after the last period: `fixed` less `slope` x the payment."""

    fixed: Decimal
    slope: Decimal


def _fixed_interest(plan: PhasePlan, interest: InterestPlan, place: int) -> Decimal | None:
    """The interest of a period that does not depend on the balance; None where it does."""
    if interest.amounts is not None:
        amount = interest.amounts[place]
        if amount is not None:
            return amount
    if interest.base is None:
        return None
    cost, base = plan.costs[place], interest.base[place]
    raw = base * cost.growth if plan.periods[place].on_top else raw_interest(plan.terms, cost, base)
    return plan.terms.rounding.apply(raw)


def _walk(plan: PhasePlan, interest: InterestPlan, shape: Sequence[Decimal], extra: Sequence[Decimal] | None) -> Walk:
    """Interest grows the balance where it is part of the payment, or becomes principal."""
    fixed, slope = plan.opening, ZERO
    for place, period in enumerate(plan.periods):
        growth = plan.costs[place].growth
        own = _fixed_interest(plan, interest, place)
        if period.pays_principal or period.capitalises:
            if own is None:
                fixed += fixed * growth
                slope += slope * growth
            else:
                fixed += own
        if place == 0:
            for draw in plan.drawn:
                fixed += draw.amount + (draw.amount * growth * draw.part if interest.amounts is None else ZERO)
        if period.pays_principal:
            slope += shape[place]
            if extra is not None:
                fixed -= extra[place]
    return Walk(fixed, slope)


def _plain_walk(plan: PhasePlan) -> Walk:
    """The same where every period pays both, of the balance, and all payments are alike; where all periods cost the
    same too, it is the annuity formula."""
    costs, fixed, slope = plan.costs, plan.opening, ZERO
    growth = costs[0].growth
    if growth and costs.count(costs[0]) == len(costs):
        grown = (ONE + growth) ** len(costs)
        return Walk(fixed * grown, (grown - ONE) / growth)
    for cost in plan.costs:
        grown = ONE + cost.growth
        fixed *= grown
        slope = slope * grown + ONE
    return Walk(fixed, slope)


def _tiered_close(
    plan: PhasePlan, shape: Sequence[Decimal], extra: Sequence[Decimal] | None, payment: Decimal
) -> Decimal:
    """The balance after the last period at a rate that depends on the balance."""
    balance = plan.opening
    for place, period in enumerate(plan.periods):
        growth = growth_of(plan.terms, plan.costs[place], balance)
        if period.pays_principal or period.capitalises:
            balance += balance * growth
        if place == 0:
            balance += total(draw.amount * (ONE + growth * draw.part) for draw in plan.drawn)
        if period.pays_principal:
            balance -= payment * shape[place] + (extra[place] if extra is not None else ZERO)
    return balance


def _secants(plan: PhasePlan, shape: Sequence[Decimal], extra: Sequence[Decimal] | None, closing: Decimal) -> Decimal:
    count = total(shape) or ONE
    low, high = ZERO, plan.principal / count
    at_low = _tiered_close(plan, shape, extra, low) - closing
    for _ in range(_MOST_STEPS):
        at_high = _tiered_close(plan, shape, extra, high) - closing
        if abs(at_high) < _CLOSE or at_high == at_low:
            return high
        low, high, at_low = high, high - at_high * (high - low) / (at_high - at_low), at_high
    return high


def solve(
    plan: PhasePlan,
    interest: InterestPlan,
    shape: Sequence[Decimal] | None = None,
    *,
    extra: Sequence[Decimal] | None = None,
    closing: Decimal = ZERO,
) -> Decimal:
    """The unrounded x for which paying x * shape + extra in each paying period leaves `closing` after the last."""
    if not plan.periods:
        return ZERO
    weights = [ONE] * len(plan.periods) if shape is None else shape
    if by_balance(plan.terms) and interest.base is None and interest.amounts is None:
        return _secants(plan, weights, extra, closing)
    plain = shape is None and extra is None and interest.base is None and interest.amounts is None and not plan.drawn
    if plain and plan.plain:
        walk = _plain_walk(plan)
    else:
        walk = _walk(plan, interest, weights, extra)
    return (walk.fixed - closing) / walk.slope if walk.slope else ZERO
