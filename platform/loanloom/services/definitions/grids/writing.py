"""What somebody did in a grid as one change of the draft: cells typed, lines pasted, a line or a column moved.

Cells that can be read are kept, those that cannot are given back with what is wrong; then nothing else is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.editing import Edited
from loanloom.metadata.pointers import MISSING, child, is_list, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.metadata.together import Change
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.definitions import arranging
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.grids import columns, laying, model_tables, moving, posting_lines, reading
from loanloom.services.definitions.grids.model import Cell, Grid
from loanloom.services.definitions.grids.pasting import Typed
from loanloom.services.definitions.releases import candidate, drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.sheet import Layout
from loanloom.services.definitions.typed import EMPTY
from loanloom.services.errors import Conflict, Refused

_WAYS = {"role", "position", "debit", "credit"}
"""What may be said in several ways, of which one is enough."""
_PARTS = ("when", "then", "notes")
"""What a line holds in several cells, with something in each of them."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something besides typing: a line's button, a column's, or a line dropped somewhere."""

    what: str = ""  # line column drop table
    do: str = ""
    pointer: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it: the draft where something was changed, and what could not be read, by cell."""

    draft: Draft | None
    wrong: Mapping[str, Problem]


def seen(ctx: Context, page: Page, version: int | None) -> Document:
    """The document as whoever typed had it open."""
    if page.shown is None:
        raise Refused(page.problems)
    if version == page.version:
        return page.shown
    source = drafts.text_at(ctx, page.kind.key, page.key, version)
    document, told = candidate.read_draft(page.kind.key, page.key, source) if source is not None else (None, ())
    if document is None:
        raise Refused(told) if told else Conflict()
    return document


def write(
    ctx: Context, page: Page, version: int | None, typed: Typed, act: Act, language: str, at: str = ""
) -> Written:
    """Do it, over the version that it was done at; `at` is the table of a model with several."""
    document = seen(ctx, page, version)
    at = laying.table_at(document, at)
    grid = laying.grid_of(document, page.registry, page.live, language, at)
    changes, wrong = _changes(document, page.registry, grid, typed)
    lines, unread = _new_lines(document, page.registry, grid, typed)
    wrong |= unread
    several: list[Step] = [steps.set_together(changes)] if changes else []
    several += _put(document, grid, lines, typed.where)
    if not wrong and act.what:
        several.append(_act(document, page.registry, grid, act, at))
    if not several:
        return Written(None, wrong)
    step = _once(steps.in_turn(*several))
    arranging.after(page, document, step, drafts.text_at(ctx, page.kind.key, page.key, version) or "")
    return Written(drafts.change(ctx, page.kind.key, page.key, step, version), wrong)


def _once(step: Step) -> Step:
    """A step that is not done again on a text that it was done on: it is tried before it is kept."""
    done: dict[str, Edited] = {}

    def edit(source: str) -> Edited:
        if source not in done:
            done[source] = step.edit(source)
        return done[source]

    return Step(edit, step.places, step.lists)


def _act(document: Document, registry: Registry, grid: Grid, act: Act, at: str) -> Step:
    step: Step | None = None
    if act.what == "line":
        step = moving.step_for(document, registry, grid, act.do, act.pointer)
    elif act.what == "column":
        step = columns.step_for(document, registry, act.do, act.pointer, at)
    elif act.what == "table":
        step = _table(document, act.pointer)
    elif act.what == "drop":
        step = moving.moved(document, grid, act.pointer, act.do, act.goal)
    if step is None:
        raise Refused(arranging.GONE)
    return step


def _table(document: Document, element: str) -> Step | None:
    """A decision that says nothing yet as a table; an event that is not booked yet, with no lines."""
    if document.kind == "posting_rules" and any(one.at == element for one in posting_lines.events_out(document)):
        return steps.set_values({f"/spec{element}": []})
    if document.kind != "decision_model" or all(one.element != element for one in model_tables.without_logic(document)):
        return None
    return steps.set_values({f"/spec{element}/logic": {"table": model_tables.fresh_table(document, element)}})


# -- cells ------------------------------------------------------------------------------------------------------------


def _changes(
    document: Document, registry: Registry, grid: Grid, typed: Typed
) -> tuple[list[Change], dict[str, Problem]]:
    """The places that change, and what cannot be read."""
    changes: list[Change] = []
    wrong: dict[str, Problem] = {}
    emptied: list[Cell] = []
    remarks: dict[str, dict[str, Any]] = {}
    for cell in grid.cells():
        word = _plain(typed.cells.get(cell.pointer, cell.shown))
        if cell.locked or word == _plain(cell.shown):
            continue
        value, problem = reading.read(cell.column, word)
        if problem is not None:
            wrong[cell.pointer] = problem
        elif value is not MISSING:
            now = resolve(document.spec, cell.pointer)
            if now is MISSING and cell.column.kind == "note":
                remarks.setdefault(parent(cell.pointer), {})[split(cell.pointer)[-1]] = value
            elif value != now:
                changes.append((f"/spec{cell.pointer}", value))
        elif resolve(document.spec, cell.pointer) is not MISSING:
            emptied.append(cell)
    changes += [_remarks(document, grid, holder, said) for holder, said in remarks.items()]
    gone, needed = _emptied(document, registry, emptied)
    return [*changes, *gone], wrong | needed


def _new_lines(
    document: Document, registry: Registry, grid: Grid, typed: Typed
) -> tuple[list[dict[str, Any]], dict[str, Problem]]:
    """The new lines that can be read, and what is wrong with the others."""
    lines: list[dict[str, Any]] = []
    wrong: dict[str, Problem] = {}
    least = moving.blank(document, registry, grid, grid.lines_at) if typed.new else {}
    unnamed = "key" in least and all(column.path != "/key" for column in grid.columns)
    for number, row in enumerate(typed.new):
        if number and unnamed:
            least = moving.next_key(document, least)
        line, found = _line(least, grid, row)
        wrong |= {f"new:{path}" if not number else f"new:{path}:{number}": problem for path, problem in found.items()}
        if not found:
            lines.append(line)
    return lines, wrong


def _put(document: Document, grid: Grid, lines: list[dict[str, Any]], where: str) -> list[Step]:
    """New lines where one was asked for, else at the end."""
    how, _, pointer = where.partition(":")
    there = moving.put(document, grid, lines[0], how, pointer) if len(lines) == 1 else None
    end = steps.set_together((f"/spec{grid.lines_at}/-", line) for line in lines)
    return [there] if there is not None else [end] if lines else []


def _remarks(document: Document, grid: Grid, holder: str, said: Mapping[str, Any]) -> Change:
    """The remarks of a line that had fewer of them than there are columns."""
    now = resolve(document.spec, holder)
    listed = list(now) if is_list(now) else []
    count = sum(column.kind == "note" for column in grid.columns)
    return f"/spec{holder}", [said.get(str(at), listed[at] if at < len(listed) else "") for at in range(count)]


def _plain(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()


def _emptied(document: Document, registry: Registry, cells: Sequence[Cell]) -> tuple[list[Change], dict[str, Problem]]:
    """The places of emptied cells taken out, with the part around them where nothing else is in it; what must be there
    is told.
    """
    layout = Layout(document, registry, registry.kinds.require(document.kind))
    pointers = {cell.pointer for cell in cells}
    changes: dict[str, Any] = {}
    wrong: dict[str, Problem] = {}
    for cell in cells:
        holder, around = parent(cell.pointer), resolve(document.spec, parent(cell.pointer))
        alone = all(child(holder, name) in pointers for name in around)
        if cell.column.kind == "result":
            changes[f"/spec{cell.pointer}"] = None if alone else MISSING
            continue
        inside = len(split(cell.column.path)) > 1
        place = holder if inside and alone else cell.pointer
        if (inside and not alone) or layout.removable(place, around):
            changes[f"/spec{place}"] = MISSING
        else:
            wrong[cell.pointer] = EMPTY
    return list(changes.items()), wrong


def _line(least: Mapping[str, Any], grid: Grid, row: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Problem]]:
    """A new line from what was typed; what must be there and has no column is what it least may be."""
    asked = {split(column.path)[0] for column in grid.columns}
    value: dict[str, Any] = {name: deepcopy(one) for name, one in least.items() if name not in asked or name in _PARTS}
    wrong: dict[str, Problem] = {}
    for column in grid.columns:
        read, problem = reading.read(column, _plain(row.get(column.path, "")))
        if problem is not None:
            wrong[column.path] = problem
        elif read is not MISSING:
            _say(value, column.path, read)
    if not wrong:
        missing = (name for name in least if name not in value)
        wrong = {_first(grid, name): EMPTY for name in missing if name in asked and name in _needed(grid, least)}
    return value, wrong


def _say(value: dict[str, Any], path: str, new: Any) -> None:
    *holders, last = split(path)
    inside: Any = value
    for token in holders:
        inside = inside[int(token)] if isinstance(inside, list) else inside.setdefault(token, {})
    if isinstance(inside, list):
        inside[int(last)] = new
    else:
        inside[last] = new


def _first(grid: Grid, name: str) -> str:
    return next(column.path for column in grid.columns if split(column.path)[0] == name)


def _needed(grid: Grid, least: Mapping[str, Any]) -> frozenset[str]:
    """What a line must say; who an authority is given to may be said in several ways."""
    ways = {split(column.path)[0] for column in grid.columns if column.kind in ("choice", "account")} & _WAYS
    return frozenset(least) - ways


__all__ = ["Act", "Typed", "Written", "seen", "write"]
