"""The page of one loan: figures on any day, schedule, transactions with their why, statement, changes, journal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from loanloom.core.lending.events import FeeCharged, ScheduleChanged
from loanloom.problems import Problem, Text, say
from loanloom.services.approval import sheet as approval_sheet
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.money import changes
from loanloom.services.money.changes.comparing import paid
from loanloom.services.money.page import loan_related, loans, transaction_page
from loanloom.services.papers import loan_papers, loan_statements
from loanloom.web import formats, inputs, statements
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import money_words, sheet_parts

blueprint = Blueprint("loans", __name__)
TABS = ("schedule", "transactions", "statement", "changes", "journal", "history", "related", "why")
PARTS = {
    "transactions": frozenset({"transactions"}),
    "journal": frozenset({"journal"}),
    "history": frozenset({"transactions", "classes"}),
}
"""What a tab reads beside the head and the schedule."""

blueprint.app_template_filter("paid_on_instalment")(paid)


@blueprint.app_template_filter("amount")
def amount(value: str | None) -> str:
    """An amount that was kept as text."""
    return formats.money(Decimal(value)) if value else "–"


@blueprint.app_template_global()
def loan_state(page: loans.LoanPage) -> str:
    """The state of a loan on the day of its page, as the badge says it."""
    if page.row["status"] == "cancelled":
        return "cancelled"
    if page.loan.settled_on:
        return "settled"
    return "overdue" if page.position.arrears.days_past_due else str(page.row["status"])


@blueprint.app_template_global()
def loan_due(page: loans.LoanPage) -> list[tuple[str, str]]:
    """What is due on the day of the page, component by component."""
    due = page.position.due.items()
    return [(money_words.component(name), formats.money(value)) for name, value in due if value]


@blueprint.app_template_global()
def say_options(options: tuple[tuple[str, Text], ...]) -> list[tuple[str, str]]:
    """Choices in the language of the page."""
    return [(key, say(words, language())) for key, words in options]


@blueprint.app_template_global()
def loan_events(page: loans.LoanPage) -> list[dict[str, Any]]:
    """What happened to a loan as entries of a timeline, the newest first."""
    made = []
    for one in reversed(page.transactions):
        words = [money_words.event(one.kind), formats.money(one.amount)]
        if isinstance(one.event, ScheduleChanged | FeeCharged):
            words.append(money_words.event(one.event.reason))
        told = [formats.day(one.on), formats.moment(one.recorded_at), one.person]
        made.append(
            {
                "title": " · ".join(filter(None, words)),
                "meta": " · ".join(filter(None, told)),
                "tone": "good" if one.kind == "loan_settled" else "notice" if one.superseded_by else None,
            }
        )
    return made


@blueprint.get("/loans/<int:loan_id>")
@requires("loan.read", "money.read")
def show(loan_id: int) -> str | tuple[str, int]:
    """One loan, as it stands, stood or will stand on a day."""
    ctx = current_context()
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    (wanted,), problems = inputs.asked_days("on")
    parts = PARTS.get(tab, frozenset())
    try:
        page = loans.page(ctx, loan_id, wanted, parts)
    except Refused as refused:
        page, problems = loans.page(ctx, loan_id, None, parts), refused.problems
    more, found = _of_tab(page, tab)
    problems = (*problems, *found)
    shown = render_template(
        "workspace/loans/show.html", page=page, tab=tab, problems=problems, registry=ctx.registry, **more
    )
    return (shown, 422) if problems else shown


def _of_tab(page: loans.LoanPage, tab: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """What a tab shows beside the page itself."""
    ctx, loan_id = current_context(), int(page.row["id"])
    if tab == "schedule":
        return {"actions": changes.actions(ctx, page.kept)}, ()
    if tab == "changes":
        return {"changes": changes.of_loan(ctx, loan_id), "actions": changes.actions(ctx, page.kept)}, ()
    if tab == "statement":
        return _statement(loan_id)
    if tab == "related":
        return {"related": loan_related.related(ctx, loan_id)}, ()
    if tab == "history":
        return {"happenings": loan_related.history(ctx, loan_id)}, ()
    if tab == "why":
        sheet = _sheet(page.row["application_id"])
        return {"sheet": sheet, "parts": sheet_parts.of(sheet, language()) if sheet is not None else None}, ()
    return {}, ()


def _statement(loan_id: int) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    (since, until), problems = inputs.asked_days("since", "until")
    try:
        drawn = loan_statements.read(current_context(), loan_id, since, until)
    except Refused as refused:
        drawn, problems = loan_statements.read(current_context(), loan_id), (*problems, *refused.problems)
    lines = list(loan_statements.rows(drawn, language()))
    return {"drawn": drawn, "lines": lines, "columns": loan_statements.COLUMNS}, problems


@blueprint.get("/loans/<int:loan_id>/statement.<kind>")
@requires("loan.read", "money.read")
def statement(loan_id: int, kind: str) -> Response:
    """The account statement as PDF or Excel."""
    return statements.file(loan_id, kind)


@blueprint.get("/loans/<int:loan_id>/transactions/<int:sequence>")
@requires("loan.read", "money.read")
def transaction(loan_id: int, sequence: int) -> str:
    """One transaction: what it did and why its money went where it went."""
    ctx = current_context()
    page = loans.page(ctx, loan_id, None, frozenset())
    explained = transaction_page.explained(ctx, loan_id, sequence)
    undo_kind = "undo_disbursement" if explained.transaction.kind == "loan_disbursed" else "undo"
    may_undo = explained.before is not None or explained.transaction.kind == "loan_disbursed"
    return render_template(
        "workspace/loans/transaction.html",
        page=page,
        explained=explained,
        one=explained.transaction,
        undo_kind=undo_kind if may_undo and ctx.actor.may("loan.change") else None,
    )


def _sheet(application_id: int) -> approval_sheet.Sheet | None:
    """Why the loan was granted: the approval sheet; None for those who may not read applications."""
    try:
        return approval_sheet.read(current_context(), application_id, language())
    except (Forbidden, NotFound):
        return None


@blueprint.get("/loans/<int:loan_id>/voucher")
@requires("loan.read", "money.read")
def voucher(loan_id: int) -> AnyResponse:
    """The disbursement voucher as PDF, made when first asked for."""
    document = loan_papers.voucher(current_context(), loan_id)
    return redirect(url_for("papers.document", document_id=document, kind="pdf"))
