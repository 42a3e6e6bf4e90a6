"""Ticking off the conditions of a sanction: met with evidence and a paper, waived, opened again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.approval import conditions, sanction_pages
from loanloom.services.errors import Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("conditions", __name__, url_prefix="/sanctions/<int:sanction_id>/conditions/<int:condition_id>")
Answer = Response | tuple[str, int]


@blueprint.post("/meet")
@requires("contract.prepare")
def meet(sanction_id: int, condition_id: int) -> Answer:
    """It is met, and this shows it."""
    handed = request.files.get("paper")
    content = handed.read() if handed is not None else b""
    file = (handed.filename or "", content) if handed is not None and handed.filename else None
    return _done(
        sanction_id,
        lambda: conditions.meet(current_context(), condition_id, version=_version(), evidence=_words(), file=file),
        _("The condition is met."),
    )


@blueprint.post("/waive")
@requires("application.decide")
def waive(sanction_id: int, condition_id: int) -> Answer:
    """Who granted the loan lets it go."""
    return _done(
        sanction_id,
        lambda: conditions.waive(current_context(), condition_id, version=_version(), reason=_words()),
        _("The condition has been waived."),
    )


@blueprint.post("/reopen")
@requires("contract.prepare", "money.disburse", "application.decide")
def reopen(sanction_id: int, condition_id: int) -> Answer:
    """It is not met after all."""
    return _done(
        sanction_id,
        lambda: conditions.open_again(current_context(), condition_id, version=_version(), reason=_words()),
        _("The condition is open again."),
    )


def _version() -> int:
    return request.form.get("version", type=int) or 0


def _words() -> str:
    return request.form.get("evidence", "")


def _done(sanction_id: int, act: Callable[[], None], words: str) -> Answer:
    try:
        act()
    except Refused as refused:
        shown = sanction_pages.page(current_context(), sanction_id, language())
        page = render_template("workspace/approvals/sanction.html", shown=shown, problems=refused.problems)
        return page, 422
    flash(words, "good")
    return redirect(url_for("approvals.sanction", sanction_id=sanction_id))
