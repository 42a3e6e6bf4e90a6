"""The page of one loan: figures on any day, schedule, repayments, journal, history, and why it was granted."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.core.lending.events import FeeCharged, ScheduleChanged
from loanloom.problems import Problem, text
from loanloom.services.approval import sheet as approval_sheet
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.money import loans
from loanloom.services.papers import loan_papers
from loanloom.web import formats
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import money_words, sheet_parts

blueprint = Blueprint("loans", __name__)
TABS = ("schedule", "repayments", "journal", "history", "why")


@blueprint.app_template_global()
def loan_events(page: loans.LoanPage) -> list[dict[str, Any]]:
    """What happened to a loan as entries of a timeline, the newest first."""
    made = []
    for row, event in reversed(page.events):
        amount = getattr(event, "amount", None) or (page.row["principal"] if row["kind"] == "loan_disbursed" else None)
        reason = money_words.event(event.reason) if isinstance(event, ScheduleChanged | FeeCharged) else None
        made.append(
            {
                "title": " · ".join(
                    filter(None, [money_words.event(row["kind"]), amount and formats.money(amount), reason])
                ),
                "meta": f"{formats.day(event.on)} · {formats.moment(row['recorded_at'])}",
                "tone": "good" if row["kind"] == "loan_settled" else None,
            }
        )
    return made


@blueprint.get("/loans/<int:loan_id>")
@requires("loan.read", "money.read")
def show(loan_id: int) -> str | tuple[str, int]:
    """One loan, as it stands or stood on a day."""
    ctx = current_context()
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    wanted, problems = _day(request.args.get("on"))
    try:
        page = loans.page(ctx, loan_id, wanted)
    except Refused as refused:
        page, problems = loans.page(ctx, loan_id), refused.problems
    sheet = _sheet(page.row["application_id"]) if tab == "why" else None
    shown = render_template(
        "workspace/loans/show.html",
        page=page,
        tab=tab,
        problems=problems,
        registry=ctx.registry,
        sheet=sheet,
        parts=sheet_parts.of(sheet, language()) if sheet is not None else None,
    )
    return (shown, 422) if problems else shown


def _sheet(application_id: int) -> approval_sheet.Sheet | None:
    """Why the loan was granted: the approval sheet; None for those who may not read applications."""
    try:
        return approval_sheet.read(current_context(), application_id, language())
    except (Forbidden, NotFound):
        return None


def _day(written: str | None) -> tuple[date | None, tuple[Problem, ...]]:
    if not written:
        return None, ()
    try:
        return date.fromisoformat(written), ()
    except ValueError:
        return None, (
            Problem(
                code="loan.no_day",
                message=text("Enter a date such as 2026-01-31.", "请输入日期，例如 2026-01-31。"),
                field="on",
            ),
        )


@blueprint.get("/loans/<int:loan_id>/voucher")
@requires("loan.read", "money.read")
def voucher(loan_id: int) -> Response:
    """The disbursement voucher as PDF, made when first asked for."""
    document = loan_papers.voucher(current_context(), loan_id)
    return redirect(url_for("papers.document", document_id=document, kind="pdf"))
