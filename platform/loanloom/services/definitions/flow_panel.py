"""One step of a flow as people speak of it: what it is called, who does it, what they may do, by when, where it leads.

What is usual for its type stands here as fields; everything else stays with the general editor. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.flows import graph
from loanloom.engines.flows import scope as scopes
from loanloom.engines.flows.changing import RATE
from loanloom.engines.flows.drawing import sketch, wording
from loanloom.engines.flows.editing import DrawnWay, drawn_ways
from loanloom.engines.flows.model import HUMAN, VOTED, Flow
from loanloom.engines.flows.reading import usual_actions, usual_exclusions
from loanloom.feel.help.rows import rows_of, sentence
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, say, text
from loanloom.services.definitions import flow_people
from loanloom.services.definitions.flow_people import Who
from loanloom.services.definitions.sheet import Cell, Layout

_WORK = ("actions", "return_to", "deadline/working_hours")
_REASONS = ("reasons/refuse", "reasons/return")
_RARE = ("exclude", "reason_required", *_REASONS, "opinion_required", "may_change", "form", "limit", "bulk")
USUAL: Mapping[str, tuple[str, ...]] = {
    "start": ("form",),
    "form": ("form", "may_change", "deadline/working_hours"),
    "approval": _WORK,
    **dict.fromkeys(VOTED, ("vote/rule", "vote/needed", "vote/in_turn", *_WORK)),
    "decision": ("ruleset",),
    "calculation": ("calculation",),
    "document": ("documents",),
    "subflow": ("subflow/flow", "subflow/wait"),
    "join": ("join/needed", "join/rest"),
    "notify": ("tell/text",),
    "cc": ("tell/text",),
    "end": ("outcome", "ends"),
}
"""What is usually said of a step of a type, beside its name, its people and its ways."""
RARER: Mapping[str, tuple[str, ...]] = {"form": ("exclude",), **dict.fromkeys(("approval", *VOTED), _RARE)}
"""What is less often said of it; the state code is one for every type."""
_PEOPLE: Mapping[str, str] = {**dict.fromkeys(HUMAN, "assign"), "notify": "tell/to", "cc": "tell/to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOn:
    """One way out of a step: when it is taken, in words, the pointer of its condition where it has one, what it is
    called in the drawing (None where it cannot be called anything), and what a wait waits for (how said, and what)."""

    way: DrawnWay
    when: Text
    condition: str | None = None
    unwritten: bool = False
    first: bool = True
    last: bool = True
    title: Mapping[str, str] | None = None
    awaits: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One step as it is shown to be changed. `more` are the names of what is set beside the usual."""

    index: int
    key: str
    type: str
    title: Mapping[str, str]
    cells: tuple[Cell, ...]
    rarer: tuple[Cell, ...]
    who_at: str | None
    who: tuple[Who, ...]
    ways: tuple[WayOn, ...]
    until: Text | None
    more: tuple[Text, ...]

    @property
    def said_rarely(self) -> tuple[Text, ...]:
        """What of the less usual is said."""
        return tuple(cell.label for cell in self.rarer if say(cell.words, "en"))

    @property
    def pointer(self) -> str:
        """Where it stands in the document, below the specification."""
        return f"/nodes/{self.index}"


def panel(document: Document, registry: Registry, key: str) -> Panel | None:
    """The panel of a step; None where there is no such step."""
    nodes = document.spec.get("nodes", ())
    index = next((number for number, node in enumerate(nodes) if node.get("key") == key), None)
    drawn = sketch(document, registry)
    if index is None or drawn is None:
        return None
    raw, layout = nodes[index], Layout(document, registry, registry.kinds.require(document.kind))
    pointer, type_ = f"/nodes/{index}", str(raw["type"])
    one_list = isinstance(raw.get("reasons"), str)  # one list of reasons for everything: the general editor's
    usual, rare = USUAL.get(type_, ()), (*RARER.get(type_, ()), "state")
    rare = tuple(name for name in rare if not (one_list and name in _REASONS))

    def cells(names: tuple[str, ...]) -> tuple[Cell, ...]:
        return tuple(_cell(layout, f"{pointer}/{name}", name, drawn, key) for name in names)

    who_at = _PEOPLE.get(type_)
    return Panel(
        index=index,
        key=key,
        type=type_,
        title=dict(raw.get("title") or {}),
        cells=cells(usual),
        rarer=cells(rare),
        who_at=who_at,
        who=flow_people.rows(raw, who_at, drawn, registry) if who_at else (),
        ways=tuple(_ways(layout, pointer, raw, drawn)),
        until=_condition(layout, f"{pointer}/until", raw.get("until")) if type_ == "wait" else None,
        more=tuple(_more(layout, pointer, raw, (*usual, *rare), who_at)),
    )


def _cell(layout: Layout, pointer: str, name: str, drawn: Flow, key: str) -> Cell:
    """A usual place as a cell; what is taken for granted where nothing is written shows as chosen."""
    cell = layout.cell(pointer)
    node = drawn.nodes[key]
    if name == "return_to":
        return replace(cell, kind="choices", options=_before(drawn, key), value=_listed(node.return_to, drawn))
    if name == "may_change":
        return replace(cell, kind="many", options=_changeable(layout, cell.value, secret=node.type == "form"))
    if name == "actions":
        return replace(cell, value=cell.value if cell.value is not None else usual_actions(node.type))
    if name == "exclude":
        return replace(cell, value=cell.value if cell.value is not None else usual_exclusions(node.type))
    if name == "deadline/working_hours":
        return replace(cell, label=text("Within working hours", "办理时限（工时）"))
    return cell


