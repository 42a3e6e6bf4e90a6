"""What every page with a generated form does the same way: files kept as they come in, parts for htmx, words for
templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, request

from loanloom.engines.forms import FieldView, Form, FormView, GroupView, RowView
from loanloom.problems import Problem, say
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.origination import upload_bounds, uploads
from loanloom.web.forms import display, posted, rich
from loanloom.web.forms.looked_up import with_names
from loanloom.web.forms.posted import Posted


def wants_part() -> bool:
    """Whether htmx asks for the inside of the form alone."""
    return request.headers.get("HX-Request") == "true"


def takes_files(form: Form) -> bool:
    """Whether anything of a form may be a file, shown or not. Only such a form is sent in parts, which take several
    times as long to read."""
    fields = (one for whole in form.by_path.values() for one in (whole.group.columns if whole.group else (whole,)))
    return any(one.spec.behaviour.shape.files for one in fields)


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
            raw[name] = [*_kept_files(raw.get(name)), str(made)] if field.spec.several else str(made)
        except Refused as refused:
            problems += [problem.at(field=name) for problem in refused.problems]
    return replace(post, raw=raw), problems


def _kept_files(posted_: Any) -> list[str]:
    """The files of a field with several that the page already knew."""
    return [one for one in (posted_ if isinstance(posted_, list) else [posted_]) if isinstance(one, str) and one]


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody is in a form laid out in steps; `problems` are what keeps them from going on."""

    current: str
    before: str | None
    after: str | None
    number: int
    problems: tuple[Problem, ...] = ()


def step_of(
    post: Posted | None, view: FormView, judged: Callable[[], FormView], also: Sequence[Problem]
) -> Step | None:
    """The step (or tab) to show, or None for a form on one page. `judged` gives the same view with everything that is
    wrong; forward goes only who has done the step at hand and those between (tabs are open to all), and a refused
    submission opens at the first step with a problem. Who is only typing stays where they are."""
    keys = [section.key for section in view.sections]
    if view.layout not in ("steps", "tabs") or not keys:
        return None
    tabs = view.layout == "tabs"
    at = keys.index(post.step) if post is not None and post.step in keys else 0
    wanted, problems = at, tuple[Problem, ...]()
    if post is not None and post.action == "step" and post.argument in keys:
        wanted = keys.index(post.argument)
        if wanted > at and not tabs:
            passed = (one for one in judged().sections if one.key in keys[at:wanted])
            undone = next((one for one in passed if one.has_problems), None)
            if undone is not None:
                wanted, problems = keys.index(undone.key), tuple(undone.problems())
    elif also and (post is None or post.action != "refresh"):
        fields = {one.field for one in also}
        wrong = (
            number for number, one in enumerate(view.sections) if fields & {field.name for field in one.all_fields()}
        )
        wanted = next(wrong, at)
    after = keys[wanted + 1] if wanted + 1 < len(keys) and not tabs else None
    before = keys[wanted - 1] if wanted and not tabs else None
    return Step(keys[wanted], before, after, wanted + 1, problems)


def _columns(rows: tuple[RowView, ...], tag: str) -> list[tuple[str, str]]:
    numeric = ("money", "number", "integer", "percent")
    first = rows[0].fields if rows else ()
    return [(say(one.title, tag), "num" if one.type in numeric else "") for one in first]


def _total(group: GroupView, cell: FieldView) -> FieldView | None:
    """The total of the column that a cell stands in."""
    column = cell.name.rpartition(".")[2]
    return next((one for one in group.totals if one.name.rpartition(".")[2] == column), None)


def _capitals(field: FieldView, tag: str) -> str:
    return display.capitals(field) if tag == "zh" else ""


def install(app: Flask) -> None:
    """Hang the filters of generated forms into the templates, and how much may be handed in."""
    app.jinja_env.globals["upload_bounds"] = {"files": upload_bounds.MOST_FILES, "mb": upload_bounds.MOST_MB}
    app.jinja_env.filters.update(
        form_words=display.words, form_derived=display.derived, form_columns=_columns, form_capitals=_capitals,
        form_total=_total, form_names=with_names, form_rich=rich.marked, said=say,
    )  # fmt: skip
