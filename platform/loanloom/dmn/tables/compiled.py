"""A checked table, ready to run: columns, results and rows with their programs, and the index over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from loanloom.dmn.tables.index import ColumnIndex, Rows, SparseIndex, index_of
from loanloom.dmn.tables.model import LISTING, Aggregation, Given, HitPolicy, Table
from loanloom.dmn.tables.regions import Region
from loanloom.feel import Program, Type
from loanloom.feel.problems import Words, words
from loanloom.feel.running.values import same


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What one column looks at. `listed`: its value is a list of which each item must be allowed."""

    title: Words
    program: Program
    type: Type
    allowed: Program | None
    domain: Region | None
    listed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One output. `ranked` are its allowed values, highest priority first: ready values or tests."""

    name: str | None
    title: Words
    type: Type
    ranked: tuple[Program | Given, ...]
    default: Program | Given | None

    def rank(self, value: Any) -> int | None:
        """The place of a value among the allowed ones; None where it is none of them."""
        for place, one in enumerate(self.ranked):
            if same(one.value, value) if isinstance(one, Given) else one({}, value) is True:
                return place
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One test of a row that asks for something."""

    column: int
    program: Program
    region: Region | None


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One rule. `cells` in the order in which they are asked: first those with a region, then the others; the first
    that is not true rules the row out, and what stands behind it is not asked.
    """

    key: str
    title: Words
    cells: tuple[Cell, ...]
    results: tuple[Program | Given, ...]
    annotations: tuple[str, ...]
    ready: tuple[Any, ...] | None
    """The results where all of them are ready values."""

    def region(self, column: int) -> Region | bool | None:
        """The region of a column; None where it is not known, True where the row does not test it."""
        return next((one.region for one in self.cells if one.column == column), True)


@dataclass(frozen=True, eq=False)
class DecisionTable:
    """A table ready to run; safe to share between threads."""

    source: Table
    title: Words
    columns: tuple[Column, ...]
    results: tuple[Result, ...]
    rows: tuple[Row, ...]
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    standard: bool

    @property
    def lists(self) -> bool:
        """Whether its value is a list."""
        return self.hit_policy in LISTING and self.aggregation is None

    @cached_property
    def regions(self) -> tuple[tuple[Region | None, ...], ...]:
        """For each column, the region of every row: all where it does not test the column."""
        found: list[list[Region | None]] = [[_ALL] * len(self.rows) for _ in self.columns]
        for place, row in enumerate(self.rows):
            for cell in row.cells:
                found[cell.column][place] = cell.region
        return tuple(map(tuple, found))

    @cached_property
    def indexes(self) -> tuple[ColumnIndex | SparseIndex, ...]:
        """The columns that tell rows apart by value."""
        built = (index_of(column, regions) for column, regions in enumerate(self.regions))
        return tuple(one for one in built if one is not None)

    @cached_property
    def left(self) -> Mapping[int, tuple[Cell, ...]]:
        """Of the rows that an index leaves, the cells that must still be asked."""
        indexed = {one.column for one in self.indexes}
        found = {
            place: tuple(one for one in row.cells if one.region is None or one.column not in indexed)
            for place, row in enumerate(self.rows)
        }
        return {place: cells for place, cells in found.items() if cells}

    @cached_property
    def every_row(self) -> Rows:
        """The set of all rows."""
        return (1 << len(self.rows)) - 1

    def named(self, row: int) -> Words:
        """What people call a row."""
        return self.rows[row].title

    def inputs(self) -> frozenset[str]:
        """The facts that the table reads."""
        programs: list[Program | Given | None] = [one.program for one in self.columns]
        programs += [one.allowed for one in self.columns]
        programs += [cell.program for row in self.rows for cell in row.cells]
        programs += [entry for row in self.rows for entry in row.results]
        programs += [one.default for one in self.results]
        return frozenset().union(*(one.inputs for one in programs if isinstance(one, Program)))


_ALL = Region(((None, None),), null=True)


def numbered(en: str, zh: str, place: int) -> Words:
    """A name by number for what has no title."""
    return words(f"{en} {place + 1}", f"第{place + 1}{zh}")
