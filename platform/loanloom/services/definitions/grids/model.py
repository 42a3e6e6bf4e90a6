"""A grid as it is shown: columns, lines with their cells, and what may be done to each. Values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from loanloom.problems import Text

Nature = Literal["list", "parents", "nested"]
"""Lines in a row; a tree because lines name the one above; a tree because lines hold lines."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a decision table stand. `listed`: a line holds its results in order, not by their keys."""

    inputs: str
    outputs: str
    rows: str
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: a place in every line. `kind` says how its cells are read and shown; `feel` is the kind of what a
    test looks at or of what a result is; `head` where its own settings stand, for columns that can be changed.
    """

    path: str
    label: Text
    kind: str  # text number percent date yes_no choice choices codes words expression test result answer note account
    # amount
    options: Mapping[str, Text] | None = None
    feel: str = ""
    head: str | None = None
    group: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its cells stand to the right."""
        return self.kind in ("number", "percent") or (self.kind in ("result", "answer") and self.feel == "number")

    @property
    def is_closed(self) -> bool:
        """Whether its cells are chosen, not typed."""
        few = self.options is not None and len(self.options) <= 60
        return self.kind in ("yes_no", "choice") and (few or self.kind == "yes_no")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands at a place, as one would type it."""

    pointer: str
    column: Column
    shown: str
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `may` says which moves make sense: up, down, in, out, remove."""

    pointer: str
    number: int
    name: Text
    cells: tuple[Cell, ...]
    depth: int = 0
    may: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The whole grid. `lines_at` is the list that new lines go to."""

    lines_at: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    nature: Nature = "list"
    item: Text
    full: bool = False

    @property
    def is_named(self) -> bool:
        """Whether a line is nothing before somebody says what it is: all but the rows of a decision table."""
        return all(column.kind not in ("test", "answer") for column in self.columns)

    def cells(self) -> Iterator[Cell]:
        """Every cell of every line."""
        return (cell for line in self.lines for cell in line.cells)

    def line(self, pointer: str) -> Line | None:
        """The line at a pointer."""
        return next((one for one in self.lines if one.pointer == pointer), None)
