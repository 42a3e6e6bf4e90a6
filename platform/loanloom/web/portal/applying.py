"""Customers apply by themselves: the products on offer, the form of an application of theirs, its papers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.flows import cases
from loanloom.services.origination import handing_over
from loanloom.services.origination.submissions import Submitted
from loanloom.services.reading import portal, portal_products
from loanloom.web import filling
from loanloom.web.access import requires
from loanloom.web.errors import refusal_as_toast
from loanloom.web.filling import PORTAL, Answer
from loanloom.web.security import current_context

blueprint = Blueprint("portal_apply", __name__, url_prefix="/portal")


@blueprint.get("/products/")
@requires("portal.use")
def products() -> str:
    """What I may apply for here."""
    return render_template("portal/products.html", offered=portal_products.listing(current_context()))


@blueprint.get("/products/<key>/")
@requires("portal.use")
def product(key: str) -> str:
    """One of them in words, before I apply."""
    return render_template("portal/product.html", one=portal_products.read(current_context(), key))


@blueprint.post("/products/<key>/")
@requires("portal.use")
def begin(key: str) -> Response:
    """Apply for it, or go on with what I began."""
    with refusal_as_toast():
        made = portal_products.begin(current_context(), key)
        return redirect(url_for("portal_apply.fill", application_id=made))
    return redirect(url_for("portal_apply.products"))


@blueprint.get("/applications/<int:application_id>/fill")
@requires("portal.use")
def fill(application_id: int) -> Answer:
    """The form, with what I have typed so far."""
    return filling.fill(PORTAL, application_id)


@blueprint.post("/applications/<int:application_id>/fill")
@requires("portal.use")
def filled(application_id: int) -> Answer:
    """One post of the form: a change on the page, or handing in."""
    done = filling.filled(PORTAL, application_id)
    if not isinstance(done, Submitted):
        return done
    words = {
        "refused": (_("Your application %(number)s was refused; the reasons stand below.", number=done.number), "bad"),
        "approved": (_("Your application %(number)s is approved.", number=done.number), "good"),
        handing_over.STATE: (_("Handed in. Your account manager completes %(number)s.", number=done.number), "good"),
    }
    handed_in = (_("Your application %(number)s has been handed in.", number=done.number), "good")
    flash(*words.get(done.state, handed_in))
    return redirect(url_for("portal.application", application_id=application_id))


@blueprint.get("/applications/<int:application_id>/newer")
@requires("portal.use")
def newer(application_id: int) -> str:
    """What the version of the form in force would make of my draft."""
    return filling.newer(PORTAL, application_id)


@blueprint.post("/applications/<int:application_id>/newer")
@requires("portal.use")
def take_on(application_id: int) -> Response:
    """Go on with the newer version."""
    return filling.take_on(PORTAL, application_id)


@blueprint.post("/applications/<int:application_id>/papers")
@requires("portal.use")
def hand_in(application_id: int) -> Answer:
    """Files for one item of the materials list."""
    with refusal_as_toast():
        return filling.hand_in(PORTAL, application_id)
    return redirect(filling.back(PORTAL, application_id))


@blueprint.post("/applications/<int:application_id>/papers/<int:upload_id>/remove")
@requires("portal.use")
def take_out(application_id: int, upload_id: int) -> Response:
    """Take a file of mine away again."""
    return filling.take_out(PORTAL, application_id, upload_id)


@blueprint.post("/applications/<int:application_id>/supplied")
@requires("portal.use")
def supplied(application_id: int) -> Response:
    """Everything that was asked for is there."""
    ctx, form = current_context(), request.form
    with refusal_as_toast():
        asked = portal.application(ctx, application_id).supply
        if asked is not None:
            cases.act(
                ctx, asked.item_id, "resubmit", expected_version=form.get("version", type=int),
                idempotency_key=form.get("idempotency_key") or None,
            )  # fmt: skip
            flash(_("Thank you. We go on with your application."), "good")
    return redirect(url_for("portal.application", application_id=application_id))


@blueprint.post("/applications/<int:application_id>/withdraw")
@requires("portal.use")
def withdraw(application_id: int) -> Response:
    """Take my draft back."""
    filling.withdraw(application_id)
    return redirect(url_for("portal.application", application_id=application_id))
