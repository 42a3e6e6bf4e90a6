"""What can happen to a loan, in the past tense. Events are stored for ever; a loan is the sum of its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.allocation import Applied
from loanloom.core.lending.schedule import Instalment
from loanloom.core.lending.terms import Terms
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanDisbursed:
    """The money went out; terms and schedule are as agreed that day."""

    on: date
    terms: Terms
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChanged:
    """From `from_number` on, the schedule is `instalments`; the ones before stand."""

    on: date
    reason: str
    from_number: int
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCharged:
    """A charge fell due with an instalment."""

    on: date
    reason: str
    number: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentReceived:
    """Money came in and was applied; `surplus` is what the borrower keeps with us."""

    on: date
    amount: Decimal
    applied: tuple[Applied, ...]
    surplus: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusApplied:
    """Money kept from an earlier receipt paid what has fallen due."""

    on: date
    amount: Decimal
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanSettled:
    """Nothing is owed any more."""

    on: date


Event = LoanDisbursed | ScheduleChanged | FeeCharged | RepaymentReceived | SurplusApplied | LoanSettled

EVENTS: dict[str, type[Event]] = {
    "loan_disbursed": LoanDisbursed,
    "schedule_changed": ScheduleChanged,
    "fee_charged": FeeCharged,
    "repayment_received": RepaymentReceived,
    "surplus_applied": SurplusApplied,
    "loan_settled": LoanSettled,
}
"""Stored names."""

EVENT_NAMES = {kind: name for name, kind in EVENTS.items()}
