"""How a loan follows from charges added, shared and waived (`events.charges`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.circumstances import LoanCharge, SharedCharge
from loanloom.core.lending.events.charges import ChargeAdded, ChargeShared, ChargeWaived, SharesAgreed, ShareWithdrawn
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.evolution.money import applied_to, dated, replanned
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.money import total


def _added(loan: Loan, event: ChargeAdded) -> Loan:
    loan = replanned(loan, event.rows, event.on) if event.rows else loan

    def charged(account: Account) -> Account:
        amount = total(part.amount for part in event.parts if part.number == account.instalment.number)
        if not amount:
            return account
        if event.component == "penalty":
            after = replace(account, penalty=account.penalty + amount)
        else:
            after = replace(account, fee=account.fee + amount)
        return dated(account, after, event.on)

    charges = tuple(
        LoanCharge(
            key=event.key, component=event.component, amount=part.amount, due_on=part.due_on, number=part.number,
            added_on=event.on,
        )
        for part in event.parts
    )  # fmt: skip
    circumstances = replace(loan.circumstances, charges=(*loan.circumstances.charges, *charges))
    accounts = tuple(charged(account) for account in loan.accounts)
    return replace(loan, accounts=accounts, circumstances=circumstances, settled_on=None)


def _waived(loan: Loan, event: ChargeWaived) -> Loan:
    charges = list(loan.circumstances.charges)
    charges[event.charge] = replace(charges[event.charge], waived=charges[event.charge].waived + event.amount)
    after = replace(loan, accounts=applied_to(loan, event.applied, event.on))
    return replace(after, circumstances=replace(loan.circumstances, charges=tuple(charges)))


def _agreed(loan: Loan, event: SharesAgreed) -> Loan:
    return replace(loan, circumstances=replace(loan.circumstances, shared=event.charges))


def _shared(loan: Loan, event: ChargeShared) -> Loan:
    charge = loan.circumstances.shared[event.charge]
    return _kept(loan, event.charge, replace(charge, borne=event.parts, days_past_due=event.days_past_due))


def _withdrawn(loan: Loan, event: ShareWithdrawn) -> Loan:
    charge = loan.circumstances.shared[event.charge]
    borne = tuple(part - event.amount if place == event.place else part for place, part in enumerate(charge.borne))
    return _kept(loan, event.charge, replace(charge, borne=borne))


def _kept(loan: Loan, place: int, charge: SharedCharge) -> Loan:
    shared = loan.circumstances.shared
    found = (*shared[:place], charge, *shared[place + 1 :])
    return replace(loan, circumstances=replace(loan.circumstances, shared=found))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    ChargeAdded: _added,
    ChargeWaived: _waived,
    SharesAgreed: _agreed,
    ChargeShared: _shared,
    ShareWithdrawn: _withdrawn,
}
