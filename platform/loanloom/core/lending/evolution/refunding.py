"""How refunds of kept money change a loan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.events.refunding import SurplusRefunded
from loanloom.core.lending.loan import Loan


def _refunded(loan: Loan, event: SurplusRefunded) -> Loan:
    return replace(loan, surplus=loan.surplus - event.surplus)


EVOLVES: Mapping[type[Event], Callable[[Loan, Any], Loan]] = {SurplusRefunded: _refunded}
