"""What a loan owes on a day: due amounts by instalment and component, interest accrued, penalties, days past due.

Everything here is a function of the loan's state and a date; asking twice or in steps gives the same answer, because
accruals are cumulative and rounded once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import COMPONENTS, Terms
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import Due
from loanloom.core.lending.owing.penalties import LateCosts, late_costs
from loanloom.core.lending.owing.subsidised import expected
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import ZERO, Rounding, total


def interest_accrued(row: Instalment, on: date, rounding: Rounding) -> Decimal:
    """The interest of one instalment that has accrued by `on`: by actual days within the period, never more than the
    period's interest, and exactly that on the due date."""
    if on >= row.due_on:
        return row.interest
    days = (on - (row.counted_from or row.start_on)).days
    if days <= 0:
        return min(rounding.apply(row.carried), row.interest) if row.carried else ZERO
    return min(rounding.apply(row.carried + row.base * row.annual_rate * days / row.daily_basis), row.interest)


def late_costs_of(account: Account, terms: Terms, on: date) -> LateCosts:
    """What lateness has cost an instalment by `on`, paid or not: penalty and compound interest, damages, late fees."""
    paid = {
        "fee": max(account.fee_paid - account.fee, ZERO),
        "penalty": max(account.penalty_paid - account.penalty, ZERO),
        "compound": account.compound_paid,
        "damages": account.damages_paid,
    }
    return late_costs(account, terms.penalty, terms.rounding, on, paid=paid, agreed_on=terms.start_on)


def penalties(account: Account, terms: Terms, on: date) -> tuple[Decimal, Decimal]:
    """Penalty and compound interest that an instalment has attracted by `on`, paid or not."""
    amounts = late_costs_of(account, terms, on).amounts
    return amounts["penalty"], amounts["compound"]


def due_of(account: Account, terms: Terms, on: date) -> Due:
    """What one instalment owes on a day at or after its due date."""
    late = late_costs_of(account, terms, on).amounts
    amounts = {
        "fee": account.fee + late["fee"] - account.fee_paid,
        "penalty": account.penalty + late["penalty"] - account.penalty_paid,
        "compound": late["compound"] - account.compound_paid,
        "damages": late["damages"] - account.damages_paid,
        "interest": account.interest_unpaid,
        "principal": account.principal_unpaid,
    }
    return Due(account.instalment.number, amounts)


def owed(loan: Loan, on: date) -> tuple[Due, ...]:
    """What is due for payment on a day, oldest instalment first."""
    loan = standing(loan, on)
    dues = (due_of(account, loan.terms, on) for account in loan.accounts if account.instalment.due_on <= on)
    return tuple(due for due in dues if due.total)


@dataclass(frozen=True, slots=True)
class Arrears:
    """How late a loan is. `reported` is false while a grace hides it; the days are counted all the same."""

    days_past_due: int
    oldest_due_on: date | None
    reported: bool
    principal: Decimal
    interest: Decimal


def arrears(loan: Loan, on: date) -> Arrears:
    """Days past due run from the oldest instalment whose principal or interest is unpaid; unpaid penalties alone
    do not make a loan overdue, nor does a day off that is tolerated until the next working day."""
    late = [account for account in loan.accounts if account.instalment.on_time_until < on and account.open]
    if not late:
        return Arrears(0, None, False, ZERO, ZERO)
    oldest = min(account.instalment.due_on for account in late)
    days = (on - oldest).days
    return Arrears(
        days,
        oldest,
        days > loan.terms.penalty.grace_days,
        total(account.principal_unpaid for account in late),
        total(account.interest_unpaid for account in late),
    )


@dataclass(frozen=True, slots=True)
class Position:
    """A loan on one day: what is outstanding, what is due now, how late it is, and what comes next."""

    on: date
    principal_outstanding: Decimal
    interest_accrued: Decimal
    penalty: Decimal
    compound: Decimal
    damages: Decimal
    fee: Decimal
    due: dict[str, Decimal]
    arrears: Arrears
    next_due_on: date | None
    next_payment: Decimal
    surplus: Decimal

    @property
    def due_total(self) -> Decimal:
        """All that is due for payment on the day."""
        return total(self.due.values())


def position(loan: Loan, on: date) -> Position:
    """All figures of a loan on one day."""
    loan = standing(loan, on)
    dues = owed(loan, on)
    due = {component: total(item.amounts[component] for item in dues) for component in COMPONENTS}
    late = arrears(loan, on)
    ahead = [account for account in loan.accounts if account.instalment.due_on > on and account.open]
    accrued = total(
        interest_accrued(account.instalment, on, loan.terms.rounding) - account.interest_paid
        for account in loan.accounts
    )
    return Position(
        on=on,
        principal_outstanding=loan.principal_outstanding,
        interest_accrued=accrued,
        penalty=due["penalty"],
        compound=due["compound"],
        damages=due["damages"],
        fee=due["fee"],
        due=due,
        arrears=late,
        next_due_on=ahead[0].instalment.due_on if ahead else None,
        next_payment=_next_payment(loan, ahead[0], late.days_past_due) if ahead else ZERO,
        surplus=loan.surplus,
    )


def _next_payment(loan: Loan, account: Account, days_past_due: int) -> Decimal:
    """What the borrower pays with an instalment ahead, less what others are expected to bear of it."""
    return account.principal_unpaid + account.interest_unpaid - expected(loan, account, days_past_due)
