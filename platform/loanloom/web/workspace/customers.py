"""Screens of customers: enter, change, and everything about one of them on one page. The list is a page document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.engines import forms as engine
from loanloom.problems import Problem
from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.parties import agreements, customer_pages, customers
from loanloom.services.records import becoming
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.forms import answering, meanwhile, posted
from loanloom.web.forms.posted import Posted
from loanloom.web.lists import part
from loanloom.web.security import current_context

blueprint = Blueprint("customers", __name__, url_prefix="/customers")
Answer = str | Response | tuple[str, int]


@blueprint.get("/new")
@requires("customer.write")
def new() -> str:
    """An empty form; or one that begins with what a record of the house knows already (`?from=prospect/12`)."""
    ctx, of = current_context(), becoming.origin(request.args.get("from", ""))
    return _form_page(ctx, None, None, raw=becoming.known(ctx, of) if of is not None else None)


@blueprint.post("/new")
@requires("customer.write")
def create() -> Answer:
    """Take the customer on, or the form again with what is wrong."""
    ctx, post = current_context(), posted.read()
    post, problems = _with_files(ctx, post, ("user", ctx.actor.user_id or 0))
    if not post.is_submission or problems:
        return _form_page(ctx, None, post, problems)
    try:
        alike = request.form.get("_although_similar") == "yes"
        made = customers.create(
            ctx, post.raw, idempotency_key=post.idempotency_key, although_similar=alike,
            origin=becoming.origin(request.form.get("_from", "")),
        )  # fmt: skip
    except Refused as refused:
        return _form_page(ctx, None, post, refused.problems), 422
    flash(_("The customer has been entered."), "good")
    target = request.form.get("_then") == "apply" and ctx.actor.may("application.create")
    return redirect(
        url_for("applications.new", customer=made) if target else url_for("customers.show", customer_id=made)
    )


@blueprint.get("/<int:customer_id>")
@requires("customer.read")
def show(customer_id: int) -> str:
    """Everything about one customer."""
    tab = request.args.get("tab", "facts")
    tab = tab if tab in customer_pages.TABS else "facts"
    page = customer_pages.read(current_context(), customer_id, tab)
    return render_template("workspace/customers/show.html", page=page, tab=tab, part=part)


@blueprint.post("/<int:customer_id>/agreements")
@requires("customer.write")
def note_agreements(customer_id: int) -> Answer:
    """Note agreements that the customer has signed on paper."""
    ctx = current_context()
    try:
        agreements.note_paper(ctx, customer_id, inputs.versions("accept"), request.form.get("note", ""))
    except (Refused, Conflict) as refused:
        page = customer_pages.read(ctx, customer_id, "agreements")
        shown = {"page": page, "tab": "agreements", "problems": refused.problems}
        return render_template("workspace/customers/show.html", part=part, **shown), refused.status
    flash(_("Noted."), "good")
    return redirect(url_for("customers.show", customer_id=customer_id, tab="agreements"))


@blueprint.get("/<int:customer_id>/agreements/<int:acceptance_id>")
@requires("customer.read")
def agreement(customer_id: int, acceptance_id: int) -> str:
    """An acceptance with the words as they were."""
    ctx = current_context()
    accepted = agreements.read(ctx, acceptance_id, customer_id=customer_id)
    with ctx.transaction() as connection:
        row = customers.read(ctx, connection, customer_id)
    return render_template("workspace/customers/agreement.html", accepted=accepted, customer=row)


@blueprint.get("/<int:customer_id>/edit")
@requires("customer.write")
def edit(customer_id: int) -> str:
    """The form with what is known."""
    return _form_page(current_context(), customer_id, None)


@blueprint.post("/<int:customer_id>/edit")
@requires("customer.write")
def change(customer_id: int) -> Answer:
    """Write the changes, or the form again with what is wrong."""
    ctx, post = current_context(), posted.read()
    post, problems = _with_files(ctx, post, ("customer", customer_id))
    if not post.is_submission or problems:
        return _form_page(ctx, customer_id, post, problems)
    try:
        customers.update(ctx, customer_id, post.raw, version=post.version)
    except Refused as refused:
        return _form_page(ctx, customer_id, post, refused.problems), 422
    except Conflict:
        return _form_page(ctx, customer_id, post, saved_meanwhile=True), 409
    flash(_("The changes have been saved."), "good")
    return redirect(url_for("customers.show", customer_id=customer_id))


def _with_files(ctx: Context, post: Posted, subject: tuple[str, int]) -> tuple[Posted, list[Problem]]:
    return answering.with_files(ctx, customers.form_of(ctx), post, subject)


def _form_page(
    ctx: Context,
    customer_id: int | None,
    post: Posted | None,
    problems: Any = (),
    *,
    raw: Mapping[str, Any] | None = None,
    saved_meanwhile: bool = False,
) -> str:
    """The form; only its inner part when htmx asks."""
    known: dict[str, Any] = customers.empty_facts(ctx, ctx.registry)
    row = None
    if customer_id is not None:
        with ctx.transaction() as connection:
            row = customers.read(ctx, connection, customer_id)
            known["customer"] = facts.of_customer(ctx, row, ctx.registry)
    telling: engine.Telling = "none" if post is None else "entered"
    drawn = partial(engine.describe, customers.form_of(ctx), known, ctx.actor.roles)
    typed = post.raw if post else raw
    if post is not None and row is not None and saved_meanwhile:
        problems = meanwhile.told(drawn(raw=typed, telling="entered"), drawn(raw=None, telling="none"))
        post = replace(post, version=row.version)
    view = drawn(raw=typed, telling=telling, also=tuple(problems))
    template = "_form.html" if answering.wants_part() else "form.html"
    return render_template(f"workspace/customers/{template}", view=view, customer=row, post=post)
