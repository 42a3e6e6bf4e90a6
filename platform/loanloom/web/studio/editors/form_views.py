"""Two views of a form beside the designer: as somebody would see it, and who may do what with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request, session
from flask_babel import lazy_gettext

from loanloom.engines import forms
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.designing import access, previewing
from loanloom.services.errors import Refused
from loanloom.web.forms import answering, posted
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View

_KEPT = "form_preview"
"""Where a person's last wish is kept: as whom, at which step, with made-up answers or not."""


def asked() -> previewing.Asked:
    """As whom, where and with what the form is to be seen: names of the page begin with _."""
    said = {name: request.values.get(f"_{name}", "").strip()[:80] for name in ("role", "node", "case")}
    return previewing.Asked(**said, sample=request.values.get("_with") == "sample")


def seen(page: Page) -> dict[str, Any]:
    """The form as it is asked for, with what was typed."""
    wanted = asked()
    scene = previewing.scene(current_context(), page, wanted)
    post = posted.read() if request.method == "POST" and not request.form.get("_again") else None
    raw = post.raw if post is not None else None
    paper = request.values.get("_with") == "paper" or request.values.get("_paper") == "yes"
    telling: forms.Telling = "none" if post is None else "all" if post.is_submission else "entered"
    view = scene.view(raw, telling, read_only=paper)
    step = None
    if view is not None and not paper:
        judged = scene.view(raw, "all")
        step = answering.step_of(post, view, lambda: judged or view, view.problems)
    return {
        "asked": wanted,
        "scene": scene,
        "form_view": view,
        "step": step,
        "judged": telling == "all",
        "paper": paper,
    }


def glance(page: Page, section: str | None) -> dict[str, Any]:
    """The form (or one section of it) as it was last asked for in the preview, to be shown beside the designer."""
    kept = session.get(_KEPT, {})
    wanted = previewing.Asked(role=kept.get("role", ""), node=kept.get("node", ""), sample=bool(kept.get("sample")))
    scene = previewing.scene(current_context(), page, wanted)
    view = scene.view()
    if view is not None and section is not None:
        view = replace(view, sections=tuple(one for one in view.sections if one.key == section))
    who = previewing.roles(page.registry).get(wanted.role)
    steps = (title for one in previewing.stages(page.shown, page.registry) for key, title in one.nodes.items()
             if key == wanted.node) if page.shown is not None else ()  # fmt: skip
    return {"glance": view, "glance_role": who, "glance_node": next(iter(steps), None)}


def _preview(page: Page) -> dict[str, Any]:
    assert page.shown is not None, "asked only where it can be read"
    if "_role" in request.args:
        wanted = asked()
        session[_KEPT] = {"role": wanted.role, "node": wanted.node, "sample": wanted.sample}
    stages = previewing.stages(page.shown, page.registry)
    return {**seen(page), "roles": previewing.roles(page.registry), "stages": stages}


def _access(page: Page) -> dict[str, Any]:
    """The grid; of the roles those that the form names, or all that are asked for."""
    document, registry = page.shown, page.registry
    assert document is not None, "asked only where it can be read"
    known, named = previewing.roles(registry), access.named(document)
    every = request.values.get("_all") == "yes"
    shown = {key: title for key, title in known.items() if every or key in named or not named}
    node = request.values.get("_node") or None
    found: dict[str, Any] = {
        "roles": shown, "more_roles": len(known) - len(shown), "node": node, "every": every, "lines": (), "broken": (),
        "stages": previewing.stages(document, registry), "modes": access.MODES, "at": request.values.get("at"),
    }  # fmt: skip
    try:
        found["lines"] = access.grid(document, registry, tuple(shown), node)
    except Refused as refused:
        found["broken"] = refused.problems
    return found


PREVIEW = View("preview", lazy_gettext("Preview"), _preview, "studio/editors/form_preview.html")
ACCESS = View("access", lazy_gettext("Access"), _access, "studio/editors/form_access.html")
