"""Periods of the books on screen: close a month softly and for good, open one again with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.core.dates import written_day
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, ServiceError
from loanloom.services.money.books import closing
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("periods", __name__, url_prefix="/ledger/periods")


def _page(problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "workspace/ledger/periods.html", periods=closing.periods(current_context()), problems=problems
    )


@blueprint.get("/")
@requires("money.read")
def index() -> str:
    """Every month of the books, the newest first."""
    return _page()


def _month(written: str) -> date:
    found = written_day(f"{written}-01")
    if found is None:
        raise NotFound({"en": "month", "zh": "月份"})
    return found


def _done(month: str, act: Callable[[Context, date], object], told: str) -> Response | tuple[str, int]:
    """Do it and go back to the list; or the list with what refused it."""
    try:
        act(current_context(), _month(month))
    except NotFound:
        raise
    except ServiceError as refused:
        if not refused.problems:
            raise
        return _page(refused.problems), refused.status
    flash(told, "good")
    return redirect(url_for("periods.index"))


@blueprint.post("/<month>/close")
@requires("money.close")
def close(month: str) -> Response | tuple[str, int]:
    """Close a month softly."""
    return _done(month, closing.close_softly, _("%(month)s is closed softly.", month=month))


@blueprint.post("/<month>/finish")
@requires("money.close")
def finish(month: str) -> Response | tuple[str, int]:
    """Close a month for good."""
    return _done(month, closing.close_for_good, _("%(month)s is closed for good.", month=month))


@blueprint.post("/<month>/open")
@requires("money.close")
def reopen(month: str) -> Response | tuple[str, int]:
    """Open a softly closed month again."""
    reason = request.form.get("reason", "")
    return _done(month, lambda ctx, day: closing.reopen(ctx, day, reason), _("%(month)s is open again.", month=month))
