"""Drafts that several people change: places apart are joined, the same place is told, every change can be undone."""

from __future__ import annotations

import pytest

from loanloom.metadata import steps
from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts
from loanloom.services.errors import Conflict, Refused

from .conftest import COLOURS, Person

RED, BLUE = "/spec/items/0/title/en", "/spec/items/1/title/en"
COLOUR = ("code_list", "colour")


@pytest.fixture
def first(person: Person):
    return person(1)


@pytest.fixture
def second(person: Person):
    return person(2)


def titles(ctx) -> list[str]:
    return [item["title"]["en"] for item in read_tree(drafts.text_of(ctx, *COLOUR)).value["spec"]["items"]]


def test_changes_of_different_places_are_both_kept(first, second) -> None:
    drafts.change(first, *COLOUR, steps.set_values({RED: "Scarlet"}), None)
    late = drafts.change(second, *COLOUR, steps.set_values({"/title/en": "Paint"}), None)
    assert late.joined_with is not None and "1" in late.joined_with["en"]
    assert "Scarlet" in late.source and "Paint" in late.source and "# the warm one" in late.source


def test_changes_of_one_place_are_told(first, second) -> None:
    drafts.change(first, *COLOUR, steps.set_values({RED: "Scarlet"}), None)
    with pytest.raises(Conflict):
        drafts.change(second, *COLOUR, steps.set_values({RED: "Crimson"}), None)
    with pytest.raises(Conflict):
        drafts.change(second, *COLOUR, steps.remove("/spec/items/0"), None)
    assert titles(first)[0] == "Scarlet"


def test_an_index_that_means_another_item_by_now_is_no_such_place(first, second) -> None:
    drafts.change(first, *COLOUR, steps.add_item("/spec/items/0", {"key": "new", "title": {"en": "New"}}), None)
    with pytest.raises(Conflict):
        drafts.change(second, *COLOUR, steps.set_values({RED: "Crimson"}), None)
    with pytest.raises(Conflict):
        drafts.change(second, *COLOUR, steps.copy_item("/spec/items/0", {"/key": "x"}), None)
    behind = drafts.change(second, *COLOUR, steps.add_item("/spec/items/-", {"key": "z", "title": {"en": "Z"}}), None)
    assert behind.joined_with is not None
    assert titles(first)[0] == "New" and titles(first)[-1] == "Z"


def test_texts_that_differ_in_other_lines_are_joined(first, second) -> None:
    drafts.save(first, *COLOUR, COLOURS + "    - {key: green, title: {en: Green, zh: 绿}}\n", None)
    late = drafts.save(second, *COLOUR, COLOURS.replace("en: Colour", "en: Paint"), None)
    assert late.joined_with is not None
    assert "key: green" in late.source and "Paint" in late.source
    with pytest.raises(Conflict):
        drafts.save(second, *COLOUR, COLOURS.replace("en: Colour", "en: Hue"), None)


def test_undo_and_redo_walk_along_what_was_saved(first, second) -> None:
    one = drafts.change(first, *COLOUR, steps.set_values({RED: "Scarlet"}), None)
    two = drafts.change(second, *COLOUR, steps.set_values({RED: "Crimson"}), one.version)
    back = drafts.undo(first, *COLOUR, two.version)
    assert titles(first)[0] == "Scarlet"
    begun = drafts.undo(first, *COLOUR, back.version)
    assert begun.source == COLOURS
    with pytest.raises(Refused):
        drafts.undo(first, *COLOUR, begun.version)
    again = drafts.redo(first, *COLOUR, begun.version)
    assert titles(first)[0] == "Scarlet"
    ways = drafts.steps(first, again)
    assert ways.back is not None and ways.forward is not None
    other = drafts.change(first, *COLOUR, steps.set_values({RED: "Rose"}), again.version)
    assert drafts.steps(first, other).forward is None
    with pytest.raises(Refused):
        drafts.redo(first, *COLOUR, other.version)
    drafts.undo(first, *COLOUR, other.version)
    assert titles(first)[0] == "Scarlet"


def test_undoing_somebody_elses_newer_change_unseen_is_refused(first, second) -> None:
    one = drafts.change(first, *COLOUR, steps.set_values({RED: "Scarlet"}), None)
    drafts.change(second, *COLOUR, steps.set_values({RED: "Crimson"}), one.version)
    with pytest.raises(Conflict):
        drafts.undo(first, *COLOUR, one.version)


def test_what_was_saved_goes_with_the_draft(first) -> None:
    one = drafts.change(first, *COLOUR, steps.set_values({RED: "Scarlet"}), None)
    two = drafts.change(first, *COLOUR, steps.set_values({RED: "Rose"}), one.version)
    drafts.discard(first, *COLOUR, two.version)
    new = drafts.change(first, *COLOUR, steps.set_values({RED: "Brick"}), None)
    assert drafts.undo(first, *COLOUR, new.version).source == COLOURS
