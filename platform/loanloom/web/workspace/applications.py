"""Screens of applications: begin, fill in with a live preview, hand in, and everything about one on one page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.flows import outside
from loanloom.services.origination import application_pages, applications, offering
from loanloom.services.origination.submissions import Submitted
from loanloom.services.parties import customers
from loanloom.web import filling
from loanloom.web.access import requires
from loanloom.web.filling import STAFF, Answer
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import sheet_parts

blueprint = Blueprint("applications", __name__, url_prefix="/applications")


@blueprint.get("/new")
@requires("application.create")
def new() -> str:
    """Whose application, for which product: one page, two choices."""
    ctx = current_context()
    customer_id, query = request.args.get("customer", type=int), request.args.get("q", "").strip()
    row = None
    if customer_id is not None:
        with ctx.transaction() as connection:
            row = customers.read(ctx, connection, customer_id)
    found = customers.search(ctx, query, limit=12) if row is None else []
    choices = offering.choices(ctx, row.kind) if row is not None else []
    return render_template("workspace/applications/new.html", customer=row, found=found, query=query, choices=choices)


@blueprint.post("/new")
@requires("application.create")
def begin() -> Response:
    """Begin the application and go on to its form."""
    made = applications.begin(
        current_context(),
        request.form.get("product", ""),
        request.form.get("customer", type=int) or 0,
        idempotency_key=request.form.get("idempotency_key") or None,
    )
    return redirect(url_for("applications.fill", application_id=made))


@blueprint.get("/<int:application_id>")
@requires("application.read")
def show(application_id: int) -> Answer:
    """Everything about one application."""
    tab = request.args.get("tab", "form")
    tab = tab if tab in application_pages.TABS else "form"
    page = application_pages.read(current_context(), application_id, tab, language())
    if page.application.state in applications.BEFORE and page.actions.fill_in and "tab" not in request.args:
        return redirect(url_for("applications.fill", application_id=application_id))
    parts = {
        "indicators": sheet_parts.indicators(page.findings, language()),
        "show": lambda value: sheet_parts.any_value(value, language()),
        "line": lambda line: sheet_parts.worked_out(line, language()),
    }
    asked = outside.of_record(current_context(), "application", application_id)
    return render_template(
        "workspace/applications/show.html", page=page, tab=tab, parts=parts, outside=asked, door=STAFF
    )


@blueprint.get("/<int:application_id>/fill")
@requires("application.create")
def fill(application_id: int) -> Answer:
    """The form, with what has been typed so far."""
    return filling.fill(STAFF, application_id)


@blueprint.post("/<int:application_id>/fill")
@requires("application.create")
def filled(application_id: int) -> Answer:
    """One post of the form: a change on the page, or the submission."""
    done = filling.filled(STAFF, application_id)
    if not isinstance(done, Submitted):
        return done
    words, tone = {
        "refused": (_("Application %(number)s was refused by the rules.", number=done.number), "notice"),
        "approved": (_("Application %(number)s was approved at once.", number=done.number), "good"),
    }.get(done.state, (_("Application %(number)s has been handed in.", number=done.number), "good"))
    flash(words, tone)
    tab = "assessment" if done.state == "refused" else "flow"
    return redirect(url_for("applications.show", application_id=application_id, tab=tab))


@blueprint.get("/<int:application_id>/newer")
@requires("application.create")
def newer(application_id: int) -> str:
    """What the version of the form in force would make of this draft."""
    return filling.newer(STAFF, application_id)


@blueprint.post("/<int:application_id>/newer")
@requires("application.create")
def take_on(application_id: int) -> Response:
    """Go on with the newer version."""
    return filling.take_on(STAFF, application_id)


@blueprint.post("/<int:application_id>/papers")
@requires("application.create")
def hand_in(application_id: int) -> Answer:
    """Files for one item of the materials list."""
    return filling.hand_in(STAFF, application_id)


@blueprint.post("/<int:application_id>/papers/<int:upload_id>/remove")
@requires("application.create")
def take_out(application_id: int, upload_id: int) -> Response:
    """Take a file away again, while the application may be filled in."""
    return filling.take_out(STAFF, application_id, upload_id)


@blueprint.post("/<int:application_id>/withdraw")
@requires("application.create")
def withdraw(application_id: int) -> Response:
    """Take the application back."""
    filling.withdraw(application_id)
    return redirect(url_for("applications.show", application_id=application_id, tab="flow"))
