"""The walk over the periods of a phase: interest of each, what the principal rule leaves for principal, the balance.

Two walks that must agree (a property test holds them together): a short one for phases in which every period pays
both out of the balance, which is nearly all of them, and one for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_UP, Decimal

from loanloom.core.lending.planning.periods import Period
from loanloom.core.lending.planning.plan import InterestPlan, PhasePlan, Targets, by_balance, raw_interest
from loanloom.core.lending.planning.rates import tiered_rate
from loanloom.core.money import ROUNDING_MODES, ZERO, total

_FINE = Decimal("1e-8")


@dataclass(slots=True)
class Carry:
    """What goes from one phase to the next besides the balance: interest not yet due with the day from which it has
    been growing (None where it was borne before the walk), whether its base has changed since, and for rounding over
    the whole term what was not yet money."""

    interest: Decimal = ZERO
    since: date | None = None
    changed: bool = False
    unrounded: Decimal = ZERO


@dataclass(slots=True)
class Amounts:
    """The columns of a phase, and the balance it leaves. `kept` is the part of the interest that earlier periods bore;
    `carried` what of it was borne before the walk, else it is counted from `counted_from`."""

    principal: list[Decimal] = field(default_factory=list)
    interest: list[Decimal] = field(default_factory=list)
    opening: list[Decimal] = field(default_factory=list)
    base: list[Decimal] = field(default_factory=list)
    capitalised: list[Decimal] = field(default_factory=list)
    kept: list[Decimal] = field(default_factory=list)
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
    made = max(rounded(exact), ZERO)
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
        _settle_interest(amounts, carry, period, own, due or period.capitalises)
        capitalised = amounts.interest[-1] if period.capitalises and not due else ZERO
        amounts.capitalised.append(capitalised)
        amounts.opening.append(balance)
        since, rate = amounts.counted_from[-1], plan.costs[place].rate
        amounts.base.append(_base_since(plan, period, amounts, rate) if since and carry.changed else base)
        amounts.principal.append(principal)
        balance = available + capitalised - principal
        carry.changed = carry.interest != 0 and (carry.changed or balance != amounts.opening[-1])
    amounts.closing = balance
    return amounts


def _base_since(plan: PhasePlan, period: Period, amounts: Amounts, rate: Decimal) -> Decimal:
    """The base that bears a row's interest evenly from the day it is counted from: its mean over those periods."""
    since = amounts.counted_from[-1]
    days = (period.due_on - since).days if since else 0
    if not rate or not days:
        return amounts.opening[-1]
    return (amounts.interest[-1] * plan.terms.daily_basis / rate / days).quantize(_FINE, ROUND_UP)


def _settle_interest(amounts: Amounts, carry: Carry, period: Period, own: Decimal, due: bool) -> None:
    """Interest falls due with what was kept before it, or is kept itself."""
    if not due:
        if not carry.interest:
            carry.since = period.start_on
        carry.interest += own
        kept = interest = ZERO
    else:
        kept, interest = carry.interest, own + carry.interest
    amounts.interest.append(interest)
    amounts.kept.append(kept)
    amounts.carried.append(ZERO if carry.since else kept)
    amounts.counted_from.append(carry.since if kept else None)
    if due:
        carry.interest, carry.since = ZERO, None
