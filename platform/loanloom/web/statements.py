"""Account statements as files, and days in addresses: what staff and borrowers ask alike."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from flask import Response, request

from loanloom.problems import Problem, text
from loanloom.services.errors import NotFound, Refused
from loanloom.services.papers import loan_statements
from loanloom.web.language import language
from loanloom.web.security import current_context


def day(name: str) -> tuple[date | None, tuple[Problem, ...]]:
    """A day of the address, or what is wrong with it; None where none is given."""
    written = request.args.get(name)
    if not written:
        return None, ()
    try:
        return date.fromisoformat(written), ()
    except ValueError:
        return None, (
            Problem(
                code="loan.no_day",
                message=text("Enter a date such as 2026-01-31.", "请输入日期，例如 2026-01-31。"),
                field=name,
            ),
        )


def file(loan_id: int, kind: str) -> Response:
    """The statement of the days in the address as PDF or Excel, in the language of the page."""
    ctx = current_context()
    since, wrong_first = day("since")
    until, wrong_last = day("until")
    if wrong_first or wrong_last:
        raise Refused((*wrong_first, *wrong_last))
    if kind not in ("pdf", "xlsx"):
        raise NotFound()
    drawn = loan_statements.read(ctx, loan_id, since, until)
    made = (loan_statements.pdf if kind == "pdf" else loan_statements.excel)(ctx, drawn, language())
    answer = Response(made.content, mimetype=made.media_type)
    how = "inline" if kind == "pdf" else "attachment"
    answer.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(made.name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
