"""A receipt that was taken back from us (拒付): what it had paid is owed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedBack(Event):
    """Money of a receipt went back to its payer; `applied` is what became owed again, where; `surplus` is what was
    kept for the borrower and went back instead."""

    amount: Decimal
    applied: tuple[Applied, ...]
    surplus: Decimal = ZERO
    rows: tuple[Instalment, ...] = ()


NAMED: Mapping[str, type[Event]] = {"charged_back": ChargedBack}
"""Stored names."""
