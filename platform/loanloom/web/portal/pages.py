"""The borrower's door: my applications, loans, documents, messages and what the house knows about me. Reads only.

Every route needs portal.use; whose records they are is decided by the service, never by the address.
"""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.services.errors import Refused
from loanloom.services.money.lines import credit_lines
from loanloom.services.reading import paying, portal
from loanloom.services.running import inbox
from loanloom.web import application_words, inputs, statements
from loanloom.web.access import requires
from loanloom.web.filling import PORTAL
from loanloom.web.security import current_context

blueprint = Blueprint("portal", __name__, url_prefix="/portal")
INSIDE = re.compile(r"/(applications|loans)/(\d+)")
"""Where messages lead staff; borrowers have a page of their own for the same record."""


@blueprint.get("/")
@requires("portal.use")
def home() -> str:
    """My loans and how my applications stand."""
    shown = portal.home(current_context())
    cards = [(one, application_words.of(one)) for one in shown.applications]
    lines = credit_lines.listing(current_context())
    return render_template("portal/home.html", loans=shown.loans, applications=cards, lines=lines)


@blueprint.get("/applications/<int:application_id>")
@requires("portal.use")
def application(application_id: int) -> str:
    """One application: how far it is, what happens next, and why where it was refused."""
    page = portal.application(current_context(), application_id)
    return render_template(
        "portal/application.html",
        page=page,
        row=page.standing.application,
        told=application_words.of(page.standing),
        steps=application_words.steps(page.standing),
        door=PORTAL,
    )


@blueprint.get("/loans/<int:loan_id>")
@requires("portal.use")
def loan(loan_id: int) -> str | tuple[str, int]:
    """One loan: what is due, the plan, what was paid, and what would be owed on another day."""
    shown = portal.loan(current_context(), loan_id)
    (wanted,), problems = inputs.asked_days("on")
    quote = None
    try:
        quote = portal.quote(current_context(), loan_id, wanted) if wanted else None
    except Refused as refused:
        problems = refused.problems
    drawn = render_template(
        "portal/loan.html", page=shown.page, papers=shown.papers, k=shown.page.row, quote=quote, problems=problems,
        accounts=paying.accounts(current_context()) if shown.page.loan.settled_on is None else (),
    )  # fmt: skip
    return (drawn, 422) if problems else drawn


@blueprint.get("/loans/<int:loan_id>/statement.<kind>")
@requires("portal.use")
def statement(loan_id: int, kind: str) -> Response:
    """The account statement of my loan as PDF or Excel."""
    return statements.file(loan_id, kind)


@blueprint.get("/documents/")
@requires("portal.use")
def documents() -> str:
    """My contracts and vouchers as PDF."""
    return render_template("portal/documents.html", papers=portal.papers(current_context()))


@blueprint.get("/profile/")
@requires("portal.use")
def profile() -> str:
    """What the house knows about me; numbers masked."""
    return render_template("portal/profile.html", page=portal.profile(current_context()))


@blueprint.get("/messages/")
@requires("portal.use")
def messages() -> str:
    """What the house has told me, newest first."""
    page = inbox.mine(current_context(), before_id=request.args.get("before", type=int))
    return render_template("portal/messages.html", page=page)


@blueprint.post("/messages/<int:message_id>/open")
@requires("portal.use")
def open_message(message_id: int) -> Response:
    """Mark one read and go to the record it speaks of."""
    leads = INSIDE.fullmatch(inbox.read(current_context(), message_id) or "")
    if leads is None:
        return redirect(url_for("portal.messages"))
    if leads[1] == "loans":
        return redirect(url_for("portal.loan", loan_id=int(leads[2])))
    return redirect(url_for("portal.application", application_id=int(leads[2])))


@blueprint.post("/messages/read")
@requires("portal.use")
def read_all() -> Response:
    """Mark every message read."""
    inbox.read_all(current_context())
    return redirect(url_for("portal.messages"))
