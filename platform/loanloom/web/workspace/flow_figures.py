"""How cases fare, on screen and as Excel: for a period, one flow with its bottlenecks drawn, or all of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, say
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.flows import figuring
from loanloom.services.flows.figures import Asked, Figures, Waits
from loanloom.services.reading import spreadsheets
from loanloom.services.reading.spreadsheets import Heading
from loanloom.web import excel, formats, inputs
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("flow_figures", __name__, url_prefix="/work")
USUAL = timedelta(days=29)


@blueprint.get("/figures/")
@requires(figuring.RIGHT)
def index() -> str | tuple[str, int]:
    """The figures of a period; what cannot be read of it is said, beside those of the last thirty days."""
    ctx = current_context()
    (since, until), problems = inputs.asked_days("from", "to")
    asked = _asked(ctx, since, until)
    try:
        found = figuring.read(ctx, asked)
    except Refused as refused:
        problems += refused.problems
        asked = _asked(ctx, None, None)
        found = figuring.read(ctx, asked)
    page = _page(ctx, found, problems)
    return (page, 422) if problems else page


@blueprint.get("/figures.xlsx")
@requires(figuring.RIGHT)
def export() -> Response:
    """Steps and people as Excel."""
    ctx = current_context()
    asked = _asked(ctx, inputs.asked_day("from"), inputs.asked_day("to"))
    found = figuring.read(ctx, asked)
    titles = figuring.titles(ctx)
    headings = [
        Heading(_("Flow")), Heading(_("Step")), Heading(_("Person")), Heading(_("Done"), "number"),
        Heading(_("Waited, working hours (middle)"), "number"),
        Heading(_("Nine in ten within, working hours"), "number"),
        Heading(_("In time"), "percent"), Heading(_("Open items"), "number"), Heading(_("Past deadline"), "number"),
    ]  # fmt: skip
    rows = [
        [_flow_title(ctx, one.flow), say(titles.get((one.flow, one.node), {"en": one.node}), language()), None,
         *_of_waits(one.waits), one.open, one.overdue]
        for one in found.nodes
    ]  # fmt: skip
    rows += [[None, None, one.name, *_of_waits(one.waits), None, None] for one in found.people]
    period = _("%(first)s to %(last)s", first=formats.day(asked.since), last=formats.day(asked.until))
    content = spreadsheets.workbook(_("Flow figures"), headings, rows, notes=[period])
    return excel.answer(content, f"flow-figures-{asked.until.isoformat()}.xlsx")


def _asked(ctx: Context, since: date | None, until: date | None) -> Asked:
    last = until or ctx.now.astimezone(ZoneInfo(ctx.company.time_zone)).date()
    known = {"flow": request.args.get("flow"), "product": request.args.get("product")}
    named = {kind: key for kind, key in known.items() if key and ctx.registry.get(kind, key) is not None}
    return Asked(since=since or last - USUAL, until=last, **named)


def _page(ctx: Context, found: Figures, problems: tuple[Problem, ...]) -> str:
    return render_template(
        "workspace/flow_figures.html",
        found=found,
        asked=found.asked,
        titles=figuring.titles(ctx),
        flows=[(one.key, one.title) for one in ctx.registry.all("flow")],
        products=[(one.key, one.title) for one in ctx.registry.all("product")],
        diagram=figuring.drawn(ctx, found, language()) if found.asked.flow else None,
        throughput=_throughput(found),
        problems=problems,
    )


def _throughput(found: Figures) -> dict[str, Any]:
    """Begun and ended by day, week or month, for a chart."""
    return {
        "kind": "bars",
        "labels": [formats.day(span.begins) for span in found.spans],
        "series": [
            {"title": _("Cases started"), "values": [span.started for span in found.spans]},
            {"title": _("Ended"), "values": [sum(span.ended.values()) for span in found.spans]},
        ],
    }


def _of_waits(waits: Waits) -> list[int | Decimal | None]:
    return [waits.done, waits.median, waits.most, waits.level]


def _flow_title(ctx: Context, key: str) -> str:
    document = ctx.registry.get("flow", key)
    return say(document.title, language()) if document is not None else key
