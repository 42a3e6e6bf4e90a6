"""The borrower's credit line: what is left of it, what was drawn, and asking for another draw."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.money.lines import credit_draws, credit_lines, draw_rules
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.web import order_forms
from loanloom.web.access import requires
from loanloom.web.errors import refusal_as_toast
from loanloom.web.security import current_context

blueprint = Blueprint("portal_lines", __name__, url_prefix="/portal/lines")


@blueprint.get("/<int:line_id>")
@requires("portal.use")
def show(line_id: int) -> str:
    """One of my lines."""
    ctx = current_context()
    view = credit_lines.read(ctx, line_id)
    choices = draw_rules.choices(ctx, line_id)
    return render_template("portal/line.html", view=view, states=credit_draws.STATES, choices=choices)


@blueprint.post("/<int:line_id>/draws")
@requires("portal.use")
def ask(line_id: int) -> Response:
    """Ask for money of my line; the house approves it."""
    form = request.form
    with refusal_as_toast():
        wanted = order_forms.parameters(Wanted, form)
        credit_draws.ask(current_context(), line_id, wanted, idempotency_key=form.get("idempotency_key") or None)
        flash(_("Asked for. We tell you when the money is on its way."), "good")
    return redirect(url_for("portal_lines.show", line_id=line_id))


@blueprint.post("/<int:line_id>/draws/<int:draw_id>/cancel")
@requires("portal.use")
def cancel(line_id: int, draw_id: int) -> Response:
    """Take a draw back before it is paid out."""
    with refusal_as_toast():
        credit_draws.cancel(current_context(), draw_id, version=request.form.get("version", 0, int))
        flash(_("Taken back; the amount is free again."), "good")
    return redirect(url_for("portal_lines.show", line_id=line_id))
