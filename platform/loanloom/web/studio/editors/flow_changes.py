"""What is done to a flow in its editor: to the drawing, to a step. Every post carries the version it
was made against; the whole page comes back with the step that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, request
from werkzeug.wrappers import Response

from loanloom.problems import say
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import flow_editing
from loanloom.services.definitions.flow_editing import Asked, Changed
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given
from loanloom.web.studio.editors.flow import step_url

blueprint = Blueprint("flow_editor", __name__, url_prefix="/studio")
Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
_AT_TOP = {"HX-Reswap": "outerHTML show:window:top"}


@blueprint.post("/definitions/flow/<key>/draw")
@requires("definition.edit")
def draw(key: str) -> Answer:
    """Do something to the drawing: what was dropped where, or what a button says."""
    ctx, page = current_context(), definitions.page(current_context(), "flow", key)
    return _answer(key, lambda: flow_editing.arrange(ctx, page, _asked(), version_given()))


@blueprint.post("/definitions/flow/<key>/step")
@requires("definition.edit")
def describe(key: str) -> Answer:
    """Keep what was filled in about a step."""
    ctx, page = current_context(), definitions.page(current_context(), "flow", key)
    step, posted = request.form.get("at", ""), request.form.getlist
    return _answer(key, lambda: flow_editing.describe(ctx, page, step, posted, version_given()))


def _asked() -> Asked:
    """`what` and `where` are filled in by dragging; a button says all in one (`act`), but for the place in the list."""
    form = request.form
    dragged = form.get("what", "")
    do, what, where = [*(dragged or form.get("act", "")).split("|", 2), "", ""][:3]
    where = form.get("where", "") if dragged else where or form.get("place", "")
    if do in ("connect", "lead"):
        where = where.removeprefix("at:")
    return Asked(do, what, where)


def _answer(key: str, do: Callable[[], Changed]) -> Answer:
    """The page after a change, or with the reason why there is none."""
    try:
        changed = do()
    except (Refused, Conflict) as refused:
        return page_of("flow", key, "flow", problems=refused.problems), 422, _AT_TOP
    said = [say(one, language()) for one in changed.told]
    if changed.draft is not None and changed.draft.joined_with:
        said.append(editors.joined(changed.draft.joined_with))
    if request.headers.get("HX-Request"):
        g.flow_step = changed.chosen
        shown = page_of("flow", key, "flow", flow_told=" ".join(said))
        return shown, 200, {"HX-Replace-Url": step_url(key, changed.chosen)}
    for one in said:
        flash(one, "notice")
    return redirect(step_url(key, changed.chosen) + ("#step" if changed.chosen else ""))
