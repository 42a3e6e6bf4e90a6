"""The slots of a schedule and what fills them from the start: principal rules, interest rules, day counts.

A phase names one rule of each kind. A plugin adds rules by handing over a `Methods` with more entries; the functions
that build and replay schedules take it as an argument. `READY_MADE` are the named repayment methods: ready phases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from loanloom.core.dates import DAY_COUNTS, DayCount
from loanloom.core.lending.agreed.terms import Phase
from loanloom.core.lending.planning.levels import solve
from loanloom.core.lending.planning.plan import InterestPlan, PhasePlan, Targets, raw_interest
from loanloom.core.money import ONE, ZERO, total

PrincipalRule = Callable[[PhasePlan, InterestPlan], Targets]
"""What falls due of the principal in each period of a phase; not yet held to the balance."""

InterestRule = Callable[[PhasePlan], InterestPlan]
"""What bears interest in each period of a phase, or how much it is."""


# --- principal ---------------------------------------------------------------------------------------------------


def equal_instalment(plan: PhasePlan, interest: InterestPlan) -> Targets:
    """等额本息: the same payment every period, solved over the periods as they are."""
    return plan.each(plan.money(solve(plan, interest)))


def equal_principal(plan: PhasePlan, _interest: InterestPlan) -> Targets:
    """等额本金: the same principal every period."""
    share = plan.terms.rounding.apply(plan.principal / max(plan.paying, 1))
    return Targets([share] * len(plan.periods))


def bullet(plan: PhasePlan, _interest: InterestPlan) -> Targets:
    """到期还本: everything at the end of the phase."""
    return Targets([ZERO] * (len(plan.periods) - 1) + [plan.principal])


def no_principal(plan: PhasePlan, _interest: InterestPlan) -> Targets:
    """只付息: nothing in this phase."""
    return Targets([ZERO] * len(plan.periods))


def balloon(plan: PhasePlan, interest: InterestPlan) -> Targets:
    """气球贷: level payments as if repaid over `amortised_over` periods, or leaving the fraction `left` of the
    principal (or the amount `left_amount`) to the last; the last takes what is left."""
    periods = int(plan.number("amortised_over", ZERO))
    if periods:
        longer = periods - plan.passed - len(plan.periods)
        over = replace(
            plan,
            periods=[*plan.periods, *[plan.periods[-1]] * longer],
            costs=[*plan.costs, *[plan.costs[-1]] * longer],
        )
        return plan.each(plan.money(solve(over, _longer(interest, longer))))
    left = plan.number("left_amount", plan.principal * plan.number("left", ZERO))
    return plan.each(plan.money(solve(plan, interest, closing=left)))


def _longer(interest: InterestPlan, more: int) -> InterestPlan:
    """The same interest going on for more periods."""
    base, amounts = interest.base, interest.amounts
    return replace(
        interest,
        base=None if base is None else [*base, *[base[-1]] * more],
        amounts=None if amounts is None else [*amounts, *[amounts[-1]] * more],
    )


def steps(plan: PhasePlan, interest: InterestPlan) -> Targets:
    """阶梯还款: the payment changes every so many (`every`) periods by a `factor` or an `amount`, reckoned from the
    first payment as it is collected."""
    every = max(int(plan.number("every", ONE)), 1)
    factor, amount = plan.number("factor", ONE), plan.number("amount", ZERO)
    stairs = [(plan.passed + place) // every for place in range(len(plan.periods))]
    shape, extra = [factor**stair for stair in stairs], [amount * stair for stair in stairs]
    first = plan.terms.rounding.apply(solve(plan, interest, shape, extra=extra))
    return Targets([plan.money(first * each + more) for each, more in zip(shape, extra, strict=True)], by_payment=True)


def fixed_percent(plan: PhasePlan, _interest: InterestPlan) -> Targets:
    """固定本金比例: a fixed `percent` (a fraction) of the phase's principal every period; the last takes the rest."""
    share = plan.terms.rounding.apply(plan.of_phase * plan.number("percent", ZERO))
    return Targets([share] * len(plan.periods))


