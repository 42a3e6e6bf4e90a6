"""The repayment schedule: instalments with dates, principal and interest, summing to the principal exactly.

Pure arithmetic over terms; what has been paid is no concern of this module.
"""

from __future__ import annotations

from decimal import localcontext

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.instalments import Instalment, Schedule
from loanloom.core.lending.periods import lay_out
from loanloom.core.lending.rules import BUILT_IN, Methods, PhasePlan, interest_for
from loanloom.core.lending.terms import Terms
from loanloom.core.money import EXACT, ZERO

__all__ = ["Instalment", "Schedule", "build_schedule"]


def build_schedule(terms: Terms, methods: Methods = BUILT_IN, calendar: Calendar = EVERY_DAY) -> Schedule:
    """The schedule that follows from terms: phase by phase, interest rounded in each period, the last instalment
    taking what is left of the principal."""
    with localcontext(EXACT):
        rows: list[Instalment] = []
        balance = terms.principal
        phases = lay_out(terms, methods.day_counts, calendar)
        for phase, periods in zip(terms.phases, phases, strict=True):
            added = _rows(terms, methods, PhasePlan(terms, phase, periods, balance), final=periods is phases[-1])
            balance = added[-1].closing
            rows += added
    return Schedule(tuple(rows))


def _rows(terms: Terms, methods: Methods, plan: PhasePlan, *, final: bool) -> list[Instalment]:
    """The instalments of one phase; in the final phase the last one takes the whole balance."""
    rounded, rate, basis, balance = terms.rounding.apply, terms.annual_rate, terms.daily_basis, plan.opening
    principal_of = methods.principal[plan.phase.principal](plan)
    base_of = methods.interest[plan.phase.interest]
    last = plan.periods[-1] if final else None
    rows = []
    for period in plan.periods:
        base = base_of(terms, period, balance)
        interest = rounded(interest_for(base, rate, period.share))
        principal = balance if period is last else min(max(rounded(principal_of(period, balance)), ZERO), balance)
        rows.append(
            Instalment(period.number, period.start_on, period.due_on, balance, principal, interest, base, rate, basis)
        )
        balance -= principal
    return rows
