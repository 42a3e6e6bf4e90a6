"""Approving several items of a to-do list: choose them there, look at them once more here, then one result for each.

Nothing is decided without the page in between, with or without script.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.flows import in_bulk
from loanloom.web.access import staff
from loanloom.web.security import current_context
from loanloom.web.surroundings import waiting

blueprint = Blueprint("in_bulk", __name__, url_prefix="/to-do")


@blueprint.get("/counts")
@staff
def counts() -> str:
    """What waits, for the header; asked again when somebody comes back to the page."""
    return render_template("components/_waiting.html", waiting=waiting())


@blueprint.post("/approve")
@staff
def approve() -> str | Response:
    """Show what was chosen, and what becomes of it; or do it, once that was confirmed."""
    ctx, form = current_context(), request.form
    chosen = _chosen(form.getlist("item"))
    if not chosen:
        flash(_("Choose at least one case."), "notice")
        return redirect(url_for("approvals.todo", view=form.get("view") or None))
    lines = in_bulk.offered(ctx, list(chosen))
    if form.get("confirmed") != "yes":
        kept = {line.id: chosen[line.id] for line in lines}
        return render_template(
            "workspace/approvals/in_bulk.html", lines=lines, chosen=kept, left=len(chosen) - len(lines)
        )
    results = in_bulk.approve(
        ctx, chosen, opinion=form.get("opinion", ""), idempotency_key=form.get("idempotency_key") or None
    )
    numbers = {line.id: line for line in lines}
    return render_template("workspace/approvals/in_bulk_done.html", results=results, numbers=numbers)


def _chosen(written: list[str]) -> dict[int, int]:
    """Versions by item, out of `12:3`; anything else was not sent by our page."""
    pairs = (one.split(":", 1) for one in written if one.count(":") == 1)
    return {int(item): int(version) for item, version in pairs if _small(item) and _small(version)}


def _small(digits: str) -> bool:
    return digits.isascii() and digits.isdecimal() and len(digits) < 16
