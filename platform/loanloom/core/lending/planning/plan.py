"""What the rules of a phase look at: its periods, what each costs in interest, and the level payment over them.

Interest of a period is base x `times` / `over`: one division at the very end, so that half a cent is half a cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.agreed.terms import Phase, Terms
from loanloom.core.lending.planning.periods import Period, PlainPeriods
from loanloom.core.lending.planning.rates import moves, rate_of_period, stretches, tiered_rate
from loanloom.core.money import ONE, ZERO, Rounding, total


class Cost(NamedTuple):
    """What one period costs: base x `times` / `over`; `growth` is the same as one number at nominal length, `rate`
    the yearly rate on its first day, `parts` the `times` of its stretches where the rate changes inside.

    Where interest is linear in the days of a period, `over` is those days and interest is base x times / over x over:
    the day's interest, cut to the precision, times the days. With tiers by balance `times` leaves the rate out.
    """

    times: Decimal
    over: Decimal
    growth: Decimal
    rate: Decimal
    parts: tuple[Decimal, ...] = ()


class Drawn(NamedTuple):
    """Principal paid out within a period: when, how much (less what was due at once, `down`), and for which part of
    the period it bears interest."""

    on: date
    amount: Decimal
    part: Decimal
    down: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Targets:
    """What a principal rule wants of each period: a payment (principal is what interest leaves of it) or a principal.
    What is wanted of periods that pay no principal is not looked at."""

    amounts: Sequence[Decimal]
    by_payment: bool = False


@dataclass(frozen=True, slots=True)
class InterestPlan:
    """What bears interest: the balance (`base` None) or a base for each period; or the amounts themselves, where one
    is given (None: as it comes). With `at_end` all interest falls due with the phase's last period."""

    base: Sequence[Decimal] | None = None
    amounts: Sequence[Decimal | None] | None = None
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A phase, or what is left of it after a draw.

    `opening` is the principal when it begins, `drawn` what is drawn in its first period, `passed` and `passed_paying`
    how many of its periods (with principal) have gone by. `financed` is all principal so far without down payments,
    `disbursed` with them, `of_phase` the principal with which the phase began and what was drawn since.
    The plan holds for `until` of its periods; `cut` is one cut down to them.
    """

    terms: Terms
    phase: Phase
    periods: Sequence[Period]
    opening: Decimal
    costs: Sequence[Cost]
    drawn: Sequence[Drawn] = ()
    passed: int = 0
    passed_paying: int = 0
    financed: Decimal = ZERO
    disbursed: Decimal = ZERO
    of_phase: Decimal = ZERO
    final: bool = True
    until: int = 0
    cut: bool = False

    @property
    def principal(self) -> Decimal:
        """The principal that the phase has to repay, draws of its first period included."""
        return self.opening + total(draw.amount for draw in self.drawn)

    @property
    def plain(self) -> bool:
        """Whether every period pays principal and interest."""
        return isinstance(self.periods, PlainPeriods)

    @property
    def paying(self) -> int:
        """How many periods pay principal."""
        return len(self.periods) if self.plain else sum(period.pays_principal for period in self.periods)

    def number(self, name: str, otherwise: Decimal) -> Decimal:
        """A parameter of the phase that is one number."""
        value = self.phase.parameters.get(name, otherwise)
        return value if isinstance(value, Decimal) else otherwise

    def each(self, amount: Decimal) -> Targets:
        """The same payment in every period."""
        return Targets([amount] * len(self.periods), by_payment=True)

    def money(self, payment: Decimal) -> Decimal:
        """A payment as it is collected."""
        return in_multiples(self.terms, payment)


def in_multiples(terms: Terms, amount: Decimal) -> Decimal:
    """An amount as the terms collect it: money, in multiples where they say so; one too small for a multiple stays."""
    made, multiple = terms.rounding.apply(amount), terms.instalment_multiple
    if not multiple:
        return made
    return Rounding(0, terms.rounding.mode).apply(made / multiple) * multiple or made


def by_balance(terms: Terms) -> bool:
    """Whether the rate depends on the balance."""
    return bool(terms.rates.tiers) and terms.rates.tiered_by == "balance"


def raw_interest(terms: Terms, cost: Cost, base: Decimal) -> Decimal:
    """The unrounded interest on a base over a whole period."""
    if by_balance(terms):
        base *= tiered_rate(terms, base)
    if terms.accrual == "linear":
        return base * cost.times / cost.over * cost.over
    return base * cost.times / cost.over


def growth_of(terms: Terms, cost: Cost, base: Decimal) -> Decimal:
    """The interest of a nominal period on one unit of a base."""
    return cost.growth * tiered_rate(terms, base) if by_balance(terms) else cost.growth


def costs_of(terms: Terms, phase: Phase, periods: Sequence[Period], path: Sequence[RateStep]) -> list[Cost]:
    """What each period of a phase costs."""
    fixed = phase.annual_rate
    if fixed is None and not moves(terms):
        fixed = terms.annual_rate
    if fixed is not None and not terms.pauses:
        return _alike(terms, periods, fixed)
    return [_moving(terms, phase, period, path) for period in periods]


def _alike(terms: Terms, periods: Sequence[Period], rate: Decimal) -> list[Cost]:
    """Costs at one rate; periods of the same share cost the same."""
    if terms.accrual != "linear" and isinstance(periods, PlainPeriods) and periods.shares is periods.nominals:
        return _by_share(terms, periods, rate)
    known: dict[object, Cost] = {}
    found = []
    for period in periods:
        key = (period.share, period.nominal, period.days)
        if key not in known:
            known[key] = _cost(terms, period, rate, ())
        found.append(known[key])
    return found


def _by_share(terms: Terms, periods: PlainPeriods, rate: Decimal) -> list[Cost]:
    """The same for periods in columns: nothing but their shares matters."""
    shares = periods.shares
    first = _cost(terms, periods[0], rate, ())
    if shares[0] is shares[-1] and shares.count(shares[0]) == len(shares):
        return [first] * len(shares)
    known = {shares[0]: first}
    for place, share in enumerate(shares):
        if share not in known:
            known[share] = _cost(terms, periods[place], rate, ())
    return [known[share] for share in shares]


def _cost(terms: Terms, period: Period, rate: Decimal, parts: tuple[Decimal, ...]) -> Cost:
    (share, of), (nominal, nominal_of) = period.share, period.nominal
    times, over, growth = rate * share, Decimal(of), rate * nominal / nominal_of
    if terms.accrual == "linear":
        days = Decimal(max(period.days, 1))
        return Cost(times / over, days, growth, rate, tuple(part * share / over for part in parts))
    return Cost(times, over, growth, rate, tuple(part * share for part in parts))


def _moving(terms: Terms, phase: Phase, period: Period, path: Sequence[RateStep]) -> Cost:
    """The cost of a period in which the rate may change or pause: each day at its own rate."""
    fixed = ONE if by_balance(terms) else rate_of_period(terms, phase, period.number)
    known = path if fixed is None else (RateStep(from_on=terms.start_on, rate=fixed),)
    found, days = stretches(terms, known, period.start_on, period.due_on), period.days
    if not found:
        return _cost(terms, period, ZERO, ())
    weighted = [stretch.days * stretch.rate / days for stretch in found]
    rate = total(weighted) if len(found) > 1 else found[0].rate
    cost = _cost(terms, period, rate, tuple(weighted) if len(found) > 1 else ())
    return cost._replace(rate=found[0].rate)


def part_of_period(period: Period, on: date) -> Decimal:
    """The part of a period's days from a day to its end."""
    return Decimal((period.due_on - on).days) / max(period.days, 1)
