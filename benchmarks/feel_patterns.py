"""Regular expressions: `matches` over short fields beside Python's re, long texts and patterns that make re hang.

The linear matcher is held against re where re is quick, and against a bound of one evaluation where re is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from benchmarks.figure import Figure, seconds_each, side_by_side
from loanloom.feel.patterns import compile_pattern
from loanloom.feel.problems import Fault
from loanloom.feel.running.budget import Budget

PHONE = ("^1[3-9]\\d{9}$", "13800001234")
IDENTITY = ("^\\d{6}(19|20)\\d{2}(0[1-9]|1[0-2])\\d{2}\\d{3}[\\dXx]$", "11010519491231002X")
LONG = ("\\d{4}-\\d{2}-\\d{3}", "借款人甲方 2026-03-02 " * 3_500)
HANGING = (
    ("(a+)+$", "a" * 5_000 + "!"),
    ("(x+x+)+y", "x" * 5_000),
    ("(\\w+\\s?)+$", "wort " * 1_000 + "!"),
    ("(a*)*\\1b", "a" * 200),
)
BOUND_MILLISECONDS = 50.0


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    yield _beside_re("mobile number", *PHONE, bar=25.0)
    yield _beside_re("identity number", *IDENTITY, bar=25.0)
    yield _beside_re("a date in 60,000 characters", *LONG, bar=2.0)
    yield _worst()


def _found(pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern).holds(text, Budget().spend)
    except Fault:
        return False


def _beside_re(name: str, pattern: str, text: str, *, bar: float) -> Figure:
    peer = re.compile(pattern, re.ASCII)
    seconds, _, ratio = side_by_side(lambda: _found(pattern, text), lambda: peer.search(text))
    return Figure(
        name=f"pattern: {name}", value=seconds * 1e6, unit="us", ratio=ratio, peer="Python's re", bar=bar,
        bar_on="ratio",
    )  # fmt: skip


def _worst() -> Figure:
    worst = max(seconds_each(partial(_found, *one), at_least=0.01, runs=5) for one in HANGING) * 1e3
    return Figure(
        name="patterns that make re hang, the worst of them", value=worst, unit="ms", ratio=worst / BOUND_MILLISECONDS,
        peer="the bound of one evaluation", bar=BOUND_MILLISECONDS,
    )  # fmt: skip
