"""Credit balance refund 溢缴款退还: money kept for the borrower goes back to him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.events.refunding import SurplusRefunded
from loanloom.core.lending.loan import Loan
from loanloom.core.money import formatted
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSurplus(Command):
    """Give back money kept for the borrower."""

    on: date
    amount: Decimal


def _refund(loan: Loan, command: RefundSurplus) -> Decision:
    still_kept = replace(loan, settled_on=None) if loan.surplus else loan
    refusal = refusal_of(still_kept, command.on, command.amount)
    if refusal:
        return refusal
    if command.amount > loan.surplus:
        kept = formatted(loan.surplus, loan.terms.rounding.digits)
        return refused(
            "lending.more_than_kept",
            text(f"Only {kept} is kept for the borrower.", f"该借款留存款仅 {kept}。"),
            field="amount",
        )
    return Decision(closing(loan, (SurplusRefunded(on=command.on, surplus=command.amount),), command.on))


DECIDES: Mapping[type[Command], Decide] = {RefundSurplus: _refund}
