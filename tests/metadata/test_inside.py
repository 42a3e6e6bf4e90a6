"""The place in the file of every character of a text value, however YAML writes it."""

from __future__ import annotations

import pytest

from loanloom.metadata.reader import read_tree


@pytest.mark.parametrize(
    "written",
    [
        "a: one two three",
        'a: "one \\"two\\" three"',
        'a: "one\\ttwo \\u4e2d three"',
        "a: 'one ''two'' three'",
        "a: one\n  two\n  three",
        "a: one\n\n  two\n  three",
        'a: "one\n  two\n\n  three"',
        "a: >-\n  one\n  two\n  three",
        "a: >-\n  one\n\n  two\n  three",
        "a: >-\n  one\n    two\n  three",
        "a: >\n  one\n  two\n    two and a half\n\n  three\n",
        "a: |\n  one\n   two\n\n  three\nb: 5",
        "x:\n  - a: |-\n      one\n      two\n      three",
    ],
)
def test_each_word_of_a_value_is_found_in_the_file(written: str) -> None:
    tree = read_tree(written, "a.yaml")
    assert tree.value is not None and not tree.problems
    pointer = "/x/0/a" if "x" in tree.value else "/a"
    value = tree.value["x"][0]["a"] if "x" in tree.value else tree.value["a"]
    for word in ("one", "two", "three"):
        before = value[: value.index(word)].split("\n")
        found = tree.source.positions.inside(pointer, len(before), len(before[-1]) + 1, written)
        in_file = written[: written.index(word)].split("\n")
        assert found == (len(in_file), len(in_file[-1]) + 1), word


def test_a_place_outside_the_value_is_the_value_itself() -> None:
    written = "a: one"
    assert read_tree(written, None).source.positions.inside("/a", 3, 1, written) == (1, 4)


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("a: one two three", (1, 11)),
        ('a: "one \\"two\\" three"', (1, 14)),
        ("a: >-\n  one\n  two\n  three", (3, 6)),
        ("a: one\n  two\n  three", (2, 6)),
    ],
)
def test_where_a_word_ends(written: str, end: tuple[int, int]) -> None:
    tree = read_tree(written)
    value = tree.value["a"]
    column = value.index("two") + 1
    positions = tree.source.positions
    assert positions.end_inside("/a", 1, column, written, value, 3) == end
    assert positions.end_inside("/a", 1, column, written, value, None) == end
    assert positions.end_inside("/a", 1, 99, written, value, 3) is None


def test_where_keys_and_values_end() -> None:
    written = 'a: "one"\nlong: {b: 1}\nc: two\n  three'
    positions = read_tree(written).source.positions
    assert positions.end("/a", written) == (1, 9) and positions.end("/long", written, key=True) == (2, 5)
    assert positions.end("/long/b", written) == (2, 12)
    assert positions.end("/long", written) is None and positions.end("/c", written) is None
