"""The first page of staff: what waits for me, the figures of the house, pictures of the portfolio."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.origination import applications
from loanloom.services.reading import overview
from loanloom.web.access import signed_in
from loanloom.web.formats import state_words
from loanloom.web.security import current_context

blueprint = Blueprint("home", __name__)

FUNNEL = (*applications.BEFORE, "submitted", "returned", "approved", "contracted", "disbursed", "refused", "withdrawn")
BUCKET_COLOURS = ("--chart-4", "--chart-2", "--chart-2", "--chart-5", "--chart-5")


@blueprint.get("/")
@signed_in
def index() -> str | Response:
    """Home, or the page the role names as its first; the portal for borrowers."""
    ctx = current_context()
    if ctx.actor.is_borrower:
        return redirect(url_for("portal.home"))
    wanted = overview.first_page(ctx)
    if wanted and wanted != "/":
        return redirect(wanted)
    shown = overview.of(ctx)
    return render_template("workspace/home.html", home=shown, charts=_charts(shown))


def _picture(value: Decimal) -> float:
    return float(value)  # a chart draws; the books keep the Decimal


def _charts(shown: overview.Overview) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    if shown.portfolio:
        made["buckets"] = _buckets(shown.portfolio)
        made["forecast"] = _forecast(shown.portfolio)
    if shown.applications:
        made["funnel"] = _funnel(shown.applications)
        made["grades"] = _grades(shown.applications)
    return made


def _buckets(portfolio: overview.Portfolio) -> dict[str, Any]:
    labels, values = [], []
    for first, last, _count, amount in portfolio.by_bucket:
        if last == 0:
            labels.append(_("not overdue"))
        elif last is None:
            labels.append(_("over %(days)s days", days=first - 1))
        else:
            labels.append(_("%(first)s–%(last)s days", first=first, last=last))
        values.append(_picture(amount))
    if not portfolio.active:
        return {"kind": "bars", "labels": [], "series": []}
    series = [{"title": _("Principal outstanding"), "values": values}]
    return {"kind": "bars", "labels": labels, "series": series, "colours": BUCKET_COLOURS}


def _forecast(portfolio: overview.Portfolio) -> dict[str, Any]:
    return {
        "kind": "bar",
        "stacked": True,
        "labels": [f"{month:%Y-%m}" for month, _principal, _interest in portfolio.forecast],
        "series": [
            {"title": _("Principal"), "values": [_picture(row[1]) for row in portfolio.forecast]},
            {"title": _("Interest and fees"), "values": [_picture(row[2]) for row in portfolio.forecast]},
        ],
    }


def _funnel(applications: overview.Applications) -> dict[str, Any]:
    states = [state for state in FUNNEL if state in applications.by_state]
    values = [applications.by_state[state][0] for state in states]
    labels = [state_words(state)["words"] for state in states]
    return {"kind": "bars", "whole": True, "labels": labels, "series": [{"title": _("Applications"), "values": values}]}


def _grades(applications: overview.Applications) -> dict[str, Any]:
    series = [{"title": _("Applications"), "values": list(applications.by_grade.values())}]
    return {"kind": "bar", "whole": True, "labels": list(applications.by_grade), "series": series}
