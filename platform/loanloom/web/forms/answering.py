"""What every page with a generated form does the same way: files kept as they come in, parts for htmx, words for
templates."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, request

from loanloom.engines.forms import FieldView, Form, RowView
from loanloom.problems import Problem, say
from loanloom.services import uploads
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.store import json as exact
from loanloom.web.forms import display, posted
from loanloom.web.forms.posted import Posted
from loanloom.web.language import language


def wants_part() -> bool:
    """Whether htmx asks for the inside of the form alone."""
    return request.headers.get("HX-Request") == "true"


def with_files(ctx: Context, form: Form, post: Posted, subject: tuple[str, int]) -> tuple[Posted, list[Problem]]:
    """The post with every chosen file kept and its number in the file's place; files that were refused as problems."""
    raw, problems = dict(post.raw), []
    for name, field, storage in posted.files(form):
        content = storage.stream.read()
        kinds = field.spec.accept or uploads.ACCEPTED
        most = field.spec.max_size_mb or uploads.LARGEST_MB
        try:
            with ctx.transaction() as connection:
                made = uploads.keep(
                    ctx,
                    connection,
                    subject,
                    storage.filename or "",
                    content,
                    field=name,
                    accept=kinds,
                    max_size_mb=most,
                )
            raw[name] = str(made)
        except Refused as refused:
            problems += [problem.at(field=name) for problem in refused.problems]
    return replace(post, raw=raw), problems


def _words(field: FieldView) -> str:
    return display.words(field, language())


def _columns(rows: tuple[RowView, ...]) -> list[tuple[str, str]]:
    numeric = ("money", "number", "integer", "percent")
    first = rows[0].fields if rows else ()
    return [(say(one.title, language()), "num" if one.type in numeric else "") for one in first]


def _capitals(field: FieldView) -> str:
    return display.capitals(field) if language() == "zh" else ""


def _kept(value: object) -> str:
    """A value of the audit in one readable line."""
    if value is None:
        return "–"
    words = value if isinstance(value, str) else exact.dumps(value)
    return words if len(words) <= 300 else f"{words[:300]} …"


def install(app: Flask) -> None:
    """Hang the filters of generated forms into the templates."""
    app.jinja_env.filters.update(form_words=_words, form_columns=_columns, form_capitals=_capitals, kept=_kept)
