"""A dialog whose post was refused opens again on the page that comes back, with what was typed and with the problems.

`ui.confirm` says which dialog a form stands in; its fields ask here for their names and values. Works without script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, before_render_template, g, has_request_context, request

from loanloom.problems import Problem

MARK = "_dialog"
"""The hidden field that names the dialog a form was sent from."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """The dialog being drawn. `again`: it was sent, refused, and is to open as it was left."""

    name: str
    again: bool = False
    problems: Sequence[Problem] = ()


def begin_fields(name: str) -> Dialog:
    """From here on fields belong to this dialog."""
    again = request.method == "POST" and request.form.get(MARK) == name and bool(g.get("refused"))
    g.dialog = Dialog(name, again, g.refused if again else ())
    return g.dialog


def end_fields() -> str:
    """Fields stand on the page itself again."""
    g.dialog = None
    return ""


def field_id(name: str) -> str:
    """The id of a field: its own in every dialog, so that each label finds its box."""
    dialog = g.get("dialog")
    return f"f-{dialog.name}-{name}" if dialog else f"f-{name}"


def as_typed(name: str, value: Any, multiple: bool = False) -> Any:
    """What was typed into a field of the dialog that was refused; else the value it has."""
    dialog = g.get("dialog")
    if not dialog or not dialog.again:
        return value
    return request.form.getlist(name) if multiple else request.form.get(name, "")


def problem_at(name: str) -> Problem | None:
    """What is wrong with a field of the dialog that was refused."""
    dialog = g.get("dialog")
    return next((one for one in dialog.problems if one.field == name), None) if dialog else None


def _remember(app: Flask, context: Mapping[str, Any], **_: Any) -> None:
    """What the page says was refused; the dialog that was sent says it too."""
    if has_request_context() and MARK in request.form and context.get("problems"):
        g.refused = tuple(context["problems"])


def install(app: Flask) -> None:
    """Give the macros of forms what they ask."""
    for function in (begin_fields, end_fields, field_id, as_typed, problem_at):
        app.jinja_env.globals[function.__name__] = function
    before_render_template.connect(_remember, app)
