"""What a form page posted: values by the form's names, the button that was pressed, and the page's own marks.

Names that begin with `_` belong to the page, all others to the form; the evaluator refuses what the form does not
have. Buttons that add or take away a row are ordinary submit buttons, so that they work without script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from loanloom.engines.forms import Form, FormField
from loanloom.engines.forms.inputs import WAS

PAGE_NAMES = frozenset({"csrf_token", "idempotency_key"})
_ROW = re.compile(r"^(?P<path>.+)\.(?P<row>[0-9]{1,4})$")


@dataclass(frozen=True, slots=True)
class Posted:
    """One post of a form page. `action` is what was asked: submit, refresh, add, remove, drop, find, pick,
    step."""

    raw: dict[str, Any]
    action: str
    argument: str
    version: int
    idempotency_key: str | None
    editor: str
    seen: str
    step: str = ""

    @property
    def is_submission(self) -> bool:
        """Whether the person is done; anything else only changes the page."""
        return self.action == "submit"


def read() -> Posted:
    """The post of this request, with the row it asks to add or remove already added or removed."""
    form = request.form
    raw: dict[str, Any] = {}
    for name, values in form.lists():
        if not name.startswith("_") and name not in PAGE_NAMES:
            raw[name] = values[0] if len(values) == 1 else values
    action, _, argument = form.get("_action", "submit").partition(":")
    if action == "add":
        _add_row(raw, argument)
    elif action == "remove":
        _remove_row(raw, argument)
    elif action == "pick":
        path, _, key = argument.partition("=")
        raw[path] = key
    elif action == "drop":
        _drop_file(raw, argument)
    return Posted(
        raw=raw,
        action=action,
        argument=argument,
        version=form.get("_version", type=int) or 0,
        idempotency_key=form.get("idempotency_key") or None,
        editor=form.get("_editor", "")[:40],
        seen=_seen()[:40],
        step=form.get("_step", "")[:64],
    )


def _seen() -> str:
    """The page whose draft this one has shown. A draft told of beside what was typed (`_beside`) counts once a button
    is pressed: going on typing alone writes over nobody."""
    beside = "" if request.headers.get("HX-Request") else request.form.get("_beside", "")
    return beside or request.form.get("_seen", "")


def _rows(raw: dict[str, Any], path: str) -> list[int]:
    """The row numbers of a group, in the order of the page."""
    marker = raw.get(path, "")
    written = marker if isinstance(marker, str) else ",".join(marker)
    return [int(part) for part in written.split(",") if part.isdecimal() and len(part) < 5]


def _add_row(raw: dict[str, Any], path: str) -> None:
    rows = _rows(raw, path)
    new = max(rows, default=-1) + 1
    raw[path] = ",".join(str(row) for row in [*rows, new])
    raw[f"{path}.{new}.{WAS}"] = ""


def _remove_row(raw: dict[str, Any], argument: str) -> None:
    found = _ROW.match(argument)
    if found is None:
        return
    path, gone = found["path"], int(found["row"])
    raw[path] = ",".join(str(row) for row in _rows(raw, path) if row != gone)
    for name in [name for name in raw if name.startswith(f"{path}.{gone}.")]:
        del raw[name]


def _drop_file(raw: dict[str, Any], argument: str) -> None:
    """Take a file out of its field: `application.photos:17` of several, `application.licence` of one."""
    path, _, gone = argument.partition(":")
    kept = raw.get(path)
    raw[path] = [one for one in kept if one != gone] if gone and isinstance(kept, list) else ""


def files(form: Form) -> Iterator[tuple[str, FormField, FileStorage]]:
    """The files that were chosen, each with the field (or column) it was chosen for; empty choices are left out."""
    for name, storage in request.files.items(multi=True):
        wanted = _file_field(form, name)
        if wanted is not None and storage.filename:
            yield name, wanted, storage


def _file_field(form: Form, name: str) -> FormField | None:
    wanted = form.by_path.get(name)
    if wanted is None and name.count(".") >= 2:
        path, _, column = name.rpartition(".")
        within = form.by_path.get(path) or form.by_path.get(path.rpartition(".")[0])
        columns = within.group.columns if within is not None and within.group is not None else ()
        wanted = next((one for one in columns if one.path == column), None)
    if wanted is None or wanted.group is not None or not wanted.spec.behaviour.shape.files:
        return None
    return wanted
