"""Entrusted loans 委托贷款: the trustor's money, his interest and his risk; the lender earns a handling fee only.

What a receipt on such a loan means: principal, interest and what lateness cost go to the trustor, less the tax that
the agent must withhold and the fee where it is taken from what passes through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.money import ONE, ZERO, Rounding, total

AGENT_COMPONENTS = frozenset({"fee"})
"""What of a receipt is the agent's own; everything else passes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustedTerms:
    """Who entrusts, where his money comes from and what it is for; what the agent gets of interest passing through
    (`share_of_interest`) besides the fees among the loan's charges; what tax he withholds from it."""

    trustor: str
    source: str = ""
    purpose: str = ""
    share_of_interest: Decimal = ZERO
    withholding_rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Passing:
    """A receipt split between trustor and agent; the three parts add up to it."""

    to_trustor: Mapping[str, Decimal]
    to_agent: Decimal
    withheld: Decimal


def pass_on(parts: Mapping[str, Decimal], terms: EntrustedTerms, rounding: Rounding) -> Passing:
    """Split a receipt, given by component, between trustor and agent."""
    own = total(amount for name, amount in parts.items() if name in AGENT_COMPONENTS)
    passing = {name: amount for name, amount in parts.items() if name not in AGENT_COMPONENTS and amount}
    withheld = ZERO
    for name in [name for name in passing if name != "principal"]:
        share = rounding.apply(passing[name] * terms.share_of_interest)
        tax = rounding.apply((passing[name] - share) * terms.withholding_rate)
        passing[name] -= share + tax
        own, withheld = own + share, withheld + tax
    return Passing(passing, own, withheld)


def risk_share(terms: EntrustedTerms | None) -> Decimal:
    """The part of the loan whose risk the lender bears: none of an entrusted one, so no provision either."""
    return ONE if terms is None else ZERO
