"""A text value as YAML writes it: which character of it a place in the file is, and how words are put in there so that
the value reads as meant: quotes escaped or doubled, a plain value quoted where it would say something else. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.metadata.inside import Range, ranges_of
from loanloom.metadata.pointers import parent
from loanloom.metadata.source import Positions, Source, Span
from loanloom.metadata.tree import read_tree


@dataclass(frozen=True, slots=True)
class Insertion:
    """A change of the file: `text` for what stands from `start` up to `end`; the cursor goes `cursor` into it."""

    start: int
    end: int
    text: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A text value of a file with the cursor in it. `value` goes on up to the cursor where only blanks part the two;
    `at` is the cursor in the file, `offset` in the value.
    """

    text: str
    span: Span
    value: str
    ranges: tuple[Range, ...]
    at: int
    flow: bool = False

    @property
    def offset(self) -> int:
        """The cursor, counted in the value."""
        return bisect_left(self.ranges, (self.at, -1))

    def between(self, start: int, end: int) -> Range:
        """The part of the file that writes the characters from `start` up to `end`."""
        here, count = self.offset, len(self.ranges)
        first = self.at if start == here or start >= count else self.ranges[start][0]
        if end <= start:
            return first, first
        return first, self.at if end == here else self.ranges[min(end, count) - 1][1]

    def insert(self, start: int, end: int, new: str, cursor: int) -> Insertion | None:
        """New words for a part of the value; None where YAML could not hold them here."""
        if not new.isprintable():
            return None
        first, last = self.between(start, end)
        if self.span.shape == "quoted":
            escapes = _DOUBLE if self.text[self.span.start] == '"' else _SINGLE
            written = _with(new, escapes)
            return Insertion(first, last, written, len(_with(new[:cursor], escapes)))
        as_is = Insertion(first, last, new, cursor)
        if self.span.shape == "block" or self._reads(as_is, start, end, new):
            return as_is
        quoted = self._quoted(as_is)
        return quoted if self._reads(quoted, start, end, new) else None

    def _quoted(self, change: Insertion) -> Insertion:
        """The whole plain value in quotes, its lines as they were."""
        before = "'" + _with(self.text[self._start : change.start], _SINGLE)
        new, after = _with(change.text, _SINGLE), _with(self.text[change.end : self._end], _SINGLE)
        cursor = len(before) + len(_with(change.text[: change.cursor], _SINGLE))
        return Insertion(self._start, self._end, f"{before}{new}{after}'", cursor)

    def _reads(self, change: Insertion, start: int, end: int, new: str) -> bool:
        """Whether the value, changed so, is read as it is meant: tried on a text of nothing but this value."""
        written = self.text[self._start : change.start] + change.text + self.text[change.end : self._end]
        tried = read_tree(f"x: [{written}\n ]" if self.flow else f"x: {written}")
        if tried.problems or not isinstance(tried.value, dict):
            return False
        wanted = (self.value[:start] + new + self.value[end:]).strip()
        return bool(tried.value.get("x") == ([wanted] if self.flow else wanted))

    @property
    def _start(self) -> int:
        return self.span.start if self.ranges and self.span.end > self.span.start else self.at

    @property
    def _end(self) -> int:
        return max(self.span.end, self.at)


_SINGLE: Mapping[str, str] = {"'": "''"}
_DOUBLE: Mapping[str, str] = {'"': '\\"', "\\": "\\\\"}


def _with(words: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(one, one) for one in words)


def open_at(source: Source, pointer: str, value: object, at: int) -> Opened | None:
    """The text value at a pointer (None where nothing stands yet) with the cursor at a place of the file; None where
    the cursor is not in it.
    """
    span = source.positions.values.get(pointer)
    value = "" if value is None else value
    if span is None or not isinstance(value, str) or not span.start <= at <= len(source.text):
        return None
    ranges = ranges_of(source.text, span.start, span.end, span.shape, value)
    if ranges is None:
        return None
    found = None
    if span.shape == "quoted":
        found = _in_quotes(source.text, span, value, ranges, at)
    elif span.shape == "plain":
        found = _in_plain(source.text, span, value, ranges, at)
    elif span.shape == "block":
        found = _in_block(source, pointer, value, ranges, at)
    return found and Opened(source.text, span, *found, flow=_in_flow(source.positions, pointer))


_Found = tuple[str, tuple[Range, ...], int]


def _in_quotes(text: str, span: Span, value: str, ranges: tuple[Range, ...], at: int) -> _Found | None:
    if not span.start < at < span.end:
        return None
    for start, end in ranges[: bisect_left(ranges, (at, -1))][-1:]:
        if end > at and text[start] in "'\\":  # in the middle of an escaped character
            at = end
    return value, ranges, at


def _in_plain(text: str, span: Span, value: str, ranges: tuple[Range, ...], at: int) -> _Found | None:
    """Blanks before the cursor count as well: people write on behind them. But not where a comment begins."""
    if at <= span.end and ranges:
        return value, ranges, at
    between = text[span.end : at]
    if between.strip(" \t") or text[at - 1] not in " \t" or text[at : at + 1] == "#":
        return None
    if not ranges:
        return value, ranges, at
    return value + between, (*ranges, *((one, one + 1) for one in range(span.end, at))), at


def _in_block(source: Source, pointer: str, value: str, ranges: tuple[Range, ...], at: int) -> _Found | None:
    """In a line of the block, or in an empty one below, as far in as its lines must be."""
    text, span = source.text, source.positions.values[pointer]
    if ranges and ranges[0][0] <= at <= ranges[-1][1]:
        return value, ranges, at
    last = ranges[-1][1] if ranges else text.find("\n", span.start)
    if last < 0 or "\n" not in text[last:at] or text[last:at].strip():
        return None
    if _column(text, at) < (_column(text, ranges[0][0]) if ranges else _least(source, pointer, span)):
        return None
    body = value.rstrip("\n")
    return (f"{body}\n", (*ranges[: len(body)], (last, at)), at) if ranges else ("", (), at)


def _least(source: Source, pointer: str, span: Span) -> int:
    """How far in the lines of an empty block begin at least."""
    key = source.positions.keys.get(pointer)
    if key is not None:
        return key.column
    line = source.text[source.text.rfind("\n", 0, span.start) + 1 : span.start]
    return len(line) - len(line.lstrip(" ")) + 1


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1


def _in_flow(positions: Positions, pointer: str) -> bool:
    """Whether a value stands in brackets, where commas and brackets end it."""
    while pointer:
        pointer = parent(pointer)
        span = positions.values.get(pointer)
        if span is not None and span.flow:
            return True
    return False


__all__ = ["Insertion", "Opened", "open_at"]
