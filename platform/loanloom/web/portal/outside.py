"""The page of a party out of the house that answers one step of a case: no log-in, the link is all there is.

Whatever is wrong with a link - never made, over, revoked, answered - the page says the same.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from loanloom.problems import Problem
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import outside
from loanloom.web.access import public
from loanloom.web.security import database

blueprint = Blueprint("outside", __name__, url_prefix="/outside")
Answer = str | tuple[str, int]


@blueprint.get("/<token>")
@public
def look(token: str) -> Answer:
    """What is asked of the party; public, for the token is the proof."""
    return _page(token)


@blueprint.post("/<token>")
@public
def answer(token: str) -> Answer:
    """Their answer; public, for the token is the proof."""
    form = request.form
    try:
        outside.answer(
            database(), token, _said(), expected_version=form.get("version", type=int),
            idempotency_key=form.get("idempotency_key") or None, ip=request.remote_addr,
        )  # fmt: skip
    except Refused as refused:
        return _page(token, refused.problems, form)
    except (NotFound, Conflict, Forbidden):
        return _over()
    return render_template("portal/outside_done.html")


def _page(token: str, problems: tuple[Problem, ...] = (), said: Any = None) -> Answer:
    try:
        shown = outside.look(database(), token)
    except (NotFound, Forbidden):
        return _over()
    drawn = render_template("portal/outside.html", shown=shown, token=token, problems=problems, said=said or {})
    return (drawn, 422) if problems else drawn


def _over() -> Answer:
    return render_template("portal/outside_over.html", why=_("It has ended, or the question was answered.")), 404


def _said() -> dict[str, Any]:
    form = request.form
    decision = form.get("decision", "")
    return {
        "decision": decision,
        "reason": form.get(f"reason_{decision}", ""),
        "opinion": form.get("opinion", ""),
        "conditions": form.get("conditions", "").splitlines(),
        "to": form.get("to", ""),
        "then": form.get("then", ""),
    }
