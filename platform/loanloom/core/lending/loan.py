"""A loan's state and how events make it: `evolve(loan, event)`; `replay(events, until)` for any day in the past.

The state says what was agreed and paid. What is owed on a day is computed from it (`owed`, in `arrears`), never
stored. Commands and their checks live in `decisions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

from loanloom.core.lending.allocation import Applied
from loanloom.core.lending.events import (
    Event,
    FeeCharged,
    LoanDisbursed,
    LoanSettled,
    RepaymentReceived,
    ScheduleChanged,
    SurplusApplied,
)
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


def _paid(account: Account, parts: list[Applied], on: date, penalty: PenaltyTerms) -> Account:
    """The account after parts of a receipt: products are brought up to the day before balances change."""
    principal_days, interest_days = account.products(on, penalty)
    counted = on if account.late_days(on, penalty) else account.counted_to
    sums = {part.component: part.amount for part in parts}
    after = replace(
        account,
        principal_days=principal_days,
        interest_days=interest_days,
        counted_to=counted,
        principal_paid=account.principal_paid + sums.get("principal", ZERO),
        interest_paid=account.interest_paid + sums.get("interest", ZERO),
        penalty_paid=account.penalty_paid + sums.get("penalty", ZERO),
        compound_paid=account.compound_paid + sums.get("compound", ZERO),
        fee_paid=account.fee_paid + sums.get("fee", ZERO),
    )
    return replace(after, paid_on=on) if account.open and not after.open else after


def _apply(loan: Loan, applied: tuple[Applied, ...], on: date) -> tuple[Account, ...]:
    parts: dict[int, list[Applied]] = {}
    for part in applied:
        parts.setdefault(part.number, []).append(part)
    return tuple(
        _paid(account, parts[account.instalment.number], on, loan.terms.penalty)
        if account.instalment.number in parts
        else account
        for account in loan.accounts
    )


def evolve(loan: Loan | None, event: Event) -> Loan:
    """The loan after an event. Total over events that `decide` can make; anything else is a defect."""
    if isinstance(event, LoanDisbursed):
        return Loan(
            terms=event.terms, accounts=tuple(Account(row) for row in event.instalments), last_event_on=event.on
        )
    if loan is None:
        raise ValueError("a loan begins with its disbursement")
    match event:
        case RepaymentReceived():
            accounts, surplus = _apply(loan, event.applied, event.on), loan.surplus + event.surplus
            return replace(loan, accounts=accounts, surplus=surplus, last_event_on=event.on)
        case SurplusApplied():
            accounts, surplus = _apply(loan, event.applied, event.on), loan.surplus - event.amount
            return replace(loan, accounts=accounts, surplus=surplus, last_event_on=event.on)
        case ScheduleChanged():
            return replace(loan, accounts=_rescheduled(loan.accounts, event), last_event_on=event.on)
        case FeeCharged():
            accounts = tuple(
                replace(account, fee=account.fee + event.amount)
                if account.instalment.number == event.number
                else account
                for account in loan.accounts
            )
            return replace(loan, accounts=accounts, last_event_on=event.on)
        case LoanSettled():
            return replace(loan, settled_on=event.on, last_event_on=event.on)


def _rescheduled(accounts: tuple[Account, ...], event: ScheduleChanged) -> tuple[Account, ...]:
    """Earlier instalments stand; later ones are replaced, keeping what was paid on one of the same number."""
    before = {account.instalment.number: account for account in accounts}
    kept = tuple(account for account in accounts if account.instalment.number < event.from_number)
    return kept + tuple(
        replace(before[row.number], instalment=row) if row.number in before else Account(row)
        for row in event.instalments
    )


def replay(events: Iterable[Event], until: date | None = None) -> Loan | None:
    """The loan as its events made it, up to and including a day; None before the disbursement."""
    taken = (event for event in events if until is None or event.on <= until)
    return reduce(evolve, taken, None)
