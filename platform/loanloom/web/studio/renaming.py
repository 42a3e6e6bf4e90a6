"""The screen of a renaming: what, from, to; every change to every text; one button that keeps them as drafts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, errors
from loanloom.services.definitions import renaming_drafts, working
from loanloom.services.definitions.releases.policy import drafts_allowed
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("renaming", __name__, url_prefix="/studio/rename")
LONGEST = 200


@blueprint.get("/")
@requires("definition.edit")
def index() -> str:
    """What to rename, and with both names what would change."""
    return _page(())


@blueprint.post("/")
@requires("definition.edit")
def carry_out() -> str | Response | tuple[str, int]:
    """Keep the changes that were shown as drafts."""
    asked, form = _asked(), request.form
    try:
        done = renaming_drafts.carry_out(current_context(), **asked, seen=form.get("digest", ""))
    except (Refused, Conflict) as refused:
        return _page(refused.problems), refused.status
    flash(_("Renamed in %(num)s drafts. Put them up for review together.", num=len(done.documents)), "good")
    return redirect(url_for("changes.index"))


def _asked() -> dict[str, str]:
    given = {name: request.values.get(name, "").strip()[:LONGEST] for name in ("what", "old", "new", "code_list")}
    return given | {"what": given["what"] or "field"}


def _page(problems: tuple[Problem, ...]) -> str:
    ctx, asked = current_context(), _asked()
    registry = working.registry_of(ctx)
    plan: Any = None
    if asked["old"] and asked["new"] and not problems:
        try:
            plan = renaming_drafts.plan(ctx, **asked)
        except Refused as refused:
            problems = refused.problems
    found = plan.problems if plan is not None else ()
    return render_template(
        "studio/rename.html",
        asked=asked,
        plan=plan,
        digest=renaming_drafts.digest(plan) if plan is not None and not errors(found) else "",
        problems=(*problems, *errors(found)),
        choices=renaming_drafts.candidates(registry, asked["what"], asked["code_list"]),
        lists=[one for one in registry.all("code_list") if not one.builtin],
        what=renaming_drafts.WHAT,
        allowed=drafts_allowed(),
    )
