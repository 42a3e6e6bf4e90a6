"""Renewal 借新还旧, 无还本续贷 and top-up 增贷: a new loan pays this one; what it does not cover the borrower pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, bad_amount, refusal_of, refused
from loanloom.core.lending.decisions.settling import payoff, settled_with
from loanloom.core.lending.events.agreements import LoanRenewed
from loanloom.core.lending.loan import Loan
from loanloom.core.money import ZERO, formatted
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew(Command):
    """Settle the loan with money of a new loan; `own` is what the borrower pays himself.

    Without repayment of principal (无还本续贷) the new loan covers the principal and the borrower pays the interest.
    """

    on: date
    amount: Decimal
    by: str
    own: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp(Command):
    """Settle the loan with part of a larger new loan; the rest of that one goes to the borrower."""

    on: date
    amount: Decimal
    by: str


def _renew(loan: Loan, command: Renew) -> Decision:
    own = command.own
    if own and not (own.is_finite() and own > 0 and loan.terms.rounding.holds(own)):
        return bad_amount(own, loan.terms)
    return _settled_by(loan, command.on, own, command.amount, command.by, "renewal")


def _top_up(loan: Loan, command: TopUp) -> Decision:
    return _settled_by(loan, command.on, ZERO, command.amount, command.by, "top_up")


def _settled_by(loan: Loan, on: date, own: Decimal, amount: Decimal, by: str, kind: str) -> Decision:
    refusal = refusal_of(loan, on, amount)
    if refusal:
        return refusal
    if not by.strip():
        return refused("lending.no_new_loan", text("Name the new loan.", "请指明新借款。"), field="by")
    quote = payoff(loan, on)
    if quote.problems:
        return Decision(problems=quote.problems)
    if own + amount + loan.surplus != quote.total:
        wanted = formatted(quote.total - loan.surplus, loan.terms.rounding.digits)
        return refused(
            "lending.not_the_payoff_amount",
            text(
                f"Settling on {on} takes exactly {wanted}, from the new loan and the borrower together.",
                f"{on} 结清应收 {wanted}（新借款与借款人自有资金合计）。",
            ),
            field="amount",
        )
    events = settled_with(loan, on, ((own, "repayment"), (amount, kind)))
    return Decision((*events, LoanRenewed(on=on, by=by)))


DECIDES: Mapping[type[Command], Decide] = {Renew: _renew, TopUp: _top_up}
"""Both close this loan; the new one is paid out by its own disbursement."""
