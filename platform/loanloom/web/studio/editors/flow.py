"""The editor of a flow: its steps as a list, the drawing beside it, one step in words of the trade.

Everything is done by plain posts (`flow_changes`); dragging fills in the same form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from loanloom.engines import flows
from loanloom.engines.flows.drawing import DrawnNode, by_node, sketch
from loanloom.engines.flows.drawing.picture import ICONS
from loanloom.engines.flows.editing import TYPES, drawn_ways, placed
from loanloom.metadata.document import Document
from loanloom.problems import Problem, say
from loanloom.services.definitions import (
    flow_editing,
    flow_panel,
    flow_people,
    flow_terms,
    flow_titles,
    flow_ways,
)
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.flow_panel import Panel
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View, may_edit
from loanloom.web.studio.words import cell_of

SHOWN = 14
"""Steps of the list that are shown at once; a longer list folds the rest."""
_PEOPLE, _WAYS = ("approval", "countersign", "committee", "form"), ("exclusive", "parallel", "inclusive", "join", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One step of the list."""

    node: DrawnNode
    type_title: str
    icon: str
    leads: tuple[str, ...]


def parts(page: Page) -> dict[str, Any]:
    """What the editor's template needs."""
    document = page.shown
    assert document is not None, "asked only where it can be read"
    compiled = flows.compile_flow(document, page.registry)
    problems = (*flow_editing.told(current_context(), page), *compiled.problems)
    problems = tuple({(one.code, one.pointer, str(one.message)): one for one in problems}.values())
    file = page.kind.file_of(page.key)
    found = by_node(document, problems, document.file or file) | by_node(document, problems, file)
    drawn = compiled.flow or sketch(document, page.registry)
    if drawn is None:
        return {"diagram": None, "rows": (), "panel": None}
    titles = flow_titles.titles(page.registry)
    plain = flows.diagram(drawn, language(), titles=titles, problems=found)
    chosen = _chosen(drawn)
    ways = placed(drawn_ways(document.spec.get("nodes", ())), plain.edges)
    links = {key: f"{step_url(page.key, key)}#step" for key in drawn.nodes}
    diagram = plain.linked(links).looked_at(chosen)
    if may_edit(page):
        diagram = diagram.editable([str(way) if way else None for way in ways])
    rows = tuple(_rows(document.spec.get("nodes", ()), diagram))
    panel = flow_panel.panel(document, page.registry, chosen) if chosen else None
    return {
        "diagram": diagram,
        "rows": rows,
        "fold_at": SHOWN,
        "chosen_far": chosen in [row.node.key for row in rows[SHOWN:]],
        "panel": panel,
        "step_problems": found.get(chosen, []) if chosen else [],
        "found": tuple(_linked(page, problems, found)),
        "palette": palette(startless=not any(node.type == "start" for node in drawn)),
        "places": tuple(_places(diagram)),
        "place": _place(diagram, chosen),
        "titles": {node.key: node.title for node in diagram.nodes},
        **(_choices(document, page, panel) if panel is not None else {}),
    }


def _choices(document: Document, page: Page, panel: Panel) -> dict[str, Any]:
    """What there is to choose from at a step: people, ways to count the time, what may happen then, dates, facts."""
    staff = flow_editing.staff(current_context()) if panel.everybody else ()
    people = flow_people.offered(document, page.registry, staff) if panel.everybody else ()
    named = {value: words for _, choices in people for value, words in choices}
    return {
        "people": people,
        "staffed": named,
        "scopes": flow_people.SCOPES,
        "awaited": flow_ways.AWAITED,
        "may_rename": flow_editing.may_rename(page, panel.key),
        "hows": flow_terms.HOW,
        "doing": flow_terms.DOING,
        "days": flow_terms.days(document, page.registry),
        "facts": flow_terms.facts(document, page.registry) if panel.inputs_at else {},
    }


def step_url(key: str, step: str | None) -> str:
    """The editor with a step chosen."""
    return url_for("studio.definition", kind="flow", key=key, view="flow", at=step)


def _chosen(drawn: flows.Flow) -> str | None:
    """The step that is looked at: what was just changed, else what the address names."""
    named = g.get("flow_step", None) or request.values.get("at")
    return named if named in drawn.nodes else None


def _rows(nodes: Sequence[Mapping[str, Any]], diagram: flows.Diagram) -> Iterator[Row]:
    titles = {key: say(words, language()) for key, words in flow_editing.type_titles().items()}
    by_key = {node.key: node for node in diagram.nodes}
    for raw in nodes:
        node = by_key[str(raw["key"])]
        leads = tuple(by_key[edge.target].title for edge in diagram.edges if edge.source == node.key)
        yield Row(
            node=node, type_title=titles.get(node.type, node.type), icon=ICONS.get(node.type, "point"),
            leads=tuple(dict.fromkeys(leads)),
        )  # fmt: skip


def _linked(
    page: Page, problems: Sequence[Problem], found: Mapping[str, Sequence[Problem]]
) -> Iterator[tuple[Problem, str | None]]:
    """Every problem with where it is mended: its step here, or another definition."""
    steps = {id(one): key for key, each in found.items() for one in each}
    for one in problems:
        step = steps.get(id(one))
        yield one, f"{step_url(page.key, step)}#step" if step else cell_of(one, page)


def palette(*, startless: bool = False) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """The types of step by group: type, title, icon."""
    titles = flow_editing.type_titles()

    def group(types: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
        return tuple((one, say(titles.get(one, one), language()), ICONS.get(one, "point")) for one in types)

    rest = [one for one in TYPES if one not in (*_PEOPLE, *_WAYS)]
    return (
        (_("People"), group((*(("start",) if startless else ()), *_PEOPLE))),
        (_("By itself"), group(rest)),
        (_("Ways and ends"), group(_WAYS)),
    )


def _places(diagram: flows.Diagram) -> Iterator[tuple[str, str]]:
    """Where a step may be put, in words: on every way, behind every step that leads nowhere yet, by itself."""
    titles = {node.key: node.title for node in diagram.nodes}
    for edge in diagram.edges:
        if edge.way is not None:
            label = f" ({edge.label})" if edge.label else ""
            yield f"way:{edge.way}", f"{titles[edge.source]} → {titles[edge.target]}{label}"
    leading = {edge.source for edge in diagram.edges}
    for node in diagram.nodes:
        if node.type != "end" and node.key not in leading:
            yield f"at:{node.key}", _("behind %(step)s", step=node.title)
    yield "", _("by itself, without ways")


def _place(diagram: flows.Diagram, chosen: str | None) -> str:
    """Where most people want the next step: behind the one they look at, else before the first end."""
    mine = [edge for edge in diagram.edges if edge.way is not None and edge.source == chosen]
    if mine:
        return f"way:{mine[-1].way}"
    if chosen is not None and any(node.key == chosen and node.type != "end" for node in diagram.nodes):
        return f"at:{chosen}"
    ends = [node.key for node in diagram.nodes if node.type == "end"]
    into = [edge for edge in diagram.edges if edge.way is not None and edge.target in ends[:1]]
    return f"way:{into[-1].way}" if into else ""


VIEW = View("flow", lazy_gettext("Steps and drawing"), parts, "studio/editors/flow_editor.html")
