"""Items of lists put in, moved, copied and taken out in a text: each takes its comments along, and nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.metadata import canonical
from loanloom.metadata.editing import copy_item, insert_item, move_item, remove_value, rename_key
from loanloom.metadata.tree import read_tree

TEXT = """\
# the rules of the house
spec:
  rules:
    # nobody under age
    - key: age
      when: customer.age < 18
      # since 2019

    # nobody abroad
    - {key: abroad, when: customer.abroad}  # short
    - key: note
      then: |
        first
        second
  # what follows
  bands: [1, {a: 2}, 3]  # three
  nested:
    - - x
      - y
"""


def said(text: str) -> object:
    tree = read_tree(text)
    assert tree.problems == ()
    return tree.value


def keys(text: str) -> list[str]:
    return [rule["key"] for rule in said(text)["spec"]["rules"]]


def test_a_moved_item_takes_its_comments_along() -> None:
    moved = move_item(TEXT, "/spec/rules/0", 2)
    assert moved.problems == () and keys(moved.text) == ["abroad", "note", "age"]
    age = "    # nobody under age\n    - key: age\n      when: customer.age < 18\n      # since 2019\n"
    assert age + "  # what follows\n" in moved.text
    back = move_item(moved.text, "/spec/rules/2", 0)
    assert sorted(back.text.splitlines()) == sorted(TEXT.splitlines()) and keys(back.text) == keys(TEXT)


def test_a_removed_item_leaves_the_comments_of_its_neighbours() -> None:
    removed = remove_value(TEXT, "/spec/rules/0")
    assert keys(removed.text) == ["abroad", "note"]
    assert "# nobody under age" not in removed.text and "# since 2019" not in removed.text
    assert "# nobody abroad" in removed.text and "# what follows" in removed.text


def test_a_removed_member_leaves_the_comment_of_the_next() -> None:
    removed = remove_value(TEXT, "/spec/rules")
    assert "# what follows" in removed.text and "rules" not in removed.text.replace("the rules of", "")


def test_an_item_is_put_before_another_or_behind_the_last() -> None:
    new = {"key": "new", "when": "true"}
    for place, wanted in ((0, ["new", "age", "abroad", "note"]), (3, ["age", "abroad", "note", "new"])):
        made = insert_item(TEXT, f"/spec/rules/{place}", new)
        assert made.problems == () and keys(made.text) == wanted
        assert [line for line in TEXT.splitlines() if line not in made.text.splitlines()] == []


def test_a_copy_stands_behind_its_origin_and_differs_where_asked() -> None:
    copied = copy_item(TEXT, "/spec/rules/2", {"/key": "note-2"})
    assert keys(copied.text) == ["age", "abroad", "note", "note-2"]
    assert said(copied.text)["spec"]["rules"][3]["then"] == "first\nsecond\n"


@pytest.mark.parametrize(
    ("done", "new"),
    [
        (move_item(TEXT, "/spec/bands/0", 1), "bands: [{a: 2}, 1, 3]  # three"),
        (insert_item(TEXT, "/spec/bands/1", "x"), "bands: [1, x, {a: 2}, 3]  # three"),
        (copy_item(TEXT, "/spec/bands/1", {"/a": 5}), "bands: [1, {a: 2}, {a: 5}, 3]  # three"),
    ],
)
def test_a_list_in_brackets_stays_in_its_line(done, new: str) -> None:
    assert done.text == TEXT.replace("bands: [1, {a: 2}, 3]  # three", new)


def test_a_list_that_begins_in_the_line_of_another_is_moved_too() -> None:
    assert said(move_item(TEXT, "/spec/nested/0/0", 1).text)["spec"]["nested"] == [["y", "x"]]


def test_a_renamed_member_keeps_its_place() -> None:
    renamed = rename_key(TEXT, "/spec/bands", "steps")
    assert renamed.text == TEXT.replace("  bands: [", "  steps: [")
    assert rename_key(TEXT, "/spec/bands", "rules").problems


def test_what_is_not_there_is_refused_and_nothing_changes() -> None:
    aliased = "a: &x [1, 2]\nb: *x\n"
    tries = [
        move_item(TEXT, "/spec/rules/7", 0),
        move_item(TEXT, "/spec/rules/0", 9),
        copy_item(TEXT, "/spec/none/0", {}),
        insert_item(TEXT, "/spec/rules/9", 1),
        insert_item(TEXT, "/spec/rules/x", 1),
    ]
    for done in tries:
        assert done.text == TEXT and [one.code for one in done.problems] == ["metadata.edit_refused"]
    assert move_item(aliased, "/b/0", 1).problems
    assert move_item(aliased, "/a/0", 1).problems  # it would change b as well


_ITEM = st.one_of(
    st.integers(0, 99).map(str),
    st.sampled_from(["{a: 1, b: [2, 3]}", "key: x\n  n: 1", 'key: "y"\n  # in it\n  n: [1]', "|\n  one\n  two"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_ITEM, min_size=1, max_size=5), st.data())
def test_any_order_keeps_every_line(items: list[str], data: st.DataObject) -> None:
    listed = "".join(f"# item {number}\n- {item}\n" for number, item in enumerate(items))
    text = f"head: 1\nlist:\n{''.join(f'  {line}' + chr(10) for line in listed.splitlines())}tail: 2"
    start = data.draw(st.integers(0, len(items) - 1))
    to = data.draw(st.integers(0, len(items) - 1))
    moved = move_item(text, f"/list/{start}", to)
    assert moved.problems == ()
    assert sorted(moved.text.splitlines()) == sorted(text.splitlines())
    wanted = list(said(text)["list"])
    wanted.insert(to, wanted.pop(start))
    assert canonical.to_json(said(moved.text)["list"]) == canonical.to_json(wanted)
    back = move_item(moved.text, f"/list/{to}", start)
    assert back.text == text
