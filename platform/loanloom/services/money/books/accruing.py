"""Entries on their way to the journal, and those by which claims grow by themselves. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.ledger.journal import Entry
from loanloom.core.money import ZERO
from loanloom.engines import posting
from loanloom.engines.posting import Facts, Posting
from loanloom.services.errors import Refused

Amounts = Mapping[str, Decimal]
NOTHING: Amounts = {}

ACCRUALS: Mapping[str, tuple[str, ...]] = {
    event: posting.AMOUNTS[event] for event in ("interest_accrued", "penalty_accrued", "fee_due")
}
"""The events by which claims grow by themselves, and the components of each."""

IN_SERVICE = ("performing", "suspended")
"""How a loan stands in the books while only time, not an event, moves it between them."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A journal entry to write, and what it belongs to."""

    entry: Entry
    source: tuple[str, int]
    loan_id: int | None = None
    unit: str | None = None
    currency: str = "CNY"
    sequence: int | None = None
    reverses_id: int | None = None
    facts: Facts = field(default_factory=dict)
    claims: Amounts | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """An entry of an earlier event that counts no more: its mirror, what the event moved, how the loan stood then, and
    for an event that moved all claims, how large they were. `again`: its amounts, where it counts all the same and is
    only booked elsewhere."""

    entry_id: int
    sequence: int
    mirror: Entry
    moved: Amounts
    facts: Facts
    occurred_on: date
    claims: Amounts | None = None
    again: Amounts | None = None


@dataclass(frozen=True, slots=True)
class Postings:
    """The entries of a change, in order, and the columns of the loan's row that say what the books now hold."""

    posted: tuple[Posted, ...]
    columns: Mapping[str, Any]


def accruals(rules: Posting, accrued: Amounts, on: date, facts: Facts, event: str | None = None) -> list[Entry]:
    """The entries by which claims grew (or shrank) by these amounts; or those of the one event that moved them."""
    found = []
    for name, components in ACCRUALS.items() if event is None else ((event, posting.AMOUNTS[event]),):
        parts = {component: accrued[component] for component in components if accrued.get(component)}
        refuse_unserved(rules, name, parts)
        entry = posting.entry_for(rules, name, parts, on, facts)
        if entry is not None:
            found.append(entry)
    return found


def refuse_unserved(rules: Posting, event: str, parts: Amounts) -> None:
    """Nothing is booked by halves: an event that the rules do not know is refused."""
    problem = posting.unserved(rules, event, parts)
    if problem is not None:
        raise Refused(problem)


def add_up(into: dict[str, Decimal], amounts: Amounts, sign: int) -> None:
    """Add amounts to sums (or take them off)."""
    for name, amount in amounts.items():
        into[name] = into.get(name, ZERO) + amount * sign
