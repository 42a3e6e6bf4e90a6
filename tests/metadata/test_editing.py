"""Edits touch only their place: comments, order and style survive, and what is read back is what was meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.metadata import canonical
from loanloom.metadata.editing import remove_value, replace_values
from loanloom.metadata.flow_text import write_block
from loanloom.metadata.pointers import resolve, walk
from loanloom.metadata.tree import read_tree

TEXT = """\
# head
spec:  # the content
  amount: {min: 1000, max: 50000} # limits
  # a name
  name: 'old'   # in single quotes
  note: |
    first
    second
  list:
    - a   # first
    - {key: x, n: 1}
    - key: y
      n: 2 # two
  empty:
last: 1  # end
"""


def edited(values: dict[str, object], text: str = TEXT) -> str:
    result = replace_values(text, values)
    assert result.problems == ()
    return result.text


@pytest.mark.parametrize(
    ("values", "old", "new"),
    [
        ({"/spec/amount/max": 60000}, "max: 50000}", "max: 60000}"),
        ({"/spec/amount/step": Decimal("0.5")}, "max: 50000}", "max: 50000, step: 0.5}"),
        ({"/spec/name": "it's"}, "'old'", "'it''s'"),
        ({"/spec/note": "one\n"}, "    first\n    second\n", "    one\n"),
        ({"/spec/list/2/n": 3}, "n: 2 # two", "n: 3 # two"),
        ({"/spec/list/-": "z"}, "      n: 2 # two\n", "      n: 2 # two\n    - z\n"),
        ({"/spec/empty": True}, "empty:\n", "empty: true\n"),
        ({"/spec/rate/by_grade/A": Decimal("0.1")}, "empty:\n", "empty:\n  rate: {by_grade: {A: 0.1}}\n"),
        ({"/last": "no"}, "last: 1  # end", 'last: "no"  # end'),
        ({"/new": 1}, "# end\n", "# end\nnew: 1\n"),
    ],
)
def test_only_the_place_changes(values: dict[str, object], old: str, new: str) -> None:
    assert edited(values) == TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("pointer", "old", "new"),
    [
        ("/spec/amount/min", "{min: 1000, max: 50000}", "{max: 50000}"),
        ("/spec/amount/max", "{min: 1000, max: 50000}", "{min: 1000}"),
        ("/spec/list/0", "    - a   # first\n", ""),
        ("/spec/list/2", "    - key: y\n      n: 2", ""),
        ("/spec/list/2/key", "    - key: y\n      n: 2", "    - n: 2"),
        ("/spec/name", "  name: 'old'   # in single quotes\n", ""),
    ],
)
def test_removing(pointer: str, old: str, new: str) -> None:
    result = remove_value(TEXT, pointer)
    assert result.problems == ()
    after = canonical.to_json(read_tree(result.text).value)
    assert after == canonical.to_json(read_tree(TEXT.replace(old, new)).value)
    assert "# limits" in result.text and "# the content" in result.text


def test_what_cannot_be_meant_is_refused_and_nothing_changes() -> None:
    for pointer in ("/spec/name/deeper", "/spec/list/9", "/spec/amount/min/x"):
        result = replace_values(TEXT, {pointer: 1})
        assert result.text == TEXT
        assert {problem.code for problem in result.problems} == {"metadata.edit_refused"}
    aliased = "a: &x {b: 1}\nc: *x\n"
    assert replace_values(aliased, {"/c/b": 2}).problems
    assert replace_values("a: [", {"/a": 1}).problems[0].code == "metadata.syntax"


_TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
)  # all that a database keeps
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), _TEXTS,
    st.decimals(min_value=-1000, max_value=1000, places=3),
)  # fmt: skip
_KEYS = st.text(alphabet="abcdefgh_", min_size=1, max_size=4)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=12,
)  # fmt: skip
_DOCUMENTS = st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5)


def test_a_character_that_no_database_keeps_is_refused() -> None:
    (problem,) = read_tree(write_block({"a": "x\0y"})).problems
    assert problem.code == "metadata.character_refused" and problem.line == 1


@settings(max_examples=150, deadline=None)
@given(_DOCUMENTS)
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    text = write_block(value)
    tree = read_tree(text)
    assert tree.problems == (), text
    assert canonical.to_json(tree.value) == canonical.to_json(value)


@settings(max_examples=150, deadline=None)
@given(_DOCUMENTS, _VALUES, st.data())
def test_any_edit_of_any_place_gives_exactly_that_value(
    document: dict[str, object], value: object, data: st.DataObject
) -> None:
    text = write_block(document)
    pointer = data.draw(st.sampled_from([pointer for pointer, _ in walk(document) if pointer]))
    result = replace_values(text, {pointer: value})
    assert result.problems == (), (text, pointer, value)
    assert canonical.to_json(resolve(read_tree(result.text).value, pointer)) == canonical.to_json(value)
