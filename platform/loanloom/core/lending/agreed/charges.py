"""Charges of a loan as the product says them, and the amount each comes to. Taxes and penalties are no concern of this
module; when a charge is taken from a running loan is `charging`'s.

A charge names what makes it fall due (`event`), how large it is, who pays it, who gets it, and how it is settled.
Every charge of the terms stands in the disclosure sheet; one that does not stand there cannot be booked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.tax_terms import TaxTerms
from loanloom.core.money import ZERO, Rounding
from loanloom.problems import Text

UPFRONT_EVENTS = ("application", "disbursement", "tranche", "guarantee")
"""What is charged before or when the money goes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeStep:
    """From this age of the loan (months and days after disbursement) another rate and amount hold."""

    from_months: int = 0
    from_days: int = 0
    rate: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeCalendar:
    """When an accruing charge is settled: every so many units, on an anchor day, before (`advance`) or after the
    stretch; `rate` of the charge is yearly over `year_days`."""

    every: int = 1
    unit: str = "month"
    day: int | None = None
    advance: bool = False
    year_days: int = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsidy:
    """Somebody's part of a charge or of the interest, and when it stops: after a day, a number of instalments, a sum,
    or while the loan is this many days past due (`for_good`: and ever after). Claims are batched `claim_every` months;
    what has stopped falls back on the borrower.

    Of interest the part may also be said in `points` of the yearly rate. The borrower pays the rest; where it is
    `refunded` (先付后贴) he pays all and is given back the part when it comes in.
    """

    payer: str
    share: Decimal = ZERO
    points: Decimal = ZERO
    until: date | None = None
    instalments: int | None = None
    most: Decimal | None = None
    stops_after_days: int | None = None
    for_good: bool = False
    claim_every: int = 1
    party: str = ""
    refunded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeTerms:
    """One charge: `amount` plus `rate` of `base`, not below `least` nor above `most`.

    `event` is what makes it fall due: `event` itself any change of the loan named in `of_event` (extension,
    rate_change ...), `accruing` grows on a balance with a `calendar` of its own, `guarantee` falls due once for each
    guarantee. What lateness costs is no charge: `late_terms`. `base` may be one of the caller's own.

    `shares` take parts off the payer's side; the rest is the payer's. `collector` is who gets it: `lender`, or the
    key of a partner (guarantor company, insurer, notary). `in_cost` says whether the borrower's part counts as a cost
    of the loan (a refundable deposit does not).

    `settled`: `added` falls due with an instalment (or on its own date); `deducted` is kept back when money is paid
    out (of the borrower's only where the terms allow it; of a merchant's or supplier's share always); `capitalised`
    becomes principal; `invoiced` is billed to its payer as an item of its own, outside the plan.
    """

    key: str
    event: str
    title: Text = field(default_factory=dict)
    amount: Decimal = ZERO
    rate: Decimal = ZERO
    base: str = "principal"
    least: Decimal | None = None
    most: Decimal | None = None
    steps: tuple[ChargeStep, ...] = ()
    on: date | None = None
    of_event: str | None = None
    instalments: tuple[int, ...] = ()
    calendar: ChargeCalendar = ChargeCalendar()
    component: str = "fee"
    payer: str = "borrower"
    shares: tuple[Subsidy, ...] = ()
    collector: str = "lender"
    settled: str = "added"
    in_cost: bool = True
    tax: TaxTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What the core must know of a guarantee: who stands for how much, in which order called, its own fee rate."""

    key: str
    guarantor: str
    amount: Decimal
    fee_rate: Decimal | None = None
    until: date | None = None


def charge_amount(charge: ChargeTerms, bases: Mapping[str, Decimal], rounding: Rounding, step: int = -1) -> Decimal:
    """What a charge comes to on the bases given; `step` is the place of the age step that holds (-1: none)."""
    rate, flat = charge.rate, charge.amount
    if step >= 0:
        rate, flat = charge.steps[step].rate, charge.steps[step].amount
    return bounded(charge, flat + bases.get(charge.base, ZERO) * rate, rounding)


def bounded(charge: ChargeTerms, amount: Decimal, rounding: Rounding) -> Decimal:
    """An amount as money within the charge's least and most; nothing stays nothing."""
    made = rounding.apply(amount)
    if not made:
        return made
    if charge.least is not None:
        made = max(made, charge.least)
    return min(made, charge.most) if charge.most is not None else made
