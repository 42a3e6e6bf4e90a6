"""Any two versions of a definition beside each other, and an earlier one as a draft again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.definitions import catalogue, comparing
from loanloom.web import formats
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("comparing", __name__, url_prefix="/studio/definitions")


@blueprint.get("/<kind>/<key>/compare")
@requires("definition.read")
def show(kind: str, key: str) -> str:
    """What differs, in words."""
    ctx = current_context()
    asked = request.args
    found = comparing.compare(ctx, kind, key, asked.get("old") or None, asked.get("new") or None)
    choices = [(one.name, named(one)) for one in found.versions]
    page = catalogue.page(ctx, kind, key)
    return render_template("studio/compare.html", page=page, found=found, choices=choices)


def named(version: comparing.Version) -> str:
    """A version as one chooses it."""
    if version.name == comparing.DRAFT:
        return _("Draft")
    words = _("Change %(number)s", number=version.name)
    parts = (words, version.title, formats.day(version.since.date()) if version.since else None)
    return " · ".join(part for part in parts if part)


@blueprint.post("/<kind>/<key>/restore")
@requires("definition.edit")
def restore(kind: str, key: str) -> Response:
    """Make a draft of an earlier version."""
    form = request.form
    comparing.restore(current_context(), kind, key, form.get("number", ""), form.get("version", type=int))
    flash(_("The earlier version is a draft now; it goes live like any change."), "good")
    return redirect(url_for("studio.definition", kind=kind, key=key))
