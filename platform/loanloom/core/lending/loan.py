"""A loan's state: what was agreed and paid, instalment by instalment.

What is owed on a day is computed from it (`owed`, in `arrears`), never stored. Events make it (`evolution`); commands
and their checks live in `decisions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from loanloom.core.lending.schedule import Instalment
from loanloom.core.lending.terms import PenaltyTerms, Terms
from loanloom.core.money import ZERO, total


@dataclass(frozen=True, slots=True)
class Account:
    """One instalment with what has been charged and paid.

    `principal_days` and `interest_days` (积数: amount x days overdue) hold the part of penalty and compound interest
    that earlier balances bore, up to `counted_to`: exact whole numbers of cents and days, divided only when asked.
    """

    instalment: Instalment
    principal_paid: Decimal = ZERO
    interest_paid: Decimal = ZERO
    penalty_paid: Decimal = ZERO
    compound_paid: Decimal = ZERO
    fee_paid: Decimal = ZERO
    fee: Decimal = ZERO
    principal_days: Decimal = ZERO
    interest_days: Decimal = ZERO
    counted_to: date | None = None
    paid_on: date | None = None

    @property
    def principal_unpaid(self) -> Decimal:
        """Principal of this instalment not yet repaid."""
        return self.instalment.principal - self.principal_paid

    @property
    def interest_unpaid(self) -> Decimal:
        """Scheduled interest not yet paid."""
        return self.instalment.interest - self.interest_paid

    @property
    def open(self) -> bool:
        """Whether scheduled principal or interest is still unpaid."""
        return self.principal_unpaid > 0 or self.interest_unpaid > 0

    def late_days(self, on: date, penalty: PenaltyTerms) -> int:
        """Days of lateness not yet counted into the products; none while the grace lasts."""
        due = self.instalment.due_on
        grace_ends = due + timedelta(days=penalty.grace_days)
        if on <= grace_ends:
            return 0
        start = due if penalty.reaches_back else grace_ends
        return max((on - max(start, self.counted_to or start)).days, 0)

    def products(self, on: date, penalty: PenaltyTerms) -> tuple[Decimal, Decimal]:
        """Overdue principal x days and overdue interest x days up to `on`."""
        days = self.late_days(on, penalty)
        if not days:
            return self.principal_days, self.interest_days
        return self.principal_days + self.principal_unpaid * days, self.interest_days + self.interest_unpaid * days


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """Terms, one account per instalment, money kept for the borrower, and whether it still runs."""

    terms: Terms
    accounts: tuple[Account, ...]
    surplus: Decimal = ZERO
    settled_on: date | None = None
    last_event_on: date

    @property
    def principal_outstanding(self) -> Decimal:
        """Principal not yet repaid, due or not."""
        return total(account.principal_unpaid for account in self.accounts)

    @property
    def matures_on(self) -> date:
        """The last due date."""
        return self.accounts[-1].instalment.due_on
