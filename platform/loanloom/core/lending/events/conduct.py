"""What the borrower's conduct does to a loan: money used otherwise than agreed, interest that is no income any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True)
class MisusedPart:
    """The principal of one instalment that was used otherwise than agreed."""

    number: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MisuseFound(Event):
    """From now on `amount` bears the rate for misuse instead of the contract's (zero: it is put right). `parts` say
    which principal that is, `rows` what interest is left of the instalments ahead."""

    amount: Decimal
    parts: tuple[MisusedPart, ...]
    rows: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestSuspended(Event):
    """Interest of a non-performing loan is kept in suspense: what is accrued and unpaid is taken out of income."""

    interest: Decimal = ZERO
    penalty: Decimal = ZERO
    compound: Decimal = ZERO
    damages: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestRestored(Event):
    """The loan performs again: what is accrued and unpaid is income again."""

    interest: Decimal = ZERO
    penalty: Decimal = ZERO
    compound: Decimal = ZERO
    damages: Decimal = ZERO


NAMED: Mapping[str, type[Event]] = {
    "misuse_found": MisuseFound,
    "interest_suspended": InterestSuspended,
    "interest_restored": InterestRestored,
}
"""Stored names."""
