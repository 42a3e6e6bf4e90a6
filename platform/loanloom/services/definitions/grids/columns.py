"""Columns of a decision table added, moved and taken out, as steps: the heads and every line together."""

from __future__ import annotations

from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, child, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.problems import text
from loanloom.services.definitions import arranging

INPUTS, OUTPUTS, ROWS = "/table/inputs", "/outputs", "/table/rows"


def step_for(document: Document, registry: Registry, do: str, head: str) -> Step | None:
    """What a button of a column does; `head` is where its settings stand."""
    if do == "input" and resolve(document.spec, INPUTS) is not MISSING:
        return _new_input(document, registry)
    if do == "output":
        return _new_output(document, registry)
    holder, token = parent(head), split(head)[-1] if head else ""
    listed = resolve(document.spec, holder) if holder in (INPUTS, OUTPUTS) else MISSING
    if listed is MISSING or not token.isdigit() or int(token) >= len(listed):
        return None
    place, count = int(token), len(listed)
    if do == "out":
        return _out(document, holder, place) if count > 1 else None
    to = place + {"left": -1, "right": 1}.get(do, count)
    return _moved(document, holder, place, to) if 0 <= to < count else None


def _rows(document: Document) -> range:
    return range(len(document.spec["table"]["rows"])) if "table" in document.spec else range(0)


def _new_input(document: Document, registry: Registry) -> Step:
    """A column that asks nothing yet: it looks at the first one's fact until another is chosen."""
    first = document.spec["table"]["inputs"][0]
    value = {"title": text("New column", "新列"), "value": first["value"]}
    cells = (steps.set_together((f"/spec{ROWS}/{row}/when/-", "-") for row in _rows(document)),)
    return steps.in_turn(steps.add_item(f"/spec{INPUTS}/-", value), *cells)


def _new_output(document: Document, registry: Registry) -> Step:
    value = arranging.fresh_item(document, registry, OUTPUTS)
    return steps.add_item(f"/spec{OUTPUTS}/-", {**value, "title": text("New result", "新结果"), "type": "string"})


def _moved(document: Document, holder: str, place: int, to: int) -> Step:
    """The head goes with its comments; in the lines, what they say goes from cell to cell."""
    head = steps.move_item(f"/spec{holder}/{place}", to)
    if holder == OUTPUTS:
        return head
    changes = []
    for row in _rows(document):
        tests = list(document.spec["table"]["rows"][row]["when"])
        tests.insert(to, tests.pop(place)) if place < len(tests) else None
        changes += [(f"/spec{ROWS}/{row}/when/{at}", one) for at, one in enumerate(tests)]
    return steps.in_turn(head, steps.set_together(changes))


def _out(document: Document, holder: str, place: int) -> Step:
    said = [f"{ROWS}/{row}/when/{place}" for row in _rows(document)]
    if holder == OUTPUTS:
        key = document.spec["outputs"][place]["key"]
        said = [*(child(f"{one}/then", key) for one in _lines(document)), child("/otherwise", key)]
    there = (one for one in said if resolve(document.spec, one) is not MISSING)
    return steps.set_together((f"/spec{one}", MISSING) for one in (*there, f"{holder}/{place}"))


def _lines(document: Document) -> list[str]:
    at = ROWS if "table" in document.spec else "/rules"
    return [f"{at}/{place}" for place in range(len(resolve(document.spec, at)))]
