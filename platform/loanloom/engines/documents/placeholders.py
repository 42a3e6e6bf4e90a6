"""Cutting a text at its placeholders: `{{ EXPRESSION | format }}`. Pure; knows nothing of expressions.

A bar splits off a format only when a known format follows it, so that a bar inside a quoted text stays where it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "{{", "}}"
_FORMAT = re.compile(r"^(?P<expression>.*\S)\s*\|\s*(?P<format>[a-z]+)\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cut:
    """One placeholder as written, and where in the text its expression begins."""

    expression: str
    how: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Unclosed:
    """A `{{` without its `}}`."""

    offset: int


def cut(prose: str) -> list[str | Cut | Unclosed]:
    """The parts of a text, in order. `}}` inside a quoted text of the expression does not close it.

    >>> [part if isinstance(part, str) else part.expression for part in cut("Loan {{ loan.number }}!")]
    ['Loan ', 'loan.number', '!']
    """
    parts: list[str | Cut | Unclosed] = []
    at = 0
    while (start := prose.find(_OPEN, at)) >= 0:
        if start > at:
            parts.append(prose[at:start])
        end = _end_of(prose, start + 2)
        if end < 0:
            parts.append(Unclosed(start))
            return parts
        parts.append(_read(prose[start + 2 : end], start + 2))
        at = end + 2
    if at < len(prose):
        parts.append(prose[at:])
    return parts


def _end_of(prose: str, at: int) -> int:
    quoted = False
    while at < len(prose):
        if prose[at] == '"':
            quoted = not quoted
        elif prose[at] == "\\" and quoted:
            at += 1
        elif not quoted and prose.startswith(_CLOSE, at):
            return at
        at += 1
    return -1


def _read(inside: str, offset: int) -> Cut:
    start = offset + len(inside) - len(inside.lstrip())
    found = _FORMAT.match(inside.strip())
    if found and inside.count('"') % 2 == 0 and found["expression"].count('"') % 2 == 0:
        return Cut(found["expression"], found["format"], start)
    return Cut(inside.strip(), None, start)
