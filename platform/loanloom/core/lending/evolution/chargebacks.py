"""How a loan follows from receipts taken back (`events.chargebacks`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.evolution.money import dated, replanned
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.money import ZERO


def _charged_back(loan: Loan, event: ChargedBack) -> Loan:
    after = replanned(loan, event.rows, event.on) if event.rows else loan

    def owing_again(account: Account) -> Account:
        parts = by_component([part for part in event.applied if part.number == account.instalment.number])
        if not parts:
            return account
        owing = replace(
            account,
            credited_principal=account.credited_principal + parts.get("principal", ZERO),
            credited_interest=account.credited_interest + parts.get("interest", ZERO),
            fee=account.fee + parts.get("fee", ZERO),
            penalty=account.penalty + parts.get("penalty", ZERO),
        )
        return dated(account, owing, event.on)

    accounts = tuple(owing_again(account) for account in after.accounts)
    settled_on = None if event.applied else after.settled_on
    return replace(after, accounts=accounts, surplus=after.surplus - event.surplus, settled_on=settled_on)


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {ChargedBack: _charged_back}
