"""Whether rows take every point of a space of axes, and if not, a point that none takes. Exact, within a budget."""

from __future__ import annotations

from collections.abc import Sequence

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


class Cover:
    """One search: axes, and the rows that count."""

    def __init__(self, axes: Sequence[Axis], rows: Rows, steps: Steps) -> None:
        self.order = sorted(range(len(axes)), key=lambda place: len(axes[place].pieces))
        self.axes = [axes[place] for place in self.order]
        self.rows = rows
        self.steps = steps
        self.used: Rows = 0
        """Rows that were needed to cover what is covered."""
        self._covered: set[tuple[int, Rows]] = set()
        self._rest = [-1] * (len(self.axes) + 1)
        for place in range(len(self.axes) - 1, -1, -1):
            self._rest[place] = self._rest[place + 1] & self.axes[place].everywhere

    def gap(self) -> Point | None:
        """A point that no row takes; None where there is none, or where an axis has no value at all."""
        if any(not one.pieces for one in self.axes):
            return None
        chosen: list[Piece] = []
        if not self._search(0, self.rows, chosen):
            return None
        chosen += [one.pieces[0] for one in self.axes[len(chosen) :]]
        return dict(zip(self.order, chosen, strict=True))

    def _search(self, place: int, mask: Rows, chosen: list[Piece]) -> bool:
        """Whether a gap lies behind what is chosen so far; then `chosen` leads to it."""
        if not mask:
            return True
        whole = mask & self._rest[place]
        if whole:
            self.used |= whole & -whole
            return False
        if (place, mask) in self._covered:
            return False
        seen: set[Rows] = set()
        for piece in self.axes[place].told_apart(mask):
            self.steps.spend(1)
            rows = mask & piece.rows
            if rows in seen:
                continue
            seen.add(rows)
            chosen.append(piece)
            if self._search(place + 1, rows, chosen):
                return True
            chosen.pop()
        self._covered.add((place, mask))
        return False
