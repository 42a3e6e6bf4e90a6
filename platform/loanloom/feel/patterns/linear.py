"""A pattern for RE2: written anew from its tree, with every set spelt out. Linear in the text, bounded in memory.

RE2 is imported here alone, when the first pattern is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .characters import Characters
from .tree import MAX_WEIGHT, Choice, Edge, Group, Node, One, Repeat, Sequence, Tree

MAX_MEMORY: Final = 2 << 20
"""Bytes that RE2 may use for one pattern."""


def text_of(node: Node) -> str:
    """The node in RE2's syntax."""
    if isinstance(node, One):
        return _set_text(node.of)
    if isinstance(node, Sequence):
        return "".join(map(text_of, node.parts))
    if isinstance(node, Choice):
        return "(?:" + "|".join(map(text_of, node.parts)) + ")"
    if isinstance(node, Group):
        return f"({text_of(node.body)})"
    if isinstance(node, Edge):
        return (r"(?m:$)" if node.end else r"(?m:^)") if node.lines else (r"\z" if node.end else r"\A")
    if isinstance(node, Repeat):
        high = "" if node.high is None else str(node.high)
        count = {(0, ""): "*", (1, ""): "+", (0, "1"): "?"}.get((node.low, high), f"{{{node.low},{high}}}")
        return f"(?:{text_of(node.body)}){count}{'' if node.greedy else '?'}"
    raise TypeError(node)


def _set_text(of: Characters) -> str:
    if not of.ranges:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(rf"\x{{{low:x}}}-\x{{{high:x}}}" for low, high in of.ranges) + "]"


class Linear:
    """A tree compiled by RE2."""

    def __init__(self, tree: Tree) -> None:
        import re2

        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        self._compiled: Any = re2.compile(text_of(tree.root), options)
        self.groups = tree.groups

    def holds(self, text: str) -> bool:
        """Whether there is a match."""
        return self._compiled.search(text.encode()) is not None

    def all(self, text: str) -> Iterator[tuple[int, ...]]:
        """All matches that do not overlap: begin, end, then those of each group (-1 where it took no part)."""
        plain = text.encode() if text.isascii() else text  # RE2 works on bytes: theirs are the same places then
        for found in self._compiled.finditer(plain):
            yield tuple(place for group in range(self.groups + 1) for place in found.span(group))


def linear(tree: Tree) -> Linear | None:
    """The tree for RE2; None where RE2 is not installed, or would need too much time or memory to take it in."""
    if tree.weight > MAX_WEIGHT:
        return None
    try:
        import re2
    except ImportError:
        return None
    try:
        return Linear(tree)
    except re2.error:
        return None
