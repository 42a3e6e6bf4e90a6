"""Arrows drawn by another tool -> the ways out of a step: next, routes with conditions, or a split of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.flows.bpmn.drawing import Arrow, Drawing, Element
from loanloom.engines.flows.bpmn.noting import said
from loanloom.engines.flows.bpmn.wording import condition_of
from loanloom.problems import LANGUAGES, Problem, text

Node = dict[str, Any]


class Leading:
    """The steps that elements become, and the ways between them. `known` is the step of each element."""

    def __init__(self, drawing: Drawing, known: Mapping[str, str], taken: frozenset[str]) -> None:
        self.drawing = drawing
        self.known = dict(known)
        self.taken = {*taken, *self.known.values()}
        self.problems: list[Problem] = []
        self.stopped: Node | None = None

    def led(self, one: Element, node: Node) -> list[Node]:
        """A step with its ways out; several out of a task are a split."""
        arrows = self.drawing.out[one.id]
        if not arrows:
            node["next"] = self.nowhere(one)
        elif len(arrows) == 1 and arrows[0].condition is None:
            node["next"] = self.entry(arrows[0])
        elif node["type"] == "parallel":
            node["routes"] = [self._titled(arrow, {"to": self.entry(arrow)}) for arrow in arrows]
        elif node["type"] in ("exclusive", "inclusive"):
            node["routes"] = self._choices(arrows)
        else:
            return self._split(node, arrows)
        return [node]

    def _split(self, node: Node, arrows: tuple[Arrow, ...]) -> list[Node]:
        split: Node = {"key": self.free(f"{node['key']}_split"), "title": node["title"]}
        if all(arrow.condition is None for arrow in arrows):
            ways = [self._titled(arrow, {"to": self.entry(arrow)}) for arrow in arrows]
            split |= {"type": "parallel", "routes": ways}
        else:
            split |= {"type": "inclusive", "routes": self._choices(arrows)}
        return [node | {"next": split["key"]}, split]

    def _choices(self, arrows: tuple[Arrow, ...]) -> list[Node]:
        """Ways by conditions, the default last. One without a condition gets its name for one, to be written."""
        last = next((arrow for arrow in arrows if arrow.default), None)
        if last is None:
            last = next((arrow for arrow in reversed(arrows) if arrow.condition is None), None)
        routes = []
        for arrow in arrows:
            if arrow is not last:
                if arrow.condition is None and arrow.raw is not None:
                    self.problems.append(said("no_condition", arrow.raw))
                when = condition_of(arrow.condition or "") or arrow.name or "condition"
                routes.append(self._titled(arrow, {"when": when, "to": self.entry(arrow)}))
        if last is not None:
            routes.append(self._titled(last, {"otherwise": True, "to": self.entry(last)}))
        return routes

    def _titled(self, arrow: Arrow, route: Node) -> Node:
        return route | ({"title": both(arrow.name)} if arrow.name else {})

    def entry(self, arrow: Arrow) -> str:
        """The step that an arrow comes to."""
        return self.step_of(arrow.target) or arrow.target

    def step_of(self, identity: str) -> str | None:
        """The step that an element is, or is a part of."""
        return self.known.get(identity) or self.known.get(identity.partition(".")[0])

    def nowhere(self, one: Element) -> str:
        """An end for a way that just stops."""
        self.say(one, "no_way_on")
        if self.stopped is None:
            key = self.free("stopped")
            title = text("Stopped", "结束")
            self.stopped = {"key": key, "title": dict(title), "type": "end", "outcome": "completed", "ends": "path"}
        return str(self.stopped["key"])

    def say(self, one: Element, code: str, *details: str) -> None:
        """Note something about an element."""
        if one.raw is not None:
            self.problems.append(said(code, one.raw, *details))

    def free(self, key: str) -> str:
        """The key, or the key with the first number that is free."""
        number, found = 2, key
        while found in self.taken:
            found, number = f"{key}_{number}", number + 1
        self.taken.add(found)
        return found


def both(words: str) -> dict[str, str]:
    """A name in both languages until somebody translates it."""
    return dict.fromkeys(LANGUAGES, words)
