"""The event in which a loan ends as if it had never been: its disbursement was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.events.event import Event

MoneyBack = Literal["returned", "never_left"]
"""Where the money of a mistaken payout is: the bank sent it back, or it never left."""

Mistake = Literal["wrong_account", "wrong_amount", "entered_twice", "not_wanted", "other"]
"""Why a payout is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisbursementUndone(Event):
    """The money is ours again and nothing is owed. All that was booked before is superseded, so this event begins what
    is left of the history by itself: it keeps the terms that had been agreed."""

    terms: Terms
    money_back: MoneyBack
    mistake: Mistake
    reference: str = ""


NAMED: Mapping[str, type[Event]] = {"disbursement_undone": DisbursementUndone}
"""Stored names."""
