"""What stands in fields by its name: records that look-ups hold, with what a search found, and files. No rule, no
access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import request

from loanloom.engines.forms import FieldView, FormView
from loanloom.services.origination import uploads
from loanloom.services.records import references
from loanloom.web.security import current_context


def with_names(view: FormView) -> FormView:
    """The view with the names of what its fields hold, and with what was found where this request searches."""
    return _with_files(_with_records(view))


def _with_files(view: FormView) -> FormView:
    numbers = [uploads.number_of(file) for one in view.fields() for file in one.files or ()]
    if not numbers:
        return view
    ctx = current_context()
    with ctx.transaction() as connection:
        known = uploads.seen(ctx, connection, numbers)

    def told(field: FieldView) -> FieldView:
        named = {one: known[number] for one in field.files or () if (number := uploads.number_of(one)) in known}
        return replace(field, handed_in=named) if named else field

    return _changed(view, told)


def _with_records(view: FormView) -> FormView:
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
