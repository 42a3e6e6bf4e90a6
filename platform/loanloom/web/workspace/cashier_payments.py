"""Money out and money held: payouts, payees of a contract, refunds, deposits, items, batches of subsidies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem
from loanloom.services.errors import Refused
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import (
    claim_batches,
    deposits,
    desk,
    entrusting,
    items,
    orders,
    payees,
    payouts,
    refunds,
)
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.page import loans
from loanloom.services.parties import partners
from loanloom.web import inputs, order_forms
from loanloom.web.access import requires
from loanloom.web.errors import refusal_as_toast
from loanloom.web.security import current_context
from loanloom.web.workspace import cashier

blueprint = Blueprint("payments", __name__)
ROWS = 6
"""Payees that the form of a plan offers."""


@blueprint.get("/cashier/payouts/waiting")
@requires("money.pay", "money.read")
def waiting() -> str:
    """What the cashier has to pay."""
    return render_template("workspace/cashier/payouts.html", rows=payouts.waiting(current_context()))


@blueprint.get("/cashier/payouts/<int:payout_id>")
@requires("money.pay", "money.read")
def payout(payout_id: int) -> str:
    """One payout with what can be done with it."""
    return render_template("workspace/cashier/payout.html", row=payouts.read(current_context(), payout_id))


@blueprint.post("/cashier/payouts/<int:payout_id>/account")
@requires("money.pay")
def correct(payout_id: int) -> Response:
    """Correct where a payout goes."""
    form = request.form
    with refusal_as_toast():
        payouts.change_account(
            current_context(), payout_id, name=form.get("name", ""), account=form.get("account", ""),
            bank_name=form.get("bank_name") or None,
        )  # fmt: skip
        flash(_("The account was corrected."), "good")
    return redirect(url_for("payments.payout", payout_id=payout_id))


@blueprint.get("/contracts/<int:contract_id>/payees")
@requires("contract.prepare", "money.disburse")
def plan(contract_id: int) -> str:
    """Whom a contract's money goes to."""
    return _plan(contract_id, None)


