"""What is claimed of tests beforehand holds for every value: checked against the tests themselves."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.engines.rules.regions import covers, meet, region
from loanloom.feel import NUMBER, STRING, Program, context, optional

EMPTY = context({})
NUMBERS = st.integers(0, 6)
SIMPLE = st.one_of(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=", "!=", ""]), NUMBERS).map(lambda one: f"{one[0]} {one[1]}"),
    st.tuples(st.sampled_from("[("), NUMBERS, NUMBERS, st.sampled_from("])")).map(
        lambda one: f"{one[0]}{one[1]}..{one[2]}{one[3]}"
    ),
)
LISTS = st.lists(SIMPLE, min_size=1, max_size=3).map(", ".join)
CELLS = st.one_of(st.just("-"), LISTS, LISTS.map(lambda one: f"not({one})"))
WORDS = st.lists(st.sampled_from(['"a"', '"b"', '"c"']), min_size=1, max_size=2).map(", ".join)
TEXT_CELLS = st.one_of(st.just("-"), WORDS, WORDS.map(lambda one: f"not({one})"))
VALUES = [None, *(Decimal(one) / 2 for one in range(-2, 15))]


def program(cell: str, type_: feel.Type) -> Program:
    found = feel.check_unary(cell, optional(type_), EMPTY).program
    assert found is not None
    return found


def agrees(first: str, second: str, type_: feel.Type, values: list[object]) -> None:
    one, other = program(first, type_), program(second, type_)
    assert one.tested and other.tested
    left, right = region(one.tree, one.tested), region(other.tree, other.tested)
    if left is None or right is None:
        return
    both = [value for value in values if one({}, value) is True and other({}, value) is True]
    assert meet(left, right) is bool(both), (first, second, both)
    if covers(left, right):
        assert all(one({}, value) is True for value in values if other({}, value) is True), (first, second)


@settings(max_examples=400, deadline=None)
@given(CELLS, CELLS)
def test_claims_about_numbers_hold(first: str, second: str) -> None:
    agrees(first, second, NUMBER, VALUES)


@settings(max_examples=200, deadline=None)
@given(TEXT_CELLS, TEXT_CELLS)
def test_claims_about_texts_hold(first: str, second: str) -> None:
    agrees(first, second, STRING, [None, "a", "b", "c", "d"])


def test_every_plain_number_cell_is_understood() -> None:
    for cell in ("-", "5", "< 5", "[1..5)", "1, 3, > 5", "not(< 3)"):
        found = program(cell, NUMBER)
        assert found.tested and region(found.tree, found.tested) is not None, cell
