"""The terms of one loan: everything that its schedule and its debts follow from, as plain values.

Products are compiled to terms elsewhere; nothing here knows metadata. Names of rules (principal, interest, day count)
are looked up in the `Methods` handed to the functions that need them, so that plugins can add to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.charges import ChargeTerms, Guarantee
from loanloom.core.lending.late_terms import PLAIN_PENALTY, PenaltyTerms
from loanloom.core.lending.tax_terms import TaxTerms
from loanloom.core.money import CENTS, Rounding

__all__ = ["COMPONENTS", "AllocationOrder", "PenaltyTerms", "Phase", "PrepaymentTerms", "Terms"]

COMPONENTS = ("fee", "penalty", "compound", "interest", "principal")
"""What an instalment can owe: charges, penalty interest 罚息, interest on unpaid interest 复利, interest, principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the schedule with one way to repay: so many periods, a rule for principal and one for interest."""

    periods: int
    every: int = 1
    unit: str = "month"
    principal: str = "equal_instalment"
    interest: str = "declining_balance"
    parameters: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationOrder:
    """Which debt a receipt pays first; `by` instalment (oldest instalment first) or component (across instalments)."""

    order: tuple[str, ...] = COMPONENTS
    by: str = "instalment"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaymentTerms:
    """Early settlement: whether, for which fee on the principal repaid early, and not before how many days."""

    allowed: bool = True
    fee_rate: Decimal = Decimal(0)
    min_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What lender and borrower agreed. Rates are yearly fractions; `due_day` is the anchor (None: the start's day)."""

    currency: str
    principal: Decimal
    annual_rate: Decimal
    start_on: date
    phases: tuple[Phase, ...]
    due_day: int | None = None
    first_due_on: date | None = None
    min_first_days: int = 15
    roll: str = "keep"
    day_count: str = "30/360"
    daily_basis: int = 360
    rounding: Rounding = CENTS
    penalty: PenaltyTerms = PLAIN_PENALTY
    allocation: AllocationOrder = AllocationOrder()
    prepayment: PrepaymentTerms = PrepaymentTerms()
    keeps_overpayment: bool = False
    charges: tuple[ChargeTerms, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    interest_tax: TaxTerms | None = None
    upfront_deduction: bool = False
