"""What being late, or using the money otherwise than agreed, costs: penalty interest, compound interest, liquidated
damages, and the caps on their sum. Values only; the arithmetic is `penalties`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Days on which compound interest is rolled in: every so many months on a day (the 20th), so that it bears
    interest itself from then on."""

    every: int = 1
    unit: str = "month"
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagesTerms:
    """Liquidated damages 违约金 for each late instalment, or a fee for lateness (component `fee`: a collection fee).

    `amount` flat plus `rate` of the base once, when more than `after_days` late; plus `daily_rate` of it for each day
    beyond; never more than `most_rate` of the instalment or `most`. The base is the `overdue` part of the instalment
    (principal and interest), its overdue `principal`, or the whole `instalment` as agreed.
    """

    key: str = "damages"
    component: str = "damages"
    base: str = "overdue"
    amount: Decimal = ZERO
    rate: Decimal = ZERO
    daily_rate: Decimal = ZERO
    after_days: int = 0
    most_rate: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapLevel:
    """A yearly level that holds from a day on: a rate, or a multiple of an index whose value stands in `index`."""

    from_on: date | None = None
    rate: Decimal | None = None
    multiple: Decimal = ZERO
    index: Decimal = ZERO

    @property
    def level(self) -> Decimal:
        """The yearly rate of the level."""
        return self.rate if self.rate is not None else self.multiple * self.index


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCap:
    """The most that the named components may come to together on an instalment: overdue principal x level x days over
    `year_days`; the level is the one that held when the loan was made. What is above cannot be collected.

    `share` caps the sum at a part of the instalment's principal whatever the days.
    """

    levels: tuple[CapLevel, ...] = ()
    components: tuple[str, ...] = ("penalty", "compound", "damages", "fee")
    year_days: int = 360
    share: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyTerms:
    """Penalty interest on what is overdue, by actual days over `year_days`: the contract rate with an uplift, or a
    rate of its own; it replaces the contract rate.

    `base`: the overdue principal, or the whole overdue instalment (principal and interest). Within the grace nothing
    is charged; once it has lapsed the days count from the due date (`reaches_back`) or from the end of the grace.
    `compound` charges the same rate (or `compound_rate`) on unpaid interest; with `compound_settles` it is rolled in
    on settlement days, unpaid penalty interest too where `compound_on_penalty` says so. Money used otherwise than
    agreed bears `misuse_uplift`; where a part is both late and misused the heavier holds, never both.
    """

    uplift: Decimal = Decimal("0.5")
    annual_rate: Decimal | None = None
    year_days: int = 360
    base: str = "principal"
    grace_days: int = 0
    reaches_back: bool = True
    compound: bool = False
    compound_rate: Decimal | None = None
    compound_settles: Settlement | None = None
    compound_on_penalty: bool = False
    misuse_uplift: Decimal = Decimal(1)
    damages: tuple[DamagesTerms, ...] = ()
    caps: tuple[LateCap, ...] = ()


PLAIN_PENALTY = PenaltyTerms()
"""Half as much again as the contract rate, from the due date."""
