"""A whole expression laid out for reading: canonical text, broken into lines where it is wider than a page, with its
comments kept.

A comment stands on a line of its own above the part it was written at: the first part that begins on the comment's
line or after it. Laying out twice gives the same; parsing gives the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..nodes import below
from . import syntax as s
from .formatter import COMPARISON, FORM, OPERATORS, POSTFIX, SUM, Writer, canonical, strength
from .lexer import tokens
from .widths import columns

WIDTH: Final = 100
"""Columns of a page."""

_INDENT: Final = "  "
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STACKED: Final = (s.Logic, s.Arithmetic, s.Compare, s.If, s.For, s.Quantified, s.Lambda)


def formatted(source: str, node: s.Node, width: int = WIDTH) -> str:
    """The canonical text of a parsed source on lines of at most `width` columns, where its words allow it."""
    found, last = _attached(source, node)
    text = _Layout(width, found, _forced(node, found)).slot(node)
    lines = "\n".join((text, *last)).split("\n")
    return "\n".join(one.rstrip() for one in lines if one.strip())


class _Layout(Writer):
    """One layout. `room`: columns left at the present depth; `forced`: nodes that a comment inside breaks."""

    def __init__(self, width: int, comments: Mapping[int, Sequence[str]], forced: frozenset[int]) -> None:
        self.room = width
        self.comments = comments
        self.forced = forced

    def text(self, node: s.Node, needed: int = FORM) -> str:
        """A part in the middle of a line: where it begins with a comment, a line begins with it."""
        text = self.part(node, needed)
        return f"\n{_indented(text)}\n" if text.startswith(("//", "/*")) else text

    def part(self, node: s.Node, needed: int = FORM, reserve: int = 0) -> str:
        """A part where a line may begin."""
        bracketed = strength(node) < needed
        if id(node) not in self.forced:
            flat = canonical(node)
            if columns(flat) + 2 * bracketed + reserve <= self.room:
                return f"({flat})" if bracketed else flat
        return f"(\n{self.deeper(node)}\n)" if bracketed else self.bare(node)

    def bare(self, node: s.Node) -> str:
        if isinstance(node, s.Logic):
            word, mine = f"{node.operator} ", strength(node) + 1
            return self.stack((word if at else "", one, mine) for at, one in enumerate(node.operands))
        if isinstance(node, s.Arithmetic):
            return self.stack(_terms(node))
        if isinstance(node, s.Compare):
            return self.stack((("", node.left, COMPARISON), (f"{node.operator} ", node.right, SUM)))
        if isinstance(node, s.If):
            parts = (("if ", node.condition), ("then ", node.then), ("else ", node.otherwise))
            return self.stack((word, one, FORM) for word, one in parts)
        if isinstance(node, s.For):
            return f"for {self.iterators(node.iterators)}\n{self.slot(node.body, 'return ')}"
        if isinstance(node, s.Quantified):
            head = f"{node.quantifier} {self.iterators(node.iterators)}"
            return f"{head}\n{self.slot(node.condition, 'satisfies ')}"
        if isinstance(node, s.Lambda):
            return self.lines(self.head(node), (("", node.body),), "")
        return self._bracketed(node) or super().bare(node)

    def _bracketed(self, node: s.Node) -> str | None:
        """Forms that have brackets of their own, with a line for each part."""
        if isinstance(node, s.ListOf) and node.items:
            return self.lines("[", (("", one) for one in node.items), "]")
        if isinstance(node, s.Context) and node.entries:
            return self.lines("{", ((self.key(name), one) for name, one in node.entries), "}")
        if isinstance(node, s.Call) and node.arguments:
            names = [f"{one}: " for one in node.names] if node.names else [""] * len(node.arguments)
            opening = f"{self.text(node.function, POSTFIX)}("
            return self.lines(opening, zip(names, node.arguments, strict=True), ")")
        if isinstance(node, s.Filter):
            return self.lines(f"{self.text(node.base, POSTFIX)}[", (("", node.condition),), "]")
        if isinstance(node, s.In) and len(node.tests) > 1:
            return self.lines(f"{self.text(node.value, COMPARISON)} in (", (("", one) for one in node.tests), ")")
        if isinstance(node, s.UnaryTests) and len(node.tests) > 1:
            tests = (("", one) for one in node.tests)
            return self.lines("not(", tests, ")") if node.negated else ",\n".join(self.slot(one) for _, one in tests)
        return None

    def slot(self, node: s.Node, prefix: str = "", suffix: str = "", needed: int = FORM) -> str:
        """A part on lines of its own: its comments, then what leads to it and the part."""
        above = self.comments.get(id(node), ())
        if isinstance(node, s.Test):
            return "\n".join((*above, f"{prefix}{self.comparison(node)}{suffix}"))
        text = self.part(node, needed, columns(prefix) + columns(suffix))
        stacked = "\n" in text and isinstance(node, _STACKED) and strength(node) >= needed
        if stacked and prefix and not _chained(prefix, node):
            text, prefix = f"\n{self.deeper(node)}", prefix.rstrip()
        elif stacked and needed > FORM and not prefix:
            text = self.deeper(node)
        return "\n".join((*above, f"{prefix}{text}{suffix}"))

    def stack(self, parts: Iterable[tuple[str, s.Node, int]]) -> str:
        """Parts below one another, each behind its word or operator."""
        return "\n".join(self.slot(one, word, needed=needed) for word, one, needed in parts)

    def lines(self, opening: str, parts: Iterable[tuple[str, s.Node]], closing: str) -> str:
        """Parts between brackets, indented, parted by commas."""
        self.room -= len(_INDENT)
        listed = list(parts)
        found = [self.slot(one, word, "," if at < len(listed) else "") for at, (word, one) in enumerate(listed, 1)]
        self.room += len(_INDENT)
        return "\n".join(filter(None, (opening, *map(_indented, found), closing)))

    def deeper(self, node: s.Node) -> str:
        """A part, indented."""
        self.room -= len(_INDENT)
        text = self.part(node)
        self.room += len(_INDENT)
        return _indented(text)


def _chained(prefix: str, node: s.Node) -> bool:
    """`else if`: the next case goes on at the same depth."""
    return prefix == "else " and isinstance(node, s.If)


def _indented(text: str) -> str:
    return "\n".join(f"{_INDENT}{line}" if line else line for line in text.split("\n"))


def _terms(node: s.Arithmetic) -> Iterator[tuple[str, s.Node, int]]:
    """The terms of a chain of operators that bind alike: a + b - c."""
    mine, rest = OPERATORS[node.operator], []
    first: s.Node = node
    while isinstance(first, s.Arithmetic) and OPERATORS[first.operator] == mine:
        rest.append((f"{first.operator} ", first.right, mine + 1))
        first = first.left
    yield "", first, mine
    yield from reversed(rest)


# -- comments ---------------------------------------------------------------------------------------------------------


def _slots(node: s.Node) -> tuple[s.Node, ...]:
    """The parts of a node that stand on lines of their own where it is broken."""
    match node:
        case s.Logic():
            return node.operands
        case s.Arithmetic():
            return tuple(one for _, one, _ in _terms(node))
        case s.Compare():
            return node.left, node.right
        case s.If():
            return node.condition, node.then, node.otherwise
        case s.For() | s.Lambda():
            return (node.body,)
        case s.Quantified() | s.Filter():
            return (node.condition,)
        case s.ListOf():
            return node.items
        case s.Context():
            return tuple(value for _, value in node.entries)
        case s.Call():
            return node.arguments
        case s.In() | s.UnaryTests() if len(node.tests) > 1:
            return node.tests
    return ()


def _attached(source: str, root: s.Node) -> tuple[dict[int, list[str]], list[str]]:
    """The comments above each part, and those behind everything."""
    comments = comments_of(source)
    if not comments:
        return {}, []
    slots = _all_slots(root)
    found: dict[int, list[str]] = {}
    last: list[str] = []
    for start, text in comments:
        line = source.rfind("\n", 0, start) + 1
        place = _outermost(next((one for one in slots if one.start >= line), None), slots)
        into = last if place is None else found.setdefault(id(place), [])
        into.extend(one.strip() for one in text.split("\n"))
    return found, last


def _outermost(place: s.Node | None, slots: Sequence[s.Node]) -> s.Node | None:
    """What a comment above a part is above of: where an `if` begins with its condition's line, the whole of it."""
    while place is not None:
        whole = next((one for one in slots if isinstance(one, s.If) and one.condition is place), None)
        if whole is None:
            return place
        place = next(one for one in slots if one.start == whole.start)
    return None


def _all_slots(root: s.Node) -> list[s.Node]:
    """Every part that may have comments, by its place; the outermost first of those that begin together."""
    found, todo = [root], [root]
    while todo:
        one = todo.pop()
        found.extend(_slots(one))
        todo.extend(reversed(list(below(one, s.Node))))
    return sorted(found, key=lambda one: (one.start, -one.end))


def comments_of(source: str) -> list[tuple[int, str]]:
    """The comments between the tokens, each with its place."""
    found = []
    listed = tokens(source)
    ends = [0, *(one.end for one in listed)]
    for before, token in zip(ends, listed, strict=False):
        found += [(before + one.start(), one[0]) for one in _COMMENT.finditer(source[before : token.start])]
    return found


def _forced(root: s.Node, comments: Mapping[int, object]) -> frozenset[int]:
    """The nodes that have a commented part inside."""
    if not comments:
        return frozenset()
    found: set[int] = set()

    def visit(node: s.Node) -> bool:
        inside = [visit(one) for one in below(node, s.Node)]
        if any(inside):
            found.add(id(node))
        return any(inside) or id(node) in comments

    visit(root)
    return frozenset(found)


__all__ = ["WIDTH", "formatted"]
