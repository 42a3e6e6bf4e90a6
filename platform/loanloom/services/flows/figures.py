"""Figures of cases as values: throughput, waiting at each step and with each person, service level, funnel.

How they are counted stands in figuring.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """From `since` to `until`, both days included; of one flow or product where named."""

    since: date
    until: date
    flow: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What was done, and how long it had waited: working hours of the middle one and of nine in ten. `in_time` of those
    that had a deadline (`dated`)."""

    done: int = 0
    median: Decimal | None = None
    most: Decimal | None = None
    dated: int = 0
    in_time: int = 0

    @property
    def level(self) -> Decimal | None:
        """The share that was in time: the service level."""
        return Decimal(self.in_time) / self.dated if self.dated else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFigures:
    """One step of a flow: what was done there in the period; what is open now, and how long it has waited already;
    `hours` are all working hours that work has stood there, where they are most the flow has its bottleneck."""

    flow: str
    node: str
    waits: Waits
    open: int
    overdue: int
    open_median: Decimal | None
    hours: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFigures:
    """What one person did in the period."""

    user_id: int
    name: str
    waits: Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A day, week or month: cases begun, and ended by outcome."""

    begins: date
    started: int
    ended: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How many of the cases begun in the period came to a step."""

    node: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All of it. `whole` are cases from their beginning to their end; `funnel` and `now` (how the cases begun in the
    period stand: running, or their outcome) are of one flow."""

    asked: Asked
    nodes: tuple[NodeFigures, ...]
    people: tuple[PersonFigures, ...]
    spans: tuple[Span, ...]
    whole: Waits
    begun: int = 0
    funnel: tuple[Reached, ...] = ()
    now: Mapping[str, int] | None = None
