"""Taxes on interest and fees as agreed: dated rates, whether the price holds the tax already, who is exempt.

The leaf that terms and charges share; the arithmetic is `tax`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """The rate that holds from a day on."""

    from_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxExemption:
    """Interest or fees free of this tax between two days (the end not counted), up to a loan size where one is given
    (small loans to farmers and micro businesses)."""

    key: str
    from_on: date | None = None
    until: date | None = None
    principal_up_to: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTerms:
    """One tax. `included`: the price holds it already (含税价); else it comes on top. `exemptions` are the ones this
    loan qualifies for; `category` is the invoice's code for goods and services."""

    key: str
    rates: tuple[TaxRate, ...] = ()
    included: bool = True
    exemptions: tuple[TaxExemption, ...] = ()
    category: str = ""
    invoiced: bool = True
