"""Reports: the list of them, one on screen with its filters and totals, the whole as Excel, and on paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from loanloom.engines.reports.fields import Field
from loanloom.problems import say
from loanloom.services.reading import reports, spreadsheets
from loanloom.web import excel, lists
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("/")
@requires("report.read")
def index() -> str:
    """Every report this person may run."""
    return render_template("workspace/reports.html", reports=reports.listing(current_context()))


@blueprint.get("/<key>/")
@requires("report.read")
def show(key: str) -> str:
    """One report."""
    ctx = current_context()
    shown = reports.run(ctx, key, lists.arguments())
    frame = lists.frame(shown.data_set, shown.asked, shown.report.filters)
    return render_template("workspace/report.html", shown=shown, frame=frame)


@blueprint.get("/<key>/export.xlsx")
@requires("report.read")
def export(key: str) -> Response:
    """The whole report as Excel."""
    ctx, spoken = current_context(), language()
    shown = reports.run(ctx, key, lists.arguments())
    headings = [
        excel.heading(field, say(column.title, spoken))
        for column, field in zip(shown.report.columns, shown.fields, strict=True)
    ]
    rows = (
        [excel.cell(field, value) for field, value in zip(shown.fields, row, strict=True)]
        for row in reports.every_row(ctx, shown)
    )
    notes = excel.notes(ctx, shown.data_set, shown.asked)
    totals = [_totals_line(shown.fields, shown.totals)] if any(one is not None for one in shown.totals) else []
    content = spreadsheets.workbook(say(shown.report.title, spoken), headings, rows, notes=notes, totals=totals)
    return excel.answer(content, f"{key}-{ctx.business_date.isoformat()}.xlsx")


def _totals_line(fields: tuple[Field, ...], totals: tuple[Any, ...]) -> list[Any]:
    line = list(totals)
    if line and line[0] is None:
        line[0] = _("Total")
    return line
