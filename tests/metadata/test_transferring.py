"""An item moved from one list of a text into another: it keeps its words, its comments and its style."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.metadata import canonical
from loanloom.metadata.editing import insert_item, transfer_item
from loanloom.metadata.steps import transfer_item as transferring
from loanloom.metadata.tree import read_tree

TEXT = """\
spec:
  sections:
    - key: loan
      fields:
        # how much
        - {field: amount, required: true}  # always
        - field: purpose
          check:
            rule: |
              purpose != ""
        - {field: method}
    - key: more
      title: x
      fields:
          # the first of the second
          - {field: income}
    - key: none
      fields: []
  inline: [{field: a}, {field: b}]
"""


def said(text: str) -> dict[str, list[str]]:
    tree = read_tree(text)
    assert tree.problems == ()
    return {one["key"]: [each["field"] for each in one["fields"]] for one in tree.value["spec"]["sections"]}


def test_an_item_takes_its_comments_and_its_style_along() -> None:
    moved = transfer_item(TEXT, "/spec/sections/0/fields/0", "/spec/sections/1/fields/0")
    assert moved.problems == ()
    assert said(moved.text) == {"loan": ["purpose", "method"], "more": ["amount", "income"], "none": []}
    assert "          # how much\n          - {field: amount, required: true}  # always\n" in moved.text
    back = transfer_item(moved.text, "/spec/sections/1/fields/0", "/spec/sections/0/fields/0")
    assert back.text == TEXT


def test_an_item_of_several_lines_keeps_its_block() -> None:
    moved = transfer_item(TEXT, "/spec/sections/0/fields/1", "/spec/sections/1/fields/-")
    assert said(moved.text)["more"] == ["income", "purpose"]
    assert '            rule: |\n                purpose != ""\n' in moved.text
    there = read_tree(moved.text).value["spec"]["sections"][1]["fields"][1]
    assert there == {"field": "purpose", "check": {"rule": 'purpose != ""\n'}}


def test_the_first_item_of_an_empty_list_and_the_last_of_another() -> None:
    moved = transfer_item(TEXT, "/spec/sections/1/fields/0", "/spec/sections/2/fields/-")
    assert said(moved.text) == {"loan": ["amount", "purpose", "method"], "more": [], "none": ["income"]}


def test_an_empty_list_is_filled_line_by_line() -> None:
    one = insert_item(TEXT, "/spec/sections/2/fields/-", {"field": "first"})
    two = insert_item(one.text, "/spec/sections/2/fields/-", {"field": "second"})
    assert two.text.endswith(
        "    - key: none\n      fields:\n        - {field: first}\n        - {field: second}\n"
        "  inline: [{field: a}, {field: b}]\n"
    )


def test_what_cannot_be_is_refused_and_nothing_is_lost() -> None:
    for pointer, to in (
        ("/spec/sections/0/fields/9", "/spec/sections/1/fields/0"),
        ("/spec/sections/0/fields/0", "/spec/sections/1/fields/7"),
        ("/spec/sections/0/fields/0", "/spec/sections/0/fields/1"),
        ("/spec/sections/0", "/spec/sections/0/fields/0"),
    ):
        refused = transfer_item(TEXT, pointer, to)
        assert refused.problems and refused.text == TEXT
    assert transferring("/spec/sections/0/fields/0", "/spec/sections/1/fields/-").lists == (
        "/spec/sections/0/fields", "/spec/sections/1/fields",
    )  # fmt: skip


LISTS = ("/spec/sections/0/fields", "/spec/sections/1/fields", "/spec/sections/2/fields", "/spec/inline")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(LISTS), st.sampled_from(LISTS), st.integers(0, 3), st.integers(0, 3))))
def test_any_order_of_moves_keeps_every_item(moves: list[tuple[str, str, int, int]]) -> None:
    text = TEXT
    for source, goal, index, to in moves:
        text = transfer_item(text, f"{source}/{index}", f"{goal}/{to}").text
    value = canonical.thaw(read_tree(text).value)["spec"]
    items = [each for one in value["sections"] for each in one["fields"]] + value["inline"]
    assert sorted(one["field"] for one in items) == ["a", "amount", "b", "income", "method", "purpose"]
    assert text.count("# how much") <= 1
