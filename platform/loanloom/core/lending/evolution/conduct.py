"""How a loan's state follows from the borrower's conduct (`events.conduct`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.events.conduct import InterestRestored, InterestSuspended, MisuseFound
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.penalties import counted
from loanloom.core.money import ZERO


def _misused(loan: Loan, event: MisuseFound) -> Loan:
    terms, rows = loan.terms, {row.number: row for row in event.rows}
    parts = {part.number: part.amount for part in event.parts}

    def after(account: Account) -> Account:
        number = account.instalment.number
        late = counted(account, terms.penalty, terms.rounding, event.on)
        amount = parts.get(number, ZERO)
        late = replace(late, misused=amount, misuse_to=event.on if amount else None)
        return replace(account, instalment=rows.get(number, account.instalment), late=late)

    touched = {*rows, *parts, *(each.instalment.number for each in loan.accounts if each.late.misused)}
    accounts = tuple(after(each) if each.instalment.number in touched else each for each in loan.accounts)
    kept = replace(loan.circumstances, misused=event.amount, misused_on=event.on if event.amount else None)
    return replace(loan, accounts=accounts, circumstances=kept)


def _suspended(loan: Loan, event: InterestSuspended) -> Loan:
    return replace(loan, circumstances=replace(loan.circumstances, suspended_on=event.on))


def _restored(loan: Loan, _event: InterestRestored) -> Loan:
    return replace(loan, circumstances=replace(loan.circumstances, suspended_on=None))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    MisuseFound: _misused,
    InterestSuspended: _suspended,
    InterestRestored: _restored,
}
