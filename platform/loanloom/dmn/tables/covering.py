"""Whether rows take every point of a space of axes, and if not, a point that none takes. Exact, within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loanloom.dmn.tables.axes import Axis, Piece
from loanloom.dmn.tables.index import Rows

STEPS = 1_000_000
"""Pieces that one part of the analysis may look at: about half a second."""

Point = dict[int, Piece]
"""A piece for each axis, by the axis' place."""


class TooMuch(Exception):
    """The table is too large to be analysed within the budget."""


class Steps:
    """What may still be looked at."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, steps: int) -> None:
        """Take steps; refuses when none are left."""
        self.left -= steps
        if self.left < 0:
            raise TooMuch


@dataclass(frozen=True, slots=True)
class Gap:
    """A point that no row takes, and the axes that suffice for that: whatever the others are, no row takes it."""

    point: Point
    needed: frozenset[int]


class Cover:
    """One search: axes, and the rows that count."""

    def __init__(self, axes: Sequence[Axis], rows: Rows, steps: Steps) -> None:
        self.order = sorted(range(len(axes)), key=lambda place: len(axes[place].pieces))
        self.axes = [axes[place] for place in self.order]
        self.rows = rows
        self.steps = steps
        self.used: Rows = 0
        """Rows that were needed to cover what is covered."""
        self._most = 0
        self._found: list[Gap] = []
        self._known: list[frozenset[tuple[int, Rows]]] = []
        self._searched: set[tuple[int, Rows]] = set()
        self._rest = [-1] * (len(self.axes) + 1)
        for place in range(len(self.axes) - 1, -1, -1):
            self._rest[place] = self._rest[place + 1] & self.axes[place].everywhere

    def gaps(self, most: int = 1) -> list[Gap]:
        """Points that no row takes, each for another reason; none where an axis has no value at all."""
        self._most = most
        if all(one.pieces for one in self.axes):
            self._search(0, self.rows, [])
        return self._found

    def _search(self, place: int, mask: Rows, chosen: list[Piece]) -> None:
        """Look for gaps behind what is chosen so far, until there are enough."""
        if not mask:
            self._note(chosen)
            return
        whole = mask & self._rest[place]
        if whole:
            self.used |= whole & -whole
            return
        if (place, mask) in self._searched:
            return
        seen: set[Rows] = set()
        for piece in self.axes[place].told_apart(mask):
            self.steps.spend(1)
            rows = mask & piece.rows
            if rows in seen:
                continue
            seen.add(rows)
            if rows:
                self._search(place + 1, rows, [*chosen, piece])
            elif not self._note([*chosen, piece]):
                self._other_reason(place, mask, chosen)
            if len(self._found) >= self._most:
                return
        self._searched.add((place, mask))

    def _other_reason(self, place: int, mask: Rows, chosen: list[Piece]) -> None:
        """A gap is known already where it was looked for; another piece may be one for a reason of its own."""
        for piece in self.axes[place].pieces:
            self.steps.spend(1)
            if not mask & piece.rows and self._note([*chosen, piece]):
                return

    def _note(self, chosen: list[Piece]) -> bool:
        """Keep a gap unless one known already says the same; whether it was kept."""
        needed = list(range(len(chosen)))
        for place in range(len(chosen)):
            rest = [one for one in needed if one != place]
            if not self._taking([chosen[one] for one in rest]):
                needed = rest
        reason = frozenset((place, chosen[place].rows) for place in needed)
        here = {(place, piece.rows) for place, piece in enumerate(chosen)}
        if any(known <= here for known in self._known):
            return False
        self._known.append(reason)
        whole = [*chosen, *(one.pieces[0] for one in self.axes[len(chosen) :])]
        point = dict(zip(self.order, whole, strict=True))
        self._found.append(Gap(point, frozenset(self.order[place] for place in needed)))
        return True

    def _taking(self, pieces: Sequence[Piece]) -> Rows:
        rows = self.rows
        for one in pieces:
            rows &= one.rows
        return rows
