"""Account statements as files, for staff and borrowers alike."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from loanloom.services.errors import NotFound
from loanloom.services.papers import loan_statements
from loanloom.web import inputs
from loanloom.web.language import language
from loanloom.web.security import current_context


def file(loan_id: int, kind: str) -> Response:
    """The statement of the days in the address as PDF or Excel, in the language of the page."""
    ctx = current_context()
    since, until = inputs.asked_day("since"), inputs.asked_day("until")
    if kind not in ("pdf", "xlsx"):
        raise NotFound()
    drawn = loan_statements.read(ctx, loan_id, since, until)
    made = (loan_statements.pdf if kind == "pdf" else loan_statements.excel)(ctx, drawn, language())
    answer = Response(made.content, mimetype=made.media_type)
    how = "inline" if kind == "pdf" else "attachment"
    answer.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(made.name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