def _plan(contract_id: int, form: Mapping[str, Any] | None, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    case = disbursements.review(ctx, contract_id)
    planned = [row for row in payees.of_contract(ctx, contract_id) if row["state"] == "planned"]
    return render_template(
        "workspace/cashier/payees.html", case=case, planned=planned, form=form, problems=problems, rows=ROWS,
        words=payees,
        parties=_parties("merchant", "supplier", "partner"),
    )  # fmt: skip


@blueprint.post("/contracts/<int:contract_id>/payees")
@requires("contract.prepare", "money.disburse")
def keep_plan(contract_id: int) -> Response | tuple[str, int]:
    """Keep the plan."""
    form = request.form
    try:
        found = [_payee(form, place) for place in range(1, ROWS + 1) if form.get(f"amount.{place}", "").strip()]
        payees.plan(current_context(), contract_id, found, idempotency_key=form.get("idempotency_key") or None)
    except Refused as refused:
        return _plan(contract_id, form, refused.problems), 422
    flash(_("The payees are kept."), "good")
    return redirect(url_for("money.review", contract_id=contract_id))


def _payee(form: Mapping[str, Any], place: int) -> payees.Payee:
    written = {
        name: form.get(f"{name}.{place}", "")
        for name in ("amount", "payee_kind", "party_id", "name", "bank_name", "account", "purpose", "fee")
    }
    try:
        made: payees.Payee = order_forms.parameters(payees.Payee, written)
        return made
    except Refused as refused:
        raise Refused([_placed(problem, place) for problem in refused.problems]) from None


def _placed(problem: Problem, place: int) -> Problem:
    return Problem(
        code=problem.code, message=problem.message, hint=problem.hint, field=f"{problem.field}.{place}"
    )  # fmt: skip


@blueprint.post("/contracts/<int:contract_id>/trustor")
@requires("contract.prepare", "money.disburse")
def trustor(contract_id: int) -> Response:
    """Say whose money an entrusted contract lends."""
    form = request.form
    with refusal_as_toast():
        chosen = form.get("party_id", "")
        party_id = inputs.whole(chosen, "party_id") if chosen else None
        said = {part: form.get(part, "").strip() or None for part in ("source", "purpose")}
        entrusting.name(current_context(), contract_id, party_id, **said)
        flash(_("The trustor is kept."), "good")
    return redirect(url_for("money.review", contract_id=contract_id))


@blueprint.get("/loans/<int:loan_id>/refund")
@requires("money.refund")
def refund(loan_id: int) -> str:
    """The form to ask for a refund."""
    return _refund(loan_id, request.args)


def _refund(loan_id: int, typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    return render_template(
        "workspace/cashier/refund.html", page=loans.page(ctx, loan_id), kinds=refunds.KINDS, typed=typed,
        problems=problems, merchants=_parties("merchant", "supplier"), returned=refunds.returned_payouts(ctx, loan_id),
    )  # fmt: skip


@blueprint.get("/cashier/deposits/new")
@requires("money.hold")
def new_deposit() -> str:
    """The form to take money to be held."""
    return _new_deposit(request.args)


def _new_deposit(typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "workspace/cashier/deposit_new.html", typed=typed, problems=problems, kinds=deposits.KINDS,
        parties=_parties("merchant", "guarantor", "partner", "trustor"),
    )  # fmt: skip


@blueprint.get("/cashier/deposits/<int:deposit_id>")
@requires("money.hold", "money.read")
def deposit(deposit_id: int) -> str:
    """The statement of a deposit, and what can be done with the money."""
    view = deposits.statement(current_context(), deposit_id)
    return render_template("workspace/cashier/deposit.html", view=view, words=deposits)


@blueprint.post("/cashier/deposits/<int:deposit_id>/apply")
@requires("money.hold")
def apply(deposit_id: int) -> Response:
    """Pay a loan, named by its number, with the money."""
    form = request.form
    with refusal_as_toast():
        ctx = current_context()
        loan_id = desk.loan_by_number(ctx, form.get("loan_number", ""))
        asked = order_forms.parameters(
            KINDS["deposit_apply"].parameters, {**form, "deposit_id": deposit_id, "loan_id": loan_id}
        )
        made = orders.enter(ctx, KINDS["deposit_apply"], asked, idempotency_key=form.get("idempotency_key") or None)
        return redirect(cashier.done(KINDS["deposit_apply"], made))
    return redirect(url_for("payments.deposit", deposit_id=deposit_id))


@blueprint.post("/cashier/deposits/new")
@requires("money.hold")
def receive_deposit() -> Response | tuple[str, int]:
    """Take money to be held; the owner and the loan are named by their numbers."""
    ctx, form, kind = current_context(), request.form, KINDS["deposit_receive"]
    try:
        said: dict[str, Any] = dict(form)
        if form.get("customer_number", "").strip():
            said["customer_id"] = desk.customer_by_number(ctx, form["customer_number"])
        if form.get("loan_number", "").strip():
            said["loan_id"] = desk.loan_by_number(ctx, form["loan_number"])
        asked = order_forms.parameters(kind.parameters, said)
        made = orders.enter(ctx, kind, asked, idempotency_key=form.get("idempotency_key") or None)
    except Refused as refused:
        return _new_deposit(form, refused.problems), 422
    return redirect(cashier.done(kind, made))


@blueprint.post("/cashier/deposits/<int:deposit_id>/hold")
@requires("money.hold")
def hold(deposit_id: int) -> Response:
    """Hold a part of the money, or free it."""
    form = request.form
    with refusal_as_toast():
        amount = inputs.amount(form.get("amount", ""))
        signed = -amount if form.get("action") == "free" else amount
        key = form.get("idempotency_key") or None
        deposits.hold(current_context(), deposit_id, signed, form.get("note") or None, idempotency_key=key)
        flash(_("Done."), "good")
    return redirect(url_for("payments.deposit", deposit_id=deposit_id))


@blueprint.get("/cashier/items/new")
@requires("money.receive")
def new_item() -> str:
    """The form of an item that nothing else keeps."""
    return _new_item(request.args)


def _new_item(typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "workspace/cashier/item_new.html", typed=typed, problems=problems, words=items, parties=_parties()
    )


@blueprint.get("/cashier/items/<int:item_id>")
@requires("money.read", "money.receive", "money.pay")
def item(item_id: int) -> str:
    """One item with what can be done with it."""
    row = items.read(current_context(), item_id)
    return render_template("workspace/cashier/item.html", row=row, words=items)


@blueprint.post("/parties/<int:party_id>/claim")
@requires("money.receive")
def claim_subsidies(party_id: int) -> Response:
    """Claim a subsidiser's open subsidies at once."""
    form = request.form
    with refusal_as_toast():
        first, last = (inputs.optional_day(form.get(name), name) for name in ("from", "to"))
        made = claim_batches.send(
            current_context(), party_id, first, last or current_context().business_date,
            idempotency_key=form.get("idempotency_key") or None,
        )  # fmt: skip
        return redirect(url_for("payments.batch", batch_id=made))
    return redirect(url_for("parties.show", party_id=party_id))


@blueprint.get("/cashier/batches/<int:batch_id>")
@requires("money.read", "money.receive")
def batch(batch_id: int) -> str:
    """A batch of subsidies."""
    return render_template("workspace/cashier/batch.html", view=claim_batches.read(current_context(), batch_id))


def _parties(*kinds: str) -> list[tuple[str, str]]:
    """Active parties of these kinds as options."""
    rows = partners.listing(current_context(), active_only=True)
    return [(str(row["id"]), f"{row['name']} {row['number']}") for row in rows if not kinds or row["kind"] in kinds]


def _refund_again(form: Mapping[str, Any], problems: tuple[Problem, ...]) -> str:
    return _refund(inputs.record(form.get("loan_id")), form, problems)


cashier.AGAIN["refund"] = _refund_again
cashier.AGAIN["item_raise"] = _new_item
