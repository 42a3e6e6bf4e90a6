"""The list pages: one route for every page document, and the plain addresses of the usual records."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from loanloom.metadata.registers import register_of
from loanloom.services.reading import saved_views
from loanloom.web import excel, lists
from loanloom.web.access import requires, staff
from loanloom.web.errors import refusal_as_toast
from loanloom.web.security import current_context
from loanloom.web.workspace.account import safe_next

blueprint = Blueprint("lists", __name__)


def _show(key: str) -> str:
    return render_template("workspace/list.html", view=lists.view(key))


@blueprint.get("/lists/<key>/")
@staff
def show(key: str) -> str | AnyResponse:
    """A list by its page document's key; the data set asks for its own function."""
    if register_of(current_context().registry, key) is not None:
        return redirect(url_for("records.index", entity=key))
    return _show(key)


@blueprint.get("/customers/")
@requires("customer.read")
def customers() -> str:
    """The customers."""
    return _show("customers")


@blueprint.get("/applications/")
@requires("application.read")
def applications() -> str:
    """The applications."""
    return _show("applications")


@blueprint.get("/loans/")
@requires("loan.read")
def loans() -> str:
    """The loans."""
    return _show("loans")


@blueprint.get("/contracts/")
@requires("contract.read")
def contracts() -> str:
    """The contracts."""
    return _show("contracts")


@blueprint.get("/lists/<key>/export.xlsx")
@staff
def export(key: str) -> Response:
    """The same list, every row, as Excel."""
    return excel.download(key)


@blueprint.post("/lists/<key>/views")
@staff
def keep_view(key: str) -> AnyResponse:
    """Keep the present question under a name."""
    with refusal_as_toast():
        saved_views.keep(current_context(), key, request.form.get("name", ""), request.form.get("query", ""))
        flash(_("The view is kept."), "good")
    return redirect(safe_next(request.form.get("next")))


@blueprint.post("/lists/<key>/views/<int:view_id>/drop")
@staff
def drop_view(key: str, view_id: int) -> AnyResponse:
    """Remove one of my views."""
    saved_views.drop(current_context(), view_id)
    return redirect(url_for("lists.show", key=key))
