"""What a change would do to a loan: the command of a kind and its parameters, decided by the core. Saves nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from loanloom.core.dates import Calendar
from loanloom.core.lending.decisions import Command, UndoDisbursement, decide
from loanloom.core.lending.events import EVENT_NAMES, Event
from loanloom.core.lending.events.plans import TrancheDrawn
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.history import Amendment, Undo, amend
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.rules import Methods
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import ZERO, total
from loanloom.engines import products
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.money import lending_rules, loan_rows
from loanloom.services.money.books import amending
from loanloom.services.money.books.amending import History
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.changes.parameters import given_of
from loanloom.services.money.loan_rows import Kept
from loanloom.services.running.plugged import lending_methods

MONEY_IN = frozenset({"repayment_received", "guarantor_paid", "recovered"})
"""Events by which money comes in; with them a change is booked where the money is received."""

WITHOUT_MONEY = frozenset({"goodwill", "interest_waiver", "interest_refund", "renewal", "top_up"})
"""Kinds of receipts that we give ourselves, or that a new loan of ours pays."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command leads to: new events, the loan after them; or problems. With an amendment, what was booked since
    is decided again: some events no longer hold, others take their place."""

    events: tuple[Event, ...]
    after: Loan
    problems: tuple[Problem, ...] = ()
    own: int = 0
    """How many of the events, from the first, are the command's own; the others are earlier bookings decided again."""
    amendment: Amendment | None = None
    history: History = ()

    @property
    def superseded(self) -> tuple[int, ...]:
        """The numbers of events that would no longer hold."""
        return self.amendment.superseded if self.amendment is not None else ()

    @property
    def money_in(self) -> Decimal:
        """What the borrower or somebody for him pays with this change."""
        return total(getattr(event, "amount", ZERO) for event in self.events[: self.own] if _is_money_in(event))

    @property
    def money_out(self) -> Decimal:
        """What is paid out with this change."""
        return total(event.amount for event in self.events[: self.own] if isinstance(event, TrancheDrawn))


def _is_money_in(event: Event) -> bool:
    named = EVENT_NAMES[type(event)] in MONEY_IN
    return named and getattr(event, "kind", "repayment") not in WITHOUT_MONEY


def command_of(ctx: Context, kept: Kept, kind: Kind, record: Mapping[str, Any], on: date) -> Command:
    """The core's command for a kind and its parameters; methods and calendar are filled in."""
    command = from_record(kind.command, {"on": on.isoformat(), **record})
    given = {name: _given(ctx, kept, wanted) for name, wanted in given_of(kind.command).items()}
    return replace(command, **{name: value for name, value in given.items() if value is not None})  # type: ignore[type-var]  # every command is a dataclass


def _given(ctx: Context, kept: Kept, wanted: type[Any]) -> Any:
    if wanted is Methods:
        return lending_methods()
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    return products.calendar_of(ctx.registry, offer.calendar if offer else None) if wanted is Calendar else None


def outcome(
    ctx: Context, connection: Connection, kept: Kept, kind: Kind, record: Mapping[str, Any], on: date
) -> Outcome:
    """What the core says to this change of this loan; a change of an earlier day is put where it belongs."""
    command = command_of(ctx, kept, kind, record, on)
    if isinstance(command, Undo | UndoDisbursement) or on < kept.loan.last_event_on:
        return _amended(ctx, connection, kept, command)
    decision = decide(kept.loan, command)
    after = kept.loan if decision.problems else evolve_all(kept.loan, decision.events)
    return Outcome(decision.events, after, decision.problems, len(decision.events))


def _amended(ctx: Context, connection: Connection, kept: Kept, command: Command) -> Outcome:
    history = loan_rows.events_of(connection, kept.id, superseded=True)
    if isinstance(command, Undo):
        command = replace(command, sequence=amending.current(history, command.sequence))
    amendment = amend(amending.recorded(history), command, amending.surroundings(ctx, kept))
    if amendment.problems:
        return Outcome((), kept.loan, amendment.problems)
    assert amendment.after is not None
    after = replace(amendment.after, terms=kept.loan.terms)
    own = 0 if isinstance(command, Undo) else _own(amendment.events)
    return Outcome(amendment.events, after, (), own, amendment, history)


def _own(events: Sequence[Event]) -> int:
    """The events of the first decision among these: each decision's first event keeps its command."""
    later = [place for place, event in enumerate(events) if place and event.asked is not None]
    return later[0] if later else len(events)


def digest(kept: Kept, kind: str, record: Mapping[str, Any], on: date, made: Outcome) -> str:
    """What a person saw and agreed to: this loan as it was, this change, this outcome."""
    said = {
        "loan": kept.id,
        "events": kept.row["event_count"],
        "kind": kind,
        "parameters": dict(record),
        "on": on.isoformat(),
        "outcome": [[EVENT_NAMES[type(event)], to_record(event)] for event in made.events],
        "gone": list(made.superseded),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
