"""How a loan follows from its ends (`events.ending`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.events.ending import ChargedOff, ContractTerminated, WrittenOff
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.evolution.money import applied_to, replanned
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.lending.planning.instalments import Instalment


def folded(
    loan: Loan, rows: tuple[Instalment, ...], removed: tuple[int, ...], on: date, into: int | None = None
) -> Loan:
    """The loan with rows put into one (the last of those that change): what was charged and paid on those that go
    belongs to it now."""
    if not removed:
        return replanned(loan, rows, on) if rows else loan
    gone = [account for account in loan.accounts if account.instalment.number in removed]
    target = rows[-1].number if into is None else into
    kept = tuple(
        _with_money(account, gone) if account.instalment.number == target else account
        for account in loan.accounts
        if account.instalment.number not in removed
    )
    after = replanned(replace(loan, accounts=kept), rows, on)
    accounts = tuple(
        replace(account, paid_on=account.paid_on or on)
        if account.instalment.number == target and not (account.open or account.charges_open)
        else account
        for account in after.accounts
    )
    charges = tuple(
        replace(charge, number=target) if charge.number in removed else charge for charge in after.circumstances.charges
    )
    return replace(after, accounts=accounts, circumstances=replace(after.circumstances, charges=charges))


def _with_money(account: Account, others: list[Account]) -> Account:
    """An account with the amounts of others added to its own."""
    sums: dict[str, Any] = {}
    for each in fields(account):
        value = getattr(account, each.name)
        if isinstance(value, Decimal):
            sums[each.name] = sum((getattr(other, each.name) for other in others), value)
    return replace(account, **sums)


def _charged_off(loan: Loan, event: ChargedOff) -> Loan:
    after = folded(loan, event.rows, event.removed, event.on)
    stays = event.bears_interest and after.circumstances.bears_interest
    circumstances = replace(after.circumstances, charged_off_on=event.on, bears_interest=stays)
    return replace(after, circumstances=circumstances)


def _written_off(loan: Loan, event: WrittenOff) -> Loan:
    after = replanned(loan, event.rows, event.on) if event.rows else loan
    accounts = applied_to(after, event.applied, event.on)
    circumstances = replace(
        after.circumstances, written_off_on=event.on, written_off=by_component(event.applied), bears_interest=False
    )
    return replace(after, accounts=accounts, circumstances=circumstances, settled_on=event.on)


def _terminated(loan: Loan, event: ContractTerminated) -> Loan:
    after = folded(loan, event.rows, event.removed, event.on)
    return replace(after, circumstances=replace(after.circumstances, terminated_on=event.on, bears_interest=False))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    ChargedOff: _charged_off,
    WrittenOff: _written_off,
    ContractTerminated: _terminated,
}
