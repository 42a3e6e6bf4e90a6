"""A loan's state: what was agreed and paid, instalment by instalment.

What is owed on a day is computed from it (`owed`, in `arrears`), never stored. Events make it (`evolution`); commands
and their checks live in `decisions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.circumstances import ORDINARY, Circumstances
from loanloom.core.lending.owing.penalties import NEVER_LATE, Lateness
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.money import ZERO, total


@dataclass(frozen=True, slots=True)
class Account:
    """One instalment with what has been charged and paid.

    `fee` and `penalty` are what was charged; `late` holds what earlier overdue balances bore (积数: amount x rate x
    days), divided only when asked. `subsidised` is what each of the loan's subsidies bears of the interest, in their
    order, empty until that is decided, on the due date; `given_back` the part of each that goes back to the borrower.
    """

    instalment: Instalment
    principal_paid: Decimal = ZERO
    interest_paid: Decimal = ZERO
    penalty_paid: Decimal = ZERO
    compound_paid: Decimal = ZERO
    fee_paid: Decimal = ZERO
    fee: Decimal = ZERO
    paid_on: date | None = None
    damages_paid: Decimal = ZERO
    late: Lateness = NEVER_LATE
    penalty: Decimal = ZERO
    credited_principal: Decimal = ZERO
    credited_interest: Decimal = ZERO
    subsidised: tuple[Decimal, ...] = ()
    given_back: tuple[Decimal, ...] = ()

    @property
    def credited(self) -> Decimal:
        """Principal and interest that were charged back into this instalment."""
        return self.credited_principal + self.credited_interest

    @property
    def principal_unpaid(self) -> Decimal:
        """Principal of this instalment not yet repaid."""
        return self.instalment.principal - self.principal_paid

    @property
    def interest_unpaid(self) -> Decimal:
        """Scheduled interest not yet paid, but for what becomes principal instead."""
        return self.instalment.interest - self.instalment.capitalised - self.interest_paid

    @property
    def open(self) -> bool:
        """Whether scheduled principal or interest is still unpaid."""
        return self.principal_unpaid > 0 or self.interest_unpaid > 0

    @property
    def charges_open(self) -> bool:
        """Whether something that was charged is still unpaid."""
        return self.fee > self.fee_paid or self.penalty > self.penalty_paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """Terms, one account per instalment, money kept for the borrower, and whether it still runs."""

    terms: Terms
    accounts: tuple[Account, ...]
    surplus: Decimal = ZERO
    circumstances: Circumstances = ORDINARY
    settled_on: date | None = None
    last_event_on: date

    @property
    def bears_interest(self) -> bool:
        """Whether what is outstanding goes on bearing interest."""
        return self.circumstances.bears_interest

    @property
    def principal_outstanding(self) -> Decimal:
        """Principal not yet repaid, due or not."""
        return total(account.principal_unpaid for account in self.accounts)

    @property
    def matures_on(self) -> date:
        """The last due date; of a loan whose disbursement was undone, the day on which it began."""
        return self.accounts[-1].instalment.due_on if self.accounts else self.terms.start_on
