"""Screens of changes: what is in draft, proposing it, the printable change form, review, going live, going back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.metadata.archive import zip_bytes
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import needed, releases
from loanloom.services.definitions import sheet as definition_sheet
from loanloom.services.definitions.releases import drafts, history, in_flow, signing
from loanloom.services.errors import Conflict, Forbidden, Refused, ServiceError
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("changes", __name__, url_prefix="/studio/changes")
MANY = 20  # new definitions shown in full on one change form; a first set-up has hundreds
OPEN = ("proposed", "approved", "scheduled", "outdated", "rejected")


@blueprint.get("/")
@requires("definition.read")
def index() -> str:
    """Drafts to put up, changes that wait, changes that were."""
    return _index()


def _index(problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    return render_template(
        "studio/changes.html", drafts=drafts.listing(ctx), waiting=history.listing(ctx, states=OPEN),
        past=history.listing(ctx, states=("live", "superseded", "withdrawn"), limit=30), problems=problems,
    )  # fmt: skip


@blueprint.get("/new")
@requires("release.propose")
def prepare() -> str:
    """What the chosen drafts would change, whom they touch, how the cases run: before proposing."""
    return _prepare(())


def _chosen(values: Any) -> list[tuple[str, str]]:
    pairs = (one.partition("/") for one in values.getlist("definition"))
    found = [(kind, key) for kind, _slash, key in pairs if key]
    return found or [draft.identity for draft in drafts.listing(current_context()) if not draft.put_up]


def _prepare(problems: tuple[Problem, ...]) -> str:
    ctx = current_context()
    chosen = needed.with_needed(ctx, _chosen(request.values))
    every = drafts.listing(ctx)
    own = [draft for draft in every if draft.identity in chosen]
    plan = releases.plan_drafts(ctx, chosen) if own else None
    return render_template(
        "studio/prepare.html", chosen=own, plan=plan, problems=problems, typed=request.values,
        others=sum(not draft.put_up and draft not in own for draft in every),
    )  # fmt: skip


@blueprint.post("/new")
@requires("release.propose")
def propose() -> str | Response | tuple[str, int]:
    """Put the chosen drafts up for review."""
    form = request.form
    try:
        live_from = inputs.optional_day(form.get("live_from"), "live_from")
        made = releases.propose_drafts(
            current_context(), _chosen(form), name=form.get("name", ""), note=form.get("note", ""), live_from=live_from
        )
    except Refused as refused:
        return _prepare(refused.problems), 422
    flash(_("Put up for review. Somebody else has to look at it now."), "good")
    return redirect(url_for(".change", release_id=made))


@blueprint.get("/<int:release_id>")
@requires("definition.read")
def change(release_id: int) -> str:
    """The change form (变更单)."""
    return _change(release_id)


@kept
def _sheet(document: Document, registry: Registry) -> tuple[definition_sheet.Section, ...]:
    """The sheet of a document as a release holds it; remembered, for neither changes."""
    return definition_sheet.sheet(document, registry)


def _change(release_id: int, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    shown = history.read(ctx, release_id)
    added = [(each["kind"], each["key"]) for each in shown.plan["changes"] if each["what"] == "added"]
    sheets = [
        (document, _sheet(document, registry))
        for document, registry in definitions.added_in(ctx, release_id, added[:MANY])
    ]
    case = in_flow.standing(ctx, release_id)
    return render_template(
        "studio/change.html", change=shown, problems=problems, sheets=sheets, case=case,
        in_flow=case is not None and case[1],
        signatures=signing.lines(ctx, shown.plan, release_id, shown.plan_digest),
    )  # fmt: skip


def _after(release_id: int, act: Any, said: str | Callable[[Any], str]) -> str | Response | tuple[str, int]:
    """Do something with a change; refusals come back on its page."""
    try:
        done = act()
    except (Refused, Conflict, Forbidden) as refused:
        return _change(release_id, refused.problems), refused.status
    flash(said(done) if callable(said) else said, "good")
    return redirect(url_for(".change", release_id=release_id))


@blueprint.post("/<int:release_id>/approve")
@requires("release.approve")
def approve(release_id: int) -> str | Response | tuple[str, int]:
    """Approve exactly what is shown."""
    ctx, form = current_context(), request.form
    return _after(
        release_id,
        lambda: releases.approve(ctx, release_id, form.get("plan_digest", ""), opinion=form.get("opinion")),
        lambda state: _("Signed; others have to sign it too.") if state == "proposed" else _("Approved."),
    )


@blueprint.post("/<int:release_id>/reject")
@requires("release.approve")
def reject(release_id: int) -> str | Response | tuple[str, int]:
    """Send it back."""
    ctx, opinion = current_context(), request.form.get("opinion", "")
    return _after(release_id, lambda: releases.reject(ctx, release_id, opinion), _("Sent back."))


@blueprint.post("/<int:release_id>/withdraw")
@requires("release.propose")
def withdraw(release_id: int) -> str | Response | tuple[str, int]:
    """Take it back."""
    ctx = current_context()
    return _after(release_id, lambda: releases.withdraw(ctx, release_id), _("Withdrawn. The drafts are still there."))


@blueprint.post("/<int:release_id>/activate")
@requires("release.activate")
def activate(release_id: int) -> str | Response | tuple[str, int]:
    """Put it into effect."""
    ctx = current_context()
    return _after(release_id, lambda: releases.activate(ctx, release_id), _("In effect from now on."))


@blueprint.post("/<int:release_id>/again")
@requires("release.propose")
def again(release_id: int) -> str | Response | tuple[str, int]:
    """Plan an outdated change against what is live now."""
    try:
        made = releases.propose_again(current_context(), release_id)
    except ServiceError as refused:
        return _change(release_id, refused.problems), refused.status
    flash(_("Planned again; it needs a new review."), "good")
    return redirect(url_for(".change", release_id=made))


@blueprint.post("/back")
@requires("release.propose")
def back() -> str | Response | tuple[str, int]:
    """Propose to go back to an earlier version."""
    number = request.form.get("number", type=int)
    try:
        made = releases.propose_rollback(current_context(), number, note=request.form.get("note"))
    except ServiceError as refused:
        return _index(refused.problems), refused.status
    flash(_("Going back is planned; it needs a review like any change."), "good")
    return redirect(url_for(".change", release_id=made))


@blueprint.get("/bundle.zip")
@requires("definition.read")
def export() -> Response:
    """Everything that is live, as a bundle."""
    import io

    ctx = current_context()
    data = zip_bytes(releases.export(ctx))
    return send_file(
        io.BytesIO(data),
        "application/zip",
        as_attachment=True,
        download_name=f"{ctx.company.key}-{ctx.business_date}.zip",
    )


@blueprint.post("/bundle")
@requires("release.propose")
def upload() -> str | Response | tuple[str, int]:
    """Propose what a bundle holds."""
    file = request.files.get("bundle")
    data = file.stream.read() if file else b""
    try:
        bundle = read_bundle(data, releases.kinds())
        made = releases.propose_bundle(current_context(), bundle, note=request.form.get("note"))
    except Refused as refused:
        return _index(refused.problems), 422
    flash(_("Put up for review. Somebody else has to look at it now."), "good")
    return redirect(url_for(".change", release_id=made))
