"""Events of every loan: money out, money in, what fell due with it, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanDisbursed(Event):
    """The money went out, less the `fee` kept back where that is allowed; terms and schedule are as agreed that day."""

    terms: Terms
    instalments: tuple[Instalment, ...]
    fee: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChanged(Event):
    """From `from_number` on, the schedule is `instalments`; the ones before stand."""

    reason: str
    from_number: int
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCharged(Event):
    """A charge fell due with an instalment."""

    reason: str
    number: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentReceived(Event):
    """Money came in and was applied; `surplus` is what the borrower keeps with us.

    `kind` is what the money was (repayment, down_payment, merchant_refund ...). `rows` are the instalments that the
    receipt changed, where interest follows what is outstanding.
    """

    amount: Decimal
    applied: tuple[Applied, ...]
    surplus: Decimal = ZERO
    kind: str = "repayment"
    rows: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusApplied(Event):
    """Money kept from an earlier receipt paid what has fallen due."""

    amount: Decimal
    applied: tuple[Applied, ...]
    rows: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecalculated(Event):
    """What was unpaid went on bearing interest, and the instalments ahead are other than they were."""

    rows: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanSettled(Event):
    """Nothing is owed any more."""


NAMED: Mapping[str, type[Event]] = {
    "loan_disbursed": LoanDisbursed,
    "schedule_changed": ScheduleChanged,
    "fee_charged": FeeCharged,
    "repayment_received": RepaymentReceived,
    "surplus_applied": SurplusApplied,
    "plan_recalculated": PlanRecalculated,
    "loan_settled": LoanSettled,
}
"""Stored names."""
