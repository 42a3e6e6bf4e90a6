"""Definitions as grids: decision tables, code lists and menus as trees, limits of authority, rates, holidays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext

from loanloom.metadata.document import Document
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.grids import laying, looking, trying
from loanloom.services.definitions.grids.model import Grid
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
    grid = laying.grid_of(document, page.registry, page.live, language())
    found = looking.placed(grid, looking.problems_of(document, page.registry))
    shown = {"grid": grid, "at_fault": found, "changes": changed_cells(page), **_window(grid)}
    if document.kind == "ruleset":
        shown |= _rules(page, document, grid)
    shown["settings"] = _settings(page, document)
    return shown


def _window(grid: Grid) -> dict[str, Any]:
    """The lines that are shown: those with the words looked for, from one on."""
    words = request.values.get("q", "").strip().lower()
    fitting = [one for one in grid.lines if not words or any(words in cell.shown.lower() for cell in one.cells)]
    begin = max(request.values.get("from", default=0, type=int), 0)
    begin = begin if begin < len(fitting) else 0
    lines = fitting[begin : begin + MOST]
    return {"lines": lines, "words": words, "count": len(fitting), "begin": begin, "most": MOST}


def _settings(page: Page, document: Document) -> tuple[Cell, ...]:
    """What the definition says besides its lines."""
    layout = Layout(document, page.registry, page.kind)
    names = {
        "ruleset": ("/hit_policy", "/table/complete" if "table" in document.spec else ""),
        "authority": ("/measure",),
        "rate_table": ("/index",),
        "menu": ("/door",),
    }.get(document.kind, ())
    return tuple(layout.cell(one) for one in names if one)


def _rules(page: Page, document: Document, grid: Grid) -> dict[str, Any]:
    """The columns' own settings, what holds where no line does, and a case that was tried."""
    layout = Layout(document, page.registry, page.kind)
    heads: Mapping[str, tuple[Cell, ...]] = {
        column.head: tuple(layout.cell(f"{column.head}/{name}") for name in _HEADS[column.group])
        for column in grid.columns if column.head
    }  # fmt: skip
    otherwise = tuple(
        layout.cell(f"/otherwise/{one['key']}", one.get("title") or {"en": one["key"], "zh": one["key"]})
        for one in document.spec["outputs"]
    )
    asked = trying.asked(document, page.registry, request.values)
    tried = None
    if asked and any(one.typed for one in asked) and not any(one.problem for one in asked):
        tried = trying.run(document, page.registry, grid, asked, current_context().business_date, language())
    return {"heads": heads, "otherwise": otherwise, "asked": asked, "tried": tried}


_HEADS = {"when": ("title", "value", "allowed"), "then": ("title", "type", "values", "default", "aggregation")}

TABLE = View("grid", lazy_gettext("Table"), _parts, "studio/editors/grid.html")
TREE = View("grid", lazy_gettext("Tree"), _parts, "studio/editors/grid.html")
VIEWS = {"ruleset": (TABLE,), "code_list": (TREE,), "menu": (TREE,), "authority": (TABLE,), "rate_table": (TABLE,),
         "calendar": (TABLE,)}  # fmt: skip
FIRST = frozenset(VIEWS) - {"ruleset"}
"""Kinds that nobody thinks of otherwise: they open as a grid."""
