"""Flows as BPMN drawings: handed out as they stand, brought in as drafts with what was not understood."""

from __future__ import annotations

from dataclasses import dataclass

from loanloom.engines.flows import bpmn
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.errors import NotFound, Refused

FLOW = "flow"


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """The flow that a file became. `own` says that its definition was in the file, `unchanged` that it says what the
    flow says already, so that there is no draft; `problems` are what was not understood."""

    key: str
    own: bool
    unchanged: bool
    problems: tuple[Problem, ...]


def export(ctx: Context, key: str, language: str) -> str:
    """The BPMN file of a flow: of its draft, where there is one that can be read, else of what is live."""
    page = catalogue.page(ctx, FLOW, key)
    readable = (one for one in (page.shown, page.live) if one is not None)
    document = next((one for one in readable if not page.kind.compiled.faults(one.spec)), None)
    if document is None:
        raise NotFound(text("flow", "流程"))
    return bpmn.exported(document, language)


def bring_in(ctx: Context, data: bytes, *, key: str | None = None, process: str | None = None) -> BroughtIn:
    """Keep the flow of a file as a draft: a file of ours for its own flow, one of another tool as a new one."""
    ctx.require("definition.edit")
    roles = bpmn.role_names(ctx.registry)
    found = bpmn.imported(data, kinds(), key=key, process=process, roles=roles)
    if found.text is None:
        raise Refused(found.problems)
    own = found.own and ctx.registry.get(FLOW, found.key) is not None
    if drafts.find(ctx, FLOW, found.key) is not None:
        raise Refused(_draft_there(found.key))
    if own and found.text == drafts.text_of(ctx, FLOW, found.key):
        return BroughtIn(found.key, own=True, unchanged=True, problems=found.problems)
    if own:
        drafts.save(ctx, FLOW, found.key, found.text, None)
    else:
        drafts.create(ctx, FLOW, found.key, found.text)
    return BroughtIn(found.key, own=found.own, unchanged=False, problems=found.problems)


def _draft_there(key: str) -> Problem:
    return Problem(
        code="draft.there_already",
        field="key",
        message=text(f'There is a draft of "{key}" already.', f"“{key}”已有草稿。"),
        hint=text("Discard it first, or choose another key.", "请先放弃该草稿，或换一个键。"),
    )
