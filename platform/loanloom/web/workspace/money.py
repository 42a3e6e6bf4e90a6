"""The cashier's screens: contracts waiting for their money, paying one out, receiving a repayment with its preview.

Reads forms, calls services, shows pages. Every posting form carries a key that makes a second click harmless.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.core.money import capitals
from loanloom.problems import Problem
from loanloom.services.errors import Refused
from loanloom.services.money import disbursements, repayments
from loanloom.services.money.cashier import disbursement_orders, entrusting, order_flows, orders, payees, receipts
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.disbursement_review import Case
from loanloom.services.money.page import loans
from loanloom.services.money.repayments import Purpose
from loanloom.services.parties import partners
from loanloom.web import inputs, order_forms
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.workspace import cashier, money_words

blueprint = Blueprint("money", __name__)

for _name in ("component", "event", "kind", "channel", "channels"):
    blueprint.app_template_global(f"money_{_name}")(getattr(money_words, _name))
blueprint.app_template_filter("money_component")(money_words.component)
blueprint.app_template_filter("capitals")(capitals)


@blueprint.get("/disbursements/")
@requires("money.disburse", "money.read")
def waiting() -> str:
    """Signed contracts whose money has not gone out."""
    return render_template("workspace/money/waiting.html", rows=disbursements.waiting(current_context()))


@blueprint.get("/disbursements/<int:contract_id>")
@requires("money.disburse", "money.read")
def review(contract_id: int) -> str | Response:
    """The review before paying out; a contract already paid out leads to its loan."""
    case = disbursements.review(current_context(), contract_id)
    if case.loan_id is not None:
        return redirect(url_for("loans.show", loan_id=case.loan_id))
    return _review(case)


def _review(case: Case, problems: tuple[Problem, ...] = ()) -> str:
    ctx, contract = current_context(), case.contract
    planned = [row for row in payees.of_contract(ctx, contract["id"]) if row["state"] == "planned"]
    asks = any(check.key == "trustor" for check in case.checks)
    trustors = partners.listing(ctx, kind="trustor", active_only=True) if asks else ()
    return render_template(
        "workspace/money/review.html", case=case, problems=problems, planned=planned, asks_trustor=asks,
        trustors=[(str(row["id"]), row["name"]) for row in trustors],
        entrusted=entrusting.read(ctx, contract["id"]) if asks else None,
        in_flow=order_flows.named(ctx, "disbursement", contract["product_key"]) is not None,
        entered=order_flows.disbursement_of(ctx, contract["id"]),
    )  # fmt: skip


@blueprint.post("/disbursements/<int:contract_id>")
@requires("money.disburse")
def disburse(contract_id: int) -> Response | tuple[str, int]:
    """Pay out."""
    ctx, form = current_context(), request.form
    asked = disbursement_orders.Disburse(contract_id=contract_id, channel=form.get("channel", "bank"))
    try:
        made = orders.enter(ctx, KINDS["disbursement"], asked, idempotency_key=form.get("idempotency_key") or None)
    except Refused as refused:
        return _review(disbursements.review(ctx, contract_id), refused.problems), 422
    if made.is_waiting:
        return redirect(cashier.done(KINDS["disbursement"], made))
    flash(_("Paid out. Voucher %(number)s", number=made.result["voucher_number"]), "good")
    return redirect(url_for("loans.show", loan_id=made.result["loan_id"]))


@blueprint.get("/loans/<int:loan_id>/repay")
@requires("money.receive")
def repay(loan_id: int) -> str:
    """The form, with what the amount typed so far would do."""
    typed = request.args
    purpose: Purpose = "settle" if typed.get("purpose") == "settle" else "due"
    return _repay(loan_id, purpose, typed.get("amount"), typed)


@blueprint.post("/loans/<int:loan_id>/repay")
@requires("money.receive")
def receive(loan_id: int) -> str | Response | tuple[str, int]:
    """Book the repayment; what was refused comes back with everything that was typed."""
    form = request.form
    purpose: Purpose = "settle" if form.get("purpose") == "settle" else "due"
    try:
        asked = order_forms.parameters(receipts.Repayment, {**form, "loan_id": loan_id, "purpose": purpose})
        made = orders.enter(
            current_context(), KINDS["repayment"], asked, idempotency_key=form.get("idempotency_key") or None
        )
    except Refused as refused:
        return _repay(loan_id, purpose, form.get("amount"), form, refused.problems), 422
    if made.is_waiting:
        return redirect(cashier.done(KINDS["repayment"], made))
    said = _("Settled. Receipt %(number)s") if made.result["settled"] else _("Received. Receipt %(number)s")
    flash(said % {"number": made.result["receipt_number"]}, "good")
    return redirect(url_for("loans.show", loan_id=loan_id))


def _repay(loan_id: int, purpose: Purpose, written: str | None, typed: Any, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    page = loans.page(ctx, loan_id)
    suggested = page.payoff.total - page.position.surplus if purpose == "settle" else page.position.due_total
    amount, problem = _amount(written)
    if amount is None and problem is None and suggested:
        amount = suggested
    preview = repayments.preview(ctx, loan_id, amount, purpose) if amount is not None else None
    found = problems or ((problem,) if problem else ()) or (preview.problems if preview else ())
    return render_template(
        "workspace/money/repay.html",
        page=page,
        purpose=purpose,
        amount=amount,
        written=written if written is not None else amount,
        preview=preview if preview is not None and not preview.problems else None,
        problems=found,
        typed=typed,
    )


def _amount(written: str | None) -> tuple[Decimal | None, Problem | None]:
    """What was typed as an amount, if anything; or what is wrong with it."""
    if written is None or not written.strip():
        return None, None
    try:
        return inputs.amount(written), None
    except Refused as refused:
        return None, refused.problems[0]
