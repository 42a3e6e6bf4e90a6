"""Many values of a text changed at once: what comes out says what was asked, and everything else stays as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.metadata import steps
from loanloom.metadata.pointers import MISSING, resolve
from loanloom.metadata.together import set_together
from loanloom.metadata.tree import read_tree

SOURCE = """\
# What we ask.
spec:
  items:
    # the first one
    - {key: a, title: {en: One}}  # kept
    - key: b
      title: {en: Two, zh: 二}
  otherwise: {outcome: refer}  # by people
"""


def value_of(text: str) -> dict:
    tree = read_tree(text)
    assert not tree.problems
    return tree.value


def test_cells_new_parts_and_new_items_are_written_and_comments_stay() -> None:
    edited = set_together(SOURCE, [
        ("/spec/items/0/title/zh", "一"), ("/spec/items/1/reason/en", "Because"), ("/spec/items/1/reason/zh", "因为"),
        ("/spec/items/1/title/zh", MISSING), ("/spec/items/-", {"key": "c"}), ("/spec/items/-", {"key": "d"}),
        ("/spec/otherwise/outcome", "refuse"), ("/spec/note", "x"),
    ])  # fmt: skip
    assert not edited.problems
    spec = value_of(edited.text)["spec"]
    assert [one["key"] for one in spec["items"]] == ["a", "b", "c", "d"]
    assert spec["items"][0]["title"] == {"en": "One", "zh": "一"}
    assert spec["items"][1] == {"key": "b", "title": {"en": "Two"}, "reason": {"en": "Because", "zh": "因为"}}
    assert spec["otherwise"] == {"outcome": "refuse"} and spec["note"] == "x"
    for comment in ("# What we ask.", "# the first one", "# kept", "# by people"):
        assert comment in edited.text


def test_what_cannot_be_written_changes_nothing() -> None:
    edited = set_together(SOURCE, [("/spec/items/0/key", "z"), ("/spec/items/9/key", "y")])
    assert edited.problems and edited.text == SOURCE


PLACES = ("/spec/items/0/key", "/spec/items/0/title/en", "/spec/items/1/title/zh", "/spec/otherwise/outcome",
          "/spec/items/0/limit", "/spec/items/1/reason/zh", "/spec/added", "/spec/items/-")  # fmt: skip
WORDS = st.one_of(st.text(max_size=20).filter(str.isprintable), st.integers(-9, 9), st.booleans())


@given(st.dictionaries(st.sampled_from(PLACES), WORDS, min_size=1))
def test_it_says_the_same_as_one_after_the_other(values) -> None:
    together = set_together(SOURCE, values.items())
    assert not together.problems
    whole = value_of(together.text)
    for pointer, wanted in values.items():
        at = pointer.replace("/-", "/2")
        assert resolve(whole, at) == wanted, pointer


def test_five_hundred_new_lines_are_read_no_more_often_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from loanloom.metadata import together

    reads = []
    plain = together.read_tree
    monkeypatch.setattr(together, "read_tree", lambda text: reads.append(1) or plain(text))
    edited = set_together(SOURCE, [("/spec/items/-", {"key": f"k{at}"}) for at in range(500)])
    assert len(value_of(edited.text)["spec"]["items"]) == 502
    assert len(reads) == 2


def test_steps_in_turn_are_one_step_with_what_all_take_for_granted() -> None:
    step = steps.in_turn(steps.set_together([("/spec/items/0/key", "z")]), steps.move_item("/spec/items/0", 1))
    assert [one["key"] for one in value_of(step.edit(SOURCE).text)["spec"]["items"]] == ["b", "z"]
    assert step.places == ("/spec/items/0/key",) and step.lists == ("/spec/items",)
    broken = steps.in_turn(steps.set_together([("/spec/items/0/key", "z")]), steps.remove("/spec/nothing"))
    assert broken.edit(SOURCE).text == SOURCE and broken.edit(SOURCE).problems
