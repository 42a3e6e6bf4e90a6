"""Regular expressions of the dialect of XPath that cannot stall: `matches`, `replace` and `split` stand on it.

A pattern is read once into a tree. RE2 matches what is regular, in a time that grows with the text; what refers back,
or has no room in RE2, is matched step by step on the evaluation's budget (ADR 12). Light to import: the parts come with
the first pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ..limits import MAX_PATTERN
from ..problems import Fault

if TYPE_CHECKING:
    from .backtracking import Backtracking
    from .linear import Linear
    from .tree import Tree

STATES_A_STEP: Final = 192
"""Characters times states that one step of the budget pays for where RE2 matches (8 ns each at the very worst)."""

RANGES_A_STEP: Final = 1
"""Ranges of characters that one step of the budget pays for where a pattern is read and compiled."""

Pay = Callable[[int], None]


class Pattern:
    """A pattern ready to search."""

    __slots__ = ("_bounded", "_linear", "_tree", "_used")

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._used = False
        self._linear: Linear | None = None
        self._bounded: Backtracking | None = None

    @property
    def groups(self) -> int:
        """How many parts of the pattern are noted."""
        return self._tree.groups

    @property
    def work(self) -> int:
        """How much there was to read, and is to compile."""
        return self._tree.work + self._tree.weight

    def all(self, text: str, pay: Pay) -> Iterator[tuple[int, ...]]:
        """All matches that do not overlap: begin, end, then those of each group (-1 where it took no part)."""
        quick = self._quick(text, pay)
        return self._careful().all(text, pay) if quick is None else quick.all(text)

    def find(self, text: str, pay: Pay) -> tuple[int, ...] | None:
        """The leftmost match."""
        return next(self.all(text, pay), None)

    def holds(self, text: str, pay: Pay) -> bool:
        """Whether there is a match: quicker than finding it."""
        quick = self._quick(text, pay)
        return next(self._careful().all(text, pay), None) is not None if quick is None else quick.holds(text)

    def _quick(self, text: str, pay: Pay) -> Linear | None:
        """RE2, where it can match this text. Paid for; the first use also what it took to read and to compile."""
        if not self._used:
            from .linear import linear

            pay(self.work // RANGES_A_STEP)
            self._linear, self._used = None if self._tree.refers_back else linear(self._tree), True
        if self._linear is not None and self._suits(text):
            pay(1 + len(text) * self._tree.size // STATES_A_STEP)
            return self._linear
        return None

    def _suits(self, text: str) -> bool:
        """RE2 lets a line begin after the last newline of a text, XPath does not; and it takes no half characters."""
        return not (self._tree.line_starts and text.endswith("\n")) and (text.isascii() or _encodes(text))

    def _careful(self) -> Backtracking:
        from .backtracking import Backtracking

        if self._bounded is None:
            self._bounded = Backtracking(self._tree)
        return self._bounded


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=128)
def compile_pattern(pattern: str, flags: str = "") -> Pattern:
    """A pattern ready to search; raises Fault."""
    if len(pattern) > MAX_PATTERN:
        raise Fault(
            "feel.pattern",
            f"The pattern is longer than {MAX_PATTERN} characters.",
            f"正则表达式超过 {MAX_PATTERN} 个字符。",
        )
    from .dialect import read

    return Pattern(read(pattern, flags))
