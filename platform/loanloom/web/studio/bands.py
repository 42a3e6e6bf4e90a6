"""Changing the bands of a score card over real cases: the counts follow while one types, saving makes a draft."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.metadata.document import Document
from loanloom.metadata.steps import Step
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.definitions import arranging, band_steps, recent_cases, score_bands, working
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.score_bands import Piece
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given
from loanloom.web.studio.editors.score_bands import looked_back, parts_of, short_number

blueprint = Blueprint("bands", __name__, url_prefix="/studio/definitions/scorecard")
blueprint.add_app_template_filter(short_number)
Answer = str | Response | tuple[str, int]


@blueprint.post("/<key>/bands/look")
@requires("definition.edit")
def look(key: str) -> Answer:
    """What the borders and points that are typed would hold; nothing is kept."""
    ctx = current_context()
    page = definitions.page(ctx, "scorecard", key)
    document, at = _card(page), request.form.get("place", -1, type=int)
    if not _of_grades() and not 0 <= at < len(document.spec["characteristics"]):
        raise Refused(arranging.GONE)
    found: tuple[Problem, ...] = ()
    try:
        step = _step(ctx, page, document, "look")
        shown = arranging.after(page, document, step, drafts.text_of(ctx, "scorecard", key))
    except Refused as refused:
        shown, found = document, tuple(refused.problems)
    answer = render_template(
        "studio/editors/_bands_answer.html", page=page, at=None if _of_grades() else at, problems=found, may_edit=True,
        **parts_of(ctx, page, shown, request.form),
    )  # fmt: skip
    return (answer, 422) if found else answer


@blueprint.post("/<key>/bands")
@requires("definition.edit")
def save(key: str) -> Answer:
    """Keep what was typed as the draft; split a band, or join it with the next, where that was asked for."""
    ctx = current_context()
    page = definitions.page(ctx, "scorecard", key)
    document, place = _card(page), request.form.get("place", "")
    there = url_for("studio.definition", kind="scorecard", key=key, view="bands", last=looked_back()) + f"#band-{place}"
    try:
        step = _step(ctx, page, document, request.form.get("do", "save"))
        saved = arranging.keep(ctx, page, step, version_given())
    except (Refused, Conflict) as refused:
        return page_of("scorecard", key, "bands", problems=tuple(refused.problems)), refused.status
    if saved is None:
        return redirect(there)
    if saved.joined_with:
        flash(editors.joined(saved.joined_with), "notice")
    flash(_("Saved as a draft."), "good")
    return redirect(there)


def _card(page: Page) -> Document:
    if page.shown is None or page.kind.compiled.faults(page.shown.spec):
        raise Refused(page.problems or (arranging.GONE,))
    return page.shown


def _of_grades() -> bool:
    """Whether the grades are changed, and not a characteristic."""
    return request.form.get("place") == "grades"


def _step(ctx: Context, page: Page, document: Document, do: str) -> Step:
    if _of_grades():
        return band_steps.grades_step(document, request.form)
    place = request.form.get("place", type=int)
    pieces: tuple[Piece, ...] = ()
    if do.startswith("split") and place is not None and 0 <= place < len(document.spec["characteristics"]):
        registry = working.registry_of(ctx)
        cases = recent_cases.of_card(ctx, registry, (document, page.live), looked_back())
        pieces = score_bands.characteristics(document, registry, cases)[place].pieces
    return band_steps.step_for(document, -1 if place is None else place, request.form, do, pieces)
