"""Two loans of 100,000, one whose interest follows what is outstanding, and loans that lived through commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loanloom.core.lending.agreed.terms import AllocationOrder, RecalculationTerms, Terms
from loanloom.core.lending.decisions import Command, Disburse, decide
from loanloom.core.lending.events import Event
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.rules import READY_MADE
from loanloom.core.lending.records import from_record, to_record

PLAIN = Terms(
    currency="CNY", principal=Decimal("100000.00"), annual_rate=Decimal("0.12"), start_on=date(2026, 1, 15),
    phases=READY_MADE["equal_instalment"](12, 1, "month"), keeps_overpayment=True,
)  # fmt: skip
FOLLOWING = replace(
    PLAIN, recalculation=RecalculationTerms(), accrual="linear", allocation=AllocationOrder(surplus="next_instalment"),
)  # fmt: skip
BOTH = pytest.mark.parametrize("terms", [PLAIN, FOLLOWING], ids=["plain", "following"])


def lived(terms: Terms, *commands: Command) -> Loan:
    """The loan after these commands, lived through again from its stored events."""
    events: list[Event] = []
    for command in (Disburse(terms=terms), *commands):
        decision = decide(replay(events) if events else None, command)
        assert not decision.problems, decision.problems
        events += decision.events
    loan = replay(from_record(type(event), to_record(event)) for event in events)
    assert loan is not None and loan == replay(events)
    return loan
