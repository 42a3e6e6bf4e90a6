"""Taking a mistaken disbursement back: the money has come back, or it never left.

What people booked on the loan since stands in the way and is undone first, by people; what followed by itself goes
with the disbursement. What it does to the history stands in `history`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of
from loanloom.core.lending.events.undoing import DisbursementUndone, Mistake, MoneyBack
from loanloom.core.lending.loan import Loan

BY_ITSELF = frozenset(
    {
        "recalculate",
        "reprice",
        "apply_surplus",
        "apply_subsidies",
        "check_waivers",
        "suspend_interest",
        "restore_interest",
    }
)
"""Commands that the end of day gives: they follow from the disbursement and go with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoDisbursement(Command):
    """Take the disbursement back: where its money is, why, and what the bank calls it."""

    on: date
    money_back: MoneyBack
    mistake: Mistake
    reference: str = ""


def _undo(loan: Loan, command: UndoDisbursement) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    event = DisbursementUndone(
        on=command.on, terms=loan.terms, money_back=command.money_back, mistake=command.mistake,
        reference=command.reference,
    )  # fmt: skip
    return Decision((event,))


DECIDES: Mapping[type[Command], Decide] = {UndoDisbursement: _undo}
