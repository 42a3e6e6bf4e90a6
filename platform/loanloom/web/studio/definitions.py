"""Screens of the definitions: the model by group, lists, one definition as cells, as text, its uses, its history.

Every page works without script; a change always carries the version it was made against.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.engines import flows, products
from loanloom.problems import Problem, errors
from loanloom.services.definitions import bench, flow_titles, product_trial, releases, searching, uses
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import sheet as definition_sheet
from loanloom.services.definitions.outline import outline
from loanloom.services.definitions.releases import drafts, history
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import csp_nonce, current_context
from loanloom.web.studio import editors
from loanloom.web.studio.words import FILTERS, marks_of

blueprint = Blueprint("studio", __name__, url_prefix="/studio")
VIEWS = ("sheet", "text", "used", "history")
for _name, _filter in FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.get("/")
@requires("definition.read")
def index() -> str:
    """The model by group, what is being changed and what waits."""
    ctx = current_context()
    words = request.args.get("q", "").strip()
    found = definitions.listing(ctx, words=words, language=language()) if words else ()
    inside = searching.inside(ctx, words, language())
    open_changes = history.listing(ctx, states=("proposed", "approved", "scheduled", "outdated", "rejected"))
    return render_template(
        "studio/index.html", shelves=definitions.shelves(ctx), words=words, found=found, inside=inside,
        open_changes=open_changes, drafts=drafts.listing(ctx),
        recent=history.listing(ctx, states=("live", "superseded"), limit=5),
    )  # fmt: skip


@blueprint.get("/prices/")
@requires("definition.read")
def prices() -> str:
    """Every product at its dearest, against the price caps of today and those announced."""
    ctx = current_context()
    found = products.prices(ctx.registry, ctx.business_date)
    return render_template(
        "studio/prices.html", prices=found, caps=products.caps_of(ctx.registry), registry=ctx.registry
    )


@blueprint.get("/bench/")
@requires("definition.read")
def test_bench() -> str:
    """Everything that can be tried out before it goes anywhere."""
    ctx = current_context()
    kinds = [definitions.kind_of(kind) for kind in (*bench.KINDS, "flow", "product")]
    found = [(kind, definitions.listing(ctx, kind=kind.key, language=language())) for kind in kinds]
    return render_template("studio/bench.html", found=[one for one in found if one[1]], tried=bench.KINDS)


@blueprint.get("/definitions/<kind>/")
@requires("definition.read")
def listing(kind: str) -> str:
    """The definitions of one kind."""
    ctx = current_context()
    state, words = request.args.get("state") or None, request.args.get("q", "").strip()
    entries = definitions.listing(ctx, kind=kind, state=state, words=words, language=language())
    return render_template(
        "studio/listing.html", kind=definitions.kind_of(kind), entries=entries, state=state, words=words,
        states=definitions.STATES,
    )  # fmt: skip


@blueprint.get("/definitions/<kind>/<key>/")
@requires("definition.read")
def definition(kind: str, key: str) -> str:
    """One definition."""
    view = request.args.get("view") or editors.first_of(kind)
    known = (*VIEWS, *(one.key for one in editors.views_of(kind)))
    return page_of(kind, key, view if view in known else "sheet")


def page_of(kind: str, key: str, view: str, *, problems: tuple[Problem, ...] = (), **more: Any) -> str:
    """One definition in one of its views, with what is to be said about what was just tried."""
    ctx = current_context()
    page = definitions.page(ctx, kind, key)
    special = editors.views_of(kind)
    shown: dict[str, Any] = {
        "page": page, "view": view, "problems": problems, "may_edit": editors.may_edit(page), "special": special,
        "steps": drafts.steps(ctx, page.draft) if page.draft else None, "first": editors.first_of(kind),
    }  # fmt: skip
    own = next((one for one in special if one.key == view), None)
    if own is not None:
        shown |= _readable(page) or own.parts(page)
    elif view == "sheet":
        shown |= _readable(page) or _sheet_parts(page)
    elif view == "text":
        found = more.pop("found", None)
        shown["found"] = definitions.check(ctx, kind, key) if found is None else found
        shown["source"] = more.pop("typed", None) or drafts.text_of(ctx, kind, key)
        csp_nonce()
    elif view == "used":
        shown["uses"] = [(use, page.registry.using(use)) for use in page.uses]
        shown["fields"] = uses.of_fields(page.registry, page.shown) if kind == "entity" and page.shown else ()
    else:
        shown["versions"] = history.versions(ctx, kind, key)
    return render_template("studio/definition.html", **shown, **more)


def _readable(page: definitions.Page) -> dict[str, Any]:
    """Why a text cannot be shown as cells; nothing where it can."""
    mine = page.draft is not None and not page.draft.retire
    if page.shown is None or (mine and page.shown is page.live and errors(page.problems)):
        return {"unreadable": page.problems}
    faults = page.kind.compiled.faults(page.shown.spec)
    found = tuple(page.shown.problem(f.code, f.message, f.pointer, hint=f.hint) for f in faults)
    return {"unreadable": found} if found else {}


def _sheet_parts(page: definitions.Page) -> dict[str, Any]:
    """The cells of a term sheet with a trial, or the parts of anything else; the drawing of a flow."""
    document = page.shown
    assert document is not None, "readable"
    parts: dict[str, Any] = {"changes": editors.changed_cells(page)}
    if page.kind.key == "product":
        parts["sections"] = definition_sheet.sheet(document, page.registry)
        parts["trial"] = product_trial.try_product(current_context(), document, page.registry, request.values)
    else:
        parts["nodes"] = outline(document, page.registry)
    if page.kind.key == "flow":
        compiled = flows.compile_flow(document, page.registry)
        if compiled.flow is not None:
            parts["diagram"] = flows.diagram(compiled.flow, language(), titles=flow_titles.titles(page.registry))
    return parts


def version_given() -> int | None:
    """The version that a post was made against."""
    return request.form.get("version", type=int)


@blueprint.get("/definitions/product/<key>/trial")
@requires("definition.read")
def trial(key: str) -> str:
    """One loan on the product as it stands in the draft, with the figures asked for."""
    ctx = current_context()
    page = definitions.page(ctx, "product", key)
    tried = product_trial.try_product(ctx, page.shown, page.registry, request.args) if page.shown else None
    return render_template("studio/_trial.html", page=page, trial=tried)


@blueprint.get("/definitions/<kind>/<key>/problems")
@requires("definition.read")
def problems(kind: str, key: str) -> str:
    """What the full check says to the drafts as they stand."""
    ctx = current_context()
    found = definitions.check(ctx, kind, key)
    return render_template("studio/_problems.html", found=found, page=definitions.page(ctx, kind, key))


@blueprint.post("/definitions/<kind>/<key>/text")
@requires("definition.edit")
def save_text(kind: str, key: str) -> str | Response | tuple[str, int]:
    """Keep the text as a draft; problems do not hinder a draft, they are shown."""
    ctx, view = current_context(), request.form.get("view") or "text"
    typed = request.form.get("source", "").replace("\r\n", "\n")
    try:
        saved = drafts.save(ctx, kind, key, typed, version_given())
    except (Refused, Conflict) as refused:
        found = definitions.check(ctx, kind, key, typed)
        return page_of(kind, key, view, problems=refused.problems, typed=typed, found=found), refused.status
    if saved.joined_with:
        flash(editors.joined(saved.joined_with), "notice")
    found = errors(definitions.check(ctx, kind, key))
    if found:
        flash(_("Saved as a draft. %(num)s problems are left.", num=len(found)), "notice")
    else:
        flash(_("Saved as a draft."), "good")
    return redirect(url_for(".definition", kind=kind, key=key, view=view))


@blueprint.post("/definitions/<kind>/<key>/check")
@requires("definition.edit")
def check_text(kind: str, key: str) -> dict[str, Any]:
    """Check a text while it is being written: problems with their places, for the editor."""
    typed = request.form.get("source", "").replace("\r\n", "\n")
    found = definitions.check(current_context(), kind, key, typed)
    return {"problems": marks_of(found, definitions.kind_of(kind).file_of(key), typed)}


@blueprint.post("/definitions/<kind>/<key>/copy")
@requires("definition.edit")
def copy(kind: str, key: str) -> str | Response | tuple[str, int]:
    """A new definition that begins as a copy."""
    form = request.form
    try:
        made = drafts.copy(
            current_context(),
            kind,
            key,
            form.get("key", "").strip(),
            {"en": form.get("title_en", ""), "zh": form.get("title_zh", "")},
        )
    except Refused as refused:
        return page_of(kind, key, "sheet", problems=refused.problems, copying=form), 422
    flash(_("Copied. Change what is different, then put it up for review."), "good")
    return redirect(url_for(".definition", kind=kind, key=made.key))


@blueprint.post("/definitions/<kind>/<key>/discard")
@requires("definition.edit")
def discard(kind: str, key: str) -> Response:
    """Throw the draft away."""
    ctx = current_context()
    drafts.discard(ctx, kind, key, version_given() or 0)
    flash(_("The draft was thrown away."), "notice")
    live = ctx.registry.get(kind, key) is not None
    return redirect(url_for(".definition", kind=kind, key=key) if live else url_for(".listing", kind=kind))


@blueprint.post("/definitions/<kind>/<key>/retire")
@requires("definition.edit")
def retire(kind: str, key: str) -> Response:
    """Say in a draft that a definition is no longer used."""
    drafts.retire(current_context(), kind, key, version_given())
    flash(_("Marked to be stopped. It takes effect once somebody has reviewed it."), "notice")
    return redirect(url_for(".definition", kind=kind, key=key))


@blueprint.post("/definitions/product/<key>/stop")
@requires("release.activate", "release.approve")
def stop(key: str) -> Response:
    """Take no more applications, at once."""
    releases.stop(current_context(), key, request.form.get("reason", ""))
    flash(_("The product takes no applications from now on."), "notice")
    return redirect(url_for(".definition", kind="product", key=key))


@blueprint.post("/definitions/product/<key>/resume")
@requires("release.activate", "release.approve")
def resume(key: str) -> Response:
    """Take applications again."""
    releases.lift(current_context(), key, request.form.get("reason", ""))
    flash(_("The product takes applications again."), "good")
    return redirect(url_for(".definition", kind="product", key=key))
