"""Credit lines: the list with what is left of each, one line with its draws, moves and loans, and what may be asked."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import text
from loanloom.services.money.lines import credit_draws, credit_line_changes, credit_lines, draw_rules, line_usage
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.web import inputs, order_forms
from loanloom.web.access import requires
from loanloom.web.errors import refusal_as_toast
from loanloom.web.security import current_context

blueprint = Blueprint("credit_lines", __name__)
CHANGE_STATES = {
    "asked": text("Waiting for approval", "待审批"),
    "approved": text("Approved", "已批准"),
    "refused": text("Refused", "已否决"),
}
READS = ("contract.read", "loan.read")


@blueprint.get("/credit-lines/")
@requires(*READS)
def index() -> str:
    """All lines, those with least left first."""
    rows = credit_lines.listing(current_context())
    return render_template(
        "workspace/lines/list.html", rows=rows, watched_from=credit_lines.WATCHED_FROM, line_states=credit_lines.STATES
    )


@blueprint.get("/credit-lines/<int:line_id>")
@requires(*READS)
def show(line_id: int) -> str:
    """One line."""
    ctx = current_context()
    view = credit_lines.read(ctx, line_id)
    return render_template(
        "workspace/lines/show.html",
        view=view,
        states=credit_draws.STATES,
        line_states=credit_lines.STATES,
        changes=credit_line_changes.CHANGES,
        change_states=CHANGE_STATES,
        moves=line_usage.MOVES,
        choices=draw_rules.choices(ctx, line_id),
    )


@blueprint.post("/credit-lines/<int:line_id>/parts")
@requires("contract.prepare")
def set_part(line_id: int) -> Response:
    """Give a member of a group a part of the line."""
    form = request.form
    with refusal_as_toast():
        limit = inputs.amount(form.get("limit_amount", ""), "limit_amount")
        customer_id = credit_lines.member(current_context(), form.get("customer_number", ""))
        credit_lines.set_part(current_context(), line_id, customer_id, limit)
        flash(_("The member's part was set."), "good")
    return _back(line_id)


def _back(line_id: int) -> Response:
    return redirect(url_for("credit_lines.show", line_id=line_id))


@blueprint.post("/credit-lines/<int:line_id>/draws")
@requires("contract.prepare")
def ask(line_id: int) -> Response:
    """Ask for a draw."""
    form = request.form
    with refusal_as_toast():
        wanted = order_forms.parameters(Wanted, form)
        credit_draws.ask(current_context(), line_id, wanted, idempotency_key=form.get("idempotency_key") or None)
        flash(_("Asked for; the amount is reserved."), "good")
    return _back(line_id)


@blueprint.post("/credit-lines/<int:line_id>/draws/<int:draw_id>")
@requires("contract.sign", "contract.prepare")
def decide(line_id: int, draw_id: int) -> Response:
    """Approve, refuse or take back a draw."""
    ctx, form = current_context(), request.form
    version = form.get("version", 0, int)
    with refusal_as_toast():
        match form.get("action"):
            case "approve":
                credit_draws.approve(ctx, draw_id, version=version)
                flash(_("Approved; it can be paid out now."), "good")
            case "refuse":
                credit_draws.refuse(ctx, draw_id, form.get("reason", ""), version=version)
                flash(_("Refused; the amount is free again."), "good")
            case _other:
                credit_draws.cancel(ctx, draw_id, version=version)
                flash(_("Taken back; the amount is free again."), "good")
    return _back(line_id)


@blueprint.post("/credit-lines/<int:line_id>/changes")
@requires("contract.prepare")
def change(line_id: int) -> Response:
    """Ask for another limit, or to freeze, unfreeze or close the line."""
    form = request.form
    with refusal_as_toast():
        limit = inputs.amount(form["limit_amount"], "limit_amount") if form.get("limit_amount") else None
        credit_line_changes.ask_change(
            current_context(), line_id, form.get("kind", ""), form.get("reason", ""), limit,
            idempotency_key=form.get("idempotency_key") or None,
        )  # fmt: skip
        flash(_("Asked for; another person decides."), "good")
    return _back(line_id)


@blueprint.post("/credit-lines/<int:line_id>/changes/<int:change_id>")
@requires("contract.sign")
def decide_change(line_id: int, change_id: int) -> Response:
    """Approve or refuse a change of the line."""
    form = request.form
    with refusal_as_toast():
        approve = form.get("action") == "approve"
        credit_line_changes.decide_change(
            current_context(), change_id, approve=approve, version=form.get("version", 0, int)
        )
        flash(_("Approved.") if approve else _("Refused."), "good")
    return _back(line_id)
