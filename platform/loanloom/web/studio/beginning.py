"""A new definition of any kind: what it is called, of a flow or a form what it is about; then its editor."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.problems import Problem
from loanloom.services.definitions import beginning, catalogue
from loanloom.services.definitions.beginning import Asked
from loanloom.services.errors import Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio import editors

blueprint = Blueprint("beginning", __name__, url_prefix="/studio/new")


@blueprint.get("/<kind>/")
@requires("definition.edit")
def new(kind: str) -> str:
    """Ask what it is called."""
    return _page(kind)


def _page(kind: str, problems: tuple[Problem, ...] = ()) -> str:
    known = catalogue.kind_of(kind)
    return render_template(
        "studio/new_definition.html", kind=known, problems=problems, form=request.form,
        subjects=beginning.subjects() if kind == "flow" else {},
        records=beginning.records(current_context().registry, kind),
    )  # fmt: skip


@blueprint.post("/<kind>/")
@requires("definition.edit")
def begin(kind: str) -> str | Response | tuple[str, int]:
    """Make the draft and open it where one works on it."""
    form = request.form
    asked = Asked(
        title={"zh": form.get("title_zh", ""), "en": form.get("title_en", "")}, key=form.get("key", ""),
        subject=form.get("subject", "application"), record=form.get("record", ""),
    )  # fmt: skip
    try:
        made = beginning.begin(current_context(), kind, asked)
    except Refused as refused:
        return _page(kind, refused.problems), 422
    return redirect(url_for("studio.definition", kind=kind, key=made.key, view=editors.first_of(kind)))
