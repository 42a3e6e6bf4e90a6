"""How a loan's state follows from what happens to its account (`events.account`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.events.account import AccountClosed, LoanTransferred
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.loan import Loan


def _transferred(loan: Loan, _event: LoanTransferred) -> Loan:
    return loan


def _closed(loan: Loan, event: AccountClosed) -> Loan:
    return replace(loan, circumstances=replace(loan.circumstances, closed_on=event.on))


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {
    LoanTransferred: _transferred,
    AccountClosed: _closed,
}
