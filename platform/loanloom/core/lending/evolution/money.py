"""How a loan's state follows from the events of every loan (`events.money`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from loanloom.core.lending.allocation import Applied
from loanloom.core.lending.events import (
    Event,
    FeeCharged,
    LoanSettled,
    RepaymentReceived,
    ScheduleChanged,
    SurplusApplied,
)
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.terms import PenaltyTerms
from loanloom.core.money import ZERO


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


def applied_to(loan: Loan, applied: tuple[Applied, ...], on: date) -> tuple[Account, ...]:
    parts: dict[int, list[Applied]] = {}
    for part in applied:
        parts.setdefault(part.number, []).append(part)
    return tuple(
        _paid(account, parts[account.instalment.number], on, loan.terms.penalty)
        if account.instalment.number in parts
        else account
        for account in loan.accounts
    )


def _received(loan: Loan, event: RepaymentReceived) -> Loan:
    accounts = applied_to(loan, event.applied, event.on)
    return replace(loan, accounts=accounts, surplus=loan.surplus + event.surplus)


def _surplus_applied(loan: Loan, event: SurplusApplied) -> Loan:
    accounts = applied_to(loan, event.applied, event.on)
    return replace(loan, accounts=accounts, surplus=loan.surplus - event.amount)


def _schedule_changed(loan: Loan, event: ScheduleChanged) -> Loan:
    return replace(loan, accounts=_rescheduled(loan.accounts, event))


def _fee_charged(loan: Loan, event: FeeCharged) -> Loan:
    accounts = tuple(
        replace(account, fee=account.fee + event.amount) if account.instalment.number == event.number else account
        for account in loan.accounts
    )
    return replace(loan, accounts=accounts)


def _settled(loan: Loan, event: LoanSettled) -> Loan:
    return replace(loan, settled_on=event.on)


def _rescheduled(accounts: tuple[Account, ...], event: ScheduleChanged) -> tuple[Account, ...]:
    """Earlier instalments stand; later ones are replaced, keeping what was paid on one of the same number."""
    before = {account.instalment.number: account for account in accounts}
    kept = tuple(account for account in accounts if account.instalment.number < event.from_number)
    return kept + tuple(
        replace(before[row.number], instalment=row) if row.number in before else Account(row)
        for row in event.instalments
    )


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    RepaymentReceived: _received,
    SurplusApplied: _surplus_applied,
    ScheduleChanged: _schedule_changed,
    FeeCharged: _fee_charged,
    LoanSettled: _settled,
}
