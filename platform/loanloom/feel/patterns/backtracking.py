"""A pattern matched by trying and going back, a step at a time, each paid for: what back-references need.

The same answers as the linear matcher gives, in a time that the caller's budget bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .tree import Back, Choice, Edge, Group, Node, One, Repeat, Sequence, Tree

Step = list[Any]
"""An instruction: its word, then what it needs (a set, places to go on at, a slot)."""

PREPAID = 64
"""Steps that are paid for together."""


class Backtracking:
    """A tree as a program of small steps with an explicit stack: no text is too long for it, only too dear."""

    def __init__(self, tree: Tree) -> None:
        self.steps: list[Step] = []
        self.slots = 2 * tree.groups + 2
        self._write(tree.root)
        self.steps.append(["match"])
        self.kept = 2 * tree.groups + 2

    def all(self, text: str, pay: Callable[[int], None]) -> Iterator[tuple[int, ...]]:
        """All matches that do not overlap: begin, end, then those of each group (-1 where it took no part)."""
        place = 0
        while place <= len(text):
            found = self._match(text, place, pay)
            if found is None:
                place += 1
                continue
            yield found
            place = found[1] if found[1] > found[0] else found[1] + 1

    def _match(self, text: str, start: int, pay: Callable[[int], None]) -> tuple[int, ...] | None:
        """The preferred match that begins at `start`."""
        todo: list[tuple[int, int, tuple[int, ...]]] = [(0, start, (start, *(-1,) * (self.slots - 1)))]
        count = 0
        while todo:
            at, place, saved = todo.pop()
            while True:
                if count % PREPAID == 0:
                    pay(PREPAID // 2)
                count += 1
                step = self.steps[at]
                word = step[0]
                if word == "one":
                    if place == len(text) or text[place] not in step[1]:
                        break
                    at, place = at + 1, place + 1
                elif word == "split":
                    todo.append((step[2], place, saved))
                    at = step[1]
                elif word == "jump":
                    at = step[1]
                elif word == "save":
                    saved = (*saved[: step[1]], place, *saved[step[1] + 1 :])
                    at += 1
                elif word == "moved":
                    at = step[2] if saved[step[1]] == place else at + 1
                elif word == "edge":
                    if not _at_edge(text, place, step[1]):
                        break
                    at += 1
                elif word == "back":
                    length = _repeated(text, place, saved, step[1])
                    if length is None:
                        break
                    pay(length // PREPAID)
                    at, place = at + 1, place + length
                else:
                    return (start, place, *saved[2 : self.kept])
        return None

    def _write(self, node: Node) -> None:
        steps = self.steps
        if isinstance(node, One):
            steps.append(["one", node.of])
        elif isinstance(node, Edge):
            steps.append(["edge", node])
        elif isinstance(node, Back):
            steps.append(["back", node])
        elif isinstance(node, Sequence):
            for part in node.parts:
                self._write(part)
        elif isinstance(node, Group):
            steps.append(["save", 2 * node.number])
            self._write(node.body)
            steps.append(["save", 2 * node.number + 1])
        elif isinstance(node, Choice):
            self._write_choice(node)
        else:
            self._write_repeat(node)

    def _write_choice(self, node: Choice) -> None:
        jumps = []
        for part in node.parts[:-1]:
            split: Step = ["split", len(self.steps) + 1, 0]
            self.steps.append(split)
            self._write(part)
            jumps.append(["jump", 0])
            self.steps.append(jumps[-1])
            split[2] = len(self.steps)
        self._write(node.parts[-1])
        for jump in jumps:
            jump[1] = len(self.steps)

    def _write_repeat(self, node: Repeat) -> None:
        for _ in range(node.low):
            self._write(node.body)
        splits: list[Step] = []
        if node.high is None:
            slot, self.slots = self.slots, self.slots + 1
            begin = len(self.steps)
            splits.append(["split", begin + 1, 0])
            self.steps += [splits[0], ["save", slot]]
            self._write(node.body)
            self.steps += [["moved", slot, len(self.steps) + 2], ["jump", begin]]
        else:
            for _ in range(node.high - node.low):
                splits.append(["split", len(self.steps) + 1, 0])
                self.steps.append(splits[-1])
                self._write(node.body)
        for split in splits:
            split[2] = len(self.steps)
            if not node.greedy:
                split[1:] = [split[2], split[1]]


def _at_edge(text: str, place: int, edge: Edge) -> bool:
    if edge.end:
        return place == len(text) or (edge.lines and text[place] == "\n")
    return place == 0 or (edge.lines and place < len(text) and text[place - 1] == "\n")


def _repeated(text: str, place: int, saved: tuple[int, ...], back: Back) -> int | None:
    """How long the repetition at `place` is; a group that took no part repeats as nothing."""
    begin, end = saved[2 * back.group], saved[2 * back.group + 1]
    if begin < 0 or end < 0:
        return 0
    first, second = text[begin:end], text[place : place + end - begin]
    if back.any_case:
        first, second = first.lower(), second.lower()
    return end - begin if first == second else None
