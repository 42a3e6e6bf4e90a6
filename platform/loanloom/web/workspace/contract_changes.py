"""Changes of a signed contract: asked for, decided by another person, their signing noted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.errors import Refused
from loanloom.services.papers import contract_changes, contract_pages
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("contract_changes", __name__, url_prefix="/contracts/<int:contract_id>/changes")
Answer = Response | tuple[str, int]


@blueprint.post("")
@requires("contract.prepare")
def ask(contract_id: int) -> Answer:
    """Ask for a change; what is left empty stays."""
    form = request.form

    def act() -> None:
        asked = {
            "amount": inputs.amount(form.get("amount"), "amount") if form.get("amount", "").strip() else None,
            "term_months": form.get("term_months", type=int) or None,
            "method": form.get("method") or None,
        }
        version = form.get("version", type=int) or 0
        contract_changes.request(current_context(), contract_id, asked, form.get("reason", ""), version=version)

    return _done(contract_id, act, _("The change has been asked for."))


@blueprint.post("/<int:change_id>/decide")
@requires("contract.sign")
def decide(contract_id: int, change_id: int) -> Answer:
    """Agree or not."""
    approve, reason = request.form.get("decision") == "approve", request.form.get("reason", "")
    return _done(
        contract_id,
        lambda: contract_changes.decide(current_context(), change_id, approve, reason),
        _("The change has been decided."),
    )


@blueprint.post("/<int:change_id>/sign")
@requires("contract.sign")
def sign(contract_id: int, change_id: int) -> Answer:
    """The supplementary agreement was signed."""

    def act() -> None:
        day = inputs.day(request.form.get("signed_on"), "signed_on")
        version = request.form.get("version", type=int) or 0
        contract_changes.sign(current_context(), change_id, day, version=version)

    return _done(contract_id, act, _("The contract has been changed."))


def _done(contract_id: int, act: Callable[[], None], words: str) -> Answer:
    try:
        act()
    except Refused as refused:
        page = contract_pages.read(current_context(), contract_id)
        return render_template("workspace/contracts/show.html", page=page, problems=refused.problems), 422
    flash(words, "good")
    return redirect(url_for("contracts.show", contract_id=contract_id))
