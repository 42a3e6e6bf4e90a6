"""Unidentified receipts, claims with their suggestions, bank statements with their preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, text
from loanloom.services.errors import Refused
from loanloom.services.money import repayments
from loanloom.services.money.cashier import bank_statements, claims, desk, matching
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.errors import refusal_as_toast
from loanloom.web.security import current_context
from loanloom.web.workspace import cashier

blueprint = Blueprint("claims", __name__, url_prefix="/cashier")
LARGEST_FILE = 20_000_000


@blueprint.get("/unidentified/new")
@requires("money.receive")
def new() -> str:
    """The form for money nobody knows the purpose of."""
    return _new({})


def _new(typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    return render_template("workspace/cashier/unidentified.html", typed=typed, problems=problems)


@blueprint.get("/claims/")
@requires("money.claim", "money.read")
def index() -> str:
    """Receipts that wait for their claim."""
    return render_template("workspace/cashier/claims.html", rows=claims.unclaimed(current_context()))


@blueprint.get("/claims/<int:suspense_id>")
@requires("money.claim", "money.read")
def show(suspense_id: int) -> str:
    """One of them: who paid, where it may belong and why, what the claim would do."""
    return _show(suspense_id, request.args)


def _show(suspense_id: int, typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    view = claims.read(ctx, suspense_id)
    words, loan_id = str(typed.get("q", "")), inputs.record(typed.get("loan_id"))
    chosen, fitting = None, view.row["open_amount"]
    if loan_id and ctx.actor.may("money.claim"):
        try:
            fitting = claims.fitting(ctx, view.row["open_amount"], loan_id)
            amount = inputs.amount(typed.get("amount") or fitting)
            purpose: repayments.Purpose = "settle" if typed.get("purpose") == "settle" else "due"
            chosen = repayments.preview(ctx, loan_id, amount, purpose)
        except Refused as refused:
            problems = problems or refused.problems
    found = desk.search(ctx, words) if words and ctx.actor.may("money.receive") else None
    return render_template(
        "workspace/cashier/claim.html", view=view, words=words, found=found, chosen=chosen, fitting=fitting,
        typed=typed,
        problems=problems or (chosen.problems if chosen else ()),
    )  # fmt: skip


def _claim_again(form: Mapping[str, Any], problems: tuple[Problem, ...]) -> str:
    return _show(inputs.record(form.get("suspense_id")), form, problems)


@blueprint.get("/statements/")
@requires("money.receive", "money.read")
def statements() -> str:
    """Bank statements, and the form to read another."""
    return _statements()


def _statements(problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    return render_template(
        "workspace/cashier/statements.html", rows=bank_statements.listing(ctx),
        mappings=bank_statements.mappings(ctx), problems=problems,
    )  # fmt: skip


@blueprint.post("/statements/")
@requires("money.receive")
def read() -> Response | tuple[str, int]:
    """Read a file; nothing is booked."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Refused(
                Problem(code="statement.no_file", message=text("Choose a file.", "请选择文件。"), field="file")
            )
        content = given.stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise Refused(
                Problem(code="statement.too_big", message=text("At most 20 MB.", "文件不超过20MB。"), field="file")
            )
        made = bank_statements.read(current_context(), request.form.get("mapping", ""), content, given.filename)
    except Refused as refused:
        return _statements(refused.problems), 422
    return redirect(url_for("claims.statement", statement_id=made))


@blueprint.get("/statements/<int:statement_id>")
@requires("money.receive", "money.read")
def statement(statement_id: int) -> str:
    """What a statement would book, line by line."""
    view = bank_statements.show(current_context(), statement_id)
    return render_template("workspace/cashier/statement.html", view=view, reasons=matching.REASONS)


@blueprint.post("/statements/lines/<int:line_id>")
@requires("money.receive")
def choose(line_id: int) -> Response:
    """Correct what a line is for."""
    form = request.form
    statement_id = inputs.record(form.get("statement_id"))
    with refusal_as_toast():
        statement_id = bank_statements.choose(
            current_context(), line_id, form.get("loan_number") or None, leave_out=form.get("action") == "leave_out"
        )
    return redirect(url_for("claims.statement", statement_id=statement_id) + f"#line-{line_id}")


@blueprint.post("/statements/<int:statement_id>/discard")
@requires("money.receive")
def discard(statement_id: int) -> Response:
    """Forget a statement that was not booked."""
    bank_statements.discard(current_context(), statement_id)
    flash(_("Discarded; nothing was booked."), "good")
    return redirect(url_for("claims.statements"))


cashier.AGAIN["unidentified"] = _new
cashier.AGAIN["claim"] = _claim_again
