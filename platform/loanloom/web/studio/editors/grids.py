"""Definitions as grids: decision tables, code lists and menus as trees, limits of authority, rates, holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import lazy_gettext

from loanloom.metadata.document import Document
from loanloom.metadata.pointers import resolve, split
from loanloom.problems import Problem
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.grids import laying, looking, model_tables, posting_lines, trying, trying_models
from loanloom.services.definitions.grids.model import Column, Grid
from loanloom.services.definitions.sheet import Cell, Layout
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View, changed_cells

MOST = 200
"""Lines shown at once; a longer list is searched and paged."""


def _parts(page: Page) -> dict[str, Any]:
    """The grid, what is wrong with it, the settings above it, and what a case comes to."""
    document = page.shown
    assert document is not None, "asked only where it can be read"
    at = laying.table_at(document, request.values.get("at", ""))
    grid = laying.grid_of(document, page.registry, page.live, language(), at)
    told = (one for one in looking.problems_of(document, page.registry) if _is_of(one, at))
    found = looking.placed(grid, told)
    shown = {"grid": grid, "at": at, "at_fault": found, "changes": changed_cells(page), **_window(grid)}
    shown["new_at_asked"] = request.args.get("new_at", "")
    if document.kind == "ruleset":
        shown |= _rules(page, document, grid)
    elif document.kind == "decision_model":
        shown |= _model(page, document, grid, at)
    elif document.kind == "posting_rules":
        shown |= _posting(page, document, at)
    shown["settings"] = _settings(page, document, at)
    return shown


def _is_of(problem: Problem, at: str) -> bool:
    """Whether a problem is of the table that is shown."""
    return not at or (problem.pointer or "").removeprefix("/spec").startswith(at)


def _window(grid: Grid) -> dict[str, Any]:
    """The lines that are shown: those with the words looked for, from one on."""
    words = request.values.get("q", "").strip().lower()
    fitting = [one for one in grid.lines if not words or any(words in cell.shown.lower() for cell in one.cells)]
    begin = max(request.values.get("from", default=0, type=int), 0)
    begin = begin if begin < len(fitting) else 0
    lines = fitting[begin : begin + MOST]
    return {"lines": lines, "words": words, "count": len(fitting), "begin": begin, "most": MOST}


def _settings(page: Page, document: Document, at: str) -> tuple[Cell, ...]:
    """What the definition says besides its lines."""
    layout = Layout(document, page.registry, page.kind)
    names = {
        "ruleset": ("/hit_policy", "/table/complete" if "table" in document.spec else ""),
        "decision_model": (f"{at}/hit_policy", f"{at}/aggregation") if at else (),
        "authority": ("/measure",),
        "posting_rules": () if at else ("/chart", "/general", "/suspend_after_days"),
        "rate_table": ("/index",),
        "menu": ("/door",),
    }.get(document.kind, ())
    return tuple(layout.cell(one) for one in names if one)


def _rules(page: Page, document: Document, grid: Grid) -> dict[str, Any]:
    """The columns' own settings, what holds where no line does, and a case that was tried."""
    layout = Layout(document, page.registry, page.kind)
    results = [column for column in grid.columns if column.kind == "result"]
    otherwise = tuple(_otherwise(layout, column) for column in results)
    asked = trying.asked(document, page.registry, request.values)
    tried = None
    if trying.is_ready(asked):
        tried = trying.run(document, page.registry, grid, asked, current_context().business_date, language())
    conditions = {
        cell.pointer: layout.cell(cell.pointer).words
        for cell in grid.cells() if cell.column.kind == "expression" and cell.shown
    }  # fmt: skip
    return {
        "heads": _heads(layout, grid, _HEADS), "otherwise": otherwise, "asked": asked, "tried": tried,
        "conditions": conditions,
    }  # fmt: skip


def _otherwise(layout: Layout, column: Column) -> Cell:
    """What a result is where no line counts, its values by their names."""
    cell = layout.cell(f"/otherwise/{split(column.path)[-1]}", column.label)
    if not column.options or str(cell.value or "").startswith("="):
        return cell
    words = column.options.get(str(cell.value)) or cell.words
    return replace(cell, kind="choice", options=column.options, words=words)


def _model(page: Page, document: Document, grid: Grid, at: str) -> dict[str, Any]:
    """The tables of the model to choose from, the columns' own settings, and a case that was tried."""
    tables = model_tables.tables_in(document)
    shown = {
        "model_tables": tables, "no_logic": model_tables.without_logic(document),
        "table_title": next((one.title for one in tables if one.at == at), None),
    }  # fmt: skip
    if not at:
        return shown
    asked = trying_models.asked(document, page.registry, at, request.values)
    tried = None
    if trying.is_ready(asked):
        day = current_context().business_date
        tried = trying_models.run(document, page.registry, grid, at, asked, day, language())
    heads = _heads(Layout(document, page.registry, page.kind), grid, _MODEL_HEADS)
    return shown | {"heads": heads, "otherwise": (), "asked": asked, "tried": tried}


def _posting(page: Page, document: Document, at: str) -> dict[str, Any]:
    """The event that is open; else every event with its lines, to be read."""
    events = posting_lines.events_in(document)
    shown = {"events": events, "table_title": next((one.title for one in events if one.at == at), None)}
    if at:
        return shown
    lines = tuple(posting_lines.overview(document, page.registry, language()))
    return shown | {"overview": lines, "events_out": posting_lines.events_out(document)}


def _heads(layout: Layout, grid: Grid, names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[Cell, ...]]:
    """The settings of every column that has some."""
    return {
        column.head: tuple(_setting(layout, f"{column.head}/{name}") for name in names[column.group])
        for column in grid.columns if column.head
    }  # fmt: skip


def _setting(layout: Layout, pointer: str) -> Cell:
    """A setting; where other tools keep something beside it, what it says."""
    held = resolve(layout.document.spec, pointer)
    beside = isinstance(held, Mapping) and "text" in held
    return layout.cell(f"{pointer}/text", layout.cell(pointer).label) if beside else layout.cell(pointer)


_HEADS = {"when": ("title", "value", "allowed"), "then": ("title", "type", "values", "default", "aggregation")}
_MODEL_HEADS = {"when": ("value", "allowed"), "then": ("name", "type", "values", "default")}

TABLE = View("grid", lazy_gettext("Table"), _parts, "studio/editors/grid.html")
TABLES = View("grid", lazy_gettext("Tables"), _parts, "studio/editors/grid.html")
TREE = View("grid", lazy_gettext("Tree"), _parts, "studio/editors/grid.html")
VIEWS = {
    "ruleset": (TABLE,), "decision_model": (TABLES,), "code_list": (TREE,), "menu": (TREE,), "authority": (TABLE,),
    "rate_table": (TABLE,), "calendar": (TABLE,), "posting_rules": (TABLE,),
}  # fmt: skip
FIRST = frozenset(VIEWS) - {"ruleset", "decision_model"}
"""Kinds that nobody thinks of otherwise: they open as a grid."""
