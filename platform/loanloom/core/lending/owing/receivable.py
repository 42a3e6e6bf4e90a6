"""What the books must hold of a loan on a day, by component: all instalments, due or not, less what is paid.

Principal counts as soon as it is lent, interest as it accrues, charges from their due date on, the cost of lateness
day by day. `in_line` is the part of the interest that follows from the stored instalments alone, by one formula that
the end of day also draws in SQL for all loans at once.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.arrears import due_of, interest_accrued
from loanloom.core.lending.owing.penalties import NEVER_LATE
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import ZERO, total


def receivable(loan: Loan, on: date) -> dict[str, Decimal]:
    """Every component of debt with what is receivable of it on a day; a payment in advance makes it negative. Nothing
    is once the loan is settled: interest paid before its time is earned then."""
    if loan.settled_on is not None:
        return dict.fromkeys(COMPONENTS, ZERO)
    return in_rows(loan, on)


def in_rows(loan: Loan, on: date) -> dict[str, Decimal]:
    """What the instalments alone say, settled or not."""
    loan, found = standing(loan, on), dict.fromkeys(COMPONENTS, ZERO)
    for account in loan.accounts:
        if _lies_ahead(account, on):
            found["principal"] += account.principal_unpaid - account.instalment.capitalised
            continue
        for component, amount in _of(account, loan, on).items():
            found[component] += amount
    return found


def principal_receivable(loan: Loan, on: date) -> Decimal:
    """The principal alone of `receivable`."""
    if loan.settled_on is not None:
        return ZERO
    return total(
        account.principal_unpaid - (account.instalment.capitalised if account.instalment.due_on > on else ZERO)
        for account in standing(loan, on).accounts
    )


def _lies_ahead(account: Account, on: date) -> bool:
    """Whether only principal can be receivable: the period has not begun, and nothing was charged or paid yet but of
    the principal. So most instalments of most loans are."""
    row = account.instalment
    return (
        on <= (row.counted_from or row.start_on) <= row.start_on < row.due_on
        and not row.carried
        and account.late is NEVER_LATE
        and not (account.interest_paid or account.fee_paid or account.penalty_paid)
        and not (account.compound_paid or account.damages_paid)
    )


def _of(account: Account, loan: Loan, on: date) -> dict[str, Decimal]:
    row, terms = account.instalment, loan.terms
    found = dict(due_of(account, terms, on).amounts)
    if row.due_on > on:
        found["principal"] = account.principal_unpaid - row.capitalised
        found["interest"] = interest_accrued(row, on, terms.rounding) - account.interest_paid
        found["fee"] -= account.fee
        found["penalty"] -= account.penalty
    return found


def in_line(loan: Loan, on: date) -> Decimal:
    """Interest receivable as the stored instalments of a running loan alone say it."""
    if loan.settled_on is not None:
        return ZERO
    return total(
        interest_accrued(account.instalment, on, loan.terms.rounding)
        - account.interest_paid
        - (account.instalment.capitalised if account.instalment.due_on <= on else ZERO)
        for account in loan.accounts
    )
