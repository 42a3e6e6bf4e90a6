"""Other words at exact places of a source text: everything else stays, in every style of value."""

from __future__ import annotations

import pytest

from loanloom.metadata.rewriting import Key, Words, rewrite
from loanloom.metadata.tree import read_tree


@pytest.mark.parametrize(
    "source",
    [
        "when: old > 5 # old stays here\n",
        "when: 'old > 5'\n",
        'when: "old > 5" # c\n',
        "when: |\n  # no comment\n  old > 5\n",
        "{when: old > 5, other: old}\n",
    ],
)
def test_a_part_of_a_value_changes_and_nothing_else(source: str) -> None:
    value = read_tree(source).value["when"]
    at = value.index("old")
    done = rewrite(source, [Words("/when", at, at + 3, "fresh")])
    assert not done.problems
    spot = source.index("old > 5")
    assert done.text == source[:spot] + "fresh" + source[spot + 3 :]


def test_folded_lines_stay_folded() -> None:
    source = "when: >\n  a > 1\n  and old > 5\n  and old < 9  \nnext: 1\n"
    value = read_tree(source).value["when"]
    first, second = value.index("old"), value.rindex("old")
    done = rewrite(source, [Words("/when", first, first + 3, "x"), Words("/when", second, second + 3, "x")])
    assert done.text == source.replace("old", "x")


def test_words_inside_quotes_of_quotes() -> None:
    source = 'value: "kind = \\"farmer\\" or 1 = 2"\n'
    value = read_tree(source).value["value"]
    at = value.index("farmer")
    assert rewrite(source, [Words("/value", at, at + 6, "peasant")]).text == source.replace("farmer", "peasant")


def test_keys_are_renamed_in_place() -> None:
    source = "facts:\n  customer: {old: 1, older: 2} # old\n  'old': 3\n"
    done = rewrite(source, [Key("/facts/customer/old", "new"), Key("/facts/old", "new")])
    assert done.text == "facts:\n  customer: {new: 1, older: 2} # old\n  new: 3\n"


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("a: &x old\nb: *x\n", Words("/b", 0, 3, "new")),
        ("a: old\n", Words("/nowhere", 0, 3, "new")),
        ("a: old\n", Words("/a", 0, 3, "new: # not a text any more")),
        ("a: 1\nb: 2\n", Key("/a", "b")),
        ("a: [1\n", Words("/a", 0, 1, "x")),
    ],
)
def test_what_cannot_be_done_exactly_is_refused(source: str, change: Words | Key) -> None:
    done = rewrite(source, [change])
    assert done.problems and done.text == source
