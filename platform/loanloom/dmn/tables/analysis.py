"""What can be said of a table before it runs: cases that no row takes, rows that meet where they must not, rows that
never count. Each with input values that show it. Nothing is claimed that is not so; what is too large is said to be.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from loanloom.dmn.tables import wording
from loanloom.dmn.tables.axes import Axis, Piece, View, view
from loanloom.dmn.tables.compiled import DecisionTable, Row
from loanloom.dmn.tables.covering import STEPS, Cover, Point, Steps, TooMuch
from loanloom.dmn.tables.index import Rows, rows_in
from loanloom.dmn.tables.model import Given, Place
from loanloom.dmn.tables.policies import ranks
from loanloom.feel.problems import Words
from loanloom.feel.running.values import same

MOST_FINDINGS = 20
"""Of each sort; who mends these sees the next."""

MOST_GAPS = 5

FindingKind = Literal["gap", "null_gap", "overlap", "conflict", "covered", "masked", "outranked", "never", "outside"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `rules` are row numbers from 0, the one it is about last; `example` has a value for each column.

    gap, null_gap: no row applies · overlap: both apply, only one may · conflict: both apply and differ · covered: one
    earlier row takes all cases · masked: several do · outranked: rows of higher priority do · never: a test that holds
    for nothing · outside: a test that holds for nothing that may come.
    """

    kind: FindingKind
    rules: tuple[int, ...]
    place: Place
    message: Words
    hint: Words | None = None
    example: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found. `whole` is False where a part of the table could not be analysed; `why` says which."""

    findings: tuple[Finding, ...]
    whole: bool
    why: Words | None = None

    def of(self, *kinds: FindingKind) -> tuple[Finding, ...]:
        """The findings of some kinds."""
        return tuple(one for one in self.findings if one.kind in kinds)


def analyse(table: DecisionTable, labels: Mapping[str, Words] | None = None, steps: int | None = None) -> Analysis:
    """Gaps, overlaps and rows that never count. `labels` name codes as `path=code`."""
    return _Analyst(table, labels or {}, STEPS if steps is None else steps).run()


class _Analyst:
    def __init__(self, table: DecisionTable, labels: Mapping[str, Words], most: int) -> None:
        self.table = table
        self.labels = labels
        self.most = most
        self.steps = Steps(most)
        self.view: View = view(table)
        self.sure: Rows = table.every_row & ~self.view.unsure
        self.idle: Rows = 0
        """Rows that can never apply."""

    def run(self) -> Analysis:
        found: list[Finding] = []
        why = None
        for part in (self._idle_rows, self._reach, self._gaps):
            self.steps = Steps(self.most)
            try:
                found.extend(itertools.islice(part(), MOST_FINDINGS))
            except TooMuch:
                why = wording.too_large()
        if why is None and self.view.open_ended:
            why = wording.allowed_unknown()
        elif why is None and self.view.unsure:
            why = wording.unsure([self.table.named(row) for row in rows_in(self.view.unsure)])
        return Analysis(tuple(found), why is None, why)

    def _idle_rows(self) -> Iterator[Finding]:
        idle = [self.table.every_row & ~axis.anywhere for axis in self.view.axes]
        for rows in idle:
            self.idle |= rows
        for place in rows_in(self.idle):
            axis = next(one for one, rows in zip(self.view.axes, idle, strict=True) if rows >> place & 1)
            empty = any(one.region is not None and one.region.is_empty for one in self._cells(place, axis))
            where = Place("cell", place, axis.columns[0])
            title = self.table.columns[axis.columns[0]].title
            kind: FindingKind = "never" if empty else "outside"
            yield Finding(kind, (place,), where, wording.idle(kind, self.table.named(place), title))

    def _cells(self, place: int, axis: Axis) -> Iterator[Any]:
        return (one for one in self.table.rows[place].cells if one.column in axis.columns)

    def _reach(self) -> Iterator[Finding]:
        policy = self.table.hit_policy
        if policy in ("unique", "any"):
            yield from self._overlaps()
        elif policy == "first":
            for place in range(len(self.table.rows)):
                yield from self._masked(place, (1 << place) - 1)
        elif policy == "priority":
            better = 0
            for _, place in sorted(filter(None, map(self._order, self.table.rows, itertools.count()))):
                yield from self._masked(place, better)
                better |= 1 << place

    def _order(self, row: Row, place: int) -> tuple[tuple[int, ...], int] | None:
        """What a row is ranked by; None where its results are computed."""
        return None if row.ready is None else (ranks(self.table.results, row.ready), place)

    def _overlaps(self) -> Iterator[Finding]:
        meets = self._meets()
        for later in rows_in(self.sure & ~self.idle):
            for earlier in rows_in(meets[later] & ((1 << later) - 1)):
                kind: FindingKind = "overlap" if self.table.hit_policy == "unique" else "conflict"
                if kind == "conflict" and not self._differ(earlier, later):
                    continue
                example = self._shared(earlier, later)
                names = (self.table.named(earlier), self.table.named(later))
                said = wording.overlap(kind, names, self._in_words(example, self._tested(earlier, later)))
                yield Finding(kind, (earlier, later), Place("cell", later), said[0], said[1], self._values(example))
                break

    def _meets(self) -> list[Rows]:
        """For each row those that surely share a point with it."""
        found = [self.sure & ~self.idle] * len(self.table.rows)
        for axis in self.view.axes:
            whole = axis.with_null()
            along = [whole.anywhere] * len(self.table.rows)
            for row in rows_in(self.table.every_row & ~whole.everywhere):
                along[row] = 0
            for piece in whole.pieces:
                part = piece.rows & ~whole.everywhere
                self.steps.spend(part.bit_count() // 2 + 1)
                for row in rows_in(part):
                    along[row] |= piece.rows
            found = [one & other for one, other in zip(found, along, strict=True)]
        return found

    def _differ(self, one: int, other: int) -> bool:
        """Whether two rows surely have different results."""
        pairs = zip(self.table.rows[one].results, self.table.rows[other].results, strict=True)
        return any(isinstance(a, Given) and isinstance(b, Given) and not same(a.value, b.value) for a, b in pairs)

    def _shared(self, one: int, other: int) -> Point:
        both = 1 << one | 1 << other
        return {
            place: next(piece for piece in axis.with_null().pieces if piece.rows & both == both)
            for place, axis in enumerate(self.view.axes)
        }

    def _masked(self, place: int, better: Rows) -> Iterator[Finding]:
        """A row all of whose cases other rows take before it."""
        better &= ~self.idle & (self.sure | self._alike(place))
        if self.idle >> place & 1 or not better:
            return
        axes = [one.within(place).with_null() for one in self.view.axes]
        self.steps.spend(sum(len(one.pieces) for one in axes) // 4)
        cover = Cover(axes, better, self.steps)
        if any(not one.pieces for one in axes) or cover.gaps():
            return
        rules = tuple(rows_in(cover.used))
        kind: FindingKind = (
            "outranked" if self.table.hit_policy == "priority" else "covered" if len(rules) == 1 else "masked"
        )
        said = wording.masked(kind, self.table.named(place), [self.table.named(one) for one in rules])
        yield Finding(kind, (*rules, place), Place("cell", place), said[0], said[1])

    def _alike(self, place: int) -> Rows:
        """Rows whose tests of unknown extent all stand in this row too, word for word."""
        mine = self._unknown(place)
        self.steps.spend(len(self._unsure) // 4)
        return sum(rows for tests, rows in self._unsure.items() if tests <= mine)

    @cached_property
    def _unsure(self) -> dict[frozenset[tuple[int, str]], Rows]:
        """The rows with tests of unknown extent, by these tests."""
        found: dict[frozenset[tuple[int, str]], Rows] = {}
        for place in rows_in(self.view.unsure):
            tests = self._unknown(place)
            found[tests] = found.get(tests, 0) | 1 << place
        return found

    def _unknown(self, place: int) -> frozenset[tuple[int, str]]:
        cells = self.table.rows[place].cells
        return frozenset((one.column, one.program.text.strip()) for one in cells if one.region is None)

    def _gaps(self) -> Iterator[Finding]:
        if self.view.open_ended:
            return
        axes = self.view.axes
        for gap in Cover(axes, self.table.every_row, self.steps).gaps(MOST_GAPS):
            yield self._gap("gap", Place("table"), gap.point, gap.needed)
        for place, axis in enumerate(axes):
            if axis.null is None:
                continue
            narrowed = [one.only_null() if at == place else one for at, one in enumerate(axes)]
            for gap in Cover(narrowed, self.table.every_row, self.steps).gaps():
                where = Place("input", column=axis.columns[0])
                yield self._gap("null_gap", where, gap.point, gap.needed | {place})

    def _gap(self, kind: FindingKind, where: Place, point: Point, needed: frozenset[int]) -> Finding:
        said = wording.gap(self._in_words(point, needed))
        return Finding(kind, (), where, said[0], said[1], self._values(point))

    def _values(self, point: Point) -> tuple[Any, ...]:
        """A value for each column."""
        found: list[Any] = [None] * len(self.table.columns)
        for place, piece in point.items():
            for column in self.view.axes[place].columns:
                found[column] = piece.value
        return tuple(found)

    def _tested(self, *rows: int) -> frozenset[int]:
        """The axes that one of the rows tests."""
        return frozenset(
            place
            for place, axis in enumerate(self.view.axes)
            if any(next(self._cells(row, axis), None) is not None for row in rows)
        )

    def _in_words(self, point: Point, shown: frozenset[int]) -> Words:
        """The values along some axes."""
        columns = self.table.columns
        named = [(columns[self.view.axes[place].columns[0]], point[place].value) for place in sorted(shown)]
        return wording.example(named, self.labels)


__all__ = ["Analysis", "Finding", "Piece", "analyse"]
