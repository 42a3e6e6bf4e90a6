"""What is typed, pasted, pressed and dropped in a grid, as one post: everything typed so far travels with it.

Every line's buttons are submits of the one form, so it works without script; with it the post goes by itself and the
page is merged in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from loanloom.metadata.pointers import after_insertion, parent, slug, split
from loanloom.problems import Problem
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions.grids import laying, moving, pasting, writing
from loanloom.services.definitions.grids.pasting import Typed
from loanloom.services.definitions.grids.writing import Act
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given
from loanloom.web.studio.editors.grids import VIEWS

blueprint = Blueprint("grids", __name__, url_prefix="/studio/definitions")
CELL, NEW = "c:", "new:"


@blueprint.post("/<kind>/<key>/grid")
@requires("definition.edit")
def write(kind: str, key: str) -> str | Response | tuple[str, int]:
    """Keep what was typed and do what was asked; cells that cannot be read come back as they were typed."""
    if kind not in VIEWS:
        raise NotFound()
    ctx, page = current_context(), definitions.page(current_context(), kind, key)
    typed, at = _typed(), request.form.get("at", "")
    try:
        act, pasted = _asked(), request.form.get("paste", "")
        if pasted.strip() and request.form.get("act") == "paste":
            seen = writing.seen(ctx, page, version_given())
            grid = laying.grid_of(seen, page.registry, page.live, language(), laying.table_at(seen, at))
            spread = pasting.spread(grid, pasted, request.form.get("paste_at", ""))
            typed = Typed({**typed.cells, **spread.cells}, (*typed.new, *spread.new), typed.where)
        written = writing.write(ctx, page, version_given(), typed, act, language(), at)
    except (Refused, Conflict) as refused:
        kept = _kept(typed, {})
        return page_of(kind, key, "grid", problems=refused.problems, typed=kept, new_at=typed.where), refused.status
    told = editors.joined(written.draft.joined_with) if written.draft and written.draft.joined_with else None
    if written.wrong:
        kept = _kept(typed, written.wrong)
        return page_of(kind, key, "grid", wrong=written.wrong, typed=kept, told=told, new_at=typed.where), 422
    new_at = _next(typed)
    if request.headers.get("HX-Request"):
        return page_of(kind, key, "grid", told=told, new_at=new_at)
    if told:
        flash(told, "notice")
    if typed.new:
        flash(ngettext("%(num)s new line.", "%(num)s new lines.", len(typed.new)), "good")
    here: dict[str, Any] = {name: request.form.get(name) or None for name in ("q", "from", "at")}
    if act.what == "table":
        here["at"] = act.pointer if kind == "posting_rules" else f"{act.pointer}/logic/table"
    place = slug(act.pointer or new_at.partition(":")[2] or request.form.get("paste_at", ""))
    where = url_for("studio.definition", kind=kind, key=key, view="grid", new_at=new_at or None, **here)
    return redirect(where + (f"#l-{place}" if place else ""))


def _typed() -> Typed:
    form = request.form
    cells = {name.removeprefix(CELL): word for name, word in form.items() if name.startswith(CELL)}
    line = {name.removeprefix(NEW): word for name, word in form.items() if name.startswith(NEW)}
    typed = (line,) if any(word.strip() for word in line.values()) else ()
    return Typed(cells, typed, form.get("new_at", ""))


def _next(typed: Typed) -> str:
    """Where the next new line is typed: where a button asks for it, else behind the one that was just put somewhere."""
    how, _, pointer = typed.where.partition(":")
    behind = moving.beside(pointer)
    put = how == "below" and len(typed.new) == 1 and bool(behind)
    act, _, asked = request.form.get("act", "").partition(":")
    if act != "new":
        return f"{how}:{behind if put else pointer}" if pointer else ""
    do, _, line = asked.partition(":")
    if put and line:  # the line that was just put stands before it
        line = after_insertion(line, parent(behind), int(split(behind)[-1]))
    return f"{do}:{line}" if do in moving.PUT else ""


def _asked() -> Act:
    """The button that was pressed, or what was dropped where."""
    act, what, where = (request.form.get(name, "") for name in ("act", "what", "where"))
    if what and where:
        do, _, goal = where.partition(":")
        return Act("drop", do, what, goal)
    kind, do, pointer = (*act.split(":", 2), "", "")[:3]
    return Act(kind, do, pointer) if kind in ("line", "column", "table") else Act()


def _kept(typed: Typed, wrong: Mapping[str, Problem]) -> dict[str, str]:
    """What goes back into the cells as it was typed: what was not kept."""
    new = {f"{NEW}{path}": word for row in typed.new[:1] for path, word in row.items()}
    if not wrong:
        return {**typed.cells, **new}
    cells = {pointer: word for pointer, word in typed.cells.items() if pointer in wrong}
    return cells | (new if any(one.startswith(NEW) for one in wrong) else {})
