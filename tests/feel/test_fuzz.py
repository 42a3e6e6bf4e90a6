"""A short run of `make fuzz`, always the same, and what longer runs have found."""

from __future__ import annotations

import random

import pytest

from loanloom.testing.feel_fuzz import Fuzzer
from loanloom.testing.feel_growing import facts
from loanloom.testing.feel_judging import judge

FOUND = [
    "1e3333333333333333333",
    "0 ** -1",
    "[list contains([3], l), get or else(false, false)]",
    "(1e-30) ** 4",
    "(1e-30) / (1e30)",
    'list replace(l, function(x, y) x = y, "90M")',
    "for i in 1..4 return i in (a..[1, 2][b])",
    "[1, 2][a]",
    "function() if false then rows else []",
    "{}",
]


@pytest.mark.parametrize("text", FOUND)
def test_what_was_found_stays_mended(text: str) -> None:
    """`judge` raises where two back ends differ."""
    source = random.Random(1)
    for _ in range(20):
        judge(text, facts(source), len(text) // 2)


def test_a_short_run_finds_nothing() -> None:
    fuzzer = Fuzzer(20261122)
    assert [found for _ in range(2_000) if (found := fuzzer.one()) is not None] == []
