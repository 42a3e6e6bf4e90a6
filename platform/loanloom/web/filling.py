"""Applications filled in the same way at both doors: by staff in the workspace, by customers in the portal.

The routes, and whom they let in, are the doors' own; what a post does, and the pages it leads to, are here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from loanloom.engines import forms as engine
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.origination import applications, materials, previews, renewing, submissions, supplying, uploads
from loanloom.services.origination.applications import Filling
from loanloom.services.origination.materials import Material
from loanloom.services.origination.submissions import Submitted
from loanloom.web.forms import answering, meanwhile, posted
from loanloom.web.forms.posted import Posted
from loanloom.web.security import current_context
from loanloom.web.surroundings import waiting

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Door:
    """Where applications are filled in: the blueprint with its routes, the frame of its pages, where to go on leaving
    one, and the page that shows one (endpoint)."""

    blueprint: str
    layout: str
    left: str
    shown: str

    @property
    def is_portal(self) -> bool:
        """Whether customers stand here."""
        return self.blueprint != "applications"

    def to(self, name: str, application_id: int, upload_id: int | None = None) -> str:
        """The address of one of its routes."""
        return url_for(f"{self.blueprint}.{name}", application_id=application_id, upload_id=upload_id)


STAFF = Door("applications", "shell.html", "/applications/", "applications.show")
PORTAL = Door("portal_apply", "portal/frame.html", "/portal/", "portal.application")


def fill(door: Door, application_id: int) -> Answer:
    """The form, with what has been typed so far."""
    return _form_page(door, current_context(), application_id, None)


def filled(door: Door, application_id: int) -> Answer | Submitted:
    """One post of the form: a change on the page, or the submission and what came of it."""
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
                return redirect(door.left)
            return _form_page(door, ctx, application_id, post, problems, kept)
        return submissions.submit(
            ctx, application_id, post.raw, version=post.version, idempotency_key=post.idempotency_key,
            page=(post.editor, post.seen),
        )  # fmt: skip
    except Refused as refused:
        return _form_page(door, ctx, application_id, post, refused.problems), 422
    except Conflict:
        return _not_kept(door, ctx, application_id, post)


def _not_kept(door: Door, ctx: Context, application_id: int, post: Posted) -> Answer:
    """What was typed over what another page has saved; a notice where nothing may be filled in any more."""
    try:
        return _form_page(door, ctx, application_id, post, saved_meanwhile=True), 409
    except Conflict as closed:
        if not answering.wants_part():
            raise
        return render_template("workspace/applications/_conflict.html", problems=closed.problems), 409


def newer(door: Door, application_id: int) -> str:
    """What the version of the form in force would make of this draft."""
    page = renewing.read(current_context(), application_id)
    return render_template("workspace/applications/newer.html", page=page, door=door)


def take_on(door: Door, application_id: int) -> Response:
    """Go on with the newer version."""
    version = request.form.get("version", type=int) or 0
    renewing.take_on(current_context(), application_id, version=version)
    flash(_("The application goes on with the newer form."), "good")
    return redirect(door.to("fill", application_id))


def hand_in(door: Door, application_id: int) -> Response:
    """Files for one item of the materials list."""
    ctx, key = current_context(), request.form.get("material", "")
    with ctx.transaction() as connection:
        filling = _to_fill_in(ctx, connection, application_id)
        listed = materials.listing(connection, filling.registry, filling.row, filling.facts)
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
    return redirect(back(door, application_id))


def take_out(door: Door, application_id: int, upload_id: int) -> Response:
    """Take a file away again, while the application may be filled in."""
    ctx = current_context()
    with ctx.transaction() as connection:
        if not applications.may_fill_in(ctx, applications.read(ctx, connection, application_id)):
            raise Conflict(applications.closed())
    uploads.remove(ctx, upload_id, ("application", application_id))
    flash(_("The file has been removed."), "notice")
    return redirect(back(door, application_id))


def withdraw(application_id: int) -> None:
    """Take the application back."""
    version = request.form.get("version", type=int) or 0
    reason = request.form.get("reason", "").strip()[:200] or None
    submissions.withdraw(current_context(), application_id, version=version, reason=reason)
    flash(_("The application has been withdrawn."), "notice")


def back(door: Door, application_id: int) -> str:
    """To where the files were handed in: the form's page or the one that shows the application."""
    if request.form.get("from") == "fill":
        return door.to("fill", application_id) + "#papers"
    return url_for(door.shown, application_id=application_id, tab=None if door.is_portal else "papers")


def _filling(ctx: Context, application_id: int) -> Filling:
    with ctx.transaction() as connection:
        return _to_fill_in(ctx, connection, application_id, typed=True)


def _form_page(
    door: Door,
    ctx: Context,
    application_id: int,
    post: Posted | None,
    problems: Sequence[Problem] = (),
    kept: Filling | None = None,
    *,
    saved_meanwhile: bool = False,
) -> str:
    """The form with the schedule beside it; only its inner part when htmx asks. `kept`: what was typed has just been
    kept into it, so nothing has to be read again for that part. `saved_meanwhile`: by another page."""
    part, listed, renewal = answering.wants_part(), list[Material](), None
    if part and kept is not None:
        filling = kept
        view, step = _drawn(ctx, filling, post, tuple(problems))
    else:
        with ctx.transaction() as connection:
            filling = kept or _to_fill_in(ctx, connection, application_id, typed=post is not None)
            if saved_meanwhile and post is not None:
                problems = _told(ctx, filling, post)
                post = replace(post, seen=filling.editor, idempotency_key=None)  # to hand in this is another command
            view, step = _drawn(ctx, filling, post, tuple(problems))
            if not part:
                seen = {**filling.facts, **submissions.merged(filling.facts, view.values)}
                by = ctx.actor.user_id if door.is_portal else None
                listed = materials.listing(connection, filling.registry, filling.row, seen, by)
                waiting(connection)
            renewal = renewing.offered(ctx, connection, filling) if post is None else None
    application = {**filling.facts["application"], **view.values.get("application", {})}
    return render_template(
        f"workspace/applications/{'_form' if part else 'fill'}.html",
        door=door,
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
        saved=kept is not None and post is not None and not post.is_submission,
        beside=post.seen if saved_meanwhile and post is not None else "",
    )


def _to_fill_in(ctx: Context, connection: Connection, application_id: int, *, typed: bool = False) -> Filling:
    """What the actor may fill in, or hand papers in for: those an approver asked for do not open the form to typing."""
    row = applications.read(ctx, connection, application_id)
    if not applications.may_fill_in(ctx, row) and (typed or supplying.wanted(ctx, connection, row.id) is None):
        raise Conflict(applications.closed())
    return applications.filling(ctx, connection, row)


def _told(ctx: Context, filling: Filling, post: Posted) -> tuple[Problem, ...]:
    """What differs from the draft that another page has saved."""
    return meanwhile.told(_drawn(ctx, filling, post, ())[0], _drawn(ctx, filling, None, ())[0])


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
