"""The events that reach the ledger and the amounts each carries: where lending and ledger meet.

A posting rule may use exactly these names in its amounts; `posted` reads them from a lending event.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from loanloom.core.lending.allocation import by_component
from loanloom.core.lending.events import EVENT_NAMES, Event, LoanDisbursed, RepaymentReceived, SurplusApplied
from loanloom.core.lending.terms import COMPONENTS
from loanloom.core.money import ZERO

AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "loan_disbursed": ("principal",),
    "interest_accrued": ("interest",),
    "penalty_accrued": ("penalty", "compound"),
    "repayment_received": (*COMPONENTS, "surplus"),
    "surplus_applied": COMPONENTS,
}
"""Event -> its parts. Events of money received also carry `amount`, the sum of the parts."""

SUMMED = frozenset({"repayment_received", "surplus_applied"})


def names(event: str) -> tuple[str, ...]:
    """Every name that an amount of this event may use."""
    return (*(("amount",) if event in SUMMED else ()), *AMOUNTS[event])


def filled(event: str, parts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """All names of an event with their values; parts that are not given are zero."""
    values = {name: parts.get(name, ZERO) for name in AMOUNTS[event]}
    if event in SUMMED:
        values["amount"] = sum(values.values(), ZERO)
    return values


def posted(event: Event) -> tuple[str, dict[str, Decimal]] | None:
    """The name and amounts of a lending event; None for events that move no money."""
    match event:
        case LoanDisbursed():
            parts = {"principal": event.terms.principal}
        case RepaymentReceived():
            parts = by_component(event.applied) | {"surplus": event.surplus}
        case SurplusApplied():
            parts = by_component(event.applied)
        case _:
            return None
    return EVENT_NAMES[type(event)], parts
