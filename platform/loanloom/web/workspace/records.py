"""Screens of the records a company keeps by entities of its own: list, page, form, archive. One set for all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Row
from werkzeug.wrappers import Response

from loanloom.metadata.registers import Register
from loanloom.problems import Problem, say
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.records import kept, pages
from loanloom.web import lists
from loanloom.web.access import staff
from loanloom.web.errors import refusal_as_toast
from loanloom.web.forms import answering, meanwhile, posted
from loanloom.web.forms.posted import Posted
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("records", __name__, url_prefix="/records")
Answer = str | Response | tuple[str, int]


def page_of(ctx: Context, entity: str) -> str:
    """The page document about these records; without one, their plain list."""
    documents = ctx.registry.all("page")
    return next((one.key for one in documents if one.spec["record"] == entity), entity)


@blueprint.get("/<entity>/")
@staff
def index(entity: str) -> str:
    """The list; its own function is asked for."""
    ctx = current_context()
    kept.register(ctx, entity)
    return render_template("workspace/list.html", view=lists.view(page_of(ctx, entity)))


@blueprint.get("/<entity>/new")
@staff
def new(entity: str) -> str:
    """An empty form."""
    return _form_page(current_context(), entity, owner=request.args.get("owner", type=int))


@blueprint.post("/<entity>/new")
@staff
def create(entity: str) -> Answer:
    """Take the record on, or the form again with what is wrong."""
    return _filled_in(entity, None)


@blueprint.get("/<entity>/<int:record_id>")
@staff
def show(entity: str, record_id: int) -> str:
    """One record."""
    page = pages.read(current_context(), entity, record_id)
    return render_template("workspace/records/show.html", page=page, crumbs=_crumbs(page.register, page.owner))


@blueprint.get("/<entity>/<int:record_id>/edit")
@staff
def edit(entity: str, record_id: int) -> str:
    """The form with what is known."""
    return _form_page(current_context(), entity, record_id=record_id)


@blueprint.post("/<entity>/<int:record_id>/edit")
@staff
def change(entity: str, record_id: int) -> Answer:
    """Write the changes, or the form again with what is wrong."""
    return _filled_in(entity, record_id)


def _filled_in(entity: str, record_id: int | None) -> Answer:
    """A post of the form: a change on the page, or handed in."""
    ctx, post = current_context(), posted.read()
    kept.register(ctx, entity, "write")
    owner = request.form.get("_owner", type=int)
    if record_id is not None:
        with ctx.transaction() as connection:
            kept.read(ctx, connection, entity, record_id)
    subject = ("user", ctx.actor.user_id or 0) if record_id is None else ("record", record_id)
    post, problems = answering.with_files(ctx, kept.form_of(ctx, entity), post, subject)
    page = partial(_form_page, ctx, entity, record_id=record_id, owner=owner, post=post)
    if not post.is_submission or problems:
        return page(problems=problems)
    try:
        done = _write(ctx, entity, record_id, owner, post)
    except Refused as refused:
        return page(problems=refused.problems), 422
    except Conflict:
        if record_id is None:
            raise
        return page(saved_meanwhile=True), 409
    flash(_("The record has been entered.") if record_id is None else _("The changes have been saved."), "good")
    return redirect(url_for(".show", entity=entity, record_id=done))


def _write(ctx: Context, entity: str, record_id: int | None, owner: int | None, post: Posted) -> int:
    if record_id is not None:
        kept.change(ctx, entity, record_id, post.raw, version=post.version)
        return record_id
    alike = request.form.get("_although_similar") == "yes"
    return kept.create(ctx, entity, post.raw, owner=owner, idempotency_key=post.idempotency_key, although_similar=alike)


@blueprint.post("/<entity>/<int:record_id>/archive")
@staff
def archive(entity: str, record_id: int) -> Response:
    """Take the record out of use."""
    kept.archive(current_context(), entity, record_id, version=request.form.get("version", 0, type=int))
    flash(_("The record is archived."), "good")
    return redirect(url_for(".show", entity=entity, record_id=record_id))


@blueprint.post("/<entity>/<int:record_id>/restore")
@staff
def restore(entity: str, record_id: int) -> Response:
    """Take an archived record up again."""
    with refusal_as_toast():
        kept.restore(current_context(), entity, record_id, version=request.form.get("version", 0, type=int))
        flash(_("The record is in use again."), "good")
    return redirect(url_for(".show", entity=entity, record_id=record_id))


def _form_page(
    ctx: Context,
    entity: str,
    *,
    record_id: int | None = None,
    owner: int | None = None,
    post: Posted | None = None,
    problems: Any = (),
    saved_meanwhile: bool = False,
) -> str:
    """The form; only its inner part when htmx asks."""
    listed: tuple[Problem, ...] = tuple(problems)
    filled_in = partial(pages.form, ctx, entity, record_id=record_id, owner=owner)
    raw = post.raw if post else None
    if post is not None and saved_meanwhile:
        saved = filled_in()
        listed = meanwhile.told(filled_in(raw=raw).form, saved.form)
        post = replace(post, version=saved.row.version if saved.row is not None else post.version)
    filled = filled_in(raw=raw, problems=listed)
    template = "_form.html" if answering.wants_part() else "form.html"
    crumbs = _crumbs(filled.register, filled.owner)
    return render_template(
        f"workspace/records/{template}", page=filled, view=filled.form, post=post, owner=owner, crumbs=crumbs
    )


def _crumbs(register: Register, owner: Row[Any] | None) -> list[tuple[str, str]]:
    """Whom the record belongs to, and its list."""
    listed = (say(register.title, language()), url_for(".index", entity=register.key))
    if owner is None:
        return [listed]
    whose = (
        url_for("customers.show", customer_id=owner.id, tab="records")
        if register.about == "customer"
        else url_for("parties.show", party_id=owner.id)
    )
    return [(owner.name, whose), listed]
