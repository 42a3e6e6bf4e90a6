"""Screens of applications: begin, fill in with a live preview, hand in, and everything about one on one page."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from loanloom.engines import forms as engine
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.flows import outside
from loanloom.services.origination import (
    application_pages,
    applications,
    materials,
    previews,
    renewing,
    submissions,
    supplying,
    uploads,
)
from loanloom.services.origination.applications import Filling
from loanloom.services.origination.materials import Material
from loanloom.services.parties import customers
from loanloom.web.access import requires
from loanloom.web.forms import answering, posted
from loanloom.web.forms.posted import Posted
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.surroundings import waiting
from loanloom.web.workspace import sheet_parts

blueprint = Blueprint("applications", __name__, url_prefix="/applications")
Answer = str | Response | tuple[str, int]


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
    offered = applications.offered(ctx) if row is not None else []
    return render_template("workspace/applications/new.html", customer=row, found=found, query=query, offered=offered)


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
    if page.application.state == "draft" and page.actions.fill_in and "tab" not in request.args:
        return redirect(url_for("applications.fill", application_id=application_id))
    parts = {
        "indicators": sheet_parts.indicators(page.findings, language()),
        "show": lambda value: sheet_parts.any_value(value, language()),
        "line": lambda line: sheet_parts.worked_out(line, language()),
    }
    asked = outside.of_record(current_context(), "application", application_id)
    return render_template("workspace/applications/show.html", page=page, tab=tab, parts=parts, outside=asked)


@blueprint.get("/<int:application_id>/fill")
@requires("application.create")
def fill(application_id: int) -> Answer:
    """The form, with what has been typed so far."""
    return _form_page(current_context(), application_id, None)


@blueprint.post("/<int:application_id>/fill")
@requires("application.create")
def filled(application_id: int) -> Answer:
    """One post of the form: a change on the page, or the submission."""
    ctx = current_context()
    post = posted.read()
    problems: list[Problem] = []
    if any(storage.filename for storage in request.files.values()):
        form = _filling(ctx, application_id).form
        post, problems = answering.with_files(ctx, form, post, ("application", application_id))
    try:
        if not post.is_submission or problems:
            kept = applications.save_draft(ctx, application_id, post.raw, editor=post.editor, seen=post.seen)
            if post.action == "leave":
                flash(_("The draft has been kept."), "good")
                return redirect("/applications/")
            return _form_page(ctx, application_id, post, problems, kept)
        done = submissions.submit(
            ctx, application_id, post.raw, version=post.version, idempotency_key=post.idempotency_key
        )
    except Refused as refused:
        return _form_page(ctx, application_id, post, refused.problems), 422
    except Conflict as conflict:
        if not answering.wants_part():
            raise
        return render_template("workspace/applications/_conflict.html", problems=conflict.problems), 409
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
    return render_template("workspace/applications/newer.html", page=renewing.read(current_context(), application_id))


@blueprint.post("/<int:application_id>/newer")
@requires("application.create")
def take_on(application_id: int) -> Response:
    """Go on with the newer version."""
    version = request.form.get("version", type=int) or 0
    renewing.take_on(current_context(), application_id, version=version)
    flash(_("The application goes on with the newer form."), "good")
    return redirect(url_for("applications.fill", application_id=application_id))


@blueprint.post("/<int:application_id>/papers")
@requires("application.create")
def hand_in(application_id: int) -> Answer:
    """Files for one item of the materials list."""
    ctx, key = current_context(), request.form.get("material", "")
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id)
        if not applications.may_fill_in(ctx, row) and supplying.wanted(ctx, connection, row.id) is None:
            raise Conflict(applications.closed())
        filling = applications.filling(ctx, connection, row)
        listed = materials.listing(connection, filling.registry, row, filling.facts)
        item = next((one for one in listed if one.key == key), None)
        if item is None:
            raise Refused(_no_item())
        kept = 0
        for storage in request.files.getlist("file"):
            if storage.filename:
                uploads.keep(
                    ctx, connection, ("application", application_id), storage.filename, storage.stream.read(),
                    material=key, accept=item.accept, max_size_mb=item.max_size_mb,
                )  # fmt: skip
                kept += 1
    if kept:
        flash(_("The file has been added."), "good")
    return redirect(_back(application_id))


@blueprint.post("/<int:application_id>/papers/<int:upload_id>/remove")
@requires("application.create")
def take_out(application_id: int, upload_id: int) -> Response:
    """Take a file away again, while the application may be filled in."""
    ctx = current_context()
    with ctx.transaction() as connection:
        if not applications.may_fill_in(ctx, applications.read(ctx, connection, application_id)):
            raise Conflict(applications.closed())
    uploads.remove(ctx, upload_id, ("application", application_id))
    flash(_("The file has been removed."), "notice")
    return redirect(_back(application_id))


@blueprint.post("/<int:application_id>/withdraw")
@requires("application.create")
def withdraw(application_id: int) -> Response:
    """Take the application back."""
    version = request.form.get("version", type=int) or 0
    reason = request.form.get("reason", "").strip()[:200] or None
    submissions.withdraw(current_context(), application_id, version=version, reason=reason)
    flash(_("The application has been withdrawn."), "notice")
    return redirect(url_for("applications.show", application_id=application_id, tab="flow"))


def _back(application_id: int) -> str:
    """To where the files were handed in: the form's page or the tab."""
    if request.form.get("from") == "fill":
        return url_for("applications.fill", application_id=application_id) + "#papers"
    return url_for("applications.show", application_id=application_id, tab="papers")


