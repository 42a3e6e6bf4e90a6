"""The walk over the periods of a phase: interest of each, what the principal rule leaves for principal, the balance.

Two walks that must agree (a property test holds them together): a short one for phases in which every period pays
both out of the balance, which is nearly all of them, and one for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.plan import InterestPlan, PhasePlan, Targets, by_balance, raw_interest
from loanloom.core.lending.rates import tiered_rate
from loanloom.core.money import ROUNDING_MODES, ZERO, total


@dataclass(slots=True)
class Carry:
    """What goes from one phase to the next besides the balance: interest not yet due with the day from which it has
    been growing (None once its base has changed), and for rounding over the whole term what was not yet money."""

    interest: Decimal = ZERO
    since: date | None = None
    unrounded: Decimal = ZERO


@dataclass(slots=True)
class Amounts:
    """The columns of a phase, and the balance it leaves."""

    principal: list[Decimal] = field(default_factory=list)
    interest: list[Decimal] = field(default_factory=list)
    opening: list[Decimal] = field(default_factory=list)
    base: list[Decimal] = field(default_factory=list)
    capitalised: list[Decimal] = field(default_factory=list)
    carried: list[Decimal] = field(default_factory=list)
    counted_from: list[date | None] = field(default_factory=list)
    closing: Decimal = ZERO

    @property
    def plain(self) -> bool:
        """Whether the columns of special cases are empty."""
        return not self.capitalised


def is_plain(plan: PhasePlan, interest: InterestPlan, carry: Carry) -> bool:
    """Whether the short walk does."""
    terms = plan.terms
    return (
        interest.base is None
        and interest.amounts is None
        and not interest.at_end
        and not plan.drawn
        and not carry.interest
        and terms.rounding_place == "period"
        and not by_balance(terms)
        and plan.plain
    )


def amortise(plan: PhasePlan, targets: Targets, interest: InterestPlan, carry: Carry) -> Amounts:
    """Walk over the periods of a phase; in the final phase the last one takes the whole balance."""
    if is_plain(plan, interest, carry):
        return short_walk(plan, targets)
    return long_walk(plan, targets, interest, carry)


def short_walk(plan: PhasePlan, targets: Targets) -> Amounts:
    """Every period pays interest on the balance, and principal."""
    terms, balance = plan.terms, plan.opening
    cent, mode = terms.rounding.quantum, ROUNDING_MODES[terms.rounding.mode]
    linear, by_payment = terms.accrual == "linear", targets.by_payment
    amounts = Amounts()
    add_interest, add_principal, add_opening = amounts.interest.append, amounts.principal.append, amounts.opening.append
    for cost, target in zip(plan.costs, targets.amounts, strict=True):
        raw = balance * cost[0] / cost[1]
        interest = (raw * cost[1] if linear else raw).quantize(cent, mode)
        principal = target - interest if by_payment else target
        if principal > balance:
            principal = balance
        elif principal < ZERO:
            principal = ZERO
        add_opening(balance)
        add_interest(interest)
        add_principal(principal)
        balance -= principal
    amounts.base = amounts.opening
    amounts.closing = balance
    if plan.final:
        amounts.principal[-1] += balance
        amounts.closing = ZERO
    return amounts


def _own_interest(plan: PhasePlan, interest: InterestPlan, place: int, base: Decimal, carry: Carry) -> Decimal:
    """The interest of one period, rounded where the terms say."""
    amount = interest.amounts[place] if interest.amounts is not None else None
    if amount is not None:
        return amount
    terms, cost, rounded = plan.terms, plan.costs[place], plan.terms.rounding.apply
    raw = [raw_interest(terms, cost, base)]
    if terms.rounding_place == "stretch" and cost.parts:
        raw = [raw_interest(terms, cost._replace(times=part), base) for part in cost.parts]
    if place == 0:
        raw += [raw_interest(terms, cost, draw.amount) * draw.part for draw in plan.drawn]
    if terms.rounding_place == "stretch":
        return total(rounded(each) for each in raw)
    if terms.rounding_place == "period":
        return rounded(total(raw))
    exact = carry.unrounded + total(raw)
    made = rounded(exact)
    carry.unrounded = exact - made
    return made


def _wanted(plan: PhasePlan, targets: Targets, place: int, own: Decimal, base: Decimal) -> Decimal:
    """The principal that the rule wants of a period."""
    target, cost = targets.amounts[place], plan.costs[place]
    if not targets.by_payment:
        return target
    if not plan.periods[place].on_top:
        return target - own
    growth = cost.growth * tiered_rate(plan.terms, base) if by_balance(plan.terms) else cost.growth
    return target - plan.terms.rounding.apply(base * growth)


def long_walk(plan: PhasePlan, targets: Targets, interest: InterestPlan, carry: Carry) -> Amounts:
    """Graces, draws, separate calendars, capitalised interest, other bases, rounding elsewhere."""
    amounts, balance, last = Amounts(), plan.opening, len(plan.periods) - 1
    for place, period in enumerate(plan.periods):
        base = interest.base[place] if interest.base is not None else balance
        own = _own_interest(plan, interest, place, base, carry)
        available = balance + (total(draw.amount for draw in plan.drawn) if place == 0 else ZERO)
        principal = ZERO
        if plan.final and place == last:
            principal = available
        elif period.pays_principal:
            principal = min(max(_wanted(plan, targets, place, own, base), ZERO), available)
        ends = place == last and not plan.cut and (plan.final or interest.at_end)
        due = ends or (period.pays_interest and not interest.at_end)
        _settle_interest(amounts, carry, period.start_on, own, due or period.capitalises)
        capitalised = amounts.interest[-1] if period.capitalises and not due else ZERO
        amounts.capitalised.append(capitalised)
        amounts.opening.append(balance)
        amounts.base.append(base)
        amounts.principal.append(principal)
        balance = available + capitalised - principal
        if balance != amounts.opening[-1]:
            carry.since = None
    amounts.closing = balance
    return amounts


def _settle_interest(amounts: Amounts, carry: Carry, start_on: date, own: Decimal, due: bool) -> None:
    """Interest falls due with what was kept before it, or is kept itself."""
    if not due:
        amounts.interest.append(ZERO)
        amounts.carried.append(ZERO)
        amounts.counted_from.append(None)
        if not carry.interest:
            carry.since = start_on
        carry.interest += own
        return
    amounts.interest.append(own + carry.interest)
    amounts.carried.append(ZERO if carry.since else carry.interest)
    amounts.counted_from.append(carry.since if carry.interest else None)
    carry.interest, carry.since = ZERO, None
