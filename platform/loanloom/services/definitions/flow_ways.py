"""The ways out of a step of a flow as people speak of them: when each is taken, where it leads, what is waited for.

Where a deadline leads stands with the deadlines (`flow_terms`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows import scope as scopes
from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.editing import DrawnWay, drawn_ways
from loanloom.engines.flows.model import Flow
from loanloom.feel.help.rows import rows_of, sentence
from loanloom.problems import Text, text
from loanloom.services.definitions.flow_terms import HOW
from loanloom.services.definitions.sheet import Layout


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


_ALWAYS = text("always", "直接")
_AT_ONCE = text("at once with the others", "与其他路径同时")
_OTHERWISE = text("in every other case", "其他情况")
_UNWRITTEN = text("never: its condition is not written yet", "条件未填写，暂不会走此路径")


def ways(layout: Layout, pointer: str, raw: Mapping[str, Any], drawn: Flow) -> Iterator[WayOn]:
    """The ways out of a step, in their order."""
    routes = raw.get("routes", ())
    for way in drawn_ways([raw]):
        if way.kind == "deadline":
            continue
        if not way.place.startswith("routes/"):
            awaits = _awaits(raw["events"][int(way.place.partition("/")[2])]) if way.kind == "event" else None
            yield WayOn(way=way, when=_other(way, drawn), awaits=awaits)
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
        return condition(layout, at, route["when"])
    if raw["type"] == "parallel":
        return _AT_ONCE
    return _OTHERWISE if route.get("otherwise") else _ALWAYS


def condition(layout: Layout, at: str, source: Any) -> Text:
    """A condition as a sentence, else as it is written."""
    if source is None:
        return text("not written", "未填写")
    rows = rows_of(source) if isinstance(source, str) else None
    known = scopes.labels_of(layout.document, layout.registry)
    return sentence(rows, known) if rows is not None else layout.cell(at).words


AWAITED: Mapping[str, Text] = {**HOW, "event": text("when this event happens", "发生事件")}
"""The ways in which something that is waited for is said."""


def _awaits(event: Mapping[str, Any]) -> tuple[str, str]:
    return next((name, str(event[name])) for name in AWAITED if name in event)


def _other(way: DrawnWay, drawn: Flow) -> Text:
    node, index = drawn.nodes[way.source], way.place.partition("/")[2]
    if way.kind == "event":
        return wording.of_awaited(node.awaited[int(index)], drawn.labels)
    return wording.WAYS.get(way.kind, _ALWAYS)