def _filling(ctx: Context, application_id: int) -> Filling:
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id)
        if not applications.may_fill_in(ctx, row):
            raise Conflict(applications.closed())
        return applications.filling(ctx, connection, row)


def _form_page(
    ctx: Context,
    application_id: int,
    post: Posted | None,
    problems: Sequence[Problem] = (),
    kept: Filling | None = None,
) -> str:
    """The form with the schedule beside it; only its inner part when htmx asks. `kept`: what was typed has just been
    kept into it, so nothing has to be read again for that part."""
    part, listed, renewal = answering.wants_part(), list[Material](), None
    if part and kept is not None:
        filling = kept
        view, step = _drawn(ctx, filling, post, tuple(problems))
    else:
        with ctx.transaction() as connection:
            filling = kept or _to_fill_in(ctx, connection, application_id)
            view, step = _drawn(ctx, filling, post, tuple(problems))
            if not part:
                seen = {**filling.facts, **submissions.merged(filling.facts, view.values)}
                listed = materials.listing(connection, filling.registry, filling.row, seen)
                waiting(connection)
            renewal = renewing.offered(ctx, connection, filling) if post is None else None
    application = {**filling.facts["application"], **view.values.get("application", {})}
    return render_template(
        f"workspace/applications/{'_form' if part else 'fill'}.html",
        view=view,
        step=step,
        application=filling.row,
        registry=filling.registry,
        customer=filling.customer,
        preview=previews.of_typed(ctx, filling.registry, filling.row.product_key, application),
        materials=listed,
        renewal=renewal,
        in_parts=not part and answering.takes_files(filling.form),
        editor=post.editor if post is not None and post.editor else secrets.token_urlsafe(9),
        seen=post.seen if post is not None else filling.editor,
        key=post.idempotency_key if post is not None else None,
        saved=post is not None and not post.is_submission,
    )


def _to_fill_in(ctx: Context, connection: Connection, application_id: int) -> Filling:
    row = applications.read(ctx, connection, application_id)
    if not applications.may_fill_in(ctx, row) and supplying.wanted(ctx, connection, row.id) is None:
        raise Conflict(applications.closed())
    return applications.filling(ctx, connection, row)


def _drawn(
    ctx: Context, filling: Filling, post: Posted | None, problems: tuple[Problem, ...]
) -> tuple[engine.FormView, answering.Step | None]:
    """The form as it stands, and the step of it that is shown."""
    raw, node = post.raw if post is not None else filling.typed, applications.node_of(filling)

    def drawn(telling: engine.Telling, also: tuple[Problem, ...] = ()) -> engine.FormView:
        return engine.describe(filling.form, filling.facts, ctx.actor.roles, node, raw=raw, telling=telling, also=also)

    view = drawn("none" if raw is None else "entered", problems)
    step = answering.step_of(post, view, lambda: drawn("all"), problems)
    if step is not None and step.problems:
        view = drawn("entered", step.problems)
    return view, step


def _no_item() -> Problem:
    return Problem(
        code="application.no_such_material",
        message={"en": "This paper is not on the list.", "zh": "材料清单中没有该项。"},
    )
