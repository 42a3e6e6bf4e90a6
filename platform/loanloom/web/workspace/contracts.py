"""Screens of contracts: make the package from a sanction, print it, note its signing. The list is a page document."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem
from loanloom.services.errors import Refused
from loanloom.services.papers import contract_pages, contracts
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("contracts", __name__)
Answer = str | Response | tuple[str, int]


@blueprint.post("/sanctions/<int:sanction_id>/contract")
@requires("contract.prepare")
def prepare(sanction_id: int) -> Response:
    """Make the package of contracts."""
    key = request.form.get("idempotency_key") or None
    made = contracts.prepare(current_context(), sanction_id, idempotency_key=key)
    flash(_("Contract %(number)s is ready to be signed.", number=made.number), "good")
    return redirect(url_for("contracts.show", contract_id=made.contract_id))


@blueprint.get("/contracts/<int:contract_id>")
@requires("contract.read")
def show(contract_id: int) -> str:
    """One contract with its package and papers."""
    return _page(contract_id)


@blueprint.post("/contracts/<int:contract_id>/sign")
@requires("contract.sign")
def sign(contract_id: int) -> Answer:
    """Note the day on which the package was signed."""
    form = request.form
    try:
        day = inputs.day(form.get("signed_on"), "signed_on")
        contracts.sign(
            current_context(), contract_id, day, version=form.get("version", type=int) or 0,
            idempotency_key=form.get("idempotency_key") or None,
        )  # fmt: skip
    except Refused as refused:
        return _page(contract_id, refused.problems), 422
    flash(_("The signing has been noted."), "good")
    return redirect(url_for("contracts.show", contract_id=contract_id))


@blueprint.post("/contracts/<int:contract_id>/papers")
@requires("contract.prepare")
def write_papers(contract_id: int) -> Response:
    """Write the papers of a package that came in without them."""
    contracts.write_papers(current_context(), contract_id)
    flash(_("The documents have been written."), "good")
    return redirect(url_for("contracts.show", contract_id=contract_id))


def _page(contract_id: int, problems: tuple[Problem, ...] = ()) -> str:
    page = contract_pages.read(current_context(), contract_id)
    return render_template("workspace/contracts/show.html", page=page, problems=problems)
