"""What was copied in a spreadsheet, spread over a grid: lines by line ends, cells by tabs, from one cell on.

A first line that names the columns is their order; where there are more lines than the grid has, new ones are made.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

from loanloom.services.definitions.grids.model import Column, Grid

MOST = 2000
"""Lines that are taken at once."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed: by the pointer of the cell, and lines that are to be new, each by the column's path. One
    alone goes `where` it was asked for (below:/items/3), others to the end.
    """

    cells: Mapping[str, str]
    new: tuple[Mapping[str, str], ...] = ()
    where: str = ""


def spread(grid: Grid, pasted: str, pointer: str) -> Typed:
    """The cells that a pasted text fills, from the cell at a pointer on; behind the last line where it names none."""
    table = _table(pasted)
    columns = grid.columns
    start = next((cell for cell in grid.cells() if cell.pointer == pointer), None)
    path = start.column.path if start is not None else pointer.removeprefix("new:")
    first = next((place for place, one in enumerate(columns) if one.path == path), 0)
    named = _named(columns, table[0]) if table else None
    order = named if named is not None else columns[first:]
    rows = table[1:] if named is not None else table
    line = next((at for at, one in enumerate(grid.lines) if start in one.cells), len(grid.lines))
    cells: dict[str, str] = {}
    new: list[Mapping[str, str]] = []
    for number, row in enumerate(rows):
        filled = {column.path: word for column, word in zip(order, row, strict=False)}
        if line + number < len(grid.lines):
            known = {cell.column.path: cell for cell in grid.lines[line + number].cells}
            cells |= {known[one].pointer: word for one, word in filled.items() if not known[one].locked}
        elif any(word.strip() for word in filled.values()):
            new.append(filled)
    return Typed(cells, tuple(new))


def _table(pasted: str) -> list[list[str]]:
    """Tabs part cells; a cell with tabs or line ends in it is in quotes, as spreadsheets write it."""
    read = csv.reader(StringIO(pasted.replace("\r\n", "\n").replace("\r", "\n")), delimiter="\t")
    rows = [row for row in read if row][:MOST]
    return [[word.strip() for word in row] for row in rows]


def _named(columns: tuple[Column, ...], head: list[str]) -> tuple[Column, ...] | None:
    """The columns that a line names, where it names nothing else."""
    known = {word.lower(): one for one in columns for word in (*one.label.values(), one.path.strip("/"))}
    found = [known.get(word.lower()) for word in head]
    return tuple(one for one in found if one is not None) if found and all(found) else None
