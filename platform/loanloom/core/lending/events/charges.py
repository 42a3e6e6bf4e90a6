"""Charges that fall on a running loan beyond what its plan holds, and their end without money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.instalments import Instalment


@dataclass(frozen=True, slots=True)
class ChargedPart:
    """What a charge puts on one instalment, and when that is due."""

    number: int
    amount: Decimal
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAdded(Event):
    """A charge of the product fell on the loan; `rows` are instalments that had to be made for it."""

    key: str
    component: str
    amount: Decimal
    parts: tuple[ChargedPart, ...]
    rows: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeWaived(Event):
    """What was still owed of a charge was given up; `charge` is its place among the loan's charges."""

    charge: int
    component: str
    amount: Decimal
    applied: tuple[Applied, ...]


NAMED: Mapping[str, type[Event]] = {"charge_added": ChargeAdded, "charge_waived": ChargeWaived}
"""Stored names."""
