"""The business day on screen: close it, close on to the end of the month, watch how far it is, look back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.engine import RowMapping
from werkzeug.wrappers import Response

from loanloom.problems import text
from loanloom.services.money import end_of_day
from loanloom.services.running import work
from loanloom.tasks import hints
from loanloom.web import formats
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("days", __name__, url_prefix="/day")


@blueprint.app_template_global()
def day_figures(run: end_of_day.Progress) -> dict[str, str]:
    """The few figures of a closed day."""
    found: dict[str, Any] = {}
    for step in run.steps:
        found |= step.figures
    amounts = {name: formats.money(Decimal(found[name])) if name in found else "–" for name in ("interest", "penalty")}
    return amounts | {name: str(found.get(name, "–")) for name in ("overdue", "due")}


def _latest() -> RowMapping | None:
    found = work.recent(current_context(), kind="end_of_day", limit=1)
    return found[0] if found else None


@blueprint.get("/")
@requires("day.close")
def index() -> str:
    """Today, what is going on, and the days before."""
    ctx = current_context()
    job, runs = _latest(), end_of_day.recent(ctx, limit=10)
    return render_template(
        "workspace/day/index.html",
        job=job,
        runs=runs,
        current=runs[0] if runs and runs[0].state != "done" else None,
        busy=_busy(job),
        month_end=end_of_day.end_of_month(ctx.business_date),
    )


def _busy(job: RowMapping | None) -> bool:
    return job is not None and job["state"] in ("due", "running")


@blueprint.post("/close")
@requires("day.close")
def close() -> Response:
    """Begin to close days; a second click joins the first."""
    ctx = current_context()
    month = request.form.get("until") == "month_end"
    until = end_of_day.end_of_month(ctx.business_date) if month else ctx.business_date + timedelta(days=1)
    if not _busy(_latest()):
        title = text(f"Closing days until {until}", f"日终处理至 {until}")
        with ctx.transaction() as connection:
            run_id = work.begin(
                ctx,
                connection,
                "end_of_day",
                title,
                {"until": until.isoformat()},
                key=request.form.get("idempotency_key") or None,
                url=url_for("days.index"),
            )
        hints.work_is_due(ctx.company.id, run_id)
    return redirect(url_for("days.index"))


@blueprint.get("/progress")
@requires("day.close")
def progress() -> str | tuple[str, int, dict[str, str]]:
    """The part of the page that tells how far it is; once finished, the page is loaded again."""
    job = _latest()
    if not _busy(job):
        return "", 200, {"HX-Refresh": "true"}
    runs = end_of_day.recent(current_context(), limit=1)
    current = runs[0] if runs and runs[0].state != "done" else None
    return render_template("workspace/day/_progress.html", job=job, current=current, busy=True)
