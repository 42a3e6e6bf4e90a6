"""Where each character of a text value stands in the YAML that it was read from: folded lines, quotes, escapes.

What PyYAML gives is the value alone; a mistake in column 90 of a folded text must still be shown on its own line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r?\n[ \t]*|.)", re.DOTALL)
_BREAK = re.compile(r"[ \t]*\r?\n\s*")
_ESCAPED = "?"

Placed = Iterator[tuple[str, int, int]]
"""Characters of a value, each with the offsets in the file from which and up to which it is written; an escaped one
is given as `?`.
"""
Range = tuple[int, int]


def offset_of(text: str, start: int, end: int, shape: str, line: int, column: int) -> int | None:
    """The offset in the file of a line and column (from 1) in the value that stands from `start` up to `end`."""
    at_line, at_column, last = 1, 1, None
    for character, offset, _ in _characters(text, start, end, shape):
        if (at_line, at_column) == (line, column):
            return offset
        at_line, at_column = (at_line + 1, 1) if character == "\n" else (at_line, at_column + 1)
        last = offset
    return last + 1 if last is not None and (at_line, at_column) == (line, column) else None


def ranges_of(text: str, start: int, end: int, shape: str, value: str) -> tuple[Range, ...] | None:
    """From where to where in the file each character of a value is written; None where that cannot be said (a value
    with an anchor or a tag, a rare way of breaking lines).
    """
    written, found = [], []
    for character, first, last in _characters(text, start, end, shape):
        written.append(character)
        found.append((first, last))
    ends = value[len(written) :] if shape == "block" else ""  # the line breaks that end a block stand nowhere
    if ends.strip("\n") or len(written) + len(ends) != len(value):
        return None
    if any(one not in (_ESCAPED, other) for one, other in zip(written, value, strict=False)):
        return None
    last = found[-1][1] if found else end
    return (*found, *[(last, last)] * len(ends))


def _characters(text: str, start: int, end: int, shape: str) -> Placed:
    if shape == "block":
        return _block(text, start, end)
    if shape != "quoted":
        return _flow(text, start, end, re.compile("(?!)"))
    return _flow(text, start + 1, end - 1, _ESCAPE if text[start] == '"' else re.compile("''"))


def _flow(text: str, start: int, end: int, special: re.Pattern[str]) -> Placed:
    """A plain or quoted value: a line break is a space, an empty line a line break."""
    at = start
    while at < end:
        if found := _BREAK.match(text, at, end):
            empty = found[0].count("\n") - 1
            for character in "\n" * empty if empty else " ":
                yield character, at, found.end()
            at = found.end()
        elif found := special.match(text, at, end):
            if "\n" not in found[0]:
                yield "\n" if found[0] == "\\n" else _ESCAPED, at, found.end()
            at = found.end()
        else:
            yield text[at], at, at + 1
            at += 1


def _block(text: str, start: int, end: int) -> Placed:
    """A block value: its lines without their indentation; folded ones are joined by spaces."""
    header, begin = text[start], text.find("\n", start) + 1
    lines = [(begin + found.start(), found[0]) for found in re.finditer(r"[^\n]*\n?", text[begin:end])]
    indent = next((len(one) - len(one.lstrip(" ")) for _, one in lines if one.strip()), 0)
    empty: list[int] = []
    before: bool | None = None  # whether the line before was kept apart; None at the beginning
    for offset, line in lines:
        body = line.rstrip("\r\n")[indent:]
        if not body.strip():
            empty.append(offset)
            continue
        apart = header == "|" or body[0] in " \t"
        if before is False and not apart and not empty:
            yield " ", offset - 1, offset + indent
        else:
            own = before is not None and (before or apart)
            for at in [*empty, *([offset - 1] if own else [])]:
                yield "\n", at, at + 1
        for at, character in enumerate(body, offset + indent):
            yield character, at, at + 1
        empty, before = [], apart
