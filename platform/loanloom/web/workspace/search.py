"""One search over customers, applications, contracts and loans."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from loanloom.services.reading import search
from loanloom.web.access import staff
from loanloom.web.security import current_context

blueprint = Blueprint("search", __name__, url_prefix="/search")


@blueprint.get("/")
@staff
def index() -> str | Response:
    """Results by kind of record; a number that fits exactly one record opens it."""
    words = request.args.get("q", "").strip()
    found = search.everywhere(current_context(), words) if words else ()
    if words and len(found) == 1 and found[0].exact:
        return redirect(found[0].url)
    return render_template("workspace/search.html", words=words, found=found)
