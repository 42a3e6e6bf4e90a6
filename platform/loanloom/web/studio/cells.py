"""Changing one definition by its cells and parts: cells filled or emptied, parts added, moved, copied, taken out, the
last change undone. Every post carries the version it was made against; the whole page comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.metadata.editing import replace_values
from loanloom.metadata.pointers import parent, slug
from loanloom.services.definitions import arranging, product_trial
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import sheet as definition_sheet
from loanloom.services.definitions.arranging import Asked, arrange
from loanloom.services.definitions.releases import candidate, drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.typed import parsed
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given

blueprint = Blueprint("cells", __name__, url_prefix="/studio/definitions")
Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
_AT_TOP = {"HX-Reswap": "outerHTML show:window:top"}


@blueprint.post("/<kind>/<key>/cell")
@requires("definition.edit")
def change(kind: str, key: str) -> Answer:
    """Change one cell; the whole sheet comes back."""
    ctx, pointer = current_context(), request.form.get("pointer", "")
    page = definitions.page(ctx, kind, key)
    if page.shown is None:
        return redirect(url_for("studio.definition", kind=kind, key=key, view="text"))
    cell = definition_sheet.cell_at(page.shown, page.registry, pointer)
    whole = pointer if pointer.startswith("/title/") else f"/spec{pointer}"

    def changed() -> Draft:
        if request.form.get("empty"):
            return drafts.change_values(ctx, kind, key, {}, version_given(), remove=[_emptied(page, pointer)])
        values = _typed(cell, whole, page)
        return drafts.change_values(ctx, kind, key, values, version_given())

    return _answer(kind, key, changed, pointer, cell=True)


@blueprint.post("/product/<key>/trial")
@requires("definition.edit")
def tried(key: str) -> Answer:
    """One loan on the product with the cell as it is being typed; nothing where that is no value yet."""
    ctx, pointer = current_context(), request.form.get("pointer", "")
    page = definitions.page(ctx, "product", key)
    if page.shown is None:
        return "", 204
    cell = definition_sheet.cell_at(page.shown, page.registry, pointer)
    try:
        values = _typed(cell, pointer if pointer.startswith("/title/") else f"/spec{pointer}", page)
    except Refused:
        return "", 204
    edited = replace_values(drafts.text_of(ctx, "product", key), values)
    document, _ = candidate.read_draft("product", key, edited.text)
    if document is None:
        return "", 204
    trial = product_trial.try_product(ctx, document, page.registry, request.form)
    return render_template("studio/_trial.html", page=page, trial=trial, unsaved=True)


@blueprint.post("/<kind>/<key>/arrange")
@requires("definition.edit")
def arranged(kind: str, key: str) -> Answer:
    """Do what the outline offers: `act` is what, with which choice, where."""
    do, _, rest = request.form.get("act", "").partition(":")
    choice, _, pointer = rest.partition(":")
    ctx, page = current_context(), definitions.page(current_context(), kind, key)
    asked = Asked(do, pointer, choice, request.form.get("name", "").strip())
    return _answer(kind, key, lambda: arrange(ctx, page, asked, version_given()), pointer)


@blueprint.post("/<kind>/<key>/undo")
@requires("definition.edit")
def undo(kind: str, key: str) -> Answer:
    """Bring back the text before the last change."""
    return _answer(kind, key, lambda: drafts.undo(current_context(), kind, key, version_given() or 0), "")


@blueprint.post("/<kind>/<key>/redo")
@requires("definition.edit")
def redo(kind: str, key: str) -> Answer:
    """Bring back what was undone."""
    return _answer(kind, key, lambda: drafts.redo(current_context(), kind, key, version_given() or 0), "")


@blueprint.get("/<kind>/<key>/meanwhile")
@requires("definition.edit")
def meanwhile(kind: str, key: str) -> str:
    """Whether somebody else has changed the draft since a page was opened: asked by the page while it is open."""
    found = drafts.find(current_context(), kind, key)
    mine = request.args.get("version", type=int)
    newer = found if found is not None and found.version != mine else None
    return render_template("studio/editors/_meanwhile.html", newer=newer, kind=kind, key=key)


def _answer(kind: str, key: str, do: Callable[[], Draft], pointer: str, *, cell: bool = False) -> Answer:
    """The page after a change, or with what is wrong at its place."""
    view = request.form.get("view") or "sheet"
    place = slug(pointer)
    try:
        saved = do()
    except (Refused, Conflict) as refused:
        found = tuple(problem.at(field=place) if cell else problem for problem in refused.problems)
        if cell:
            return page_of(kind, key, view, problems=found, changed=pointer, typed_cell=request.form), 422
        return page_of(kind, key, view, problems=found), 422, _AT_TOP
    told = editors.joined(saved.joined_with) if saved.joined_with else None
    if request.headers.get("HX-Request"):
        return page_of(kind, key, view, told=told)
    if told:
        flash(told, "notice")
    at = request.form.get("at") or None
    where = url_for(
        "studio.definition", kind=kind, key=key, view=None if view == editors.first_of(kind) else view, at=at
    )
    return redirect(where + (f"#c-{place}" if place else ""))


def _typed(cell: definition_sheet.Cell, whole: str, page: definitions.Page) -> dict[str, Any]:
    """What was typed as values at pointers; the schema judges the one place at once."""
    if cell.kind == "texts":
        given = {tag: request.form.get(f"value.{tag}", "").strip() for tag in ("en", "zh")}
        return {f"{whole}/{tag}": words for tag, words in given.items() if words}
    value, wrong = parsed(cell, request.form.getlist("value"))
    if wrong is not None:
        raise Refused(wrong)
    edited = replace_values(drafts.text_of(current_context(), page.kind.key, page.key), {whole: value})
    document = arranging.read(page, edited)
    faults = [fault for fault in page.kind.compiled.faults(document.spec)
              if fault.pointer.startswith(cell.pointer) or fault.pointer == parent(cell.pointer)]  # fmt: skip
    arranging.refuse_faults(document, faults)
    return {whole: value}


def _emptied(page: definitions.Page, pointer: str) -> str:
    """The place to remove: the mapping around it too, when nothing else is left in it."""
    assert page.shown is not None
    above = parent(pointer)
    holder = page.shown.at(above) if above else None
    lonely = isinstance(holder, Mapping) and len(holder) == 1
    return f"/spec{above if lonely else pointer}"
