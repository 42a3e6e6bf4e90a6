"""Price caps: the most that a loan may cost a year with everything the borrower bears, at dated levels, for types of
lenders and provinces. Tested when a product is published, offered, signed and changed; announced levels are tested
ahead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.plan_terms import RateStep
from loanloom.core.lending.pricing.cost import AnnualCost
from loanloom.core.money import ZERO
from loanloom.problems import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLevel:
    """A level that holds from a day on: a yearly rate, or a multiple of an index by its dated values."""

    from_on: date
    rate: Decimal | None = None
    multiple: Decimal = ZERO
    index: tuple[RateStep, ...] = ()
    title: Text = field(default_factory=dict)

    def at(self, on: date) -> Decimal | None:
        """The yearly rate on a day: by the newest value of the index known then; None before its first."""
        if self.rate is not None:
            return self.rate
        known = [step for step in self.index if step.from_on <= on]
        return self.multiple * max(known, key=lambda step: step.from_on).rate if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCap:
    """Levels of one source, for whom it is: no lender types, provinces or classes named means all of them. `form` says
    which cost is held against it; where the source leaves that open, the larger."""

    key: str
    levels: tuple[PriceLevel, ...]
    lenders: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    form: str = "larger"
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """For whom a cap is asked: the lender's type and province, the product's class."""

    lender: str = ""
    province: str = ""
    product_class: str = ""


@dataclass(frozen=True, slots=True)
class CapTest:
    """One cap held against one cost."""

    cap: PriceCap
    level: PriceLevel
    most: Decimal
    cost: Decimal

    @property
    def passed(self) -> bool:
        """Whether the cost stays within the cap; exactly at it is within."""
        return self.cost <= self.most


def binds(cap: PriceCap, lent: Lent) -> bool:
    """Whether a cap is meant for this lender, province and product."""
    return all(
        not named or asked in named
        for named, asked in (
            (cap.lenders, lent.lender), (cap.provinces, lent.province), (cap.classes, lent.product_class),
        )
    )  # fmt: skip


def cost_in_form(cost: AnnualCost, form: str) -> Decimal:
    """The cost that a cap is held against."""
    return {"simple": cost.simple, "compound": cost.compound}.get(form, max(cost.simple, cost.compound))


def level_of(cap: PriceCap, on: date) -> PriceLevel | None:
    """The level that holds on a day."""
    return max((each for each in cap.levels if each.from_on <= on), key=lambda each: each.from_on, default=None)


def test_price(caps: Iterable[PriceCap], cost: AnnualCost, lent: Lent, on: date) -> tuple[CapTest, ...]:
    """Every cap that binds on a day, held against a cost."""
    found = []
    for cap in caps:
        level = level_of(cap, on) if binds(cap, lent) else None
        most = level.at(on) if level else None
        if level is not None and most is not None:
            found.append(CapTest(cap, level, most, cost_in_form(cost, cap.form)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Later:
    """A product that passes today and fails at a level announced for later."""

    product: str
    test: CapTest

    @property
    def from_on(self) -> date:
        """The day from which it fails."""
        return self.test.level.from_on


def failing_later(
    caps: Iterable[PriceCap], costs: Mapping[str, tuple[AnnualCost, Lent]], on: date
) -> tuple[Later, ...]:
    """Which products will fail at which announced level, soonest first; each level by the index as known today."""
    found = []
    for cap in caps:
        for level in cap.levels:
            most = level.at(on)
            if level.from_on <= on or most is None:
                continue
            tests = ((key, CapTest(cap, level, most, cost_in_form(cost, cap.form)), lent)
                     for key, (cost, lent) in costs.items())  # fmt: skip
            found += [Later(key, test) for key, test, lent in tests if binds(cap, lent) and not test.passed]
    return tuple(sorted(found, key=lambda each: (each.from_on, each.product)))
