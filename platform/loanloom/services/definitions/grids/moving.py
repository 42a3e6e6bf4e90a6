"""Lines of a grid moved, copied, put in and taken out, as steps: in a list, by parents, in lists within lists."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from loanloom.metadata import canonical, steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, after_insertion, child, is_index, is_list, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.services.definitions import arranging
from loanloom.services.definitions.arranging import Asked
from loanloom.services.definitions.grids import tables
from loanloom.services.definitions.grids.laying import above
from loanloom.services.definitions.grids.model import Grid, Line

WHERES = ("before", "after", "in")
PUT = ("below", "child")


def step_for(document: Document, registry: Registry, grid: Grid, do: str, pointer: str) -> Step | None:
    """What a button of a line does."""
    line = grid.line(pointer)
    if line is None:
        return None
    if do == "below" and not grid.is_named:
        return put(document, grid, blank(document, registry, grid, grid.lines_at), do, pointer)
    if do == "copy":
        return arranging.step_for(document, registry, Asked("copy", pointer))
    if do not in line.may:
        return None
    if do == "remove":
        return _removed(document, pointer)
    goal = _goal(grid, line, do)
    return moved(document, grid, pointer, *goal) if goal is not None else None


def _goal(grid: Grid, line: Line, do: str) -> tuple[str, str] | None:
    """Where a move by one place leads: before, after or in which line."""
    holders = _holders(grid)
    holder = holders[line.pointer]
    siblings = [one.pointer for one in grid.lines if holders[one.pointer] == holder]
    place = siblings.index(line.pointer)
    if do == "up" and place:
        return "before", siblings[place - 1]
    if do == "down" and place + 1 < len(siblings):
        return "after", siblings[place + 1]
    if do == "in" and place:
        return "in", siblings[place - 1]
    return ("after", holder) if do == "out" and holder else None


def _holders(grid: Grid) -> dict[str, str]:
    """The line that each line lies below, as the tree is drawn; nothing at the top."""
    way: list[str] = []
    found: dict[str, str] = {}
    for line in grid.lines:
        del way[line.depth :]
        found[line.pointer] = way[-1] if way else ""
        way.append(line.pointer)
    return found


def moved(document: Document, grid: Grid, pointer: str, where: str, goal: str) -> Step | None:
    """A line before, after or in another one."""
    line, other = grid.line(pointer), grid.line(goal)
    holders = _holders(grid)
    if line is None or other is None or where not in WHERES or _lies_in(holders, goal, pointer):
        return None
    if grid.nature == "nested":
        return _into_list(document, pointer, where, goal)
    to = _place(split(pointer)[-1], split(goal)[-1], where)
    there = steps.move_item(f"/spec{pointer}", to)
    if grid.nature == "list":
        return there if where != "in" else None
    holder = goal if where == "in" else holders[goal]
    named = _below_key(document, pointer, holder)
    several = (*((named,) if named is not None else ()), *(() if where == "in" else (there,)))
    return steps.in_turn(*several) if several else None


def _lies_in(holders: Mapping[str, str], one: str, other: str) -> bool:
    while one and one != other:
        one = holders[one]
    return bool(one)


def _place(mine: str, goal: str, where: str) -> int:
    """The place of an item of a list after it has moved."""
    behind = int(goal) + (where == "after")
    return behind - (int(mine) < behind)


def _below_key(document: Document, pointer: str, holder: str) -> Step | None:
    """A line that names another as the one above it, or none; nothing where it does so already."""
    place, now = f"/spec{pointer}/parent", resolve(document.spec, f"{pointer}/parent")
    wanted = resolve(document.spec, f"{holder}/key") if holder else MISSING
    if wanted == now:
        return None
    return steps.set_together(((place, wanted),))


# -- a tree of lists ---------------------------------------------------------------------------------------------------


def _into_list(document: Document, pointer: str, where: str, goal: str) -> Step:
    if where != "in" and parent(goal) == parent(pointer):
        return steps.move_item(f"/spec{pointer}", _place(split(pointer)[-1], split(goal)[-1], where))
    left = _left_empty(document, pointer)
    if where == "in" and resolve(document.spec, f"{goal}/items") is MISSING:
        value = canonical.thaw(resolve(document.spec, pointer))
        gone = steps.remove(f"/spec{left or pointer}")
        return steps.in_turn(steps.set_values({f"/spec{goal}/items": [value]}), gone)
    to = f"{goal}/items/-" if where == "in" else child(parent(goal), int(split(goal)[-1]) + (where == "after"))
    put = steps.transfer_item(f"/spec{pointer}", f"/spec{to}")
    if not left:
        return put
    token = split(to)[-1]
    shifted = after_insertion(left, parent(to), int(token)) if is_index(token) else left
    return steps.in_turn(put, steps.remove(f"/spec{shifted}"))


def _left_empty(document: Document, pointer: str) -> str:
    """The list that nothing would be left in without a line; at the top there is always something."""
    items, holder = resolve(document.spec, parent(pointer)), above(pointer)
    return parent(pointer) if holder and is_list(items) and len(items) == 1 else ""


def _removed(document: Document, pointer: str) -> Step:
    return steps.remove(f"/spec{_left_empty(document, pointer) or pointer}")


# -- new lines ---------------------------------------------------------------------------------------------------------


def blank(document: Document, registry: Registry, grid: Grid, lines_at: str) -> Any:
    """A line that says as little as it may."""
    tests = sum(column.kind == "test" for column in grid.columns)
    if document.kind == "decision_model":
        answers, notes = (sum(column.kind == one for column in grid.columns) for one in ("answer", "note"))
        cells = {"when": [tables.ANY] * tests, "then": [tables.NOTHING] * answers}
        return {**cells, "notes": [""] * notes} if notes else cells
    if document.kind == "ruleset" and lines_at == "/table/rows":
        first = document.spec["outputs"][0]
        return {
            "when": [tables.ANY] * tests,
            "then": {first["key"]: first["values"][0] if first.get("values") else None},
        }
    value = arranging.fresh_item(document, registry, lines_at)
    taken = grid.nature == "nested" and value["key"] in _keys(document.spec["items"])
    return next_key(document, value) if taken else value


def next_key(document: Document, value: Mapping[str, Any]) -> dict[str, Any]:
    """A line with a key behind the one it has, that no line has yet."""
    taken = {*_keys(document.spec.get("items", ())), *(one["key"] for one in document.spec.get("rules", ()))}
    name, _, number = str(value["key"]).rpartition("_")
    name, begin = (name, int(number)) if name and is_index(number) else (str(value["key"]), 1)
    return {**value, "key": next(f"{name}_{n}" for n in count(begin + 1) if f"{name}_{n}" not in taken)}


def put(document: Document, grid: Grid, value: Mapping[str, Any], where: str, pointer: str) -> Step | None:
    """A new line right below one and as far in as it, or inside one behind those that are there."""
    line = grid.line(pointer)
    if line is None or where not in PUT:
        return None
    return _below(document, grid, value, line) if where == "below" else _child(document, grid, value, line)


def _below(document: Document, grid: Grid, value: Mapping[str, Any], line: Line) -> Step:
    own = resolve(document.spec, f"{line.pointer}/parent")
    if grid.nature == "parents" and own is not MISSING:
        value = {"parent": own, **value}
    return steps.add_item(f"/spec{beside(line.pointer)}", value)


def beside(pointer: str) -> str:
    """The place of a line right below one; nothing where it is none of a list."""
    number = split(pointer)[-1] if pointer else ""
    return child(parent(pointer), int(number) + 1) if is_index(number) else ""


def _child(document: Document, grid: Grid, value: Mapping[str, Any], line: Line) -> Step | None:
    if grid.nature == "parents":
        value = {"parent": _key(document, line.pointer), **value}
        inside = (one for one, holder in _holders(grid).items() if holder == line.pointer)
        last = max(int(split(one)[-1]) for one in (line.pointer, *inside))
        return steps.add_item(f"/spec{child(grid.lines_at, last + 1)}", value)
    if grid.nature != "nested":
        return None
    if resolve(document.spec, f"{line.pointer}/items") is MISSING:
        return steps.set_values({f"/spec{line.pointer}/items": [value]})
    return steps.add_item(f"/spec{line.pointer}/items/-", value)


def _key(document: Document, pointer: str) -> str:
    return str(resolve(document.spec, f"{pointer}/key"))


def _keys(items: Any) -> list[str]:
    return [key for one in items for key in (str(one["key"]), *_keys(one.get("items", ())))]
