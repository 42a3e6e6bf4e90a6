"""Events that change what a loan's rows are: money drawn again, rates, pauses, dates, instalments solved anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheDrawn(Event):
    """More of the loan was paid out; `planned` of it is repaid by the plan, the rest is due at once."""

    amount: Decimal
    planned: Decimal
    rows: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChanged(Event):
    """From a day on another yearly rate holds."""

    from_on: date
    annual_rate: Decimal
    rows: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestPaused(Event):
    """No interest from one day to another, both included."""

    from_on: date
    to_on: date
    rows: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescheduled(Event):
    """Due dates were moved or instalments added."""

    rows: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reamortised(Event):
    """What was overdue was spread over the instalments to come; `share` is the overdue interest that each of them took
    over as a fixed part."""

    rows: tuple[Instalment, ...]
    share: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ReAged(Event):
    """What was owed was put on a new run of instalments; the rows `removed` gave what they had got to row `into`."""

    rows: tuple[Instalment, ...]
    removed: tuple[int, ...]
    into: int
    every: int
    unit: str
    instalments: int
    bears_interest: bool = True


NAMED: Mapping[str, type[Event]] = {
    "tranche_drawn": TrancheDrawn,
    "rate_changed": RateChanged,
    "interest_paused": InterestPaused,
    "rescheduled": Rescheduled,
    "reamortised": Reamortised,
    "re_aged": ReAged,
}
"""Stored names."""
