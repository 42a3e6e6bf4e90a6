"""The agreements that the company asks its customers to accept: read and accepted here, each version once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem
from loanloom.services.errors import Conflict, Refused
from loanloom.services.parties import agreements
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("portal_agreements", __name__, url_prefix="/portal/agreements")


@blueprint.get("/")
@requires("portal.use")
def index() -> str:
    """What I have yet to accept, and what I have accepted."""
    return _page()


@blueprint.post("/")
@requires("portal.use")
def accept() -> Response | tuple[str, int]:
    """Accept what was ticked, in the versions that were shown."""
    try:
        agreements.accept(current_context(), inputs.versions("accept"))
    except (Refused, Conflict) as refused:
        return _page(refused.problems), refused.status
    flash(_("Accepted. You find it here at any time."), "good")
    return redirect(url_for("portal_agreements.index"))


@blueprint.get("/<int:acceptance_id>")
@requires("portal.use")
def show(acceptance_id: int) -> str:
    """The words that I accepted, as they were."""
    return render_template("portal/agreement.html", accepted=agreements.read(current_context(), acceptance_id))


def _page(problems: tuple[Problem, ...] = ()) -> str:
    return render_template("portal/agreements.html", page=agreements.mine(current_context()), problems=problems)


def waiting() -> int:
    """How many agreements wait for this borrower; for the line on every page of theirs."""
    return agreements.waiting(current_context())


def unaccepted_by(customer_id: int) -> list[Problem]:
    """What a customer has not accepted and an application needs; for the pages on which it is filled in."""
    return agreements.missing_of(current_context(), customer_id)


@blueprint.record_once
def _install(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals.update(agreements_waiting=waiting, unaccepted_by=unaccepted_by)
