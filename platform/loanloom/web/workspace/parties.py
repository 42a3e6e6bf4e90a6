"""Partners (merchants, suppliers, trustors, guarantors ...) and groups of borrowers: lists, pages, forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.cashier import claim_batches, entrusting
from loanloom.services.parties import customers, group_loans, groups, partners
from loanloom.services.reading import record_history, spreadsheets
from loanloom.services.reading.spreadsheets import Heading
from loanloom.services.records import pages as records
from loanloom.web import excel, inputs, lists, order_forms
from loanloom.web.access import requires
from loanloom.web.errors import refusal_as_toast
from loanloom.web.forms import meanwhile
from loanloom.web.security import current_context

blueprint = Blueprint("parties", __name__)
READS = ("party.write", "money.read", "customer.read")


@blueprint.get("/parties/")
@requires("customer.read")
def index() -> str:
    """All partners."""
    return render_template("workspace/list.html", view=lists.view("parties"))


@blueprint.get("/parties/new")
@requires("party.write")
def new() -> str:
    """The form for another one."""
    return _form(None, request.args)


def _form(party_id: int | None, typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    row = partners.read(current_context(), party_id) if party_id is not None else None
    return render_template(
        "workspace/parties/form.html", row=row, typed=typed, problems=problems, kinds=partners.KINDS
    )  # fmt: skip


@blueprint.post("/parties/new")
@requires("party.write")
def create() -> Response | tuple[str, int]:
    """Take one on."""
    form = request.form
    try:
        made = partners.create(current_context(), _details(form), idempotency_key=form.get("idempotency_key") or None)
    except Refused as refused:
        return _form(None, form, refused.problems), 422
    flash(_("Saved."), "good")
    return redirect(url_for("parties.show", party_id=made))


@blueprint.get("/parties/<int:party_id>")
@requires(*READS)
def show(party_id: int) -> str:
    """One partner."""
    ctx = current_context()
    row = partners.read(ctx, party_id)
    with ctx.transaction() as connection:
        history = record_history.of(connection, ctx.registry, ("party", party_id), own=partners.FIELDS)
    return render_template(
        "workspace/parties/show.html",
        row=row,
        kinds=partners.KINDS,
        history=history,
        part=lists.part,
        registers=records.of_owner(ctx, "party"),
        loans=entrusting.loans(ctx, party_id) if row["kind"] == "trustor" and ctx.actor.may("money.read") else (),
    )


@blueprint.get("/cashier/batches/<int:batch_id>/claim.xlsx")
@requires("money.read", "money.receive")
def batch_excel(batch_id: int) -> Response:
    """A claim of subsidies as it is handed to who bears them."""
    view = claim_batches.read(current_context(), batch_id)
    headings = [
        Heading(_("Number")), Heading(_("Loan")), Heading(_("Borrower")), Heading(_("Due on"), "date"),
        Heading(_("Amount"), "money"), Heading(_("Settled"), "money"),
    ]  # fmt: skip
    rows = [
        [one["number"], one["loan_number"], one["borrower"], one["due_on"], one["amount"], one["settled"]]
        for one in view.items
    ]
    totals = [_("Total"), None, None, None, sum(one["amount"] for one in view.items), view.settled]
    title = _("Claim of subsidies %(number)s", number=view.row["number"])
    content = spreadsheets.workbook(title, headings, rows, notes=[view.party["name"]], totals=[totals])
    return excel.answer(content, f"{view.row['number']}.xlsx")


@blueprint.get("/parties/<int:party_id>/change")
@requires("party.write")
def edit(party_id: int) -> str:
    """The form with what is known."""
    return _form(party_id, {})


@blueprint.post("/parties/<int:party_id>/change")
@requires("party.write")
def change(party_id: int) -> Response | tuple[str, int]:
    """Save changes; closed fields left empty stay as they are."""
    form = request.form
    version = form.get("_version", 0, type=int)
    try:
        partners.update(current_context(), party_id, _details(form), version=version)
    except Refused as refused:
        return _form(party_id, form, refused.problems), 422
    except Conflict:
        return _form(party_id, {**request.form, "_version": ""}, (meanwhile.NOT_SAVED,)), 409
    flash(_("Saved."), "good")
    return redirect(url_for("parties.show", party_id=party_id))


def _details(form: Mapping[str, Any]) -> partners.Details:
    given = {field.name: form.get(field.name, "") for field in fields(partners.Details)}
    percent = given.pop("fee_rate")
    rate = inputs.amount(str(percent).replace("%", ""), "fee_rate") / 100 if percent else Decimal(0)
    made: partners.Details = order_forms.parameters(partners.Details, {**given, "fee_rate": rate})
    return made


@blueprint.get("/groups/")
@requires("party.write", "customer.read")
def all_groups() -> str:
    """All groups of borrowers."""
    words = request.args.get("q", "")
    rows = groups.listing(current_context(), words=words)
    return render_template("workspace/parties/groups.html", rows=rows, words=words, liabilities=groups.LIABILITIES)


@blueprint.get("/groups/new")
@requires("party.write")
def new_group() -> str:
    """The form of a new group."""
    return _group_form(None, {})


def _group_form(group_id: int | None, typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    group = groups.read(current_context(), group_id) if group_id is not None else None
    return render_template(
        "workspace/parties/group_form.html", row=group.row if group else None, typed=typed, problems=problems,
        liabilities=groups.LIABILITIES,
    )  # fmt: skip


@blueprint.post("/groups/new")
@requires("party.write")
def create_group() -> Response | tuple[str, int]:
    """Make a group."""
    form = request.form
    try:
        asked = order_forms.parameters(groups.Details, form)
        made = groups.create(current_context(), asked, idempotency_key=form.get("idempotency_key") or None)
    except Refused as refused:
        return _group_form(None, form, refused.problems), 422
    return redirect(url_for("parties.group", group_id=made))


@blueprint.get("/groups/<int:group_id>")
@requires("party.write", "customer.read")
def group(group_id: int) -> str:
    """A group with its members."""
    ctx = current_context()
    words = request.args.get("q", "")
    found = customers.search(ctx, words) if words and ctx.actor.may("customer.read") else None
    view = groups.read(ctx, group_id)
    standing = group_loans.standing(ctx, group_id) if ctx.actor.may("loan.read") else None
    return render_template(
        "workspace/parties/group.html", view=view, words=words, found=found, liabilities=groups.LIABILITIES,
        standing=standing,
    )  # fmt: skip


@blueprint.get("/groups/<int:group_id>/change")
@requires("party.write")
def edit_group(group_id: int) -> str:
    """The form with what is known."""
    return _group_form(group_id, {})


@blueprint.post("/groups/<int:group_id>/change")
@requires("party.write")
def change_group(group_id: int) -> Response | tuple[str, int]:
    """Save changes of a group."""
    form = request.form
    version = form.get("_version", 0, type=int)
    try:
        asked = order_forms.parameters(groups.Details, form)
        groups.change(current_context(), group_id, asked, version=version)
    except Refused as refused:
        return _group_form(group_id, form, refused.problems), 422
    except Conflict:
        return _group_form(group_id, {**request.form, "_version": ""}, (meanwhile.NOT_SAVED,)), 409
    flash(_("Saved."), "good")
    return redirect(url_for("parties.group", group_id=group_id))


@blueprint.post("/groups/<int:group_id>/members/<int:customer_id>")
@requires("party.write")
def member(group_id: int, customer_id: int) -> Response:
    """Take a customer in, make it the leader, or note that it has left."""
    ctx, action = current_context(), request.form.get("action", "member")
    with refusal_as_toast():
        if action == "leave":
            groups.remove_member(ctx, group_id, customer_id)
        else:
            groups.add_member(ctx, group_id, customer_id, action)
        flash(_("Saved."), "good")
    return redirect(url_for("parties.group", group_id=group_id))
