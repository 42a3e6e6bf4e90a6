"""The repayment schedule: instalments with dates, principal and interest, summing to the principal exactly.

Pure arithmetic over terms; what has been paid is no concern of this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import pairwise

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.amortising import Amounts, Carry, amortise
from loanloom.core.lending.planning.instalments import Instalment, Schedule
from loanloom.core.lending.planning.periods import Period, PlainPeriods, lay_out
from loanloom.core.lending.planning.plan import (
    Drawn,
    InterestPlan,
    PhasePlan,
    by_balance,
    costs_of,
    in_multiples,
    part_of_period,
)
from loanloom.core.lending.planning.rates import rate_path, tiered_rate
from loanloom.core.lending.planning.residuals import with_residual
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.money import ZERO, total

__all__ = ["Instalment", "Schedule", "build_schedule", "down_payment"]


_FINE = Decimal("1e-12")

_USUAL = tuple(Instalment._field_defaults.values())
"""What a plain row has in the fields that may be left out."""


def arithmetic(terms: Terms) -> Context:
    """The context of everything that is not yet money."""
    return Context(prec=terms.precision, rounding=ROUND_HALF_EVEN)


def down_payment(terms: Terms, amount: Decimal) -> Decimal:
    """What falls due at once of an amount disbursed."""
    if terms.down_payment is None:
        return ZERO
    return in_multiples(terms, amount * terms.down_payment.percent)


@dataclass(slots=True)
class _Growing:
    """A schedule being built: its rows, and what goes from one phase to the next."""

    terms: Terms
    methods: Methods
    balance: Decimal
    financed: Decimal
    disbursed: Decimal
    rows: list[Instalment] = field(default_factory=list)
    carry: Carry = field(default_factory=Carry)


def build_schedule(terms: Terms, methods: Methods = BUILT_IN, calendar: Calendar = EVERY_DAY) -> Schedule:
    """The schedule that follows from terms: phase by phase, interest rounded in each period, the last instalment
    taking what is left of the principal."""
    with localcontext(arithmetic(terms)):
        down = down_payment(terms, terms.principal)
        growing = _Growing(terms, methods, terms.principal - down, terms.principal - down, terms.principal)
        if terms.down_payment is not None:
            growing.rows.append(_down_row(terms, terms.start_on, terms.principal, down, drawn=ZERO))
        phases = lay_out(terms, methods.day_counts, calendar, first_number=len(growing.rows) + 1)
        path = rate_path(terms, phases[-1][-1].due_on)
        for phase, periods in zip(terms.phases, phases, strict=True):
            costs = costs_of(terms, phase, periods, path)
            whole = PhasePlan(terms, phase, periods, ZERO, costs, final=periods is phases[-1])
            for plan in _plans(growing, whole):
                _grow(growing, plan)
    if terms.down_payment is not None:
        growing.rows = [row._replace(number=number) for number, row in enumerate(growing.rows, 1)]
    return Schedule(tuple(growing.rows))


def _down_row(terms: Terms, day: date, before: Decimal, amount: Decimal, drawn: Decimal) -> Instalment:
    """The row of a down payment: due the moment the money goes out, without interest."""
    return Instalment(1, day, day, before, amount, ZERO, ZERO, terms.annual_rate, terms.daily_basis, drawn)


def _drawn_in(terms: Terms, period: Period) -> list[Drawn]:
    """The expected draws of a period that join the plan, less their down payments."""
    found = []
    for draw in terms.draws.tranches:
        if not draw.phases and period.start_on <= draw.on < period.due_on:
            down = down_payment(terms, draw.amount)
            found.append(Drawn(draw.on, draw.amount - down, part_of_period(period, draw.on), down))
    return sorted(found)


def _plans(growing: _Growing, whole: PhasePlan) -> Iterator[PhasePlan]:
    """The plans of one phase, one after the other: a draw begins a new plan for the periods that are left."""
    periods, of_phase = whole.periods, growing.balance
    draws: dict[int, list[Drawn]] = {}
    if growing.terms.draws.tranches:
        found = ((place, _drawn_in(growing.terms, period)) for place, period in enumerate(periods))
        draws = {place: drawn for place, drawn in found if drawn}
    for begin, end in pairwise(sorted({0, *draws, len(periods)})):
        drawn = draws.get(begin, [])
        added = total(draw.amount for draw in drawn)
        of_phase += added
        growing.financed += added
        growing.disbursed += added + total(draw.down for draw in drawn)
        yield replace(
            whole,
            opening=growing.balance,
            periods=periods[begin:] if begin else periods,
            costs=whole.costs[begin:],
            drawn=drawn,
            passed=begin,
            passed_paying=sum(period.pays_principal for period in periods[:begin]),
            financed=growing.financed,
            disbursed=growing.disbursed,
            of_phase=of_phase,
            until=end - begin,
        )


def _grow(growing: _Growing, plan: PhasePlan) -> None:
    """Add the rows of a plan, as far as it holds (until the next draw)."""
    methods = growing.methods
    interest = _agreed_interest(plan, methods.interest[plan.phase.interest](plan))
    targets = methods.principal[plan.phase.principal](plan, interest)
    if plan.until < len(plan.periods):
        until = plan.until
        plan = replace(plan, periods=plan.periods[:until], costs=plan.costs[:until], final=False, cut=True)
        targets = replace(targets, amounts=targets.amounts[:until])
        amounts = amortise(plan, targets, interest, growing.carry)
    else:
        amounts = with_residual(plan, targets, interest, growing.carry)
    growing.balance = amounts.closing
    if amounts.plain and isinstance(plan.periods, PlainPeriods):
        growing.rows += _plain_rows(plan, plan.periods, amounts)
        return
    before = amounts.opening[0]
    for draw in plan.drawn:
        if draw.down:
            growing.rows.append(_down_row(plan.terms, draw.on, before, draw.down, drawn=draw.amount + draw.down))
            before += draw.amount
    growing.rows += _rows(plan, amounts, before)


def _agreed_interest(plan: PhasePlan, interest: InterestPlan) -> InterestPlan:
    """Rows that agree their interest keep it."""
    rows = plan.phase.rows[plan.passed_paying :]
    if all(row.interest is None for row in rows):
        return interest
    agreed = iter(rows)
    amounts = [next(agreed).interest if period.pays_principal else None for period in plan.periods]
    return replace(interest, amounts=amounts)


def _plain_rows(plan: PhasePlan, periods: PlainPeriods, amounts: Amounts) -> Iterator[Instalment]:
    """Rows where every period pays both, of the balance."""
    new, basis, usual, number = tuple.__new__, plan.terms.daily_basis, _USUAL, periods.first_number
    columns = zip(
        periods.starts, periods.dues, plan.costs, amounts.opening, amounts.principal, amounts.interest, strict=True
    )
    for start_on, due_on, cost, opening, principal, interest in columns:
        row = (number, start_on, due_on, opening, principal, interest, opening, cost[3], basis)
        yield new(Instalment, row + usual)
        number += 1


def _rows(plan: PhasePlan, amounts: Amounts, opening: Decimal) -> Iterator[Instalment]:
    """Rows of any phase; the first opens with what the down payments of its draws have left."""
    terms = plan.terms
    tiered = by_balance(terms)
    for place, (period, cost) in enumerate(zip(plan.periods, plan.costs, strict=True)):
        base = amounts.base[place]
        yield Instalment(
            number=period.number,
            start_on=period.start_on,
            due_on=period.due_on,
            opening=amounts.opening[place] if place else opening,
            principal=amounts.principal[place],
            interest=amounts.interest[place],
            base=base,
            annual_rate=tiered_rate(terms, base).quantize(_FINE) if tiered else cost.rate,
            daily_basis=terms.daily_basis,
            drawn=total(draw.amount for draw in plan.drawn if not draw.down) if place == 0 else ZERO,
            capitalised=amounts.capitalised[place],
            tolerated_to=period.tolerated_to,
            carried=amounts.carried[place],
            counted_from=amounts.counted_from[place],
        )
