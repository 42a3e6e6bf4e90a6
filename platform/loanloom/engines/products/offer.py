"""An offer: a product document as checked values. What the lender sells, ready to be asked; it computes no schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.terms import AllocationOrder, PenaltyTerms, PrepaymentTerms
from loanloom.core.money import Rounding
from loanloom.problems import Text

BINDINGS: Mapping[str, str] = {
    "rate": "fixed",
    "penalty": "fixed",
    "allocation": "fixed",
    "prepayment": "fixed",
    "schedule": "fixed",
    "day_count": "fixed",
    "asset_class": "tracking",
    "posting_rules": "tracking",
}
"""What happens to a running contract when the product changes, unless the product says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Smallest and largest value, and the step between allowed ones."""

    least: Decimal
    most: Decimal
    step: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies within and on a step."""
        return self.least <= value <= self.most and self.on_step(value)

    def on_step(self, value: Decimal) -> bool:
        """Whether a value is whole steps above the smallest."""
        return self.step is None or (value - self.least) % self.step == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One product as agreed with nobody yet."""

    key: str
    title: Text
    product_class: str
    currency: str
    amount: Range
    months: Range
    fixed_rate: Decimal | None
    rates: Mapping[str, Decimal]
    methods: tuple[str, ...]
    every: int
    unit: str
    due_day: int | None
    min_first_days: int
    roll: str
    day_count: str
    daily_basis: int
    rounding: Rounding
    penalty: PenaltyTerms
    allocation: AllocationOrder
    prepayment: PrepaymentTerms
    keeps_overpayment: bool
    guarantee_modes: tuple[str, ...]
    calendar: str | None
    asset_class: str | None
    posting_rules: str | None
    numbering: Mapping[str, str]
    templates: Mapping[str, str]
    sanction_days: int
    binding: Mapping[str, str]
    ends_on: date | None

    def rate(self, grade: str | None = None) -> Decimal | None:
        """The yearly rate for a grade; None where the grade is not sold to."""
        return self.fixed_rate if self.fixed_rate is not None else self.rates.get(grade or "")

    def open_on(self, day: date) -> bool:
        """Whether applications are taken on a day."""
        return self.ends_on is None or day <= self.ends_on
