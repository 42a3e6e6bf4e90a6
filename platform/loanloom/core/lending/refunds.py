"""Interest given back with a refund: what the borrower was charged on money that has now been refunded.

When a merchant takes goods back, the refunded amount is treated as if it had never been lent: the loan is lived
through again with that much repaid on its first day, and the difference in interest up to today is given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions import ReceiveRepayment, decide
from loanloom.core.lending.events import Event, LoanDisbursed, RepaymentReceived
from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.replanning.loans import follows, plan_of
from loanloom.core.money import ZERO, total

REFUNDS = frozenset({"merchant_refund", "payout_refund"})
"""Kinds of receipts that undo a part of the purchase."""

INTEREST_REFUND = "interest_refund"


def interest_borne(loan: Loan, on: date) -> Decimal:
    """All interest of a loan up to a day, paid or not."""
    if loan.settled_on is not None or not follows(loan):
        return total(account.interest_paid for account in loan.accounts)
    plan = plan_of(loan)
    plan.advance(on)
    plan.settle(on)
    return total(planned.interest for planned in plan.project(on, on).values())


def interest_saved(events: Sequence[Event], on: date) -> Decimal:
    """What the refunds among these events, the newest of `on` included, give back in interest that is not given yet."""
    receipts = [event for event in events if isinstance(event, RepaymentReceived)]
    refunded = total(event.amount for event in receipts if event.kind in REFUNDS)
    given = total(event.amount for event in receipts if event.kind == INTEREST_REFUND)
    if not refunded:
        return ZERO
    real: Loan | None = None
    for event in events:
        real = evolve(real, event)
    if real is None:
        return ZERO
    before = interest_borne(real, on)
    return max(before - given - interest_borne(_never_lent(events, refunded, on), on), ZERO)


def _never_lent(events: Sequence[Event], refunded: Decimal, on: date) -> Loan:
    """The loan as it would be, had the refunded money been repaid on the first day."""
    first = events[0]
    if not isinstance(first, LoanDisbursed):
        raise ValueError("a history begins with the disbursement")
    loan = _received(evolve(None, first), first.on, min(refunded, first.terms.principal), "merchant_refund")
    for event in events[1:]:
        if isinstance(event, RepaymentReceived) and event.kind not in REFUNDS | {INTEREST_REFUND} and event.on <= on:
            loan = _received(loan, event.on, event.amount, event.kind)
    return loan


def _received(loan: Loan, on: date, amount: Decimal, kind: str) -> Loan:
    return evolve_all(loan, decide(loan, ReceiveRepayment(on=on, amount=amount, kind=kind)).events)
