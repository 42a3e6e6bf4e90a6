"""The price of a product as values: fixed, by grade, by term, in tiers, or an index with a spread; and the yearly rate
that follows for one borrower, one term and one day. Knows no schedule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.plan_terms import IndexTerms, RateStep, RateTerms, RateTier, Recurrence
from loanloom.core.money import EXACT, ZERO

REPRICING: Mapping[str, Recurrence | None] = {
    "never": None,
    "calendar_year": Recurrence(every=1, unit="year", days=(1,), months=(1,)),
    "anniversary": Recurrence(every=1, unit="year"),
    "each_period": Recurrence(every=1, unit="month"),
    "at_once": Recurrence(every=1, unit="day"),
}
"""On which days the rate is looked up again. `each_period` takes the periods of the loan itself (see `rate_terms`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPrice:
    """An index, the spread on it (one, or by grade), its limits and when it is looked up again.

    `longer` are the index's values for terms above so many months, largest first.
    """

    table: str
    spread: Decimal = ZERO
    by_grade: Mapping[str, Decimal] = field(default_factory=dict)
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    repricing: str = "calendar_year"
    values: tuple[RateStep, ...] = ()
    longer: tuple[tuple[int, tuple[RateStep, ...]], ...] = ()

    def series(self, term_months: int) -> tuple[RateStep, ...]:
        """The dated values for a term."""
        return next((values for above, values in self.longer if term_months > above), self.values)

    def value(self, term_months: int, on: date | None) -> Decimal | None:
        """The index on a day (the newest without one); None before its first value."""
        known = [step.rate for step in self.series(term_months) if on is None or step.from_on <= on]
        return known[-1] if known else None

    def bounded(self, rate: Decimal) -> Decimal:
        """A rate held between floor and ceiling."""
        raised = rate if self.floor is None else max(rate, self.floor)
        return raised if self.ceiling is None else min(raised, self.ceiling)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """One of `fixed`, `by_grade`, `by_term`, `index`, `tiers`, quoted per year, month, day or whole term (`per`)."""

    fixed: Decimal | None = None
    by_grade: Mapping[str, Decimal] = field(default_factory=dict)
    by_term: tuple[tuple[int | None, Decimal], ...] = ()
    index: IndexPrice | None = None
    tiers: tuple[RateTier, ...] = ()
    tiered_by: str = "balance"
    tier_share: str = "whole"
    per: str = "year"
    applies: str = "segments"

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades that have a price; none where the grade decides nothing."""
        return tuple(self.by_grade) or tuple(self.index.by_grade if self.index else ())

    @property
    def graded(self) -> bool:
        """Whether the grade decides the price."""
        return bool(self.grades)

    def quoted(self, grade: str | None, term: int, unit: str, on: date | None) -> Decimal | None:
        """The rate as the product quotes it; None where the grade, the term or the day has none."""
        if self.fixed is not None:
            return self.fixed
        if self.by_term:
            return next((rate for up_to, rate in self.by_term if up_to is None or term <= up_to), None)
        if self.tiers:
            return self.tiers[0].rate
        if self.index is None:
            return self.by_grade.get(grade or "")
        spread = self.index.by_grade.get(grade or "") if self.index.by_grade else self.index.spread
        value = self.index.value(months_of(term, unit), on)
        return None if spread is None or value is None else self.index.bounded(value + spread)

    def yearly(self, grade: str | None, term: int, unit: str, on: date | None, year_days: int) -> Decimal | None:
        """The rate a year."""
        rate = self.quoted(grade, term, unit, on)
        return None if rate is None else a_year(rate, self.per, term, unit, year_days)

    def asked(self, term: int, unit: str, on: date | None, year_days: int) -> tuple[Decimal, ...]:
        """Every yearly rate that somebody is asked for at a term, of all grades and tiers."""
        rates = [self.yearly(grade, term, unit, on, year_days) for grade in self.grades or (None,)]
        tiered = [a_year(tier.rate, self.per, term, unit, year_days) for tier in self.tiers]
        return tuple(rate for rate in (*rates, *tiered) if rate is not None)

    def highest(self, term: int, unit: str, on: date | None, year_days: int) -> Decimal | None:
        """The dearest yearly rate that anybody is asked for."""
        return max(self.asked(term, unit, on, year_days), default=None)


DAYS_OF: Mapping[str, int] = {"day": 1, "week": 7}
"""Days of a term's unit."""


def months_of(term: int, unit: str) -> int:
    """A term in whole months, rounded up: what limits and tiers of terms count in."""
    if unit == "month":
        return term
    days = term * DAYS_OF[unit]
    return -(-days * 12 // 365)


def a_year(rate: Decimal, per: str, term: int, unit: str, year_days: int) -> Decimal:
    """A rate quoted per month, day or whole term as a rate a year."""
    if per == "month":
        return rate * 12
    if per == "day":
        return rate * year_days
    if per == "term":
        if unit == "month":
            return EXACT.divide(rate * 12, Decimal(term))
        return EXACT.divide(rate * year_days, Decimal(term * DAYS_OF[unit]))
    return rate


def rate_terms(
    pricing: Pricing, annual_rate: Decimal, term: int, unit: str, year_days: int, priced_on: date,
    values: tuple[RateStep, ...] | None, every: tuple[int, str],
) -> RateTerms:  # fmt: skip
    """How the rate of one loan moves. Its spread is what the agreed rate lies above the index on the day of pricing,
    so that a negotiated rate keeps its distance for life. `values` are newer values of the index than the offer's."""
    index = _index(pricing, annual_rate, term, unit, priced_on, values, every)
    tiers = tuple(replace(tier, rate=a_year(tier.rate, pricing.per, term, unit, year_days)) for tier in pricing.tiers)
    plain = pricing.per == "year" and index is None and not tiers
    if plain:
        return RateTerms(applies=pricing.applies)
    quoted = None if pricing.per == "year" else pricing.quoted(None, term, unit, priced_on)
    return RateTerms(
        index=index, tiers=tiers, tiered_by=pricing.tiered_by, tier_share=pricing.tier_share,
        applies=pricing.applies, quoted=quoted, quoted_per=pricing.per,
    )  # fmt: skip


def _index(
    pricing: Pricing, annual_rate: Decimal, term: int, unit: str, priced_on: date,
    values: tuple[RateStep, ...] | None, every: tuple[int, str],
) -> IndexTerms | None:  # fmt: skip
    price = pricing.index
    if price is None:
        return None
    months = months_of(term, unit)
    held = price if values is None else replace(price, values=values, longer=())
    value = held.value(months, priced_on)
    if value is None:
        return None
    repricing = REPRICING[price.repricing]
    if price.repricing == "each_period":
        repricing = Recurrence(every=every[0], unit=every[1])
    return IndexTerms(
        index=price.table, spread=annual_rate - value, floor=price.floor, ceiling=price.ceiling,
        repricing=None if pricing.applies == "contract" else repricing, values=held.series(months),
    )  # fmt: skip
