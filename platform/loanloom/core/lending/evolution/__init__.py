"""How events make a loan: `evolve(loan, event)`, `replay(events, until)` for any day in the past.

Events carry their outcome; nothing is decided here. One file a family, added by one line in `_EVOLVES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any

from loanloom.core.lending.circumstances import Circumstances
from loanloom.core.lending.events import Event, LoanDisbursed
from loanloom.core.lending.events.taking_over import LoanTakenOver
from loanloom.core.lending.events.undoing import DisbursementUndone
from loanloom.core.lending.evolution import (
    account,
    agreements,
    chargebacks,
    charges,
    conduct,
    ending,
    money,
    plans,
    recourse,
    refunding,
    relief,
    subsidies,
)
from loanloom.core.lending.loan import Account, Loan

_EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    **money.EVOLVES,
    **refunding.EVOLVES,
    **plans.EVOLVES,
    **charges.EVOLVES,
    **chargebacks.EVOLVES,
    **ending.EVOLVES,
    **account.EVOLVES,
    **agreements.EVOLVES,
    **conduct.EVOLVES,
    **recourse.EVOLVES,
    **relief.EVOLVES,
    **subsidies.EVOLVES,
}


def evolve(loan: Loan | None, event: Event) -> Loan:
    """The loan after an event. Total over events that `decide` can make; anything else is a defect."""
    if isinstance(event, LoanDisbursed):
        accounts = tuple(Account(row, paid_on=None if row.payment else event.on) for row in event.instalments)
        return Loan(terms=event.terms, accounts=accounts, last_event_on=event.on)
    if isinstance(event, LoanTakenOver):
        return Loan(terms=event.terms, accounts=event.accounts, surplus=event.surplus, last_event_on=event.on)
    if isinstance(event, DisbursementUndone):
        undone = Circumstances(cancelled_on=event.on)
        return Loan(terms=event.terms, accounts=(), circumstances=undone, settled_on=event.on, last_event_on=event.on)
    if loan is None:
        raise ValueError("a loan begins with its disbursement")
    return replace(_EVOLVES[type(event)](loan, event), last_event_on=event.on)


def evolve_all(loan: Loan, events: Iterable[Event]) -> Loan:
    """The loan after events, in their order."""
    for event in events:
        loan = evolve(loan, event)
    return loan


def replay(events: Iterable[Event], until: date | None = None) -> Loan | None:
    """The loan as its events made it, up to and including a day; None before the disbursement."""
    taken = (event for event in events if until is None or event.on <= until)
    return reduce(evolve, taken, None)
