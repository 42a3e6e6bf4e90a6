"""What happens to money kept for the borrower beside paying the loan with it: it goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusRefunded(Event):
    """Money kept for the borrower was given back."""

    surplus: Decimal


NAMED: Mapping[str, type[Event]] = {"surplus_refunded": SurplusRefunded}
