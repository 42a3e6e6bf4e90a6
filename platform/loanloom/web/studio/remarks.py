"""Remarks on a definition: written beside it, settled there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.metadata.pointers import MISSING, resolve
from loanloom.problems import Text, say
from loanloom.services.definitions import catalogue, remarks
from loanloom.services.definitions import sheet as definition_sheet
from loanloom.services.definitions.remarks import Remark
from loanloom.services.errors import Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("remarks", __name__, url_prefix="/studio")


@blueprint.app_template_global()
def remarks_on(*about: tuple[str, str], settled: bool = False) -> tuple[Remark, ...]:
    """The remarks on these definitions."""
    return remarks.listing(current_context(), about, settled=settled)


@blueprint.app_template_global()
def remark_place(page: catalogue.Page, pointer: str) -> Text | None:
    """What the cell of a remark is called, while it is there."""
    if not pointer or page.shown is None or resolve(page.shown.spec, pointer) is MISSING:
        return None
    return definition_sheet.cell_at(page.shown, page.registry, pointer).label


@blueprint.app_template_global()
def remark_places(page: catalogue.Page) -> list[tuple[str, str]]:
    """The cells a remark may be about."""
    if page.shown is None or page.kind.compiled.faults(page.shown.spec):
        return []
    sections = definition_sheet.sheet(page.shown, page.registry)[1:]
    cells = ((section, cell) for section in sections for cell in section.cells if not cell.heading and cell.depth == 0)
    spoken = language()
    return [(cell.pointer, f"{say(section.title, spoken)} · {say(cell.label, spoken)}") for section, cell in cells]


@blueprint.post("/definitions/<kind>/<key>/remarks")
@requires(*remarks.RIGHTS)
def write(kind: str, key: str) -> Response:
    """Say something."""
    form = request.form
    try:
        remarks.write(current_context(), kind, key, form.get("words", ""), form.get("pointer", ""))
    except Refused as refused:
        flash(say(refused.problems[0].message, language()), "bad")
    else:
        flash(_("Said; those who work on it are told."), "good")
    return redirect(url_for("studio.definition", kind=kind, key=key) + "#remarks")


@blueprint.post("/remarks/<int:remark_id>/settle")
@requires(*remarks.RIGHTS)
def settle(remark_id: int) -> Response:
    """It has been dealt with."""
    kind, key = remarks.settle(current_context(), remark_id)
    return redirect(url_for("studio.definition", kind=kind, key=key) + "#remarks")
