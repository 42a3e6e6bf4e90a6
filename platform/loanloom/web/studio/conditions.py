"""A condition line by line: fact, comparison, value, read back as a sentence; nothing is kept before one saves."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.feel.help.rows import COMPARISONS
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
    written = conditions.of_rows(page, pointer, _rows(without=do))
    if do != "save":
        return _shown(page, pointer, written)
    if written.problems or not written.source:
        return _shown(page, pointer, written), 422
    try:
        drafts.change_values(ctx, kind, key, {f"/spec{pointer}": written.source}, version_given())
    except (Refused, Conflict) as refused:
        return _shown(page, pointer, written, refused.problems), 422
    place = pointer.strip("/").replace("/", "-")
    return redirect(url_for("studio.definition", kind=kind, key=key, **_back()) + f"#c-{place}")


def _back() -> dict[str, Any]:
    """The view that somebody came from, and what they had chosen there."""
    return {name: request.values.get(name) or None for name in ("view", "at")}


def _rows(without: str) -> Rows:
    """The lines that were posted, but for the one that is to go."""
    form, found = request.form, []
    for number in range(MOST):
        path = form.get(f"{number}.path", "")
        if path and without != f"remove-{number}":
            typed = [one.strip() for one in form.getlist(f"{number}.value") if one.strip()]
            comparison = form.get(f"{number}.comparison", "=")
            if comparison in ("in", "not in"):
                typed = [part.strip() for one in typed for part in one.replace("，", ",").split(",") if part.strip()]
            found.append(Row(path, comparison if comparison in COMPARISONS else "=", tuple(typed)))
    return Rows(tuple(found), "or" if form.get("join") == "or" else "and")


def _shown(page: definitions.Page, pointer: str, condition: Condition, problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "studio/editors/condition.html", page=page, pointer=pointer, condition=condition, comparisons=COMPARISONS,
        problems=(*problems, *condition.problems), version=version_given() or page.version, most=MOST,
        **_back(),
    )  # fmt: skip
