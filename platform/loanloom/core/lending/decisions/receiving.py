"""Money in for what is due: repayments, and money kept for the borrower that pays what has fallen due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.allocation import allocate
from loanloom.core.lending.arrears import owed
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, closing, refusal_of, refused
from loanloom.core.lending.decisions.settling import payoff
from loanloom.core.lending.events import RepaymentReceived, SurplusApplied
from loanloom.core.lending.loan import Loan
from loanloom.core.money import formatted, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveRepayment(Command):
    """Take money for what is due."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySurplus(Command):
    """Use money kept for the borrower on what has fallen due."""

    on: date


def _receive(loan: Loan, command: ReceiveRepayment) -> Decision:
    refusal = refusal_of(loan, command.on, command.amount)
    if refusal:
        return refusal
    dues = owed(loan, command.on)
    allocation = allocate(command.amount, dues, loan.terms.allocation)
    if allocation.left_over and not loan.terms.keeps_overpayment:
        return _too_much(loan, command, total(due.total for due in dues))
    event = RepaymentReceived(
        on=command.on, amount=command.amount, applied=allocation.applied, surplus=allocation.left_over
    )
    return Decision(closing(loan, (event,), command.on))


def _too_much(loan: Loan, command: ReceiveRepayment, due: Decimal) -> Decision:
    digits = loan.terms.rounding.digits
    quote = payoff(loan, command.on)
    hint = None
    if not quote.problems:
        amount = formatted(quote.total, digits)
        hint = text(f"To settle the whole loan today, take {amount}.", f"如需今日提前结清，应收 {amount}。")
    due_words = formatted(due, digits)
    return refused(
        "lending.more_than_due",
        text(
            f"{formatted(command.amount, digits)} is more than the {due_words} due on {command.on}, "
            "and this product keeps no overpayments.",
            f"{formatted(command.amount, digits)} 超过 {command.on} 应收的 {due_words}，本产品不接受多还。",
        ),
        hint,
        field="amount",
    )


def _apply_surplus(loan: Loan, command: ApplySurplus) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    allocation = allocate(loan.surplus, owed(loan, command.on), loan.terms.allocation)
    used = loan.surplus - allocation.left_over
    if not used:
        return Decision()
    event = SurplusApplied(on=command.on, amount=used, applied=allocation.applied)
    return Decision(closing(loan, (event,), command.on))


DECIDES: Mapping[type[Command], Decide] = {ReceiveRepayment: _receive, ApplySurplus: _apply_surplus}
