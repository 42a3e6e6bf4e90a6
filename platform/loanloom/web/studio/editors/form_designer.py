"""The views of a form: the designer. What they change goes through `web.studio.form_design` and the cells."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext

from loanloom.metadata.pointers import MISSING, parent, resolve
from loanloom.problems import say
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.designing import canvas, changing, columns, new_fields, palette
from loanloom.services.definitions.sheet import Cell, cell_at
from loanloom.web.language import language
from loanloom.web.security import csp_nonce
from loanloom.web.studio.editors import form_views
from loanloom.web.studio.editors.views import View, changed_cells

FIELD_CELLS = ("width", "hint", "default", "computed", "when_hidden")
ROW_CELLS = ("min_rows", "max_rows", "totals")


def _design(page: Page) -> dict[str, Any]:
    """Palette, canvas and the panel of what is chosen."""
    document = page.shown
    assert document is not None, "asked only where it can be read"
    csp_nonce()
    drawn = canvas.canvas(document, page.registry)
    at = chosen(page)
    section, tile = drawn.part(at), drawn.tile(at)
    words = request.values.get("q", "").strip()
    found: dict[str, Any] = {
        "at": at, "q": words, "canvas": drawn, "drawers": palette.palette(document, page.registry, words),
        "section": section, "tile": tile, "into": _into(page, at), "changes": changed_cells(page),
        "new": _new_field(page) if page.draft is None or not page.draft.retire else None,
        "cells": _cells(page, at) if at else (), "names": _names(page),
    }  # fmt: skip
    part = section or (drawn.part(parent(parent(tile.pointer))) if tile is not None else None)
    found |= form_views.glance(page, part.key if part is not None else None)
    if tile is not None:
        found["columns"] = columns.of(document, page.registry, tile.pointer)
        found["check"] = document.at(f"{tile.pointer}/check") or {}
    return found


def _new_field(page: Page) -> dict[str, Any]:
    """What a new field may be."""
    assert page.shown is not None, "asked only where it can be read"
    registry = page.registry
    lists = sorted(registry.all("code_list"), key=lambda one: say(one.title, language()))
    return {
        "records": new_fields.records(page.shown, registry), "types": new_fields.types(registry),
        "code_lists": {one.key: one.title for one in lists}, "targets": new_fields.targets(registry),
    }  # fmt: skip


def chosen(page: Page) -> str | None:
    """The field or section that is chosen, if it is there."""
    at = request.values.get("at") or ""
    known = changing.FIELD.fullmatch(at) or changing.SECTION.fullmatch(at)
    there = page.shown is not None and resolve(page.shown.spec, at) is not MISSING
    return at if known and there else None


def _into(page: Page, at: str | None) -> str:
    """Where a field goes that is chosen in the palette: behind the chosen one, else at the end of a section."""
    assert page.shown is not None, "asked only where it can be read"
    if at is not None and changing.FIELD.fullmatch(at):
        holder, _, index = at.rpartition("/")
        return f"{holder}/{int(index) + 1}"
    last = len(page.shown.spec["sections"]) - 1
    return f"{at or f'/sections/{last}'}/fields/-"


def _cells(page: Page, at: str) -> tuple[Cell, ...]:
    assert page.shown is not None, "asked only where it can be read"
    if changing.SECTION.fullmatch(at):
        names: tuple[str, ...] = ("title", "hint")
    else:
        rows = bool(columns.declared(page.shown, page.registry, at))
        names = (*(one for one in FIELD_CELLS if not (rows and one != "hint")), *(ROW_CELLS if rows else ()))
    return tuple(cell_at(page.shown, page.registry, f"{at}/{name}") for name in names)


def _names(page: Page) -> tuple[Cell, ...]:
    assert page.shown is not None, "asked only where it can be read"
    return tuple(cell_at(page.shown, page.registry, f"/title/{one}") for one in ("zh", "en"))


DESIGN = View("design", lazy_gettext("Designer"), _design, "studio/editors/form_design.html")
VIEWS = (DESIGN, form_views.PREVIEW, form_views.ACCESS)
