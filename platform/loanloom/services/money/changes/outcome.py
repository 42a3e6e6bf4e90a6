"""What a change would do to a loan: the command of a kind and its parameters, decided by the core. Saves nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.dates import Calendar
from loanloom.core.lending.decisions import Command, decide
from loanloom.core.lending.events import EVENT_NAMES, Event
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import ZERO, total
from loanloom.engines import products
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.changes.parameters import given_of
from loanloom.services.money.loan_rows import Kept

MONEY_IN = frozenset({"repayment_received", "guarantor_paid", "recovered"})
"""Events by which money comes in; with them a change is booked where the money is received."""

WITHOUT_MONEY = frozenset({"goodwill", "interest_waiver", "interest_refund"})
"""Kinds of receipts that we give ourselves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command leads to: new events, the loan after them, events they replace; or problems."""

    command: Command | None
    events: tuple[Event, ...]
    after: Loan
    superseded: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def money_in(self) -> Decimal:
        """What the borrower or somebody for him pays with this change."""
        return total(getattr(event, "amount", ZERO) for event in self.events if _is_money_in(event))


def _is_money_in(event: Event) -> bool:
    named = EVENT_NAMES[type(event)] in MONEY_IN
    return named and getattr(event, "kind", "repayment") not in WITHOUT_MONEY


def command_of(ctx: Context, kept: Kept, kind: Kind, record: Mapping[str, Any], on: date) -> Command:
    """The core's command for a kind and its parameters; methods and calendar are filled in."""
    command = from_record(kind.command, {"on": on.isoformat(), **record})
    given = {name: _given(ctx, kept, wanted) for name, wanted in given_of(kind.command).items()}
    return replace(command, **{name: value for name, value in given.items() if value is not None})  # type: ignore[type-var]  # every command is a dataclass


def _given(ctx: Context, kept: Kept, wanted: type[Any]) -> Any:
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    return products.calendar_of(ctx.registry, offer.calendar if offer else None) if wanted is Calendar else None


def outcome(ctx: Context, kept: Kept, kind: Kind, record: Mapping[str, Any], on: date) -> Outcome:
    """What the core says to this change of this loan."""
    command = command_of(ctx, kept, kind, record, on)
    decision = decide(kept.loan, command)
    after = kept.loan if decision.problems else evolve_all(kept.loan, decision.events)
    return Outcome(command, decision.events, after, (), decision.problems)


def digest(kept: Kept, kind: str, record: Mapping[str, Any], on: date, events: Sequence[Event]) -> str:
    """What a person saw and agreed to: this loan as it was, this change, this outcome."""
    said = {
        "loan": kept.id,
        "events": kept.row["event_count"],
        "kind": kind,
        "parameters": dict(record),
        "on": on.isoformat(),
        "outcome": [[EVENT_NAMES[type(event)], to_record(event)] for event in events],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
