"""Links for parties out of the house: made, shown once to be passed on, revoked."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.flows import item_forms, outside
from loanloom.web.access import staff
from loanloom.web.security import current_context

blueprint = Blueprint("outside_links", __name__, url_prefix="/cases/items")


@blueprint.post("/<int:item_id>/link")
@staff
def issue(item_id: int) -> str:
    """A new link; it is shown this once."""
    ctx = current_context()
    made = outside.issue(ctx, item_id)
    url = url_for("outside.look", token=made.token, _external=True)
    case_id = item_forms.case_of_item(ctx, item_id)
    return render_template("workspace/cases/link.html", made=made, url=url, case_id=case_id)


@blueprint.post("/<int:item_id>/link/revoke")
@staff
def revoke(item_id: int) -> Response:
    """The link in force ends."""
    ctx = current_context()
    outside.revoke(ctx, item_id)
    flash(_("The link no longer opens anything."), "good")
    return redirect(url_for("cases.show", case_id=item_forms.case_of_item(ctx, item_id)))
