"""How a loan follows from what others bear of its interest (`events.subsidies`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.events.subsidies import InterestSubsidised, SubsidyWithdrawn
from loanloom.core.lending.evolution import chargebacks
from loanloom.core.lending.evolution.money import applied_to
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.pricing.sharing import Parts


def _subsidised(loan: Loan, event: InterestSubsidised) -> Loan:
    accounts = applied_to(loan, event.applied, event.on) if event.applied else loan.accounts
    return _kept(replace(loan, accounts=accounts), event.number, event.parts, event.back)


def _kept(loan: Loan, number: int, parts: Parts, back: Parts) -> Loan:
    return replace(
        loan,
        accounts=tuple(
            replace(account, subsidised=parts, given_back=back) if account.instalment.number == number else account
            for account in loan.accounts
        ),
    )


def _withdrawn(loan: Loan, event: SubsidyWithdrawn) -> Loan:
    again = ChargedBack(on=event.on, amount=event.amount, applied=event.applied, rows=event.rows)
    after = chargebacks.EVOLVES[ChargedBack](loan, again)
    account = next(each for each in after.accounts if each.instalment.number == event.number)
    parts = tuple(
        part - event.amount if place == event.place else part for place, part in enumerate(account.subsidised)
    )
    return _kept(after, event.number, parts, account.given_back)


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    InterestSubsidised: _subsidised,
    SubsidyWithdrawn: _withdrawn,
}
