"""Finds the rows that can hit without asking each: for every column a map from value to the rows that admit it.

A set of rows is one Python integer with a bit for each row. What an index says equals what the tests say, for every
value of the column's kind and for null; for any other value it declines and the rows are scanned.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.dmn.tables.keys import keyed
from loanloom.dmn.tables.regions import Region, Span

MOST_BITS = 1 << 27
"""What the row sets of one column may take together (16 MB); a column that needs more keeps row numbers instead."""

Rows = int


def rows_in(mask: Rows) -> Iterator[int]:
    """The row numbers of a set, in order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class Slices:
    """The values of one column cut at every constant: place 2i lies before constant i, place 2i + 1 is constant i."""

    keys: tuple[Any, ...]

    @property
    def count(self) -> int:
        """How many places there are."""
        return 2 * len(self.keys) + 1

    def place(self, key: Any) -> int:
        """The place of a key."""
        at = bisect_left(self.keys, key)
        return 2 * at + 1 if at < len(self.keys) and self.keys[at] == key else 2 * at

    def range_of(self, span: Span) -> tuple[int, int]:
        """First and last place of a span between constants."""
        low, high = span
        first = 0 if low is None else 2 * bisect_left(self.keys, low[0]) + 1 + low[1]
        last = self.count - 1 if high is None else 2 * bisect_left(self.keys, high[0]) + 1 + high[1]
        return first, last


def slices_of(regions: Sequence[Region | None]) -> Slices:
    """The cuts that several regions of one kind make."""
    edges = (edge for one in regions if one is not None for span in one.spans for edge in span if edge is not None)
    return Slices(tuple(sorted({edge[0] for edge in edges})))


def kind_of_column(regions: Sequence[Region | None]) -> str | None:
    """The one kind of value that the regions of a column tell apart; None where they are of several, or of none."""
    kinds = {one.kind for one in regions if one is not None and one.kind is not None}
    return kinds.pop() if len(kinds) == 1 else None


def spread(regions: Sequence[Region | None], slices: Slices) -> Iterator[Rows]:
    """For each place the rows that admit it; rows without a region admit everything."""
    opens: dict[int, Rows] = {}
    for row, one in enumerate(regions):
        for span in ((None, None),) if one is None else one.spans:
            first, last = slices.range_of(span)
            opens[first] = opens.get(first, 0) ^ (1 << row)
            opens[last + 1] = opens.get(last + 1, 0) ^ (1 << row)
    mask = 0
    for place in range(slices.count):
        mask ^= opens.get(place, 0)
        yield mask


def null_rows(regions: Sequence[Region | None]) -> Rows:
    """The rows that admit null, or of which it is not known."""
    return sum(1 << row for row, one in enumerate(regions) if one is None or one.null is True)


@dataclass(frozen=True, slots=True, eq=False)
class ColumnIndex:
    """Value -> the rows that admit it or have no region in this column."""

    column: int
    kind: str
    points: dict[Any, Rows]
    keys: tuple[Any, ...]
    gaps: tuple[Rows, ...]
    null: Rows

    def rows(self, value: Any) -> Rows | None:
        """The rows for a value; None where the value is of another kind than the column."""
        if value is None:
            return self.null
        if type(value) is not Decimal or self.kind != "number":
            found = keyed(value)
            if found is None or found[0] != self.kind:
                return None
            value = found[1]
        rows = self.points.get(value)
        return self.gaps[bisect_left(self.keys, value)] if rows is None else rows


@dataclass(frozen=True, slots=True, eq=False)
class SparseIndex:
    """The same for a column of very many constants: row numbers for each place instead of sets."""

    column: int
    kind: str
    slices: Slices
    listed: tuple[tuple[int, ...], ...]
    always: Rows
    null: Rows

    def rows(self, value: Any) -> Rows | None:
        """The rows for a value; None where the value is of another kind than the column."""
        if value is None:
            return self.null
        found = keyed(value)
        if found is None or found[0] != self.kind:
            return None
        mask = self.always
        for row in self.listed[self.slices.place(found[1])]:
            mask |= 1 << row
        return mask


def index_of(column: int, regions: Sequence[Region | None]) -> ColumnIndex | SparseIndex | None:
    """The index of a column, or None where it would tell no rows apart."""
    kind = kind_of_column(regions)
    if kind is None:
        return None
    slices = slices_of(regions)
    null = null_rows(regions)
    if slices.count * len(regions) > MOST_BITS:
        return _sparse(column, kind, regions, slices, null)
    shared: dict[Rows, Rows] = {}
    masks = [shared.setdefault(mask, mask) for mask in spread(regions, slices)]
    points = dict(zip(slices.keys, masks[1::2], strict=True))
    return ColumnIndex(column, kind, points, slices.keys, tuple(masks[::2]), null)


def _sparse(column: int, kind: str, regions: Sequence[Region | None], slices: Slices, null: Rows) -> SparseIndex | None:
    listed: list[list[int]] = [[] for _ in range(slices.count)]
    always = entries = 0
    for row, one in enumerate(regions):
        if one is None or one.spans == ((None, None),):
            always |= 1 << row
            continue
        for span in one.spans:
            first, last = slices.range_of(span)
            entries += last - first + 1
            if entries * 64 > MOST_BITS:
                return None  # neither form is small: the rows that other columns leave are asked one by one
            for place in range(first, last + 1):
                listed[place].append(row)
    return SparseIndex(column, kind, slices, tuple(map(tuple, listed)), always, null)
