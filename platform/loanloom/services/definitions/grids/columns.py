"""Columns of a decision table added, moved and taken out, as steps: the heads and every line together."""

from __future__ import annotations

from itertools import count

from loanloom.metadata import canonical, steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, child, is_index, is_list, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.services.definitions import arranging
from loanloom.services.definitions.grids import tables
from loanloom.services.definitions.grids.model import Places

NO_WORDS = {"en": "", "zh": ""}
"""The words of what has no name yet."""


def step_for(document: Document, registry: Registry, do: str, head: str, at: str = "") -> Step | None:
    """What a button of a column does; `head` is where its settings stand, `at` the table of a model with several."""
    places = tables.places(document, at)
    if do == "input" and places.rows != "/rules":
        return _new_input(document, places)
    if do == "output":
        return _new_output(document, registry, places)
    holder, token = parent(head), split(head)[-1] if head else ""
    listed = resolve(document.spec, holder) if holder in (places.inputs, places.outputs) else MISSING
    if listed is MISSING or not is_index(token) or int(token) >= len(listed):
        return None
    place, number = int(token), len(listed)
    if do == "out":
        return _out(document, places, holder, place) if number > 1 else None
    to = place + {"left": -1, "right": 1}.get(do, number)
    return _moved(document, places, holder, place, to) if 0 <= to < number else None


def _lines(document: Document, places: Places) -> list[str]:
    found = resolve(document.spec, places.rows)
    return [child(places.rows, place) for place in range(len(found))] if is_list(found) else []


def _member(places: Places, holder: str) -> str:
    """What a line holds its cells of a column in, where they stand there in order."""
    return "when" if holder == places.inputs else "then" if places.listed else ""


def _new_input(document: Document, places: Places) -> Step:
    """A column that asks nothing yet: it looks at the first one's fact until another is chosen."""
    found = resolve(document.spec, places.inputs)
    first = canonical.thaw(found[0]["value"]) if is_list(found) and found else "null"
    value = {"value": first} if places.listed else {"title": NO_WORDS, "value": first}
    head = (
        steps.add_item(f"/spec{places.inputs}/-", value)
        if is_list(found)
        else steps.set_values({f"/spec{places.inputs}": [value]})
    )
    return steps.in_turn(head, *_in_every_line(document, places, "when", tables.ANY))


def _new_output(document: Document, registry: Registry, places: Places) -> Step:
    found = resolve(document.spec, places.outputs)
    if places.listed:
        taken = {one.get("name") for one in found}
        name = next(f"result_{number}" for number in count(len(found) + 1) if f"result_{number}" not in taken)
        head = steps.add_item(f"/spec{places.outputs}/-", {"name": name})
        return steps.in_turn(head, *_in_every_line(document, places, "then", tables.NOTHING))
    value = arranging.fresh_item(document, registry, places.outputs)
    return steps.add_item(f"/spec{places.outputs}/-", {**value, "title": NO_WORDS, "type": "string"})


def _in_every_line(document: Document, places: Places, member: str, word: str) -> tuple[Step, ...]:
    """A cell more at the end of every line."""
    cells = []
    for line in _lines(document, places):
        there = resolve(document.spec, f"{line}/{member}")
        cells.append((f"/spec{line}/{member}/-", word) if is_list(there) else (f"/spec{line}/{member}", [word]))
    return (steps.set_together(cells),) if cells else ()


def _moved(document: Document, places: Places, holder: str, place: int, to: int) -> Step:
    """The head goes with its comments; in the lines, what they say goes from cell to cell."""
    head, member = steps.move_item(f"/spec{holder}/{place}", to), _member(places, holder)
    if not member:
        return head
    changes = []
    for line in _lines(document, places):
        cells = resolve(document.spec, f"{line}/{member}")
        said = canonical.thaw(list(cells)) if is_list(cells) else []
        if max(place, to) < len(said):
            said.insert(to, said.pop(place))
        changes += [(f"/spec{line}/{member}/{at}", one) for at, one in enumerate(said)]
    return steps.in_turn(head, steps.set_together(changes))


def _out(document: Document, places: Places, holder: str, place: int) -> Step:
    member, lines = _member(places, holder), _lines(document, places)
    said = [f"{line}/{member}/{place}" for line in lines]
    if not member:
        key = resolve(document.spec, holder)[place]["key"]
        said = [*(child(f"{line}/then", key) for line in lines), child("/otherwise", key)]
    there = (one for one in said if resolve(document.spec, one) is not MISSING)
    return steps.set_together((f"/spec{one}", MISSING) for one in (*there, f"{holder}/{place}"))
