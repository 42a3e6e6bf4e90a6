"""A condition line by line: fact, comparison, value, and lines in brackets, read back as a sentence; nothing is kept
before one saves.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.feel.help.rows import COMPARISONS, DEEPEST, SPANS, Join
from loanloom.metadata.pointers import slug
from loanloom.problems import Problem
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import conditions
from loanloom.services.definitions.conditions import Condition, Row, Rows
from loanloom.services.definitions.releases import drafts
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio.definitions import version_given

blueprint = Blueprint("studio_conditions", __name__, url_prefix="/studio/definitions")
MOST = 30
"""Lines of a condition, and of a bracket in it."""


@blueprint.get("/<kind>/<key>/condition")
@requires("definition.edit")
def show(kind: str, key: str) -> str:
    """The condition at a place as it stands."""
    pointer = request.args.get("pointer", "")
    page = definitions.page(current_context(), kind, key)
    return _shown(page, pointer, conditions.at(page, pointer))


@blueprint.post("/<kind>/<key>/condition")
@requires("definition.edit")
def write(kind: str, key: str) -> str | Response | tuple[str, int]:
    """Another line, one less, the sentence again; or save it as the draft."""
    ctx, form = current_context(), request.form
    pointer, do = form.get("pointer", ""), form.get("do", "update")
    page = definitions.page(ctx, kind, key)
    written = conditions.of_rows(page, pointer, _rows("", do, DEEPEST))
    if do != "save":
        return _shown(page, pointer, written)
    if written.problems or not written.source:
        return _shown(page, pointer, written), 422
    try:
        drafts.change_values(ctx, kind, key, {f"/spec{pointer}": written.source}, version_given())
    except (Refused, Conflict) as refused:
        return _shown(page, pointer, written, refused.problems), 422
    return redirect(url_for("studio.definition", kind=kind, key=key, **_back()) + f"#c-{slug(pointer)}")


def _back() -> dict[str, Any]:
    """The view that somebody came from, and what they had chosen there."""
    return {name: request.values.get(name) or None for name in ("view", "at")}


def _rows(begin: str, do: str, deeper: int) -> Rows:
    """The lines that were posted under names that begin so, but for the one that is to go, and a new bracket."""
    form, found = request.form, list[Row | Rows]()
    for at in (f"{begin}{number}" for number in range(MOST)):
        if do == f"remove-{at}":
            continue
        if deeper and f"{at}.join" in form:
            found.append(_rows(f"{at}.", do, deeper - 1))
        elif form.get(f"{at}.path"):
            found.append(_row(at))
    join: Join = "or" if form.get(f"{begin}join") == "or" else "and"
    if do == f"bracket-{begin}" and deeper:
        found.append(Rows((), "and" if join == "or" else "or"))
    return Rows(tuple(found), join)


def _row(at: str) -> Row:
    form = request.form
    typed = [one.strip() for one in form.getlist(f"{at}.value") if one.strip()]
    comparison = form.get(f"{at}.comparison", "=")
    if comparison in ("in", "not in"):
        typed = [part.strip() for one in typed for part in one.replace("，", ",").split(",") if part.strip()]
    return Row(form[f"{at}.path"], comparison if comparison in COMPARISONS else "=", tuple(typed))


def _shown(page: definitions.Page, pointer: str, condition: Condition, problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "studio/editors/condition.html", page=page, pointer=pointer, condition=condition, comparisons=COMPARISONS,
        problems=(*problems, *condition.problems), version=version_given() or page.version, most=MOST,
        deepest=DEEPEST, spans=SPANS,
        **_back(),
    )  # fmt: skip
