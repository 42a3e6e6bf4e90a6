"""Writing a template: texts and blocks kept as a draft, the paper it becomes looked at while one types, also as PDF."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.metadata.pointers import is_index, slug
from loanloom.services.definitions import arranging, template_sample, template_words, working
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions.releases import drafts
from loanloom.services.errors import Conflict, Refused
from loanloom.services.papers import documents
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given
from loanloom.web.studio.editors.template_words import case_asked, paper_of, shown_or_refused

blueprint = Blueprint("template_words", __name__, url_prefix="/studio/definitions/template")
Answer = str | Response | tuple[str, int]


@blueprint.post("/<key>/words/look")
@requires("definition.edit")
def look(key: str) -> Answer:
    """The paper that what is typed would become; nothing is kept."""
    ctx = current_context()
    page = definitions.page(ctx, "template", key)
    document = shown_or_refused(page)
    try:
        step = template_words.step_for(document, request.form, "")
        typed = arranging.after(page, document, step, drafts.text_of(ctx, "template", key))
        shown = paper_of(ctx, typed, case_asked())
    except Refused as refused:
        shown = {"paper_problems": refused.problems, "pages": [], "case": case_asked(), "slug_of": _slug_of_field}
    return render_template("studio/editors/_paper.html", page=page, **shown)


@blueprint.post("/<key>/words")
@requires("definition.edit")
def save(key: str) -> Answer:
    """Keep what was typed; add, move or take out a block or row where that was asked for."""
    ctx, act = current_context(), request.form.get("act", "save")
    page = definitions.page(ctx, "template", key)
    document = shown_or_refused(page)
    where = url_for("studio.definition", kind="template", key=key, view="words", case=case_asked() or None)
    try:
        step = template_words.step_for(document, request.form, act)
        saved = arranging.keep(ctx, page, step, version_given())
    except (Refused, Conflict) as refused:
        return page_of("template", key, "words", problems=tuple(refused.problems)), refused.status
    if saved is None:
        return redirect(where)
    if saved.joined_with:
        flash(editors.joined(saved.joined_with), "notice")
    flash(_("Saved as a draft."), "good")
    return redirect(where + _anchor(act))


@blueprint.get("/<key>/paper.pdf")
@requires("definition.read")
def as_pdf(key: str) -> Response:
    """The paper as it would be printed, of the draft where there is one."""
    ctx = current_context()
    document = shown_or_refused(definitions.page(ctx, "template", key))
    found = template_sample.tried(ctx, document, working.registry_of(ctx), case_asked())
    if found.paper is None:
        raise Refused(found.problems)
    answer = make_response(documents.rendered(found.paper, "pdf"))
    answer.content_type = documents.MEDIA_TYPES["pdf"]
    answer.headers["Content-Disposition"] = f'inline; filename="{key}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _anchor(act: str) -> str:
    """The block that was worked at: a new one itself, one that moved where it is now."""
    tokens = act.rpartition(":")[2].split("/")
    if len(tokens) < 3 or not is_index(tokens[2]):
        return ""
    moved = {"add": 1, "down": 1, "up": -1}.get(act.partition(":")[0], 0) if len(tokens) == 3 else 0
    return f"#block-{max(int(tokens[2]) + moved, 0)}"


def _slug_of_field(problem: object) -> str | None:
    field = getattr(problem, "field", None)
    return f"w-{slug(field)}" if field else None
