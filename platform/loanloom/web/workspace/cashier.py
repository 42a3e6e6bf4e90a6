"""The cashier's desk on screen: today's work in one place, entries with their second person, receipts, reversal.

Reads forms, calls services, shows pages. Every entry goes through `do`, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, Text, say
from loanloom.services.errors import Refused
from loanloom.services.money.cashier import desk, order_flows, order_kinds, orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.cashier.order_shapes import Kind, Order
from loanloom.web import formats, order_forms
from loanloom.web.access import requires
from loanloom.web.errors import toast
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import order_words
from loanloom.web.workspace.account import safe_next

blueprint = Blueprint("cashier", __name__, url_prefix="/cashier")

Again = Callable[[Mapping[str, Any], tuple[Problem, ...]], str]
AGAIN: dict[str, Again] = {}
"""Kind of order -> how its form comes back with what was typed; other kinds say what is wrong where they were."""


@blueprint.app_template_filter()
def order_title(key: str) -> str:
    """What an order is, in the language of the page."""
    return say(KINDS[key].title, language()) if key in KINDS else key


@blueprint.app_template_global()
def options_of(words: Mapping[str, Text]) -> list[tuple[str, str]]:
    """A table of words as options of a choice."""
    return [(key, say(title, language())) for key, title in words.items()]


@blueprint.app_template_filter()
def state_text(state: str) -> str:
    """The words of a state or kind without its badge."""
    return formats.state_words(state)["words"]


@blueprint.app_template_filter()
def fault_of(problems: tuple[Problem, ...], name: str) -> Problem | None:
    """What is wrong with one field of a form, to stand beside it."""
    return next((problem for problem in problems if problem.field == name), None)


@blueprint.get("/")
@requires(*desk.LOOK)
def index() -> str:
    """The desk."""
    ctx = current_context()
    words = request.args.get("q", "")
    found = desk.search(ctx, words) if words and ctx.actor.may("money.receive") else None
    return render_template("workspace/cashier/index.html", view=desk.overview(ctx), words=words, found=found)


@blueprint.post("/do/<kind>")
@requires(*desk.DOES)
def do(kind: str) -> Response | tuple[str, int]:
    """Enter an order of any kind; what was refused comes back with everything that was typed."""
    wanted = order_kinds.kind_of(kind)
    form = request.form
    try:
        asked = order_forms.parameters(wanted.parameters, form)
        made = orders.enter(
            current_context(),
            wanted,
            asked,
            reason=form.get("reason") or None,
            idempotency_key=form.get("idempotency_key") or None,
        )
    except Refused as refused:
        if kind in AGAIN:
            return AGAIN[kind](form, refused.problems), 422
        toast(refused)
        return redirect(safe_next(form.get("back") or url_for("cashier.index")))
    return redirect(done(wanted, made))


def done(kind: Kind, made: Order) -> str:
    """Say what became of an order, and where it is seen."""
    if made.is_waiting:
        case = order_flows.standing(current_context(), made.id)
        in_flow = case is not None and case[1]
        if in_flow:
            flash(_("Entered. It is booked once it is approved."), "notice")
        else:
            flash(_("Entered. It is booked once another person has registered it."), "notice")
    else:
        number = made.result.get("receipt_number") or made.result.get("voucher_number") or made.result.get("number")
        title = say(kind.title, language())
        flash(_("Booked: %(what)s %(number)s", what=title, number=number or ""), "good")
    return url_for("cashier.order", order_id=made.id)


@blueprint.get("/orders/<int:order_id>")
@requires(*desk.LOOK)
def order(order_id: int) -> str:
    """One entry: what it asks, who entered and checked it, what it booked; the steps that are open to this person."""
    return _order(order_id)


def _order(order_id: int, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    row = desk.order(ctx, order_id)
    case = order_flows.standing(ctx, order_id)
    return render_template(
        "workspace/cashier/order.html",
        row=row,
        kind=order_kinds.kind_of(row["kind"]),
        facts=order_words.facts(row["parameters"]),
        problems=problems,
        people=desk.people(ctx, row["entered_by"], row["checked_by"], row["undone_by"]),
        mine=row["entered_by"] == ctx.actor.user_id,
        case=case,
        in_flow=case is not None and case[1],
    )


@blueprint.post("/orders/<int:order_id>/register")
@requires("money.check")
def register(order_id: int) -> Response | tuple[str, int]:
    """Check and book what another has entered."""
    ctx = current_context()
    kind = order_kinds.kind_of(desk.order(ctx, order_id)["kind"])
    try:
        made = orders.register(ctx, kind, order_id, idempotency_key=request.form.get("idempotency_key") or None)
    except Refused as refused:
        return _order(order_id, refused.problems), 422
    return redirect(done(kind, made))


@blueprint.post("/orders/<int:order_id>/refuse")
@requires(*desk.DOES, "money.check")
def refuse(order_id: int) -> Response | tuple[str, int]:
    """Refuse an entry, or take one's own back."""
    ctx = current_context()
    kind = order_kinds.kind_of(desk.order(ctx, order_id)["kind"])
    try:
        orders.refuse(ctx, kind, order_id, request.form.get("answer", ""))
    except Refused as refused:
        return _order(order_id, refused.problems), 422
    flash(_("Refused; nothing was booked."), "good")
    return redirect(url_for("cashier.order", order_id=order_id))


@blueprint.get("/receipts/<int:receipt_id>")
@requires("money.read", "money.receive")
def receipt(receipt_id: int) -> str:
    """A receipt to look at and to print."""
    ctx = current_context()
    row, paid, reversal = desk.receipt(ctx, receipt_id)
    people = desk.people(ctx, row["created_by"])
    return render_template("workspace/cashier/receipt.html", row=row, paid=paid, reversal=reversal, people=people)
