"""Debt paid by others or by things: guarantors, assets taken in settlement, money on what was written off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class GuarantorPaid(Event):
    """A guarantor paid for the borrower (代偿) and may claim that much from him (追偿)."""

    guarantor: str
    amount: Decimal
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuarantorReimbursed(Event):
    """The borrower paid a guarantor back; no money of ours."""

    guarantor: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetsTaken(Event):
    """An asset was taken over for its agreed value (抵债); `surplus` is what it was worth beyond the debt."""

    asset: str
    amount: Decimal
    applied: tuple[Applied, ...]
    surplus: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(Event):
    """Money came in on what had been written off."""

    amount: Decimal


NAMED: Mapping[str, type[Event]] = {
    "guarantor_paid": GuarantorPaid,
    "guarantor_reimbursed": GuarantorReimbursed,
    "assets_taken": AssetsTaken,
    "recovered": Recovered,
}
"""Stored names."""
