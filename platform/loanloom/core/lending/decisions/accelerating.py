"""Acceleration 提前到期: all principal is declared due; from the next day on it is overdue and bears penalties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events.agreements import LoanAccelerated, PlanAgreed
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.replan import brought_forward
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerate(Command):
    """Declare all principal due at once, with interest to the day."""

    on: date
    reason: str = ""


def _accelerate(loan: Loan, command: Accelerate) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    row = brought_forward(loan, command.on)
    if row is None:
        return refused("lending.all_due", text("Everything is due already.", "借款已全部到期。"))
    return Decision(
        (
            PlanAgreed(on=command.on, reason="acceleration", from_number=row.number, instalments=(row,)),
            LoanAccelerated(on=command.on, reason=command.reason),
        )
    )


DECIDES: Mapping[type[Command], Decide] = {Accelerate: _accelerate}
