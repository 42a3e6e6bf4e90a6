"""One step of a flow as people speak of it: what it is called, who does it, what they may do, by when, where it leads.

What is usual for its type stands open, what is said less often under headings of its own (`Fold`); the little that is
left stays with the general editor. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.flows import graph
from loanloom.engines.flows import scope as scopes
from loanloom.engines.flows.changing import RATE
from loanloom.engines.flows.drawing import sketch
from loanloom.engines.flows.model import HUMAN, VOTED, Flow
from loanloom.engines.flows.reading import usual_actions, usual_exclusions
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, resolve
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, say, text
from loanloom.services.definitions import flow_people, flow_terms, flow_ways
from loanloom.services.definitions.flow_people import People
from loanloom.services.definitions.flow_terms import Given, Term
from loanloom.services.definitions.flow_ways import WayOn
from loanloom.services.definitions.sheet import Cell, Layout
from loanloom.services.running.plugged import plugged

_WORK = ("actions", "return_to", "deadline/working_hours")
_REASONS = ("reasons/refuse", "reasons/return")
_RARE = ("exclude", "reason_required", *_REASONS, "opinion_required", "may_change", "form", "limit", "bulk")
_AFTER = ("return_then", "on_refuse", "cancels")
_INSTEAD = ("if_nobody/do", "dispatch/by", "dispatch/ruleset")
_SAME = ("if_starter", "if_same")
USUAL: Mapping[str, tuple[str, ...]] = {
    "start": ("form",),
    "form": ("form", "may_change", "deadline/working_hours"),
    "approval": _WORK,
    **dict.fromkeys(VOTED, ("vote/rule", "vote/needed", "vote/in_turn", *_WORK)),
    "decision": ("ruleset",),
    "calculation": ("calculation",),
    "service": ("call/action",),
    "document": ("documents",),
    "subflow": ("subflow/flow", "subflow/wait"),
    "join": ("join/needed", "join/rest"),
    "notify": ("tell/text",),
    "cc": ("tell/text",),
    "end": ("outcome", "ends"),
}
"""What is usually said of a step of a type, beside its name, its people and its ways."""
RARER: Mapping[str, tuple[str, ...]] = {
    "form": ("exclude", "cancels"),
    "approval": (*_RARE, *_AFTER),
    **dict.fromkeys(VOTED, (*_RARE, "vote/quorum", "vote/early", "vote/each", *_AFTER)),
    **dict.fromkeys(("parallel", "inclusive"), ("one_at_a_time",)),
    "service": ("call/on_failure", "call/retries", "call/pause", "call/timeout", "call/compensate"),
    "subflow": ("subflow/for_each",),
}
"""What is less often said of it; the state code is one for every type."""
NOBODY: Mapping[str, tuple[str, ...]] = {"form": _INSTEAD, **dict.fromkeys(("approval", *VOTED), (*_INSTEAD, *_SAME))}
"""Who else it comes to, for people's work: whom it is handed to, and what happens where nobody is there."""
_PEOPLE: Mapping[str, str] = {**dict.fromkeys(HUMAN, "assign"), "notify": "tell/to", "cc": "tell/to"}
_INPUTS: Mapping[str, str] = {"service": "call/with", "subflow": "subflow/with"}
LEGENDS: Mapping[str, Text] = {
    "assign": text("Who does it", "由谁办理"),
    "tell/to": text("Who is told", "通知谁"),
    "if_nobody/assign": text("Who does it then", "届时由谁办理"),
    "cc": text("Who gets a copy", "抄送给谁"),
    "record_by": text("Who writes the minutes", "由谁记录会议纪要"),
}
_STEPS = ("on_refuse", "call/on_failure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """What is said less often, under a heading. `said` are the names of what of it is said."""

    key: str
    title: Text
    cells: tuple[Cell, ...] = ()
    people: tuple[People, ...] = ()
    terms: tuple[Term, ...] = ()
    inputs: tuple[Given, ...] = ()
    said: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One step as it is shown to be changed. `more` are the names of what is set beside; `inputs_at` is where what it
    gives to a service or a sub-flow is written."""

    index: int
    key: str
    type: str
    title: Mapping[str, str]
    cells: tuple[Cell, ...]
    folds: tuple[Fold, ...]
    who: People | None
    inputs_at: str | None
    ways: tuple[WayOn, ...]
    until: Text | None
    more: tuple[Text, ...]

    @property
    def pointer(self) -> str:
        """Where it stands in the document, below the specification."""
        return f"/nodes/{self.index}"

    @property
    def every_cell(self) -> tuple[Cell, ...]:
        """All fields of one value."""
        return (*self.cells, *(cell for fold in self.folds for cell in fold.cells))

    @property
    def everybody(self) -> tuple[People, ...]:
        """All places at which people are named, but those of terms."""
        return (*((self.who,) if self.who is not None else ()), *(one for fold in self.folds for one in fold.people))

    def name(self, cell: Cell) -> str:
        """What a field is called in a form: its place below the step."""
        return cell.pointer.removeprefix(f"{self.pointer}/")


def panel(document: Document, registry: Registry, key: str) -> Panel | None:
    """The panel of a step; None where there is no such step."""
    nodes = document.spec.get("nodes", ())
    index = next((number for number, node in enumerate(nodes) if node.get("key") == key), None)
    drawn = sketch(document, registry)
    if index is None or drawn is None:
        return None
    made = _Making(Layout(document, registry, registry.kinds.require(document.kind)), nodes[index], drawn, index)
    who_at, raw = _PEOPLE.get(made.type), nodes[index]
    folds = tuple(made.folds())
    cells = made.cells(USUAL.get(made.type, ()))
    until = flow_ways.condition(made.layout, f"{made.pointer}/until", raw.get("until"))
    return Panel(
        index=index,
        key=key,
        type=made.type,
        title=dict(raw.get("title") or {}),
        cells=cells,
        folds=folds,
        who=made.people(who_at) if who_at is not None else None,
        inputs_at=_INPUTS.get(made.type),
        ways=tuple(flow_ways.ways(made.layout, made.pointer, raw, drawn)),
        until=until if made.type == "wait" else None,
        more=tuple(made.more()),
    )


@dataclass(frozen=True, slots=True)
class _Making:
    layout: Layout
    raw: Mapping[str, Any]
    drawn: Flow
    index: int

    @property
    def type(self) -> str:
        return str(self.raw["type"])

    @property
    def pointer(self) -> str:
        return f"/nodes/{self.index}"

    def cells(self, names: Sequence[str]) -> tuple[Cell, ...]:
        return tuple(_cell(self.layout, f"{self.pointer}/{name}", name, self.drawn, self.raw) for name in names)

    def people(self, at: str) -> People:
        return flow_people.people(self.raw, at, LEGENDS[at], self.drawn, self.layout)

    def rare(self) -> tuple[str, ...]:
        """The less usual: a way that is drawn already is led elsewhere where the ways stand, and one list of reasons
        for everything is the general editor's."""
        one_list = isinstance(self.raw.get("reasons"), str)
        names = (*RARER.get(self.type, ()), "state")
        there = {name for name in _STEPS if resolve(self.raw, f"/{name}") is not MISSING}
        return tuple(name for name in names if name not in there and not (one_list and name in _REASONS))

    def folds(self) -> Iterator[Fold]:
        """What stands under headings."""
        if self.type in HUMAN:
            terms = flow_terms.terms(self.layout, self.raw, self.drawn)
            said = tuple(flow_terms.in_words(one, self.layout) for one in terms if one.do)
            yield Fold(key="terms", title=text("Reminders and deadlines", "提醒与超时处理"), terms=terms, said=said)
            cells = self.cells(NOBODY[self.type])
            others = tuple(self.people(at) for at in ("if_nobody/assign", "cc", *self._minutes()))
            named = [one.legend for one in others if one.who]
            title = text("Nobody there, handing out, copies", "无人可办、分单与抄送")
            yield Fold(key="others", title=title, cells=cells, people=others, said=(*_said(cells), *named))
        at = _INPUTS.get(self.type)
        if at is not None:
            inputs = flow_terms.given(_mapping(resolve(self.raw, f"/{at}")))
            said = tuple(text(one.name, one.name) for one in inputs if one.name)
            yield Fold(key="inputs", title=text("What it is given", "传入内容"), inputs=inputs, said=said)
        cells = self.cells(self.rare())
        yield Fold(key="rarer", title=text("Less usual", "较少使用"), cells=cells, said=_said(cells))

    def _minutes(self) -> tuple[str, ...]:
        return ("record_by",) if self.type in VOTED else ()

    def more(self) -> Iterator[Text]:
        """What the step says that the panel does not show."""
        who = _PEOPLE.get(self.type)
        places = [*USUAL.get(self.type, ()), *self.rare(), *NOBODY.get(self.type, ()), *((who,) if who else ())]
        places += [*_STEPS, _INPUTS[self.type]] if self.type in _INPUTS else ["on_refuse"]
        places += ["if_nobody/assign", "cc", "deadlines", *self._minutes()] if self.type in HUMAN else []
        usual: dict[str, set[str]] = {}
        for name in places:
            head, _, rest = name.partition("/")
            usual.setdefault(head, set()).update({rest} - {""})
        for name, value in self.raw.items():
            inner = usual.get(name)
            whole = inner is not None and (not inner or (isinstance(value, Mapping) and set(value) <= inner))
            whole = whole or (name == "events" and all(set(one) <= {*flow_ways.AWAITED, "to"} for one in value))
            if name not in _SHOWN and not whole:
                yield self.layout.cell(f"{self.pointer}/{name}").label


_SHOWN = ("key", "title", "type", "next", "routes", "until")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _said(cells: Sequence[Cell]) -> tuple[Text, ...]:
    return tuple(cell.label for cell in cells if say(cell.words, "en"))


# -- one field --------------------------------------------------------------------------------------------------------


def _cell(layout: Layout, pointer: str, name: str, drawn: Flow, raw: Mapping[str, Any]) -> Cell:
    """A usual place as a cell; what is taken for granted where nothing is written shows as chosen."""
    cell, key = layout.cell(pointer), str(raw["key"])
    node = drawn.nodes[key]
    if name == "return_to":
        return replace(cell, kind="choices", options=_before(drawn, key), value=_listed(node.return_to, drawn))
    if name == "may_change":
        return replace(cell, kind="many", options=_changeable(layout, cell.value, secret=node.type == "form"))
    if name == "actions":
        return replace(cell, value=cell.value if cell.value is not None else usual_actions(node.type))
    if name == "exclude":
        return replace(cell, value=cell.value if cell.value is not None else usual_exclusions(node.type))
    if name in (*_STEPS, "cancels"):
        others = {one: each.title for one, each in drawn.nodes.items() if one != key}
        return replace(cell, kind="many" if name == "cancels" else "choice", options=others)
    if name in ("call/action", "call/compensate"):
        return replace(cell, kind="choice", options=_actions(cell.value))
    return replace(cell, label=_LABELS.get(name, cell.label))


_LABELS: Mapping[str, Text] = {
    "deadline/working_hours": text("Within working hours", "办理时限（工时）"),
    "if_nobody/do": text("If nobody qualifies", "无人可办时"),
    "dispatch/by": text("Handed out by", "分单方式"),
    "dispatch/ruleset": text("Rules that hand out", "分单规则"),
}


def _actions(value: Any) -> dict[str, Text]:
    """What a service step may call: what is installed, by its name."""
    known = {name: flow_terms.ACTIONS.get(name, text(name, name)) for name in sorted(plugged().parts("node_action"))}
    return known if value is None or value in known else {**known, str(value): text(str(value), str(value))}


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
