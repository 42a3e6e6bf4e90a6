"""All the ways of a flow, with what they are called; and those that people took apart from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.drawing.model import EdgeKind
from loanloom.engines.flows.model import Flow, Node, Route
from loanloom.engines.flows.moves import Entry
from loanloom.problems import Text, say


class Way(NamedTuple):
    """From a node to another, and why."""

    source: str
    target: str
    label: Text
    kind: EdgeKind = "route"


_NOTHING: Text = {}


def of_flow(flow: Flow) -> list[Way]:
    """What the document draws; ways to nodes that are not there are left out."""
    return [way for node in flow if node.type != "end" for way in of_node(node, flow) if way.target in flow.nodes]


def of_node(node: Node, flow: Flow) -> Iterator[Way]:
    """The ways out of a node."""
    for route in node.routes:
        yield Way(node.key, route.to, _called(route, flow.labels))
    for one in node.awaited:
        yield Way(node.key, one.to, wording.of_awaited(one, flow.labels), "event")
    for term in node.deadlines:
        if term.do == "route" and term.to is not None:
            yield Way(node.key, term.to, wording.of_time(term, flow.labels), "deadline")
    if node.call is not None and node.call.on_failure is not None:
        yield Way(node.key, node.call.on_failure, wording.WAYS["failure"], "failure")
    if node.on_refuse is not None:
        yield Way(node.key, node.on_refuse, wording.WAYS["refuse"], "refuse")


def _called(route: Route, labels: Mapping[str, Text]) -> Text:
    if route.title is not None:
        return route.title
    if route.otherwise:
        return wording.WAYS["otherwise"]
    if route.source == "false":
        return wording.WAYS["unwritten"]
    return _NOTHING if route.source is None else _in_labels(route, labels)


def _in_labels(route: Route, labels: Mapping[str, Text]) -> Text:
    """A condition with its facts by the names people know them by."""
    found: dict[str, str] = {}
    for language in ("en", "zh"):
        words = route.source or ""
        for fact in sorted(route.reads, key=len, reverse=True):
            if fact in labels:
                words = words.replace(fact, say(labels[fact], language))
        found[language] = words
    return found


def taken_aside(flow: Flow, drawn: Iterable[Way], history: Sequence[Entry]) -> list[Way]:
    """Returns, refusals and jumps that happened and that the flow does not draw, each once."""
    known = {(way.source, way.target) for way in drawn}
    found: list[Way] = []
    for entry in history:
        pair = (entry.node, entry.to or "")
        kind = _ASIDE.get(entry.kind)
        if kind is None or pair in known or not {*pair} <= flow.nodes.keys() or pair[0] == pair[1]:
            continue
        known.add(pair)
        if kind == "refuse" and flow.nodes[pair[1]].outcome != "refused":
            kind = "jump"
        found.append(Way(*pair, wording.WAYS[kind], kind))
    return found


_ASIDE: Mapping[str, EdgeKind] = {"routed": "refuse", "returned": "return", "jumped": "jump", "expired": "jump"}


def after(flow: Flow, keys: Iterable[str], ways: Sequence[Way]) -> frozenset[str]:
    """Everything that can be reached from these nodes by ways that the flow draws."""
    out: dict[str, list[str]] = {}
    for way in ways:
        out.setdefault(way.source, []).append(way.target)
    refused = flow.end_with("refused")
    seen: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        targets = list(out.get(key, ()))
        if refused is not None and key in flow.nodes and "refuse" in flow.nodes[key].actions:
            targets.append(refused.key)
        fresh = [target for target in targets if target not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return frozenset(seen)
