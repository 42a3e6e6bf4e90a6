"""Screens of the definitions: the model by group, lists, one definition as cells, as text, its uses, its history.

Every page works without script; a change always carries the version it was made against.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.engines import flows, products
from loanloom.metadata.diff import Change, document_diff
from loanloom.metadata.document import Document
from loanloom.metadata.editing import replace_values
from loanloom.metadata.pointers import parent
from loanloom.problems import Problem, errors
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import flow_titles, product_trial, releases, uses
from loanloom.services.definitions import sheet as definition_sheet
from loanloom.services.definitions.releases import candidate, drafts, history
from loanloom.services.definitions.releases.policy import drafts_allowed
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import csp_nonce, current_context
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
    open_changes = history.listing(ctx, states=("proposed", "approved", "scheduled", "outdated", "rejected"))
    return render_template(
        "studio/index.html", shelves=definitions.shelves(ctx), words=words, found=found, open_changes=open_changes,
        drafts=drafts.listing(ctx), recent=history.listing(ctx, states=("live", "superseded"), limit=5),
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
    view = request.args.get("view", "sheet")
    return _page(kind, key, view if view in VIEWS else "sheet")


def _page(kind: str, key: str, view: str, *, problems: tuple[Problem, ...] = (), **more: Any) -> str:
    ctx = current_context()
    page = definitions.page(ctx, kind, key)
    shown: dict[str, Any] = {"page": page, "view": view, "problems": problems, "may_edit": _may_edit(page)}
    if view == "sheet":
        shown |= _sheet_parts(page)
    elif view == "text":
        found = more.pop("found", None)
        shown["found"] = definitions.check(ctx, kind, key) if found is None else found
        shown["source"] = more.pop("typed", None) or drafts.text_of(ctx, kind, key)
        csp_nonce()
    elif view == "used":
        shown["uses"] = [(use, page.registry.get(use.kind, use.key)) for use in page.uses]
        shown["fields"] = uses.of_fields(page.registry, page.shown) if kind == "entity" and page.shown else ()
    else:
        shown["versions"] = history.versions(ctx, kind, key)
    return render_template("studio/definition.html", **shown, **more)


def _sheet_parts(page: definitions.Page) -> dict[str, Any]:
    """The cells, the trial of a product, the drawing of a flow; nothing where the text cannot be read."""
    document = page.shown
    if document is None:
        return {"sections": None}
    faults = page.kind.compiled.faults(document.spec)
    broken = tuple(document.problem(f.code, f.message, f.pointer, hint=f.hint) for f in faults)
    if faults:
        return {"sections": None, "broken": broken}
    parts: dict[str, Any] = {
        "sections": definition_sheet.sheet(document, page.registry),
        "changes": _changed_cells(page, document),
    }
    if page.kind.key == "product":
        parts["trial"] = product_trial.try_product(current_context(), document, page.registry, request.values)
    if page.kind.key == "flow":
        compiled = flows.compile_flow(document, page.registry)
        if compiled.flow is not None:
            parts["diagram"] = flows.diagram(compiled.flow, language(), titles=flow_titles.titles(page.registry))
    return parts


def _changed_cells(page: definitions.Page, document: Document) -> dict[str, Change]:
    """The cells in which the draft differs from what is live, by pointer."""
    if page.live is None or page.draft is None:
        return {}
    found = document_diff(page.live, document, page.registry, page.registry)
    return {change.pointer.removeprefix("/spec"): change for change in found}


def _may_edit(page: definitions.Page) -> bool:
    allowed = current_context().actor.may("definition.edit") and drafts_allowed()
    return allowed and not page.builtin and not (page.draft and page.draft.retire)


def _version() -> int | None:
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


@blueprint.post("/definitions/<kind>/<key>/cell")
@requires("definition.edit")
def change_cell(kind: str, key: str) -> str | Response | tuple[str, int]:
    """Change one cell; the whole sheet comes back."""
    ctx, form = current_context(), request.form
    pointer = form.get("pointer", "")
    page = definitions.page(ctx, kind, key)
    if page.shown is None:
        return redirect(url_for(".definition", kind=kind, key=key, view="text"))
    cell = definition_sheet.cell_at(page.shown, page.registry, pointer)
    whole = pointer if pointer.startswith("/title/") else f"/spec{pointer}"
    found: tuple[Problem, ...] = ()
    try:
        if form.get("empty"):
            drafts.change_values(ctx, kind, key, {}, _version(), remove=[_emptied(page, pointer)])
        else:
            values, found = _typed(cell, whole, page)
            if not found:
                drafts.change_values(ctx, kind, key, values, _version())
    except (Refused, Conflict) as refused:
        found = refused.problems
    if found:
        found = tuple(problem.at(field=pointer.strip("/").replace("/", "-")) for problem in found)
    if found:
        return _page(kind, key, "sheet", problems=found, changed=pointer), 422
    if request.headers.get("HX-Request"):
        return _page(kind, key, "sheet")
    return redirect(url_for(".definition", kind=kind, key=key) + f"#c-{pointer.strip('/').replace('/', '-')}")


def _typed(
    cell: definition_sheet.Cell, whole: str, page: definitions.Page
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """What was typed as values at pointers, or why not: the schema judges the one place at once."""
    if cell.kind == "texts":
        given = {tag: request.form.get(f"value.{tag}", "").strip() for tag in ("en", "zh")}
        values: dict[str, Any] = {f"{whole}/{tag}": words for tag, words in given.items() if words}
        return values, ()
    value, wrong = definition_sheet.parsed(cell, request.form.getlist("value"))
    if wrong is not None:
        return {}, (wrong,)
    assert page.shown is not None
    edited = replace_values(
        page.draft.source if page.draft else drafts.text_of(current_context(), page.kind.key, page.key), {whole: value}
    )
    if edited.problems:
        return {}, edited.problems
    document, told = candidate.read_draft(page.kind.key, page.key, edited.text)
    if document is None:
        return {}, told
    faults = [fault for fault in page.kind.compiled.faults(document.spec)
              if fault.pointer.startswith(cell.pointer) or fault.pointer == parent(cell.pointer)]  # fmt: skip
    return {whole: value}, tuple(document.problem(f.code, f.message, f.pointer, hint=f.hint) for f in faults)


def _emptied(page: definitions.Page, pointer: str) -> str:
    """The place to remove: the mapping around it too, when nothing else is left in it."""
    assert page.shown is not None
    above = parent(pointer)
    holder = page.shown.at(above) if above else None
    lonely = isinstance(holder, Mapping) and len(holder) == 1
    return f"/spec{above if lonely else pointer}"


@blueprint.post("/definitions/<kind>/<key>/text")
@requires("definition.edit")
def save_text(kind: str, key: str) -> str | Response | tuple[str, int]:
    """Keep the text as a draft; problems do not hinder a draft, they are shown."""
    ctx = current_context()
    typed = request.form.get("source", "").replace("\r\n", "\n")
    try:
        drafts.save(ctx, kind, key, typed, _version())
    except (Refused, Conflict) as refused:
        status = 409 if isinstance(refused, Conflict) else 422
        found = definitions.check(ctx, kind, key, typed)
        return _page(kind, key, "text", problems=refused.problems, typed=typed, found=found), status
    found = errors(definitions.check(ctx, kind, key))
    if found:
        flash(_("Saved as a draft. %(num)s problems are left.", num=len(found)), "notice")
    else:
        flash(_("Saved as a draft."), "good")
    return redirect(url_for(".definition", kind=kind, key=key, view="text"))


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
        return _page(kind, key, "sheet", problems=refused.problems, copying=form), 422
    flash(_("Copied. Change what is different, then put it up for review."), "good")
    return redirect(url_for(".definition", kind=kind, key=made.key))


@blueprint.post("/definitions/<kind>/<key>/discard")
@requires("definition.edit")
def discard(kind: str, key: str) -> Response:
    """Throw the draft away."""
    ctx = current_context()
    drafts.discard(ctx, kind, key, _version() or 0)
    flash(_("The draft was thrown away."), "notice")
    live = ctx.registry.get(kind, key) is not None
    return redirect(url_for(".definition", kind=kind, key=key) if live else url_for(".listing", kind=kind))


@blueprint.post("/definitions/<kind>/<key>/retire")
@requires("definition.edit")
def retire(kind: str, key: str) -> Response:
    """Say in a draft that a definition is no longer used."""
    drafts.retire(current_context(), kind, key, _version())
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
