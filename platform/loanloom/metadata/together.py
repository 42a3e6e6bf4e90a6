"""Many values of a source text changed at once: the text is read twice, however many they are. Pure.

Places are changed from the last to the first, so that what stands before a change is where it was. What comes out is
read back and compared with what it should say; where it is something else, the values are set one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loanloom.metadata import canonical, editing
from loanloom.metadata.editing import Edited
from loanloom.metadata.pointers import MISSING, child, is_index, is_list, parent, resolve, split
from loanloom.metadata.text_edit import TextEdit
from loanloom.metadata.tree import Tree, read_tree

Change = tuple[str, Any]
"""A pointer and its new value; MISSING takes the place out. A pointer that ends in - appends to a list."""


def set_together(source: str, changes: Iterable[Change]) -> Edited:
    """Every change done to one text; all of them or none. No place may lie inside another one."""
    source = source.removeprefix("\ufeff")
    asked = list(changes)
    tree = read_tree(source)
    if tree.problems:
        return Edited(source, tree.problems)
    joined = _joined(tree.value, asked)
    quick = _from_the_end(source, tree, joined)
    if quick is not None and _says(quick, _meant(tree.value, joined)):
        return Edited(quick)
    return _one_by_one(source, joined)


def _joined(value: Any, changes: list[Change]) -> list[Change]:
    """The changes with those inside something that is not there yet brought together as one value."""
    found: dict[str, Any] = {}
    listed: list[Change] = []
    for pointer, new in changes:
        top, rest = _first_absent(value, pointer)
        if not rest or new is MISSING:
            listed.append((pointer, new))
            continue
        if top not in found:
            found[top] = [] if rest[0] == "-" else {}
            listed.append((top, found[top]))
        inside = found[top]
        for token in rest[:-1]:
            inside = inside.setdefault(token, {})
        if isinstance(inside, list):
            inside.append(new)
        else:
            inside[rest[-1]] = new
    return listed


def _first_absent(value: Any, pointer: str) -> tuple[str, tuple[str, ...]]:
    """The first part of a pointer at which nothing stands, and what follows of it."""
    above, tokens = "", split(pointer)
    for at, token in enumerate(tokens):
        place = child(above, token)
        if resolve(value, place) in (MISSING, None):
            return place, tokens[at + 1 :]
        above = place
    return pointer, ()


def _from_the_end(source: str, tree: Tree, changes: list[Change]) -> str | None:
    """The text after the changes, each made where the text was read; None where one cannot be."""
    placed = [(_position(tree, pointer), number, pointer, new) for number, (pointer, new) in enumerate(changes)]
    text = source
    for position, _, pointer, new in sorted(placed, key=lambda one: (-one[0], one[2].count("/"), -one[1])):
        if position < 0:
            return None
        edit = TextEdit(text, tree)
        changed = edit.remove(pointer) if new is MISSING else edit.set(pointer, new)
        if changed is None:
            return None
        text = changed
    return text


def _position(tree: Tree, pointer: str) -> int:
    """Where a change begins to touch the text; below nought where nothing is around it."""
    spans = tree.source.positions.values
    if pointer in spans:
        return spans[pointer].start
    holder = parent(pointer)
    return spans[holder].end if holder in spans else -1


def _meant(value: Any, changes: list[Change]) -> Any:
    """What the whole becomes; MISSING where a change is not for this way."""
    whole = canonical.thaw(value)
    for pointer, new in sorted(changes, key=lambda one: one[1] is MISSING):
        above, token = resolve(whole, parent(pointer)), split(pointer)[-1]
        if isinstance(above, dict):
            above[token] = new
        elif is_list(above) and token == "-":  # noqa: S105 - the end of a list, no secret
            above.append(new)
        elif is_list(above) and is_index(token) and int(token) < len(above):
            above[int(token)] = new
        else:
            return MISSING
    for pointer in sorted((one for one, new in changes if new is MISSING), key=_backwards):
        above, token = resolve(whole, parent(pointer)), split(pointer)[-1]
        del above[int(token) if is_list(above) else token]
    return whole


def _backwards(pointer: str) -> int:
    """The last items of lists first, so that the others are where they were."""
    token = split(pointer)[-1]
    return -int(token) if is_index(token) else 0


def _says(text: str, wanted: Any) -> bool:
    if wanted is MISSING:
        return False
    found = read_tree(text)
    return not found.problems and canonical.to_json(found.value) == canonical.to_json(wanted)


def _one_by_one(source: str, changes: list[Change]) -> Edited:
    edited = editing.replace_values(source, {})
    for pointer, new in changes:
        step = (
            editing.remove_value(edited.text, pointer)
            if new is MISSING
            else editing.replace_values(edited.text, {pointer: new})
        )
        if step.problems:
            return Edited(source, step.problems)
        edited = step
    return edited
