"""How values are spread over real cases: counts and shares, histograms, quarters. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from loanloom.services.definitions.recent_cases import Case

BARS: Final = 40
"""Bars of a histogram at most."""
MOST_CODES: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many cases lie somewhere, and what was decided there. Shares are None where there is nothing to share."""

    count: int
    share: Decimal | None
    approved: Decimal | None
    bad: Decimal | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram: from low up to high."""

    low: Decimal
    high: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values fall. What lies beyond the ends is counted in the last bars."""

    bars: tuple[Bar, ...]
    borders: tuple[Decimal, ...]

    @property
    def low(self) -> Decimal:
        """Where it begins."""
        return self.bars[0].low

    @property
    def high(self) -> Decimal:
        """Where it ends."""
        return self.bars[-1].high


def held_of(inside: Sequence[Case], among: int) -> Held:
    """Those inside, as a share of so many."""
    decided = [one.approved for one in inside if one.approved is not None]
    turned = [one.bad for one in inside if one.bad is not None]
    return Held(
        count=len(inside), share=_share(len(inside), among), approved=_share(sum(decided), len(decided)),
        bad=_share(sum(turned), len(turned)),
    )  # fmt: skip


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


def histogram(values: Sequence[Decimal], borders: Sequence[Decimal] = ()) -> Histogram | None:
    """The values as bars of one width, every border in sight. What lies far out is counted in the last bars, so that
    one odd case does not press all others together.
    """
    if not values:
        return None
    ordered = sorted(values)
    cut, last = len(ordered) // 100, len(ordered) - 1
    quarters = ordered[last // 4], ordered[last * 3 // 4]
    first, final = min([quarters[0], *borders]), max([quarters[1], *borders])
    far = max(final - first, (quarters[1] - quarters[0]) * 3)
    low, high = min(ordered[cut], first), max(ordered[last - cut], final)
    if far:
        low, high = max(low, first - far), min(high, final + far)
    room = (high - low) / 20 or Decimal(1)
    low, high = (low - room if low in borders else low), (high + room if high in borders or low == high else high)
    width = (high - low) / BARS
    counts = [0] * BARS
    for value in ordered:
        counts[min(max(int((value - low) / width), 0), BARS - 1)] += 1
    bars = tuple(Bar(low + width * at, low + width * (at + 1), count) for at, count in enumerate(counts))
    return Histogram(bars, tuple(borders))


@dataclass(frozen=True, slots=True)
class Spread:
    """One indicator over real cases: its middle and ends where it is a number, else how often each value stands."""

    known: int
    unknown: int
    quarters: tuple[Decimal, ...]
    histogram: Histogram | None
    codes: tuple[tuple[Any, Held], ...]


def spread(key: str, cases: Sequence[Case]) -> Spread:
    """How an indicator is spread over cases."""
    values = [one.values.get(key) for one in cases]
    numbers = sorted(value for value in values if isinstance(value, Decimal))
    known = sum(value is not None for value in values)
    others = Counter(value for value in values if value is not None and not isinstance(value, Decimal))
    codes = tuple(
        (code, held_of([one for one in cases if one.values.get(key) == code], len(cases)))
        for code, _ in others.most_common(MOST_CODES)
    )
    last = len(numbers) - 1
    quarters = tuple(numbers[last * part // 4] for part in range(5)) if numbers else ()
    return Spread(known, len(values) - known, quarters, histogram(numbers), codes)
