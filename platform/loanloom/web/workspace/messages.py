"""In-app messages: what the house has told this person. Opening one marks it read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.services.running import inbox
from loanloom.web.access import staff
from loanloom.web.security import current_context
from loanloom.web.workspace.account import safe_next

blueprint = Blueprint("messages", __name__, url_prefix="/messages")


@blueprint.get("/")
@staff
def index() -> str:
    """Newest first."""
    before = request.args.get("before", type=int)
    page = inbox.mine(current_context(), before_id=before)
    return render_template("workspace/messages.html", page=page, before=before)


@blueprint.post("/<int:message_id>/open")
@staff
def open_message(message_id: int) -> Response:
    """Mark one read and go where it leads."""
    url = inbox.read(current_context(), message_id)
    return redirect(safe_next(url) if url else url_for("messages.index"))


@blueprint.post("/read")
@staff
def read_all() -> Response:
    """Mark every message read."""
    inbox.read_all(current_context())
    return redirect(url_for("messages.index"))
