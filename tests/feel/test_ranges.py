"""Ranges as values: their relations, ends that are not known, and ranges read from text."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import NUMBER, Interval, context, optional, range_of

SCOPE = context({"a": range_of(NUMBER), "b": range_of(NUMBER), "p": NUMBER, "limit": optional(NUMBER)})


def value(source: str, **facts: Any) -> Any:
    program = feel.check(source, SCOPE).program
    assert program is not None, source
    return program(facts)


# The examples of the standard (DMN 1.5, table 78), a line for each function: what holds, then what does not.
HOLDS = """
before(1, 10) | before([1..5], 10) | before(1, [2..5]) | before([1..5), [5..10]) | before([1..5], (5..10])
after(10, 5) | after([10..20], 5) | after(12, [2..5]) | after((5..10], [1..5)) | after([5..10], [1..5))
meets([1..5], [5..10]) | met by([5..10], [1..5])
overlaps([5..10], [1..6]) | overlaps((3..7], [1..4]) | overlaps([1..3], [3..6]) | overlaps((1..3], [3..6])
overlaps before([1..5], [4..10]) | overlaps before([1..5], (1..5]) | overlaps before([1..5), [1..5]) = false
overlaps after([4..10], [1..5]) | overlaps after((1..5], [1..5))
finishes(5, [1..5]) | finishes([3..5], [1..5]) | finishes((1..5], [1..5]) | finishes([1..10), [5..10)) = false
finished by([5..10], 10) | finished by([1..5], (3..5]) | finished by([1..5], (1..5])
includes([5..10], 6) | includes([1..10], [4..6]) | includes((1..8], (1..5]) | includes([5..10], [5..10))
during(5, [1..10]) | during([4..6], [1..10)) | during((1..5], (1..10]) | during([1..5), [1..10])
starts(1, [1..10]) | starts([1..5], [1..10]) | starts((1..10), (1..10])
started by([1..10], 1) | started by([1..10], [1..5]) | started by([1..10], [1..10))
coincides(5, 5) | coincides([1..5], [1..5]) | coincides((< 5), (< 5))
before((< 3), 3) | after((> 3), 3) | includes((>= 3), [3..9]) | overlaps((< 5), (> 4)) | during(4, (< 5))
"""
HOLDS_NOT = """
before(10, 1) | before([1..5], [5..10]) | before(1, [1..5]) | after(5, [1..5]) | meets([1..5), [5..10])
met by((5..10], [1..5]) | overlaps([1..5), [5..6]) | overlaps([1..5], (5..6]) | overlaps before([1..5], [1..5])
finishes(5, [1..5)) | finishes([1..5), [1..5]) | includes([5..10), 10) | during(1, (1..10]) | starts(1, (1..10])
starts((1..5], [1..5]) | started by((1..10], [1..5]) | coincides((1..5), [1..5]) | coincides(3, 4)
before((< 3), 2) | includes((> 3), 3) | coincides((< 5), (<= 5))
"""


def lines(text: str) -> list[str]:
    return [one.strip() for line in text.strip().splitlines() for one in line.split("|")]


@pytest.mark.parametrize("source", lines(HOLDS))
def test_relations_that_hold(source: str) -> None:
    assert value(source) is True


@pytest.mark.parametrize("source", lines(HOLDS_NOT))
def test_relations_that_do_not_hold(source: str) -> None:
    assert value(source) is False


INTERVALS = st.builds(
    lambda low, length, closed, shut: Interval(D(low), D(low + length), closed, shut),
    st.integers(0, 6), st.integers(1, 5), st.booleans(), st.booleans(),
)  # fmt: skip
GRID = [D(n) / 4 for n in range(-4, 60)]


def inside(one: Interval) -> set[D]:
    return {x for x in GRID if feel.check("p in a", SCOPE).program({"p": x, "a": one})}  # type: ignore[misc]


@settings(max_examples=60, deadline=None)
@given(INTERVALS, INTERVALS)
def test_relations_are_those_of_the_points_inside(a: Interval, b: Interval) -> None:
    one, other = inside(a), inside(b)
    assert value("overlaps(a, b)", a=a, b=b) == bool(one & other)
    assert value("before(a, b)", a=a, b=b) == (max(one) < min(other))
    assert value("after(a, b)", a=a, b=b) == value("before(b, a)", a=a, b=b)
    assert value("includes(a, b)", a=a, b=b) == (other <= one)
    assert value("during(a, b)", a=a, b=b) == (one <= other)
    assert value("coincides(a, b)", a=a, b=b) == (one == other)
    assert value("starts(a, b)", a=a, b=b) == (min(one) == min(other) and one <= other)
    assert value("finishes(a, b)", a=a, b=b) == (max(one) == max(other) and one <= other)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("[1..3]", "[1..3]"), ("]1..3[", "(1..3)"), (" ( 1 .. 3.5 ] ", "(1..3.5]"), ("[-2..-1]", "[-2..-1]"),
        ("[2..)", "(>= 2)"), ("(..2)", "(< 2)"), ('["a".."b"]', '["a".."b"]'), ('["..".."a"]', '["..".."a"]'),
        ('[@"2026-01-01"..date("2026-12-31")]', '[@"2026-01-01"..@"2026-12-31"]'),
        ('[duration("P1D")..@"P2D"]', '[@"P1D"..@"P2D"]'), ("[1..1]", "[1..1]"),
    ],
)  # fmt: skip
def test_a_range_from_text(text: str, same_as: str) -> None:
    quoted = text.replace('"', '\\"')
    assert value(f'range("{quoted}") = {same_as}') is True


@pytest.mark.parametrize(
    "text",
    ["", " ", "1", "[1..]", "[..2]", "(..)", "[..]", "[1..2", "1..2]", "[2..1]", '[1.."a"]', "[true..false]",
     "[null..1]", "[1 + 1..3]", "[p..3]", "[1..2..3]", '[@"2026-01-01"..@"2026-01-02T00:00:00"]',
     '[date(string("2026-01-01"))..@"2026-01-02"]'],
)  # fmt: skip
def test_what_is_no_range(text: str) -> None:
    quoted = text.replace('"', '\\"')
    checked = feel.check(f'range("{quoted}")', SCOPE)
    assert checked.program is None
    assert checked.problems[0].message["zh"]


def test_an_end_that_is_not_known_makes_the_range_unknown() -> None:
    assert value("p in [1..limit]", p=D(3), limit=None) is None
    assert value("p in [5..limit]", p=D(3), limit=None) is False
    assert value("[1..limit]", limit=None) is None
    assert value("(< limit)", limit=None) is None
    assert value("(< limit)", limit=D(3)) == Interval(None, D(3), low_closed=False, high_closed=False)


def test_a_loop_over_a_range_that_ends_before_it_begins() -> None:
    assert value("for i in 3..1 return i") == [D(3), D(2), D(1)]
    program = feel.check("for i in [3..1] return i", SCOPE).program
    assert program is not None
    problem = program.evaluate({}).problem
    assert problem is not None
    assert problem.code == "feel.not_a_range"
