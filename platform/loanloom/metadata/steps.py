"""Changes of a draft as values: what is done to the text, and what it takes for granted of the text it is done to.

Pointers count from the whole document (/spec/rules/0). `metadata.merging` does a step again on a text that somebody
else has changed meanwhile, where what it takes for granted still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import editing, together
from loanloom.metadata.editing import Edited
from loanloom.metadata.pointers import child, parent
from loanloom.metadata.together import Change


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a text. It takes the values at `places` for granted, and the order of the items in `lists`."""

    edit: Callable[[str], Edited]
    places: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


def set_values(values: Mapping[str, Any], remove: Iterable[str] = ()) -> Step:
    """Set places to values, then empty others."""
    gone = tuple(remove)

    def edit(source: str) -> Edited:
        edited = editing.replace_values(source, values)
        for pointer in gone:
            edited = edited if edited.problems else editing.remove_value(edited.text, pointer)
        return edited

    return Step(edit, places=(*values, *gone))


def set_together(changes: Iterable[Change]) -> Step:
    """Many places at once: set, or taken out where the value is MISSING; a pointer that ends in - appends to a list."""
    asked = tuple(changes)
    return Step(lambda source: together.set_together(source, asked), places=tuple(pointer for pointer, _ in asked))


def in_turn(*several: Step) -> Step:
    """Several steps as one; each is done on what the one before left."""

    def edit(source: str) -> Edited:
        edited = Edited(source)
        for one in several:
            step = one.edit(edited.text)
            if step.problems:
                return Edited(source, step.problems)
            edited = step
        return edited

    places = (place for one in several for place in one.places)
    lists = (place for one in several for place in one.lists)
    return Step(edit, tuple(dict.fromkeys(places)), tuple(dict.fromkeys(lists)))


def remove(pointer: str) -> Step:
    """Take an item or a member out."""
    return set_values({}, (pointer,))


def add_item(pointer: str, value: Any) -> Step:
    """Put an item into a list: before the one at the pointer, or behind the last where it ends in -."""
    order = () if pointer.endswith("/-") else (parent(pointer),)
    return Step(lambda source: editing.insert_item(source, pointer, value), lists=order)


def copy_item(pointer: str, values: Mapping[str, Any]) -> Step:
    """Put a copy of an item behind it; `values` (pointers into the item) are what is different in the copy."""
    return Step(lambda source: editing.copy_item(source, pointer, values), lists=(parent(pointer),))


def move_item(pointer: str, to: int) -> Step:
    """Move an item to another place of its list."""
    return Step(lambda source: editing.move_item(source, pointer, to), lists=(parent(pointer),))


def transfer_item(pointer: str, to: str) -> Step:
    """Move an item into another list: before the one at `to`, or behind the last where that ends in -."""
    return Step(lambda source: editing.transfer_item(source, pointer, to), lists=(parent(pointer), parent(to)))


def rename_member(pointer: str, name: str) -> Step:
    """Give a member of a mapping another name."""
    places = (pointer, child(parent(pointer), name))
    return Step(lambda source: editing.rename_key(source, pointer, name), places=places)
