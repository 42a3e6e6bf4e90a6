"""The terms of one loan: everything that its schedule and its debts follow from, as plain values.

Products are compiled to terms elsewhere; nothing here knows metadata. Names of rules (principal, interest, day count)
are looked up in the `Methods` handed to the functions that need them, so that plugins can add to them. Terms are
stored with the loan for ever: a new field needs a default with which terms written before it mean what they meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.charges import ChargeTerms, Guarantee, Subsidy
from loanloom.core.lending.agreed.late_terms import PLAIN_PENALTY, PenaltyTerms
from loanloom.core.lending.agreed.plan_terms import (
    CONTRACT_RATE,
    DRAWN_ONCE,
    NO_GRACE,
    DownPaymentTerms,
    DrawTerms,
    GraceTerms,
    IndexTerms,
    Pause,
    Phase,
    PlannedRow,
    RateStep,
    RateTerms,
    RateTier,
    Recurrence,
    Tranche,
)
from loanloom.core.lending.agreed.servicing_terms import (
    BY_INSTALMENT,
    COMPONENTS,
    FREE_PREPAYMENT,
    AllocationOrder,
    AllocationRule,
    Bucket,
    FeeStep,
    PrepaymentTerms,
    RecalculationTerms,
)
from loanloom.core.lending.agreed.tax_terms import TaxTerms
from loanloom.core.lending.business.entrusted import EntrustedTerms
from loanloom.core.lending.business.extensions import BY_GENERAL_RULES, ExtensionTerms
from loanloom.core.money import CENTS, Rounding

__all__ = [
    "COMPONENTS", "AllocationOrder", "AllocationRule", "Bucket", "DownPaymentTerms", "DrawTerms", "FeeStep",
    "GraceTerms", "IndexTerms", "Pause", "PenaltyTerms", "Phase", "PlannedRow", "PrepaymentTerms", "RateStep",
    "RateTerms", "RateTier", "RecalculationTerms", "Recurrence", "Terms", "Tranche",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What lender and borrower agreed. Rates are yearly fractions; `due_day` is the anchor (None: the start's day).

    Calendar. `counts_from`: the date from which due dates are counted (None: `start_on`). `first_stub`: what an
    irregular first period costs: its `actual` days on top of the instalment; actual days within a `level` instalment;
    a `separate` row of interest before the first instalment; as much as a `full` period. `roll` moves due dates off
    days off, `tolerates_holidays` keeps them but takes the next working day as on time, `roll_accrues` says whether
    days moved over bear interest. `collection_weekday` (0 is Monday) moves due dates to the next such day.
    `fixed_length` (in units of the last phase) and `matures_on` (a payday, an invoice's due date) fix the last date.

    Interest. `interest_by` days (the day count decides) or period (every period alike, a month is a twelfth, a week a
    fifty-second). `accrual` inside a period: `basis` (base x rate x days / `daily_basis`, at most the period's
    interest) or `linear` (the period's interest by days gone of its days).

    Arithmetic. `precision`: significant digits of what is not yet money. `rounding_place`: interest becomes money by
    `period`, by `stretch` (of one rate and balance inside a period) or over the whole `term`. `instalment_by`: the
    level instalment is solved over the `periods` as they are, or over `nominal` ones, all alike (`thirty`: months are
    thirty days of 365). `residual`: what
    rounding leaves falls into the `last` or `first` instalment or is `spread`.

    `interest_shares` are the parts of the interest that others bear (贴息).
    """

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
    allocation: AllocationOrder = BY_INSTALMENT
    prepayment: PrepaymentTerms = FREE_PREPAYMENT
    keeps_overpayment: bool = False
    charges: tuple[ChargeTerms, ...] = ()
    interest_shares: tuple[Subsidy, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    extension: ExtensionTerms = BY_GENERAL_RULES
    entrusted: EntrustedTerms | None = None
    interest_tax: TaxTerms | None = None
    upfront_deduction: bool = False
    # calendar
    counts_from: date | None = None
    first_stub: str = "actual"
    tolerates_holidays: bool = False
    roll_accrues: bool = True
    collection_weekday: int | None = None
    fixed_length: int | None = None
    matures_on: date | None = None
    # interest
    interest_by: str = "days"
    accrual: str = "basis"
    rates: RateTerms = CONTRACT_RATE
    pauses: tuple[Pause, ...] = ()
    grace: GraceTerms = NO_GRACE
    # arithmetic
    precision: int = 34
    rounding_place: str = "period"
    instalment_by: str = "periods"
    instalment_multiple: Decimal | None = None
    residual: str = "last"
    # money out and in
    draws: DrawTerms = DRAWN_ONCE
    down_payment: DownPaymentTerms | None = None
    recalculation: RecalculationTerms | None = None
