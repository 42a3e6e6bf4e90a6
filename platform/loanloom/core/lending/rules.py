"""The slots of a schedule and what fills them from the start: principal rules, interest rules, day counts.

A phase names one rule of each kind. A plugin adds rules by handing over a `Methods` with more entries; the functions
that build and replay schedules take it as an argument. `READY_MADE` are the named repayment methods: ready phases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from loanloom.core.dates import DAY_COUNTS, DayCount
from loanloom.core.lending.periods import Period
from loanloom.core.lending.terms import Phase, Terms
from loanloom.core.money import ONE, ZERO


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """What a principal rule may look at: the phase, its periods, and the principal outstanding when it begins."""

    terms: Terms
    phase: Phase
    periods: tuple[Period, ...]
    opening: Decimal


PrincipalOf = Callable[[Period, Decimal], Decimal]
"""The principal falling due in a period, given the balance at its start; not yet rounded or held to the balance."""

PrincipalRule = Callable[[PhasePlan], PrincipalOf]
InterestBase = Callable[[Terms, Period, Decimal], Decimal]
"""The amount that bears interest in a period, given the terms and the balance at its start."""


def interest_for(base: Decimal, annual_rate: Decimal, share: tuple[int, int]) -> Decimal:
    """Base x rate x share of a year, with one division; not yet rounded."""
    return base * annual_rate * share[0] / share[1]


def level_instalment(plan: PhasePlan) -> Decimal:
    """The instalment that repays `opening` over the phase's nominal periods; equal to the annuity formula where all
    periods are alike, and right where they are not (actual days)."""
    rate = plan.terms.annual_rate
    discount, worth = ONE, ZERO
    for period in plan.periods:
        discount /= ONE + rate * period.nominal[0] / period.nominal[1]
        worth += discount
    return plan.terms.rounding.apply(plan.opening / worth)


def equal_instalment(plan: PhasePlan) -> PrincipalOf:
    """等额本息: the instalment less the period's interest at nominal length (a stub's extra days come on top)."""
    instalment = level_instalment(plan)
    rate, rounded = plan.terms.annual_rate, plan.terms.rounding.apply

    def principal(period: Period, balance: Decimal) -> Decimal:
        return instalment - rounded(interest_for(balance, rate, period.nominal))

    return principal


def equal_principal(plan: PhasePlan) -> PrincipalOf:
    """等额本金: the same principal every period."""
    share = plan.terms.rounding.apply(plan.opening / len(plan.periods))
    return lambda _period, _balance: share


def declining_balance(_terms: Terms, _period: Period, balance: Decimal) -> Decimal:
    """Interest on the principal outstanding by schedule."""
    return balance


@dataclass(frozen=True, slots=True)
class Methods:
    """Everything that terms may name. Built-ins and plugins stand side by side."""

    principal: Mapping[str, PrincipalRule] = field(
        default_factory=lambda: {"equal_instalment": equal_instalment, "equal_principal": equal_principal}
    )
    interest: Mapping[str, InterestBase] = field(default_factory=lambda: {"declining_balance": declining_balance})
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