def _listed(return_to: tuple[str, ...], drawn: Flow) -> list[str]:
    return [drawn.start if one == "start" and one not in drawn.nodes else one for one in return_to]


def _before(drawn: Flow, key: str) -> dict[str, Text]:
    """The steps that come before one and wait for people: those to which it may be returned."""
    backward = graph.reversed_edges(graph.edges(drawn.nodes))
    before = graph.reachable(backward, [key]) - {key}
    return {
        one: node.title for one, node in drawn.nodes.items()
        if node.type in ("start", *HUMAN) and (one in before or one in drawn.nodes[key].return_to)
    }  # fmt: skip


def _changeable(layout: Layout, value: Any, *, secret: bool) -> dict[str, Text]:
    """The fields of what the flow is about that people may be allowed to change, and the rate that is granted."""
    subject, known = layout.document.spec.get("subject"), scopes.labels_of(layout.document, layout.registry)
    record = layout.document.spec.get("record") if subject == scopes.REQUEST else subject
    fields = layout.registry.entity_fields(str(record)) if subject in ("application", scopes.REQUEST) else ()
    paths = [f"{subject}.{field.key}" for field in fields if secret or not field.encrypted]
    if subject == "application" and not secret:
        paths.append(RATE)
    return {path: known.get(path, text(path, path)) for path in dict.fromkeys((*paths, *(value or ())))}


# -- where it leads ---------------------------------------------------------------------------------------------------

_ALWAYS = text("always", "直接")
_AT_ONCE = text("at once with the others", "与其他路径同时")
_OTHERWISE = text("in every other case", "其他情况")
_UNWRITTEN = text("never: its condition is not written yet", "条件未填写，暂不会走此路径")


def _ways(layout: Layout, pointer: str, raw: Mapping[str, Any], drawn: Flow) -> Iterator[WayOn]:
    routes = raw.get("routes", ())
    for way in drawn_ways([raw]):
        if not way.place.startswith("routes/"):
            awaits = _awaits(raw["events"][int(way.place.partition("/")[2])]) if way.kind == "event" else None
            yield WayOn(way=way, when=_other(way, raw, drawn), awaits=awaits)
            continue
        index = int(way.place.partition("/")[2])
        asked = "when" in routes[index]
        at = f"{pointer}/{way.place}/when" if asked else None
        unwritten = asked and routes[index]["when"] in (False, "false")
        yield WayOn(
            way=way,
            when=_route(layout, raw, routes[index], at, unwritten=unwritten),
            condition=at,
            unwritten=unwritten,
            title=dict(routes[index].get("title") or {}),
            first=index == 0,
            last=index + 1 == len(routes),
        )


def _route(
    layout: Layout, raw: Mapping[str, Any], route: Mapping[str, Any], at: str | None, *, unwritten: bool
) -> Text:
    if unwritten:
        return _UNWRITTEN
    if at is not None:
        return _condition(layout, at, route["when"])
    if raw["type"] == "parallel":
        return _AT_ONCE
    return _OTHERWISE if route.get("otherwise") else _ALWAYS


def _condition(layout: Layout, at: str, source: Any) -> Text:
    """A condition as a sentence, else as it is written."""
    if source is None:
        return text("not written", "未填写")
    rows = rows_of(source) if isinstance(source, str) else None
    known = scopes.labels_of(layout.document, layout.registry)
    return sentence(rows, known) if rows is not None else layout.cell(at).words


AWAITED: Mapping[str, Text] = {
    "working_hours": text("after working hours", "若干工时后"),
    "hours": text("after hours", "若干小时后"),
    "on": text("on the date of a field", "到字段所示日期"),
    "event": text("when this event happens", "发生事件"),
}
"""The ways in which something that is waited for is said."""


def _awaits(event: Mapping[str, Any]) -> tuple[str, str]:
    return next((name, str(event[name])) for name in AWAITED if name in event)


def _other(way: DrawnWay, raw: Mapping[str, Any], drawn: Flow) -> Text:
    node, index = drawn.nodes[way.source], way.place.partition("/")[2]
    if way.kind == "event":
        return wording.of_awaited(node.awaited[int(index)], drawn.labels)
    if way.kind == "deadline":
        first = 1 if raw.get("deadline") else 0
        known = node.deadlines[first + int(index)] if first + int(index) < len(node.deadlines) else None
        return wording.of_time(known, drawn.labels) if known is not None else wording.WAYS["deadline"]
    return wording.WAYS.get(way.kind, _ALWAYS)


# -- what else is said ------------------------------------------------------------------------------------------------

_SHOWN = ("key", "title", "type", "next", "routes", "until")


def _more(
    layout: Layout, pointer: str, raw: Mapping[str, Any], names: tuple[str, ...], who_at: str | None
) -> Iterator[Text]:
    """What the step says that the panel does not show."""
    usual: dict[str, set[str]] = {}
    for name in (*names, *((who_at,) if who_at else ())):
        head, _, rest = name.partition("/")
        usual.setdefault(head, set()).update({rest} - {""})
    for name, value in raw.items():
        inner = usual.get(name)
        whole = inner is not None and (not inner or (isinstance(value, Mapping) and set(value) <= inner))
        whole = whole or (name == "events" and all(set(one) <= {*AWAITED, "to"} for one in value))
        if name not in _SHOWN and not whole:
            yield layout.cell(f"{pointer}/{name}").label
