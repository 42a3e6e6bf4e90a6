"""Tax on interest and fees: which rate holds on a day, price and tax apart, and what an invoice says.

A tax is part of its price or comes on top of it; an exemption leaves the whole amount as price. Posts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from loanloom.core.lending.agreed.tax_terms import TaxExemption, TaxTerms
from loanloom.core.money import EXACT, ONE, ZERO, Rounding, total


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount with its tax: `price` and `tax` add up to `gross`, which is what its payer pays. `exemption` names why
    there is no tax."""

    price: Decimal
    tax: Decimal
    rate: Decimal = ZERO
    exemption: str = ""

    @property
    def gross(self) -> Decimal:
        """Price and tax."""
        return self.price + self.tax


def rate_on(terms: TaxTerms, on: date) -> Decimal:
    """The rate that holds on a day; zero before the first."""
    begun = [each for each in terms.rates if each.from_on <= on]
    return max(begun, key=lambda each: each.from_on).rate if begun else ZERO


def exemption_on(terms: TaxTerms, on: date, principal: Decimal) -> TaxExemption | None:
    """The exemption that frees a loan of this size on a day, if any."""
    for each in terms.exemptions:
        begun = each.from_on is None or each.from_on <= on
        lasts = each.until is None or on < each.until
        if begun and lasts and (each.principal_up_to is None or principal <= each.principal_up_to):
            return each
    return None


def taxed(terms: TaxTerms | None, amount: Decimal, on: date, *, principal: Decimal, rounding: Rounding) -> Taxed:
    """`amount` with its tax apart. It is what is paid where the price holds the tax already, else the price."""
    if terms is None or not amount:
        return Taxed(amount, ZERO)
    exempt = exemption_on(terms, on, principal)
    if exempt is not None:
        return Taxed(amount, ZERO, ZERO, exempt.key)
    rate = rate_on(terms, on)
    with localcontext(EXACT):
        if terms.included:
            tax = rounding.apply(amount * rate / (ONE + rate))
            return Taxed(amount - tax, tax, rate)
        return Taxed(amount, rounding.apply(amount * rate), rate)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """What an invoice says of one kind of income: taxed alike, under one category."""

    category: str
    rate: Decimal
    price: Decimal
    tax: Decimal
    exemption: str = ""

    @property
    def gross(self) -> Decimal:
        """Price and tax."""
        return self.price + self.tax


def invoice_lines(items: Iterable[tuple[TaxTerms, Taxed]]) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice over amounts already taxed: one for each category, rate and exemption, in order of first
    appearance; the taxes are the sums of what was booked, never computed anew. Amounts that get no invoice are left
    out."""
    groups: dict[tuple[str, Decimal, str], list[Taxed]] = {}
    for terms, each in items:
        if terms.invoiced and each.gross:
            groups.setdefault((terms.category, each.rate, each.exemption), []).append(each)
    return tuple(
        InvoiceLine(category, rate, total(each.price for each in found), total(each.tax for each in found), exemption)
        for (category, rate, exemption), found in groups.items()
    )
