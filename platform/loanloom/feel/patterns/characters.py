"""Sets of characters as ranges of code points: what classes of a pattern are made of, with union, difference and case.

Categories are those of Python's Unicode tables, so that every matcher means the same by them.
"""

from __future__ import annotations

import itertools
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache

LAST = 0x10FFFF


class Characters:
    """An immutable set of characters."""

    __slots__ = ("ranges", "starts")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        joined: list[tuple[int, int]] = []
        for low, high in sorted(ranges):
            if joined and low <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], high))
            else:
                joined.append((low, high))
        self.ranges = tuple(joined)
        self.starts = [low for low, _ in joined]

    def __contains__(self, char: str) -> bool:
        code = ord(char)
        at = bisect_right(self.starts, code) - 1
        return at >= 0 and code <= self.ranges[at][1]

    def __or__(self, other: Characters) -> Characters:
        return Characters((*self.ranges, *other.ranges))

    def __invert__(self) -> Characters:
        found, at = [], 0
        for low, high in self.ranges:
            if low > at:
                found.append((at, low - 1))
            at = high + 1
        return Characters((*found, (at, LAST)) if at <= LAST else found)

    def __sub__(self, other: Characters) -> Characters:
        return ~(~self | other)

    def in_any_case(self) -> Characters:
        """With every upper and lower form of its characters."""
        added = [(ord(char), ord(char)) for one, forms in _case_forms().items() if one in self for char in forms]
        return Characters((*self.ranges, *added))


def single(char: str) -> Characters:
    """One character."""
    return Characters(((ord(char), ord(char)),))


_CASED = ((0, 0x3000), (0xA000, 0xB000), (0xFB00, 0x12000), (0x16E00, 0x17000), (0x1D000, 0x1F000))
"""Where the scripts that have case lie."""


@cache
def _case_forms() -> dict[str, frozenset[str]]:
    """For each character that has case: all that share its upper or lower form."""
    groups: dict[str, set[str]] = {}
    for char in map(chr, itertools.chain.from_iterable(itertools.starmap(range, _CASED))):
        for form in (char.lower(), char.upper()):
            if form != char and len(form) == 1:
                groups.setdefault(form, {form}).add(char)
    found: dict[str, set[str]] = {}
    for group in groups.values():
        for char in group:
            found.setdefault(char, set()).update(group)
    return {char: frozenset(forms) for char, forms in found.items()}


@cache
def _by_category() -> dict[str, Characters]:
    """The characters of each category of two letters, and of its first letter."""
    found: dict[str, list[tuple[int, int]]] = {}
    for first, last in ((0, 0x323AF), (0xE0000, 0xE01FF)):  # planes 4 to 13 are empty
        low = first
        for category, group in itertools.groupby(map(unicodedata.category, map(chr, range(first, last + 1)))):
            high = low + len(list(group)) - 1
            found.setdefault(category, []).append((low, high))
            found.setdefault(category[0], []).append((low, high))
            low = high + 1
    for category in ("Cn", "C"):
        found[category] += [(0x323B0, 0xDFFFF), (0xE0200, 0xEFFFF), (0xFFFFE, 0xFFFFF), (0x10FFFE, LAST)]
    for category in ("Co", "C"):
        found[category] += [(0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)]
    return {category: Characters(ranges) for category, ranges in found.items()}


def category(name: str) -> Characters | None:
    """The characters of a category (Lu, N) or block (IsBasicLatin); None where there is none of that name."""
    if name.startswith("Is"):
        from .blocks import BLOCKS

        block = BLOCKS.get(name[2:])
        return Characters((block,)) if block else None
    return _by_category().get(name) if 0 < len(name) < 3 else None


@lru_cache(maxsize=16)
def escape(letter: str) -> Characters | None:
    r"""The characters of \d \s \w \i \c and of their capitals, which are the others."""
    if letter not in "dswicDSWIC":
        return None
    if letter.isupper():
        found = escape(letter.lower())
        return None if found is None else ~found
    if letter == "s":
        return Characters((ord(one), ord(one)) for one in " \t\n\r")
    if letter == "d":
        return _by_category()["Nd"]
    if letter == "w":
        kinds = _by_category()
        return ~(kinds["P"] | kinds["Z"] | kinds["C"])
    return _XML_NAMES.get(letter)


_NAME_START = Characters(
    [(0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
     (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
     (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)]
)  # fmt: skip
_XML_NAMES = {
    "i": _NAME_START,
    "c": _NAME_START | Characters([(0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)]),
}
"""What an XML name begins with and goes on with (XML 1.0, fifth edition, productions 4 and 4a)."""
