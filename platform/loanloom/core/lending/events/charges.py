"""Charges that fall on a loan, what others bear of them, and their end without money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.circumstances import SharedCharge
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesAgreed(Event):
    """What others are to bear of charges when these fall due, if the loan is paid on time."""

    charges: tuple[SharedCharge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeShared(Event):
    """A charge fell due, and what others bear of it was decided: `parts`, in the order agreed; `charge` is its place
    among the loan's shared charges. `fee` is what of it is owed to the lender, by a loan `days_past_due` late."""

    charge: int
    key: str
    number: int
    parts: tuple[Decimal, ...]
    fee: Decimal
    days_past_due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWithdrawn(Event):
    """What part `place` of a shared charge was to bear was refused; `fee` of it had been owed to the lender."""

    charge: int
    place: int
    key: str
    amount: Decimal
    fee: Decimal


NAMED: Mapping[str, type[Event]] = {
    "charge_added": ChargeAdded,
    "charge_waived": ChargeWaived,
    "charge_shares_agreed": SharesAgreed,
    "charge_shared": ChargeShared,
    "charge_share_withdrawn": ShareWithdrawn,
}
"""Stored names."""
