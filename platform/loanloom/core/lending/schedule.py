"""The repayment schedule: instalments with dates, principal and interest, summing to the principal exactly.

Pure arithmetic over terms; what has been paid is no concern of this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.periods import lay_out
from loanloom.core.lending.rules import BUILT_IN, Methods, PhasePlan, interest_for
from loanloom.core.lending.terms import Terms
from loanloom.core.money import EXACT, ZERO, total


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of a schedule. `base` is what bears interest in the period, at `annual_rate` by actual days over
    `daily_basis` until the due date, on which the interest is exactly `interest`."""

    number: int
    start_on: date
    due_on: date
    opening: Decimal
    principal: Decimal
    interest: Decimal
    base: Decimal
    annual_rate: Decimal
    daily_basis: int

    @property
    def payment(self) -> Decimal:
        """Principal and interest."""
        return self.principal + self.interest

    @property
    def closing(self) -> Decimal:
        """Principal left after this instalment."""
        return self.opening - self.principal

    @property
    def days(self) -> int:
        """Calendar days of the period."""
        return (self.due_on - self.start_on).days


@dataclass(frozen=True, slots=True)
class Schedule:
    """The instalments of one loan, in order."""

    instalments: tuple[Instalment, ...]

    @property
    def principal(self) -> Decimal:
        """All principal."""
        return total(row.principal for row in self.instalments)

    @property
    def interest(self) -> Decimal:
        """All interest, if every instalment is paid on its due date."""
        return total(row.interest for row in self.instalments)

    @property
    def payment(self) -> Decimal:
        """All that the borrower pays, if on time."""
        return self.principal + self.interest

    @property
    def matures_on(self) -> date:
        """The last due date."""
        return self.instalments[-1].due_on


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
