"""Replays on screen: asking for one from drafts or a proposal, how far it is, what came of it, as Excel too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import say
from loanloom.services.definitions import replays
from loanloom.services.definitions.replays import Replay, Wanted
from loanloom.services.definitions.replays.verdicts import Verdict
from loanloom.services.errors import Conflict, Refused
from loanloom.services.reading import spreadsheets
from loanloom.services.reading.spreadsheets import Heading
from loanloom.tasks import hints
from loanloom.web import excel
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("replays", __name__, url_prefix="/studio/replays")
SHOWN = 200


@blueprint.app_template_global()
def replays_of(digest: str) -> tuple[Replay, ...]:
    """The replays of exactly this change."""
    return replays.of_digest(current_context(), digest)


@blueprint.app_template_global()
def outcome_words(outcome: str) -> str:
    """A verdict in words."""
    return {
        "approved": _("approved by rule"), "people": _("left to people"), "refused": _("refused by rule"),
        "not_offered": _("no longer offered"), "unclear": _("cannot be judged"),
    }[outcome]  # fmt: skip


@blueprint.post("/")
@requires("release.propose", "release.approve")
def ask() -> Response | tuple[str, int]:
    """Ask for a replay; a worker does it, and whoever asked is told when it is done."""
    ctx, form = current_context(), request.form
    wanted = Wanted(last=form.get("last", replays.LAST, type=int), product=form.get("product") or None)
    release_id = form.get("release_id", type=int)
    try:
        if release_id is not None:
            replay_id, run = replays.of_release(ctx, release_id, wanted)
        else:
            pairs = (one.partition("/") for one in form.getlist("definition"))
            replay_id, run = replays.of_drafts(ctx, [(kind, key) for kind, _slash, key in pairs], wanted)
    except (Refused, Conflict) as refused:
        return render_template("studio/replay_refused.html", problems=refused.problems), refused.status
    hints.work_is_due(ctx.company.id, run)
    flash(_("The replay has begun. You may leave this page; you are told when it is done."), "good")
    return redirect(url_for(".show", replay_id=replay_id))


@blueprint.get("/<int:replay_id>")
@requires("definition.read")
def show(replay_id: int) -> str:
    """How far it is, and what came of it."""
    ctx = current_context()
    found = replays.read(ctx, replay_id)
    shown: dict[str, Any] = {"replay": found, "lines": None}
    if found.figures is not None:
        shown["chart"] = _chart(found.figures)
        if ctx.actor.may("application.read"):
            shown["lines"] = replays.lines(ctx, replay_id, flipped=True, limit=SHOWN)
            shown["count"] = replays.line_count(ctx, replay_id, flipped=True)
    return render_template("studio/replay.html", **shown)


@blueprint.get("/<int:replay_id>/progress")
@requires("definition.read")
def progress(replay_id: int) -> str | Response:
    """How far it is, for the page that waits; the whole page once it is done."""
    found = replays.read(current_context(), replay_id)
    if found.figures is not None or found.state == "failed":
        return Response(headers={"HX-Refresh": "true"})
    return render_template("studio/_replay_progress.html", replay=found)


@blueprint.get("/<int:replay_id>.xlsx")
@requires("application.read")
def export(replay_id: int) -> Response:
    """Every application of it as Excel."""
    ctx = current_context()
    found = replays.read(ctx, replay_id)
    columns: list[tuple[str, spreadsheets.Kind]] = [
        (_("Outcome"), "text"), (_("Step"), "text"), (_("Points"), "number"), (_("Grade"), "text"),
        (_("Limit"), "money"), (_("Reasons"), "text"),
    ]  # fmt: skip
    headings = [Heading(_("Application")), Heading(_("Product")), Heading(_("Decided in fact")), Heading(_("Turns"))]
    for side in (_("Before"), _("With the change")):
        headings += [Heading(f"{side}: {title}", kind) for title, kind in columns]
    content = spreadsheets.workbook(_("Replay"), headings, _rows(replay_id))
    return excel.answer(content, f"replay-{found.id}.xlsx")


def _rows(replay_id: int) -> Iterator[list[Any]]:
    ctx, spoken = current_context(), language()
    for line in replays.lines(ctx, replay_id):
        decided = _("approved") if line.decided == "approved" else _("refused")
        known = [line.number, ctx.registry.label("product", line.product, spoken), decided]
        yield [*known, _("yes") if line.flipped else "", *_side(line.before), *_side(line.after)]


def _side(verdict: Verdict) -> list[Any]:
    spoken = language()
    steps = "; ".join(say(one, spoken) for one in verdict.steps)
    reasons = "; ".join(say(one, spoken) for one in verdict.reasons)
    return [outcome_words(verdict.outcome), steps, verdict.points, verdict.grade, verdict.limit, reasons]


def _chart(figures: Any) -> dict[str, Any] | None:
    """How points are distributed, before and with the change."""
    if not figures["bands"]:
        return None
    return {
        "kind": "bars",
        "labels": [str(band["low"]) for band in figures["bands"]],
        "series": [
            {"title": _("Before"), "values": [band["before"] for band in figures["bands"]]},
            {"title": _("With the change"), "values": [band["after"] for band in figures["bands"]]},
        ],
    }
