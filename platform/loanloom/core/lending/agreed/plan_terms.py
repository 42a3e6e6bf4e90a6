"""The parts of terms that a schedule is made of: recurrences, phases, graces, rates, draws.

Plain values with their meaning and nothing else; what they lead to is computed in `calendars`, `rates` and `schedule`.
Rates are yearly fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Days that come back: every so many units, or fixed days.

    Units: day, week, half_month, month, quarter, year. `days` are the days of the month (two for half-monthly; 31 is
    the month's end), `months` the months of the year that count (3, 6, 9, 12 with day 20: settlement at quarter ends
    结息日), `weekday` the day of the week (0 is Monday) that weeks fall on.
    """

    every: int = 1
    unit: str = "month"
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    weekday: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """One row of a plan that was agreed row by row: when, and how much principal (or, for plans in percent, which
    fraction of the phase's principal); `interest` only where the plan fixes that too (a schedule taken over)."""

    due_on: date
    principal: Decimal
    interest: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the schedule with one way to repay: so many periods, a rule for principal and one for interest.

    `every` and `unit` (or `calendar`) are the dates of principal. `interest_calendar` gives interest its own dates
    (None: the same); the end of the phase always pays both. `rows` are the dates and amounts of plans agreed row by
    row. With `capitalises`, interest falling due is added to the principal instead of being paid.
    """

    periods: int
    every: int = 1
    unit: str = "month"
    principal: str = "equal_instalment"
    interest: str = "declining_balance"
    parameters: Mapping[str, Decimal | tuple[Decimal, ...]] = field(default_factory=dict)
    calendar: Recurrence | None = None
    interest_calendar: Recurrence | None = None
    rows: tuple[PlannedRow, ...] = ()
    annual_rate: Decimal | None = None
    capitalises: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GraceTerms:
    """Periods from the start without principal, without paying interest, without interest at all.

    Interest of the periods without payment falls due with the first period after them, or is added to the principal
    period by period (`capitalises`).
    """

    principal: int = 0
    interest_payment: int = 0
    interest_charged: int = 0
    capitalises: bool = False


NO_GRACE = GraceTerms()
"""Principal and interest from the first period on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateStep:
    """A yearly rate (or index value) that holds from a day on."""

    from_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTier:
    """A yearly rate that holds from a balance, or from a period number, on (`from_value` inclusive)."""

    from_value: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTerms:
    """A rate that follows an index: value + spread, never below the floor or above the ceiling.

    `repricing` says on which days the rate is looked up again (None: only at the start); each time the newest of the
    dated `values` counts that is not later than the day less `lag_days`.
    """

    index: str
    spread: Decimal = Decimal(0)
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    repricing: Recurrence | None = None
    lag_days: int = 0
    values: tuple[RateStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTerms:
    """How the rate moves after the start; with nothing set it is `Terms.annual_rate` for good.

    `steps`: dated changes. `index`: the rate follows an index. `tiers`: by balance or by period number, either the
    one tier reached for the whole balance (`whole`) or each part of the balance at its own (`parts`).
    `applies` says what a change means for a period it falls into: `contract` (nothing, the contract's rate stays),
    `current` (the rate on the due day for the whole period), `segments` (each day at its own rate 分段计息).
    `quoted` and `quoted_per` (year, month, day, term) are how the rate was agreed in words.
    """

    steps: tuple[RateStep, ...] = ()
    index: IndexTerms | None = None
    tiers: tuple[RateTier, ...] = ()
    tiered_by: str = "balance"
    tier_share: str = "whole"
    applies: str = "segments"
    quoted: Decimal | None = None
    quoted_per: str = "year"


CONTRACT_RATE = RateTerms()
"""The rate stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days without interest, the first and the last included."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentTerms:
    """A share of each amount disbursed that is due on the same day; `automatic` keeps it back at disbursement."""

    percent: Decimal
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """A draw that is expected, with its own way to repay if it has one (empty: it joins the running plan)."""

    on: date
    amount: Decimal
    phases: tuple[Phase, ...] = ()
    annual_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTerms:
    """How the money is drawn: `once`, in `tranches`, or `revolving` up to a limit.

    `tranches` are those expected after the first draw (the first is `Terms.principal` on `Terms.start_on`); with
    `must_be_expected` no other may be drawn. `full_term_each`: every draw runs its own full number of periods.
    `whole_periods`: a draw inside a period bears interest as if it were made on the period's first day.
    """

    pattern: str = "once"
    tranches: tuple[Tranche, ...] = ()
    must_be_expected: bool = False
    full_term_each: bool = False
    whole_periods: bool = False
    limit: Decimal | None = None
    max_draws: int | None = None


DRAWN_ONCE = DrawTerms()
"""All of the money on the first day."""
