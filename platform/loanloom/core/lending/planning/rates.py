"""Which yearly rate holds when: dated changes, an index with its spread, tiers, pauses.

Rates arrive as plain dated values; where they come from is no concern of this module. Amounts appear only where a
tier is chosen by balance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from loanloom.core.lending.agreed.plan_terms import IndexTerms, Pause, Phase, RateStep, RateTier
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.due_days import anchor_of
from loanloom.core.lending.planning.recurrences import LAST_DAY, days_after
from loanloom.core.money import ZERO

_ONE_DAY = timedelta(days=1)


def yearly(rate: Decimal, per: str, *, days_of_year: int = 360, periods: int = 1, months: int = 1) -> Decimal:
    """The yearly rate behind one agreed per year, month, day, or for the whole term (spread over its `periods` of
    `months` each)."""
    match per:
        case "month":
            return rate * 12
        case "day":
            return rate * days_of_year
        case "term":
            return rate * 12 / (periods * months)
    return rate


def value_on(steps: Sequence[RateStep], on: date) -> Decimal | None:
    """The newest dated value not later than a day."""
    known = [step for step in steps if step.from_on <= on]
    return max(known, key=lambda step: step.from_on).rate if known else None


def index_rate(index: IndexTerms, on: date) -> Decimal | None:
    """Index value + spread between floor and ceiling; None where the index has no value yet."""
    value = value_on(index.values, on - timedelta(days=index.lag_days))
    if value is None:
        return None
    rate = value + index.spread
    if index.ceiling is not None:
        rate = min(rate, index.ceiling)
    return max(rate, index.floor) if index.floor is not None else rate


def repricing_days(terms: Terms, after: date, until: date) -> Iterator[date]:
    """The days in a stretch (its first left out, its last not) on which the rate is looked up again. A calendar that
    names no day goes by due days, one of years by the anniversary of the start."""
    index, start = terms.rates.index, terms.start_on
    if index is None or index.repricing is None:
        return
    anchor = start.day if index.repricing.unit == "year" else anchor_of(terms)
    for day in days_after(index.repricing, start, anchor, after):
        if day > until:
            return
        if day > after:
            yield day


def _by_index(terms: Terms, after: date, until: date) -> Iterator[RateStep]:
    """The rates that an index gives after a day: at the first look, and at the first one after each newer value."""
    index = terms.rates.index
    if index is None:
        return
    lag = timedelta(days=index.lag_days)
    known = {after, *(step.from_on + lag - _ONE_DAY for step in index.values if step.from_on + lag > after)}
    for day in sorted({next(repricing_days(terms, moment, until), LAST_DAY) for moment in known} - {LAST_DAY}):
        rate = index_rate(index, day)
        if rate is not None:
            yield RateStep(from_on=day, rate=rate)


def rate_path(terms: Terms, until: date) -> tuple[RateStep, ...]:
    """The rates as they are known today from the start on, oldest first: the contract's, then every change. Days of an
    index count after the last step that was agreed by date."""
    path = {terms.start_on: terms.annual_rate}
    if terms.rates.applies != "contract":
        path |= {step.from_on: step.rate for step in terms.rates.steps if step.from_on > terms.start_on}
        path |= {step.from_on: step.rate for step in _by_index(terms, max(path), until)}
    steps: list[RateStep] = []
    for day in sorted(path):
        if not steps or steps[-1].rate != path[day]:
            steps.append(RateStep(from_on=day, rate=path[day]))
    return tuple(steps)


class Stretch(NamedTuple):
    """So many days of a period at one yearly rate (zero in a pause)."""

    days: int
    rate: Decimal


def _paused(terms: Terms, start: date, end: date) -> list[tuple[date, date]]:
    """Pauses inside a stretch, the end left out, not overlapping."""
    found: list[tuple[date, date]] = []
    for pause in sorted(terms.pauses, key=lambda pause: pause.from_on):
        first, last = max(pause.from_on, start, found[-1][1] if found else start), min(pause.to_on + _ONE_DAY, end)
        if first < last:
            found.append((first, last))
    return found


def stretches(terms: Terms, path: Sequence[RateStep], start: date, end: date) -> list[Stretch]:
    """A period cut where the rate changes or pauses; one stretch where nothing happens."""
    if terms.rates.applies == "current":
        rate = value_on(path, end)
        path = (RateStep(from_on=start, rate=rate if rate is not None else terms.annual_rate),)
    changes = [step for step in path if start < step.from_on < end]
    pauses = _paused(terms, start, end)
    cuts = sorted({start, end, *(step.from_on for step in changes), *(day for pause in pauses for day in pause)})
    found = []
    for first, last in pairwise(cuts):
        paused = any(begin <= first < finish for begin, finish in pauses)
        rate = ZERO if paused else value_on(path, first)
        found.append(Stretch((last - first).days, terms.annual_rate if rate is None else rate))
    return found


def with_rate(terms: Terms, from_on: date, rate: Decimal) -> Terms:
    """The terms with one more dated rate, which beats one fixed by the contract or a phase: what was borne until that
    day keeps the rate of its row."""
    fixed = terms.rates.applies == "contract" or terms.phases[-1].annual_rate is not None
    steps = (*(() if fixed else terms.rates.steps), RateStep(from_on=from_on, rate=rate))
    phases = tuple(replace(phase, annual_rate=None) for phase in terms.phases)
    return replace(terms, phases=phases, rates=replace(terms.rates, steps=steps, applies="segments"))


def with_pause(terms: Terms, from_on: date, to_on: date) -> Terms:
    """The terms with one more pause."""
    return replace(terms, pauses=(*terms.pauses, Pause(from_on=from_on, to_on=to_on)))


def moves(terms: Terms) -> bool:
    """Whether the rate can differ from the contract's on any day."""
    rates = terms.rates
    return bool(rates.steps or rates.index or rates.tiers or terms.pauses)


def tier_of(tiers: Sequence[RateTier], value: Decimal) -> RateTier:
    """The tier a value has reached; the lowest where it reaches none."""
    ordered = sorted(tiers, key=lambda tier: tier.from_value)
    reached = [tier for tier in ordered if tier.from_value <= value]
    return reached[-1] if reached else ordered[0]


def tiered_rate(terms: Terms, balance: Decimal) -> Decimal:
    """The yearly rate on a balance: its tier's for the whole of it, or each part at its own."""
    tiers = sorted(terms.rates.tiers, key=lambda tier: tier.from_value)
    if terms.rates.tier_share == "whole" or balance <= 0:
        return tier_of(tiers, balance).rate
    interest, above = ZERO, balance
    for tier in reversed(tiers):
        start = max(tier.from_value, ZERO) if tier is not tiers[0] else ZERO
        if above > start:
            interest, above = interest + (above - start) * tier.rate, start
    return interest / balance


def rate_of_period(terms: Terms, phase: Phase, number: int) -> Decimal | None:
    """The rate that a phase or a tier by period fixes for a whole period; None where the rate goes by dates."""
    if phase.annual_rate is not None:
        return phase.annual_rate
    if terms.rates.tiers and terms.rates.tiered_by == "period":
        return tier_of(terms.rates.tiers, Decimal(number)).rate
    return None
