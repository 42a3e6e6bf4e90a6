"""Where things stand in a source text: line and column of every node and key, and the spans that editing replaces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from loanloom.metadata.inside import offset_of, ranges_of

_WORD = re.compile(r"\w+")
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

    def near(self, offset: int) -> str | None:
        """The pointer of the value that begins last before an offset or at it; of two, the one that holds nothing."""
        return max(
            (pointer for pointer, span in self.values.items() if span.start <= offset),
            key=lambda pointer: (self.values[pointer].start, self.values[pointer].shape not in ("mapping", "list")),
            default=None,
        )

    def inside(self, pointer: str, line: int, column: int, text: str) -> tuple[int, int] | None:
        """The place in the file of a line and column (from 1) inside the text value at `pointer`."""
        span = self.values.get(pointer)
        if span is None:
            return self.place(pointer)
        offset = offset_of(text, span.start, span.end, span.shape, line, column)
        return (span.line, span.column) if offset is None else _line_and_column(text, offset)

    def end(self, pointer: str, text: str, *, key: bool = False) -> tuple[int, int] | None:
        """Line and column just behind the key, or the value in one line, at `pointer`; None for anything larger."""
        span = (self.keys if key else self.values).get(pointer)
        if span is None or span.shape not in ("plain", "quoted") or "\n" in text[span.start : span.end]:
            return None
        return span.line, span.column + span.end - span.start

    def end_inside(
        self, pointer: str, line: int, column: int, text: str, value: str, length: int | None
    ) -> tuple[int, int] | None:
        """Line and column just behind `length` characters (else a word) from a place inside a text value."""
        span = self.values.get(pointer)
        ranges = span and ranges_of(text, span.start, span.end, span.shape, value)
        before = value.split("\n")[: line - 1]
        start = sum(map(len, before)) + len(before) + column - 1
        if not ranges or not 0 <= start < len(ranges):
            return None
        found = _WORD.match(value, start)
        last = start + (length or (len(found[0]) if found else 1))
        return _line_and_column(text, ranges[min(last, len(ranges)) - 1][1])


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one document with the file it came from and its places."""

    text: str
    file: str | None = None
    positions: Positions = field(default_factory=Positions)
