"""Files of a filled form: each is one that its record holds already, or one that the actor chose on this very form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from loanloom.engines import forms
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.origination import uploads

Values = Mapping[str, Any]


def take(
    ctx: Context,
    connection: Connection,
    form: forms.Form,
    subject: tuple[str, int],
    values: Values,
    before: Values | None = None,
) -> None:
    """Hand the chosen files over to the record; refuse a number that is no file of either. `values` by record."""
    kept = set(forms.files_of(form, before or {}))
    for path, value in forms.files_of(form, values):
        if (path, value) in kept:
            continue
        number = uploads.number_of(value)
        chosen = uploads.adopt(connection, number, ("user", ctx.actor.user_id or 0), subject)
        if not chosen and not uploads.belongs(connection, number, subject):
            message = text("Choose the file again.", "请重新选择文件。")
            raise Refused(Problem(code="form.not_a_file", message=message, field=path))
