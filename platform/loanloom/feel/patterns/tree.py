"""The parts of a pattern that was read: what both matchers are made from. No behaviour but its measure."""

from __future__ import annotations

from typing import Final, NamedTuple

from .characters import Characters

MAX_SIZE: Final = 2_000
"""Characters that a pattern tests once its counted repeats are written out."""


MAX_WORK: Final = 12_000
"""Ranges of characters gone through to read a pattern: some 5 ms."""

MAX_WEIGHT: Final = 8_000
"""Ranges of characters that RE2 is given: some 5 ms; what has more runs on the bounded matcher."""


class One(NamedTuple):
    """One character of a set."""

    of: Characters


class Edge(NamedTuple):
    """The beginning or the end of the text, or of a line."""

    end: bool
    lines: bool


class Back(NamedTuple):
    """What a group matched, once more."""

    group: int
    any_case: bool


class Group(NamedTuple):
    """A part whose match is noted."""

    body: Node
    number: int


class Sequence(NamedTuple):
    """Parts one after another."""

    parts: tuple[Node, ...]


class Choice(NamedTuple):
    """One of several, the first that fits preferred."""

    parts: tuple[Node, ...]


class Repeat(NamedTuple):
    """A part several times; greedy takes as many as it can."""

    body: Node
    low: int
    high: int | None
    greedy: bool


Node = One | Edge | Back | Group | Sequence | Choice | Repeat


class Tree(NamedTuple):
    """A pattern read: its groups, and whether it needs more than a linear matcher can.

    `size` is how many characters it tests, `weight` how many ranges of characters these are, `work` how many were
    gone through to read it.
    """

    root: Node
    groups: int
    refers_back: bool
    line_starts: bool
    size: int
    weight: int
    work: int


def size_of(node: Node, ranges: bool = False) -> int:
    """Characters tested once repeats are written out; with `ranges`, the ranges of characters that these are."""
    if isinstance(node, Sequence | Choice):
        return sum(size_of(part, ranges) for part in node.parts) + len(node.parts)
    if isinstance(node, Repeat):
        return min((size_of(node.body, ranges) + 1) * max(node.low, node.high or 1, 1), MAX_SIZE * MAX_SIZE)
    if isinstance(node, Group):
        return size_of(node.body, ranges) + 2
    return len(node.of.ranges) if ranges and isinstance(node, One) else 1
