"""Saving a definition from its plain form: everything at once, then what a button asks for (a row more, moved, out)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from loanloom.metadata.pointers import slug
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import pictures, plain_form
from loanloom.services.definitions.arranging import Asked, arrange
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given

blueprint = Blueprint("studio_plain", __name__, url_prefix="/studio/definitions")
ACTS = ("add", "up", "down", "remove")


@blueprint.post("/<kind>/<key>/plain")
@requires("definition.edit")
def save(kind: str, key: str) -> str | Response | tuple[str, int]:
    """Keep what was typed, then do what the button asks: nothing that was typed is lost on the way."""
    typed = request.form.copy()
    try:
        saved, place = _saved(kind, key, typed)
    except (Refused, Conflict) as refused:
        return page_of(kind, key, "plain", problems=refused.problems, typed=typed), refused.status
    if saved is not None and saved.joined_with:
        flash(editors.joined(saved.joined_with), "notice")
    elif saved is not None:
        flash(_("Saved as a draft."), "good")
    else:
        flash(_("Nothing was changed."), "notice")
    where = url_for("studio.definition", kind=kind, key=key, view="plain")
    return redirect(where + (f"#c-{slug(place)}" if place else ""))


def _saved(kind: str, key: str, typed: MultiDict[str, str]) -> tuple[Draft | None, str]:
    """The draft after it, and the place to come back to."""
    ctx, page = current_context(), definitions.page(current_context(), kind, key)
    if page.shown is None or not any(one.key == "plain" for one in editors.views_of(kind)):
        raise NotFound(drafts.DEFINITION)
    form = plain_form.form_of(page.shown, page.registry)
    _take_pictures(form, typed)
    saved = plain_form.save(ctx, page, form.inputs, typed, version_given())
    do, _colon, pointer = request.form.get("act", "").partition(":")
    if do not in ACTS:
        return saved, ""
    if saved is not None:
        page = definitions.page(ctx, kind, key)
    version = saved.version if saved is not None else version_given()
    return arrange(ctx, page, Asked(do, pointer), version), pointer


def _take_pictures(form: plain_form.Form, typed: MultiDict[str, str]) -> None:
    """Keep the pictures that were chosen and write their digests to where they belong; a tick takes one out."""
    for line in form.inputs:
        if not line.picture:
            continue
        chosen = request.files.get(f"{line.name}.file")
        if chosen is not None and chosen.filename:
            place = slug(line.cell.pointer)
            typed[line.name] = pictures.keep(current_context(), chosen.filename, chosen.read(), field=place)
        elif typed.get(f"{line.name}.out"):
            typed[line.name] = ""
