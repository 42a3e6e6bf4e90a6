"""Flows changed as one draws them: steps put in, moved and taken out, ways drawn; a step described.

The engine decides what a change comes to (`engines.flows.editing`); every change is one step of the draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows import editing
from loanloom.engines.flows.editing import Arranged, Outcome
from loanloom.engines.flows.resolving import Member
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.steps import in_turn
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.arranging import check_shape
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.flow_panel_typed import Posted, described
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.errors import Refused
from loanloom.services.flows import colleagues, manning

FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody did to the drawing: a thing to do and to what, each meaning as the thing has it."""

    do: str
    what: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The draft after a change, the step that is looked at, and what else came of it."""

    draft: Draft | None
    chosen: str | None
    told: tuple[Text, ...] = ()


def arrange(ctx: Context, page: Page, asked: Asked, version: int | None) -> Changed:
    """Do what was done to the drawing, over the version that it was done at."""
    document = _readable(page)
    found = _outcome(document, asked)
    if isinstance(found, Problem):
        raise Refused(found)
    check_shape(ctx, page, document, found.step)
    saved = drafts.change(ctx, FLOW, page.key, found.step, version)
    return Changed(saved, found.chosen, found.told)


def describe(ctx: Context, page: Page, key: str, posted: Posted, version: int | None) -> Changed:
    """Keep what was filled in about a step."""
    document = _readable(page)
    said = [described(document, page.registry, key, posted)]
    fresh = next((one.strip() for one in posted("key")), key)
    if fresh not in ("", key) and may_rename(page, key):
        found = editing.rename(document.spec, key, fresh)
        if isinstance(found, Problem):
            raise Refused(found)
        said.append(found.step)
        key = fresh
    done = [one for one in said if one is not None]
    if not done:
        return Changed(page.draft, key)
    step = in_turn(*done)
    check_shape(ctx, page, document, step)
    return Changed(drafts.change(ctx, FLOW, page.key, step, version), key)


def may_rename(page: Page, key: str) -> bool:
    """Whether a step may have another key: only one that is not live yet. Running cases, forms and examples know a
    live one by its key."""
    live = page.live.spec.get("nodes", ()) if page.live is not None else ()
    return all(node.get("key") != key for node in live)


def told(ctx: Context, page: Page) -> tuple[Problem, ...]:
    """What there is to say of a flow: of a draft all that the full check finds, of what is live whom it lacks today."""
    ctx.require("definition.read")
    if page.draft is not None:
        return catalogue.check(ctx, FLOW, page.key)
    with ctx.transaction() as connection:
        return tuple(manning.of_flows(ctx, connection, page.registry, [page.key]))


def staff(ctx: Context) -> tuple[Member, ...]:
    """Everybody who works here, for whoever describes a step."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        return tuple(colleagues.staff_of(ctx, connection))


def _readable(page: Page) -> Document:
    if page.shown is None:
        raise Refused(page.problems)
    return page.shown


def _outcome(document: Document, asked: Asked) -> Outcome:
    make = _DOING.get(asked.do)
    if make is None:
        message = text("This cannot be done to a flow.", "流程不支持该操作。")
        return Problem(code="flow_edit.unknown", message=message)
    return make(document, asked)


def _add(document: Document, asked: Asked) -> Outcome:
    return editing.add(document.spec, asked.what, asked.where, type_titles().get(asked.what, text("Step", "环节")))


_DOING: Mapping[str, Callable[[Document, Asked], Outcome]] = {
    "add": _add,
    "move": lambda document, asked: editing.move(document.spec, asked.what, asked.where),
    "connect": lambda document, asked: editing.connect(document.spec, asked.what, asked.where),
    "lead": lambda document, asked: editing.lead(document.spec, asked.what, asked.where),
    "cut": lambda document, asked: editing.cut(document.spec, asked.what),
    "sooner": lambda document, asked: editing.order(document.spec, asked.what, -1),
    "later": lambda document, asked: editing.order(document.spec, asked.what, 1),
    "remove": lambda document, asked: editing.remove(document.spec, asked.what),
}


def type_titles() -> Mapping[str, Text]:
    """What people call the types of step."""
    return schema_walk.choices(schema_walk.follow(_schema()["$defs"]["node"], _schema())["properties"]["type"])


def _schema() -> Mapping[str, Any]:
    return kinds().require(FLOW).schema


__all__ = ["Arranged", "Asked", "Changed", "arrange", "describe", "type_titles"]
