"""A table as the analysis sees it: for each thing that columns look at, its possible values cut into pieces in which
every row decides alike, each piece with a value that stands for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from loanloom.dmn.tables.compiled import Column, DecisionTable
from loanloom.dmn.tables.index import Rows, Slices, kind_of_column, rows_in, slices_of, spread
from loanloom.dmn.tables.keys import between, keyed, plainness, value_of
from loanloom.dmn.tables.regions import ALL, Region, common


@dataclass(frozen=True, slots=True)
class Piece:
    """Some values of an axis: the rows that may admit them, and one of the values."""

    rows: Rows
    value: Any


@dataclass(frozen=True, eq=False)
class Axis:
    """One or more columns that look at the same thing. `pieces` in the order of their values; `null` where the value
    may be null.
    """

    columns: tuple[int, ...]
    pieces: tuple[Piece, ...]
    null: Piece | None

    @cached_property
    def everywhere(self) -> Rows:
        """The rows that admit every value but null."""
        mask = -1
        for one in self.pieces:
            mask &= one.rows
        return mask

    @cached_property
    def anywhere(self) -> Rows:
        """The rows that admit something, be it null."""
        mask = self.null.rows if self.null is not None else 0
        for one in self.pieces:
            mask |= one.rows
        return mask

    @cached_property
    def changes(self) -> dict[int, list[int]]:
        """For each row the pieces at which it begins or ends."""
        found: dict[int, list[int]] = {}
        for place in range(1, len(self.pieces)):
            for row in rows_in(self.pieces[place].rows ^ self.pieces[place - 1].rows):
                found.setdefault(row, []).append(place)
        return found

    def told_apart(self, mask: Rows) -> Iterator[Piece]:
        """Pieces enough to see everything that some rows do along the axis."""
        if mask.bit_count() * 4 > len(self.pieces):
            yield from self.pieces
            return
        places = {place for row in rows_in(mask) for place in self.changes.get(row, ())}
        yield self.pieces[0]
        for place in sorted(places):
            yield self.pieces[place]

    def only_null(self) -> Axis:
        """The same where the value is null."""
        return Axis(self.columns, (self.null,) if self.null is not None else (), None)

    def within(self, row: int) -> Axis:
        """The part that one row admits."""
        null = self.null if self.null is not None and self.null.rows >> row & 1 else None
        edges = [0, *self.changes.get(row, ()), len(self.pieces)]
        begins = 0 if self.pieces and self.pieces[0].rows >> row & 1 else 1
        stretches = (self.pieces[low:high] for low, high in itertools.pairwise(edges[begins:]))
        return Axis(self.columns, tuple(one for part in itertools.islice(stretches, 0, None, 2) for one in part), null)

    def with_null(self) -> Axis:
        """The same with null as one more piece."""
        return self if self.null is None else Axis(self.columns, (*self.pieces, self.null), None)


@dataclass(frozen=True, eq=False)
class View:
    """All axes of a table. `unsure` are rows with a test whose values are not known beforehand: they may admit less
    than is said of them. `open_ended`: columns of which not every allowed value is known.
    """

    axes: tuple[Axis, ...]
    unsure: Rows
    open_ended: bool


def view(table: DecisionTable) -> View:
    """The table seen by its axes; columns with the same expression are one."""
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(table.columns):
        groups.setdefault(" ".join(column.program.text.split()), []).append(place)
    unsure = 0
    open_ended = False
    axes = []
    for columns in groups.values():
        regions, doubtful = _regions(table, columns)
        unsure |= doubtful
        open_ended |= any(_is_open(table.columns[one]) for one in columns)
        axes.append(_axis(table, columns, regions))
    return View(tuple(axes), unsure, open_ended)


def _is_open(column: Column) -> bool:
    return column.allowed is not None and column.domain is None


def _regions(table: DecisionTable, columns: Sequence[int]) -> tuple[list[Region], Rows]:
    """What every row admits at most along an axis, and the rows of which it is not exactly known."""
    found: list[Region] = []
    unsure = 0
    kinds = {kind_of_column(table.regions[one]) for one in columns} - {None}
    mixed = len(kinds) > 1 or any(_mixed(table.regions[one]) for one in columns)
    for row in range(len(table.rows)):
        parts = [table.regions[one][row] for one in columns]
        known = [one for one in parts if one is not None and not (mixed and one.kind is not None)]
        if len(known) < len(parts):
            unsure |= 1 << row
        met = common(known) if known else ALL
        found.append(met if met is not None else ALL)
    return found, unsure


def _mixed(regions: Sequence[Region | None]) -> bool:
    return len({one.kind for one in regions if one is not None and one.kind is not None}) > 1


def _axis(table: DecisionTable, columns: Sequence[int], regions: Sequence[Region]) -> Axis:
    column = table.columns[columns[0]]
    domain = _domain([table.columns[one] for one in columns])
    kind = kind_of_column([*regions, domain])
    pieces = [] if kind is None else _pieces(kind, column, regions, domain)
    if kind is None:
        admits = sum(1 << row for row, one in enumerate(regions) if one.spans)
        pieces = [Piece(admits, _sample(column))] if domain.spans else []
    null = None
    if column.type.nullable and (domain.null is True or not table.standard):
        null = Piece(sum(1 << row for row, one in enumerate(regions) if one.null is True), None)
    return Axis(tuple(columns), tuple(_plainest(pieces)), null)


def _domain(columns: Sequence[Column]) -> Region:
    """Every value that can come: within least and most, among the allowed."""
    type_ = columns[0].type
    parts = [one.domain for one in columns if one.domain is not None]
    for bound, low in ((type_.least, True), (type_.most, False)):
        found = keyed(bound) if bound is not None else None
        if found is not None:
            edge = (found[1], 0)
            parts.append(Region(((edge, None) if low else (None, edge),), True, found[0]))
    met = common(parts) if parts else ALL
    return ALL if met is None else met


def _pieces(kind: str, column: Column, regions: Sequence[Region], domain: Region) -> list[Piece]:
    slices = slices_of([*regions, domain])
    masks = list(spread(regions, slices))
    found = [
        Piece(masks[place], value_of(kind, key)) for place, key in _keys(kind, column, slices) if domain.admits(key)
    ]
    return [one for one in found if one.value is not None]


def _keys(kind: str, column: Column, slices: Slices) -> Iterator[tuple[int, Any]]:
    """A key for every place that values of the column's type reach, in order."""
    if kind == "boolean":
        yield from ((slices.place(one), one) for one in (False, True))
        return
    if column.type.kind == "string" and column.type.values is not None:
        yield from sorted((slices.place(one), one) for one in column.type.values)
        return
    ends = (None, *slices.keys, None)
    scale = column.type.digits.scale if column.type.digits is not None else None
    for place in range(slices.count):
        if place % 2:
            key = slices.keys[place // 2]
            if kind == "number" and scale is not None and key != round(key, scale):
                continue
        else:
            key = between(kind, ends[place // 2], ends[place // 2 + 1], column.type)
        if key is not None:
            yield place, key


def _sample(column: Column) -> Any:
    """A value of a column that no row tests by constants."""
    if column.type.values:
        return column.type.values[0]
    if column.type.kind == "boolean":
        return True
    empty: dict[str, Any] = {"list": [], "context": {}}
    kind = column.type.kind
    key = between(kind, None, None, column.type)
    return empty.get(kind) if key is None else value_of(kind, key)


def _plainest(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours that all rows take alike as one; alike ones shown by the plainest of their values."""
    shown: dict[Rows, Any] = {}
    for one in pieces:
        if one.rows not in shown or plainness(one.value) < plainness(shown[one.rows]):
            shown[one.rows] = one.value
    before: Rows | None = None
    for one in pieces:
        if one.rows != before:
            yield Piece(one.rows, shown[one.rows])
        before = one.rows