def _planned(plan: PhasePlan, name: str) -> list[Decimal]:
    """The rows of an irregular plan, or the list in the phase's parameters, as far as the periods that are left."""
    values = plan.phase.parameters.get(name, ())
    listed = [row.principal for row in plan.phase.rows] or (list(values) if isinstance(values, tuple) else [values])
    left, found = iter(listed[plan.passed_paying :]), []
    for period in plan.periods:
        found.append(next(left, ZERO) if period.pays_principal else ZERO)
    return found


def amount_plan(plan: PhasePlan, _interest: InterestPlan) -> Targets:
    """不规则还款: principal by the amounts agreed."""
    return Targets(_planned(plan, "amounts"))


def percent_plan(plan: PhasePlan, _interest: InterestPlan) -> Targets:
    """不规则还款: principal by the fractions agreed of the phase's principal."""
    rounded = plan.terms.rounding.apply
    return Targets([rounded(plan.of_phase * share) for share in _planned(plan, "percents")])


# --- interest ----------------------------------------------------------------------------------------------------


def declining_balance(_plan: PhasePlan) -> InterestPlan:
    """Interest on the principal outstanding by schedule; rows that agree their interest keep it."""
    return InterestPlan()


def original_principal(plan: PhasePlan) -> InterestPlan:
    """Interest on the principal as it was financed, whatever has been repaid (flat)."""
    before = plan.financed - total(draw.amount for draw in plan.drawn)
    return InterestPlan(base=[before, *[plan.financed] * (len(plan.periods) - 1)])


def flat_total(plan: PhasePlan) -> InterestPlan:
    """One interest for the phase on all that was disbursed, in equal parts; the last takes what rounding leaves.

    Where parts are rounded up, the whole may be used up before the last: the rows after that bear nothing.
    """
    rounded, disbursed = plan.terms.rounding.apply, plan.disbursed
    left = rounded(total(raw_interest(plan.terms, cost, disbursed) for cost in plan.costs))
    each = rounded(left / len(plan.periods))
    parts = []
    for _ in plan.periods[1:]:
        parts.append(min(each, left))
        left -= parts[-1]
    return InterestPlan(amounts=[*parts, left])


def at_maturity(_plan: PhasePlan) -> InterestPlan:
    """利随本清: interest on the balance, all of it due at the end of the phase."""
    return InterestPlan(at_end=True)


def no_interest(plan: PhasePlan) -> InterestPlan:
    """No interest at all."""
    return InterestPlan(amounts=[ZERO] * len(plan.periods))


@dataclass(frozen=True, slots=True, eq=False)
class Methods:
    """Everything that terms may name. Built-ins and plugins stand side by side; one set is itself and no other."""

    principal: Mapping[str, PrincipalRule] = field(
        default_factory=lambda: {
            "equal_instalment": equal_instalment,
            "equal_principal": equal_principal,
            "bullet": bullet,
            "none": no_principal,
            "balloon": balloon,
            "steps": steps,
            "fixed_percent": fixed_percent,
            "amount_plan": amount_plan,
            "percent_plan": percent_plan,
            "own": amount_plan,
        }
    )
    interest: Mapping[str, InterestRule] = field(
        default_factory=lambda: {
            "declining_balance": declining_balance,
            "original_principal": original_principal,
            "flat_total": flat_total,
            "at_maturity": at_maturity,
            "none": no_interest,
        }
    )
    day_counts: Mapping[str, DayCount] = field(default_factory=lambda: dict(DAY_COUNTS))


BUILT_IN = Methods()

ReadyMade = Callable[[int, int, str], tuple[Phase, ...]]
"""From number of periods, step and unit to phases."""

READY_MADE: Mapping[str, ReadyMade] = {
    "equal_instalment": lambda periods, every, unit: (
        Phase(periods=periods, every=every, unit=unit, principal="equal_instalment"),
    ),
    "equal_principal": lambda periods, every, unit: (
        Phase(periods=periods, every=every, unit=unit, principal="equal_principal"),
    ),
}
