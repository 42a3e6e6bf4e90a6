"""The event by which a loan of an old system becomes ours: terms, its own schedule, what was paid, what was owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.events.event import Event
from loanloom.core.lending.loan import Account
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTakenOver(Event):
    """The loan runs with us from this day on, as it stood in the old system; amounts are the claims it opens with."""

    terms: Terms
    accounts: tuple[Account, ...]
    principal: Decimal
    interest: Decimal = ZERO
    penalty: Decimal = ZERO
    compound: Decimal = ZERO
    damages: Decimal = ZERO
    fee: Decimal = ZERO
    surplus: Decimal = ZERO


NAMED: Mapping[str, type[Event]] = {"loan_taken_over": LoanTakenOver}
"""Stored names."""
