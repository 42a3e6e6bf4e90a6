"""Do spans of numbers join without gap or overlap? Pure arithmetic on borders; knows nothing of score cards."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """From low to high; None is without end. `place` is where it stands in its list."""

    low: Decimal | None
    high: Decimal | None
    place: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The line cut at `borders`; `places` says which span lies in each piece, None where none does."""

    borders: tuple[Decimal, ...]
    places: tuple[int | None, ...]
    gaps: tuple[tuple[Decimal | None, Decimal | None], ...]
    overlaps: tuple[tuple[int, int], ...]
    empty: tuple[int, ...]


def joints(spans: Sequence[Span]) -> Joined:
    """Cut the line at every border and see which span lies where."""
    empty = tuple(one.place for one in spans if one.low is not None and one.high is not None and one.low >= one.high)
    sound = [one for one in spans if one.place not in empty]
    borders = tuple(sorted({border for one in sound for border in (one.low, one.high) if border is not None}))
    edges: list[Decimal | None] = [None, *borders, None]
    places: list[int | None] = []
    gaps: list[tuple[Decimal | None, Decimal | None]] = []
    overlaps: set[tuple[int, int]] = set()
    for low, high in itertools.pairwise(edges):
        inside = sorted(one.place for one in sound if _covers(one, low, high))
        places.append(inside[0] if inside else None)
        overlaps.update((first, second) for first, second in itertools.pairwise(inside))
        if not inside:
            gaps.append((low, high))
    return Joined(borders, tuple(places), tuple(gaps), tuple(sorted(overlaps)), empty)


def _covers(span: Span, low: Decimal | None, high: Decimal | None) -> bool:
    below = span.low is None or (low is not None and span.low <= low)
    above = span.high is None or (high is not None and span.high >= high)
    return below and above
