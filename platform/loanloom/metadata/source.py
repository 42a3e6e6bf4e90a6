"""Where things stand in a source text: line and column of every node and key, and the spans that editing replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Shape = Literal["mapping", "list", "plain", "quoted", "block", "alias"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text: from `start` up to `end` (offsets), with line and column of its beginning, both from 1."""

    start: int
    end: int
    line: int
    column: int
    shape: Shape
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Positions:
    """Pointer -> place, for the values and for the keys of mappings."""

    values: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))
    keys: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))

    def span(self, pointer: str, *, key: bool = False) -> Span | None:
        """The span at `pointer`, else the nearest one above it: a place is always better than none."""
        places = (self.keys, self.values) if key else (self.values, self.keys)
        while True:
            for place in places:
                if pointer in place:
                    return place[pointer]
            if not pointer:
                return None
            pointer, places = pointer.rpartition("/")[0], (self.keys, self.values)

    def place(self, pointer: str, *, key: bool = False) -> tuple[int, int] | None:
        """Line and column at `pointer`."""
        span = self.span(pointer, key=key)
        return (span.line, span.column) if span else None

    def inside(self, pointer: str, line: int, column: int, text: str) -> tuple[int, int] | None:
        """The place in the file of a line and column (from 1) inside the text value at `pointer`."""
        span = self.values.get(pointer)
        if span is None:
            return self.place(pointer)
        if span.shape == "block":
            first = span.line + line
            lines = text.split("\n")
            indent = _indent_after(lines, span.line)
            return (first, indent + column) if first <= len(lines) else (span.line, span.column)
        if line == 1 and "\n" not in text[span.start : span.end]:
            return span.line, span.column + column - 1 + (1 if span.shape == "quoted" else 0)
        return span.line, span.column


def _indent_after(lines: list[str], line: int) -> int:
    """How far the first filled line after `line` (from 1) is indented."""
    for candidate in lines[line:]:
        if candidate.strip():
            return len(candidate) - len(candidate.lstrip(" "))
    return 0


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one document with the file it came from and its places."""

    text: str
    file: str | None = None
    positions: Positions = field(default_factory=Positions)
