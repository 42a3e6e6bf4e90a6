"""The share of a loan's interest that an amount of its principal has borne, where payments do not change the plan.

Each instalment's accrued interest is shared between that amount and the rest of its balance. A refund gives this back;
loans whose plan follows every payment are lived through again instead (refunds.interest_saved). Decides nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import interest_accrued
from loanloom.core.money import EXACT, ZERO


def interest_borne(loan: Loan, amount: Decimal, on: date) -> Decimal:
    """The interest that `amount` of the loan's principal has borne by a day; what an instalment repaid is no longer
    part of what is refunded."""
    rounding, borne = loan.terms.rounding, ZERO
    for account in loan.accounts:
        row = account.instalment
        if row.start_on >= on:
            break
        if row.opening > 0:
            share = min(amount, row.opening)
            borne += EXACT.divide(interest_accrued(row, on, rounding) * share, row.opening)
    return rounding.apply(borne)
