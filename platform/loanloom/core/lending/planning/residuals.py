"""Where the remainder of rounding lands: in the last instalment, in the first, or spread over all of them.

Payments are rounded once and interest in every period, so the last instalment differs from the others. `spread` keeps
the difference below half a minor unit for each instalment where it can: it solves again with the difference shared out.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from loanloom.core.lending.planning.amortising import Amounts, Carry, amortise
from loanloom.core.lending.planning.plan import InterestPlan, PhasePlan, Targets
from loanloom.core.money import ONE, ZERO

_ROUNDS = 3


def with_residual(plan: PhasePlan, targets: Targets, interest: InterestPlan, carry: Carry) -> Amounts:
    """The amounts of a phase, the remainder where the terms want it."""
    before = replace(carry)
    amounts = amortise(plan, targets, interest, carry)
    if not plan.final or plan.terms.residual == "last" or len(plan.periods) < 2:
        return amounts
    moved = _moved(plan, targets, interest, before, amounts)
    if moved is None:
        return amounts
    again = replace(before)
    amounts = amortise(plan, moved, interest, again)
    carry.interest, carry.since, carry.changed, carry.unrounded = (
        again.interest, again.since, again.changed, again.unrounded,
    )  # fmt: skip
    return amounts


def _remainder(targets: Targets, amounts: Amounts) -> Decimal:
    """What the last instalment is above what its rule wanted."""
    kept = amounts.kept[-1] if amounts.kept else ZERO
    last = amounts.principal[-1]
    if targets.by_payment:
        last += amounts.interest[-1] - kept
    return last - targets.amounts[-1]


def _moved(plan: PhasePlan, targets: Targets, interest: InterestPlan, carry: Carry, amounts: Amounts) -> Targets | None:
    """Targets that move the remainder; None where nothing gets better."""
    if plan.terms.residual == "first":
        return _first(plan, targets, interest, carry, amounts)
    if targets.by_payment:
        return _spread_payments(plan, targets, interest, carry, amounts)
    return _spread_units(plan, targets, _remainder(targets, amounts))


def _spread_payments(
    plan: PhasePlan, targets: Targets, interest: InterestPlan, carry: Carry, amounts: Amounts
) -> Targets | None:
    """Share the difference out and solve again, at most three times, as long as it shrinks."""
    count, best = len(plan.periods), None
    tolerated = count // 2 * plan.terms.rounding.quantum
    difference = _remainder(targets, amounts)
    for _ in range(_ROUNDS):
        if abs(difference) <= tolerated:
            break
        trial = Targets([plan.money(amount + difference / count) for amount in targets.amounts], by_payment=True)
        left = _remainder(trial, amortise(plan, trial, interest, replace(carry)))
        if abs(left) >= abs(difference):
            break
        targets = best = trial
        difference = left
    return best


def _spread_units(plan: PhasePlan, targets: Targets, remainder: Decimal) -> Targets | None:
    """Give whole minor units of a remainder to the last periods that pay principal."""
    unit, amounts = plan.terms.rounding.quantum, list(targets.amounts)
    paying = [place for place, period in enumerate(plan.periods) if period.pays_principal and amounts[place]]
    if not remainder or not paying or abs(remainder) > unit * len(paying):
        return None
    for place in paying[-int(abs(remainder) / unit) :]:
        amounts[place] += unit.copy_sign(remainder)
    return Targets(amounts)


def _first(plan: PhasePlan, targets: Targets, interest: InterestPlan, carry: Carry, amounts: Amounts) -> Targets | None:
    """Give the remainder to the first instalment, discounted to its date where interest runs on the balance; what
    rounding still leaves after two rounds stays with the last."""
    best, grown = None, ONE
    if targets.by_payment and interest.base is None and interest.amounts is None:
        for cost in plan.costs[1:]:
            grown *= ONE + cost.growth
    remainder = _remainder(targets, amounts)
    for _ in range(_ROUNDS):
        first = plan.terms.rounding.apply(targets.amounts[0] + remainder / grown)
        if first == targets.amounts[0]:
            break
        trial = replace(targets, amounts=[first, *targets.amounts[1:]])
        left = _remainder(trial, amortise(plan, trial, interest, replace(carry)))
        if abs(left) >= abs(remainder):
            break
        targets = best = trial
        remainder = left
    return best
