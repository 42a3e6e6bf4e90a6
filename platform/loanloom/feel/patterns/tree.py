"""The parts of a pattern that was read: what both matchers are made from. No behaviour but its measure."""

from __future__ import annotations

from typing import Final, NamedTuple

from .characters import Characters

MAX_SIZE: Final = 2_000
"""Characters that a pattern tests once its counted repeats are written out."""


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
    """A pattern read: its groups, and whether it needs more than a linear matcher can."""

    root: Node
    groups: int
    refers_back: bool
    line_starts: bool
    size: int


def size_of(node: Node) -> int:
    """Characters tested once repeats are written out."""
    if isinstance(node, Sequence | Choice):
        return sum(map(size_of, node.parts)) + len(node.parts)
    if isinstance(node, Repeat):
        return min((size_of(node.body) + 1) * max(node.low, node.high or 1, 1), MAX_SIZE * MAX_SIZE)
    return size_of(node.body) + 2 if isinstance(node, Group) else 1
