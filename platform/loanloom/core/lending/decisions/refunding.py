"""Credit balance refund 溢缴款退还: money kept for the borrower goes back to him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.chargebacks import Chargeback, charge_back
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.events.refunding import SurplusRefunded
from loanloom.core.lending.evolution import evolve_all
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


def refunded_again(loan: Loan, command: RefundSurplus) -> Decision:
    """A refund that was paid out, when history before it is amended: what was not the borrower's any more is owed."""
    kept = min(loan.surplus, command.amount)
    first = (SurplusRefunded(on=command.on, surplus=kept),) if kept else ()
    rest = command.amount - kept
    if not rest:
        return Decision(closing(loan, first, command.on) if loan.settled_on is None else first)
    owed = charge_back(evolve_all(loan, first), Chargeback(on=command.on, amount=rest))
    return owed if owed.problems else Decision((*first, *owed.events))


DECIDES: Mapping[type[Command], Decide] = {RefundSurplus: _refund}
