"""The audit log: filters, entries newest first, and what one entry changed."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from loanloom.services.reading import audit_log
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("/")
@requires("audit.read")
def index() -> str | tuple[str, int]:
    """Who did what."""
    (first, last), problems = inputs.asked_days("first", "last")
    given = {
        name: request.args.get(name, "").strip()[:64] for name in ("actor", "action", "subject_kind", "subject_id")
    }
    wanted = audit_log.Wanted(**given, first=first, last=last, before_id=request.args.get("before", type=int))
    page = audit_log.search(current_context(), wanted)
    shown = render_template("admin/audit.html", page=page, wanted=wanted, given=request.args, problems=problems)
    return (shown, 422) if problems else shown


@blueprint.get("/<int:entry_id>")
@requires("audit.read")
def show(entry_id: int) -> str:
    """One entry with what it changed."""
    entry = audit_log.read(current_context(), entry_id)
    return render_template("admin/audit_entry.html", entry=entry, differences=audit_log.differences(entry))
