"""A file of ours whose drawing was changed elsewhere: the changes are written into the steps that they belong to, all
that BPMN cannot say stays. What could not be carried over is found by drawing the result again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from loanloom.engines.flows.bpmn.drawing import Arrow, Drawing, Element
from loanloom.engines.flows.bpmn.drawn import drawn
from loanloom.engines.flows.bpmn.leading import Node
from loanloom.engines.flows.bpmn.noting import said
from loanloom.engines.flows.bpmn.reading import Read
from loanloom.engines.flows.bpmn.taking_over import Taker
from loanloom.engines.flows.bpmn.wording import condition_of, hours_of, path_of
from loanloom.problems import Problem

GONE = "\0gone"
"""Stands in a list of a step for what was taken out, so that the places of the others stay."""


def changed_steps(found: Read, nodes: Sequence[Node], roles: Mapping[str, str]) -> tuple[list[Node], list[Problem]]:
    """The steps of a flow as its changed drawing has them, and what could not be carried over."""
    return _Merger(found, nodes, roles).merged()


class _Merger:
    """Carries the differences of one drawing into the steps."""

    def __init__(self, found: Read, nodes: Sequence[Node], roles: Mapping[str, str]) -> None:
        self.language, self.now = found.language, found.drawing
        self.before = drawn(nodes, found.language)
        self.problems: list[Problem] = []
        self.steps = {str(node["key"]): deepcopy(dict(node)) for node in nodes}
        self._drop_steps()
        known = {one: one.partition(".")[0] for one in self.now.elements if one in self.before.elements}
        known = {one: key for one, key in known.items() if key in self.steps}
        self.taker = Taker(
            self.now, known=known, taken=frozenset(self.steps), lanes=found.lanes, groups=found.groups, roles=roles
        )

    def merged(self) -> tuple[list[Node], list[Problem]]:
        for one in self.now.elements.values():
            if one.id in self.before.elements and one.id.partition(".")[0] in self.steps:
                self._element(self.before.elements[one.id], one)
        for arrow in self.before.arrows.values():
            if arrow.source.partition(".")[0] in self.steps:
                self._arrow(arrow, self.now.arrows.get(arrow.id))
        new = self.taker.nodes()
        for arrow in self.now.arrows.values():
            if arrow.id not in self.before.arrows and arrow.source in self.taker.known:
                self._new_arrow(arrow)
        self._new_events()
        steps = [*(_without_gaps(node) for node in self.steps.values()), *new]
        self._left(drawn(steps, self.language))
        return steps, [*self.taker.problems, *self.problems]

    def _drop_steps(self) -> None:
        """Steps that are no longer drawn, or as something else: those are taken over anew."""
        for one in self.before.elements.values():
            now = self.now.elements.get(one.id)
            if "." in one.id or one.id not in self.steps:
                continue
            gateways = one.kind.endswith("Gateway") and now is not None and now.kind.endswith("Gateway")
            joins = gateways and self.steps[one.id]["type"] == "join"
            if now is None or (now.kind != one.kind and not joins):
                del self.steps[one.id]
            if now is not None and now.raw is not None and one.id not in self.steps:
                self.problems.append(said("kind_changed", now.raw))

    # --- elements

    def _element(self, before: Element, now: Element) -> None:
        key, _, part = before.id.partition(".")
        node = self.steps[key]
        if not part and now.name != before.name and now.name:
            node["title"] = {**node["title"], self.language: now.name}
        if (now.trigger, now.detail) != (before.trigger, before.detail):
            self._awaits(node, part, now)

    def _awaits(self, node: Node, part: str, now: Element) -> None:
        """What an event waits for was changed."""
        what, _, place = part.partition(".")
        holder: Any = node
        if what in ("event", "deadline"):
            listed = node.get("events" if what == "event" else "deadlines", [])
            holder = listed[int(place)] if int(place) < len(listed) else {}
        elif not part and node.get("events"):
            holder = node["events"][0]
        elif now.trigger == "conditional":
            node["until"] = condition_of(now.detail)
            return
        value = {
            "timer": hours_of(now.detail), "date": path_of(now.detail), "message": now.detail or None,
        }.get(now.trigger or "")  # fmt: skip
        if value is None or (now.trigger == "message" and what == "deadline"):
            return
        working = now.trigger == "timer" and "working_hours" in holder
        for name in ("working_hours", "hours", "on", "event"):
            holder.pop(name, None)
        name = {"timer": "working_hours" if working else "hours", "date": "on", "message": "event"}[now.trigger or ""]
        holder[name] = value

    # --- arrows that were there

    def _arrow(self, before: Arrow, now: Arrow | None) -> None:
        key, _, what = before.id.partition(".")
        node = self.steps[key]
        if now is None or now.source != before.source:
            self._put(node, what, GONE)
            if now is not None and now.source in self.taker.known:
                self._new_arrow(now)
            return
        if now.target != before.target:
            to = self.taker.step_of(now.target)
            if to is not None:
                self._put(node, "next" if what == "done" else what, to)
        if what.startswith("route."):
            self._route(node["routes"][int(what[6:])], before, now)

    def _route(self, route: Any, before: Arrow, now: Arrow) -> None:
        if not isinstance(route, dict):
            return
        if now.name != before.name and now.name:
            route["title"] = {**route.get("title", {}), self.language: now.name}
        if now.condition != before.condition:
            if now.condition is None:
                route.pop("when", None)
                route["otherwise"] = True
            else:
                route.pop("otherwise", None)
                route["when"] = condition_of(now.condition)

    def _put(self, node: Node, what: str, to: str) -> None:
        """Lead one way of a step elsewhere, or take it out."""
        name, _, rest = what.partition(".")
        place = rest.partition(".")[0]
        if name == "next":
            _set(node, "next", to)
        elif name == "refuse":
            _set(node, "on_refuse", to)
            if to == GONE:
                node["actions"] = [one for one in _actions(node) if one != "refuse"] or ["approve"]
        elif name == "failed":
            _set(node["call"], "on_failure", to)
        elif name in _LISTED and place.isdigit():
            self._put_listed(node, name, int(place), to)

    def _put_listed(self, node: Node, name: str, place: int, to: str) -> None:
        if name == "return" and "return_to" not in node:
            node["return_to"] = ["start"]
        listed = node.get(_LISTED[name], [])
        if not isinstance(listed, list) or place >= len(listed):
            return
        if name != "return" and not isinstance(listed[place], dict):
            return  # a damaged definition: what is wrong with it is told where it is read
        if name == "return" or to == GONE:
            listed[place] = to
        elif name == "deadline":
            listed[place] |= {"do": "route", "to": to}
        else:
            listed[place]["to"] = to

    # --- what is new

    def _new_arrow(self, arrow: Arrow) -> None:
        key, _, part = arrow.source.partition(".")
        node, to = self.steps.get(key), self.taker.step_of(arrow.target)
        if node is None or to is None or arrow.target == f"{key}.choice":
            return
        if part.startswith(("event.", "deadline.", "failed")):
            self._put(node, part, to)
        elif node["type"] == "wait" and node.get("events"):
            if len(node["events"]) == 1 and not part and "until" not in node:
                self._put(node, "event.0", to)
        elif part in ("", "choice", "until"):
            _add_route(node, arrow, to)

    def _new_events(self) -> None:
        """Events drawn at steps that were there: on the edge of one, or behind a gateway that waits."""
        for one in self.now.elements.values():
            if one.id in self.before.elements:
                continue
            host = self.steps.get(self.taker.known.get(one.attached or "", ""))
            if host is not None and not self.taker.uses(one, host):
                self.taker.say(one, "edge_event")
            for arrow in self.now.into[one.id]:
                waiting = self.steps.get(arrow.source)
                if one.id in self.taker.caught and waiting is not None and waiting["type"] == "wait":
                    waiting.setdefault("events", []).append(self.taker.event(one))

    def _left(self, result: Drawing) -> None:
        """What the result draws otherwise than the file, of what was there before."""
        for shape in self.now.elements.values():
            again = result.elements.get(shape.id) if shape.id in self.before.elements else None
            if again is not None and shape != again and not _same_join(shape, again):
                self.taker.say(shape, "not_carried")
        ways = {(one.source, one.target, one.name, one.condition) for one in result.arrows.values()}
        for arrow in self.now.arrows.values():
            known = arrow.target in result.elements and arrow.source in result.elements
            changed = known and arrow != self.before.arrows.get(arrow.id, arrow)
            lost = changed and (arrow.source, arrow.target, arrow.name, arrow.condition) not in ways
            if lost and arrow.raw is not None:
                self.problems.append(said("not_carried", arrow.raw))


_LISTED = {"route": "routes", "return": "return_to", "event": "events", "deadline": "deadlines"}


def _same_join(one: Element, other: Element) -> bool:
    return one.kind.endswith("Gateway") and other.kind.endswith("Gateway") and one.name == other.name


def _actions(node: Node) -> list[str]:
    return list(node.get("actions", ("approve", "refuse", "return")))


def _set(holder: Node, name: str, to: str) -> None:
    if to == GONE:
        holder.pop(name, None)
    else:
        holder[name] = to


def _add_route(node: Node, arrow: Arrow, to: str) -> None:
    """One more way out of a step; the one without a condition stays last."""
    if not node.get("routes") and "next" not in node and arrow.condition is None:
        node["next"] = to
        return
    routes = node.setdefault("routes", [])
    if "next" in node:
        rest: Node = {"to": node.pop("next")}
        routes.append(rest if node["type"] == "parallel" else {"otherwise": True, **rest})
    title = {"title": {"en": arrow.name, "zh": arrow.name}} if arrow.name else {}
    if node["type"] == "parallel":
        routes.append({"to": to, **title})
        return
    when = condition_of(arrow.condition or "") or arrow.name or "condition"
    last = next((at for at, one in enumerate(routes) if isinstance(one, dict) and "when" not in one), len(routes))
    routes.insert(last, {"when": when, "to": to, **title})


def _without_gaps(node: Node) -> Node:
    """The step without what was taken out; where every return was, nobody returns."""
    for name in _LISTED.values():
        if name in node:
            left = [one for one in node[name] if one != GONE]
            node[name] = list(dict.fromkeys(left)) if name == "return_to" else left
            if not node[name]:
                del node[name]
                if name == "return_to":
                    node["actions"] = [one for one in _actions(node) if one != "return"] or ["approve"]
    return node
