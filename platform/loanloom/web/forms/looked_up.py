"""Look-up fields on a page: what the keys they hold are called, and what a search found. No rule, no access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import request

from loanloom.engines.forms import FieldView, FormView
from loanloom.services.records import references
from loanloom.web.security import current_context


def with_names(view: FormView) -> FormView:
    """The view with the names of what its look-ups hold, and with what was found where this request searches."""
    fields = [one for one in view.fields() if one.target is not None]
    if not fields:
        return view
    ctx = current_context()
    named = references.titles(ctx, ((one.target, str(one.value)) for one in fields if one.target and one.value))
    action, _, asked = request.form.get("_action", "").partition(":")

    def told(field: FieldView) -> FieldView:
        target = field.target
        if target is None:
            return field
        if action == "find" and field.name == asked and field.editable:
            words = request.form.get(f"_find.{field.name}", "")
            field = replace(field, found=tuple(references.found(ctx, target, words)))
        known = named.get((target, str(field.value)))
        if known is None or field.mode == "masked":
            return field
        words = f"{known.title} · {known.key}" if known.title != known.key else known.key
        return replace(field, words={"en": words, "zh": words})

    return _changed(view, told)


def _changed(view: FormView, change: Callable[[FieldView], FieldView]) -> FormView:
    """The view with every field, cells of rows too, put through `change`."""

    def whole(field: FieldView) -> FieldView:
        if field.group is None:
            return change(field)
        rows = tuple(replace(row, fields=tuple(map(change, row.fields))) for row in field.group.rows)
        return replace(field, group=replace(field.group, rows=rows))

    sections = tuple(replace(one, fields=tuple(map(whole, one.fields))) for one in view.sections)
    return replace(view, sections=sections)
