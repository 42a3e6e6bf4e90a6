"""What can happen to a loan, in the past tense. Events are stored for ever; a loan is the sum of its events.

One file a family, each with its stored names; a family is added by one line in `EVENTS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.core.lending.events import (
    account,
    agreements,
    chargebacks,
    charges,
    conduct,
    ending,
    money,
    plans,
    recourse,
    refunding,
    relief,
    subsidies,
    taking_over,
    undoing,
)
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.events.money import (
    FeeCharged,
    LoanDisbursed,
    LoanSettled,
    PlanRecalculated,
    RepaymentReceived,
    ScheduleChanged,
    SurplusApplied,
)

EVENTS: Mapping[str, type[Event]] = {
    **money.NAMED,
    **refunding.NAMED,
    **plans.NAMED,
    **charges.NAMED,
    **chargebacks.NAMED,
    **ending.NAMED,
    **account.NAMED,
    **agreements.NAMED,
    **conduct.NAMED,
    **recourse.NAMED,
    **relief.NAMED,
    **subsidies.NAMED,
    **taking_over.NAMED,
    **undoing.NAMED,
}
"""Stored names of all events."""

EVENT_NAMES = {kind: name for name, kind in EVENTS.items()}

__all__ = [
    "EVENTS",
    "EVENT_NAMES",
    "Event",
    "FeeCharged",
    "LoanDisbursed",
    "LoanSettled",
    "PlanRecalculated",
    "RepaymentReceived",
    "ScheduleChanged",
    "SurplusApplied",
]
