"""How a loan's state follows from the events of every loan (`events.money`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.events import (
    Event,
    FeeCharged,
    LoanSettled,
    PlanRecalculated,
    RepaymentReceived,
    ScheduleChanged,
    SurplusApplied,
)
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import Applied, by_component
from loanloom.core.lending.owing.penalties import counted
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.lending.replanning.loans import with_rows
from loanloom.core.money import ZERO


def _paid(account: Account, parts: list[Applied], on: date, terms: Terms) -> Account:
    """The account after parts of a receipt: its lateness is brought up to the day before balances change."""
    sums = by_component(parts)
    after = replace(
        account,
        late=counted(account, terms.penalty, terms.rounding, on),
        principal_paid=account.principal_paid + sums.get("principal", ZERO),
        interest_paid=account.interest_paid + sums.get("interest", ZERO),
        penalty_paid=account.penalty_paid + sums.get("penalty", ZERO),
        compound_paid=account.compound_paid + sums.get("compound", ZERO),
        damages_paid=account.damages_paid + sums.get("damages", ZERO),
        fee_paid=account.fee_paid + sums.get("fee", ZERO),
    )
    return dated(account, after, on)


def dated(before: Account, after: Account, on: date) -> Account:
    """The account with the day on which it was paid in full, as it became so or ceased to be."""
    was_open, is_open = before.open or before.charges_open, after.open or after.charges_open
    if was_open and not is_open:
        return replace(after, paid_on=on)
    return replace(after, paid_on=None) if is_open and after.paid_on else after


def replanned(loan: Loan, rows: tuple[Instalment, ...], on: date) -> Loan:
    """The loan with changed rows; one that has nothing left to take is paid on the day."""
    after = with_rows(loan, rows)
    before = {account.instalment.number: account for account in loan.accounts}
    made = {row.number for row in rows}
    accounts = tuple(
        dated(before.get(each.instalment.number, each), each, on) if each.instalment.number in made else each
        for each in after.accounts
    )
    return replace(after, accounts=accounts)


def applied_to(loan: Loan, applied: tuple[Applied, ...], on: date) -> tuple[Account, ...]:
    """The accounts after parts of a receipt."""
    parts: dict[int, list[Applied]] = {}
    for part in applied:
        parts.setdefault(part.number, []).append(part)
    return tuple(
        _paid(account, parts[account.instalment.number], on, loan.terms)
        if account.instalment.number in parts
        else account
        for account in loan.accounts
    )


def _received(loan: Loan, event: RepaymentReceived) -> Loan:
    if event.rows:
        loan = replanned(loan, event.rows, event.on)
    accounts = applied_to(loan, event.applied, event.on)
    return replace(loan, accounts=accounts, surplus=loan.surplus + event.surplus)


def _surplus_applied(loan: Loan, event: SurplusApplied) -> Loan:
    if event.rows:
        loan = replanned(loan, event.rows, event.on)
    accounts = applied_to(loan, event.applied, event.on)
    return replace(loan, accounts=accounts, surplus=loan.surplus - event.amount)


def _recalculated(loan: Loan, event: PlanRecalculated) -> Loan:
    return replanned(loan, event.rows, event.on)


def _schedule_changed(loan: Loan, event: ScheduleChanged) -> Loan:
    return replace(loan, accounts=rescheduled(loan, event.from_number, event.instalments, event.on))


def _fee_charged(loan: Loan, event: FeeCharged) -> Loan:
    accounts = tuple(
        replace(account, fee=account.fee + event.amount) if account.instalment.number == event.number else account
        for account in loan.accounts
    )
    return replace(loan, accounts=accounts)


def _settled(loan: Loan, event: LoanSettled) -> Loan:
    return replace(loan, settled_on=event.on)


def rescheduled(loan: Loan, from_number: int, rows: tuple[Instalment, ...], on: date) -> tuple[Account, ...]:
    """Earlier instalments stand; later ones are replaced, keeping what was paid on one of the same number and what its
    lateness has cost until now."""
    terms, before = loan.terms, {account.instalment.number: account for account in loan.accounts}
    kept = tuple(account for account in loan.accounts if account.instalment.number < from_number)

    def account_for(row: Instalment) -> Account:
        known = before.get(row.number)
        if known is None:
            return Account(row)
        late = counted(known, terms.penalty, terms.rounding, on)
        return dated(known, replace(known, instalment=row, late=late), on)

    return kept + tuple(account_for(row) for row in rows)


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    RepaymentReceived: _received,
    SurplusApplied: _surplus_applied,
    PlanRecalculated: _recalculated,
    ScheduleChanged: _schedule_changed,
    FeeCharged: _fee_charged,
    LoanSettled: _settled,
}
