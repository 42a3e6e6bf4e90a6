"""Elements drawn by another tool -> steps of a flow. Nothing that a case passes through is dropped: what has no like
becomes the nearest step, and is said by name, with what is left to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loanloom.engines.flows.bpmn.drawing import Drawing, Element
from loanloom.engines.flows.bpmn.leading import Leading, Node, both
from loanloom.engines.flows.bpmn.reading import BOXES, NODES
from loanloom.engines.flows.bpmn.wording import (
    READ,
    condition_of,
    decided_by,
    extras,
    groups_of,
    hours_of,
    key_of,
    likely_key,
    outcome_of,
    path_of,
    work_of,
)

_TASKS = ("task", "userTask", "manualTask")
_KEYS: Mapping[str, str] = {
    "startEvent": "start", "endEvent": "end", "exclusiveGateway": "choice", "inclusiveGateway": "choices",
    "parallelGateway": "split", "eventBasedGateway": "waiting", "intermediateCatchEvent": "waiting",
    **dict.fromkeys(("callActivity", *BOXES), "subflow"),
}  # fmt: skip
_SPLITTING = {"parallelGateway": "parallel", "inclusiveGateway": "inclusive", "complexGateway": "inclusive"}


class Taker(Leading):
    """Makes steps of the elements that are not `known` as steps already. `roles` are keys of roles by their names."""

    def __init__(
        self, drawing: Drawing, *, known: Mapping[str, str] | None = None, taken: frozenset[str] = frozenset(),
        lanes: Mapping[str, str] | None = None, groups: Mapping[str, str] | None = None,
        roles: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(drawing, known or {}, taken)
        self.lanes, self.groups, self.roles = lanes or {}, groups or {}, roles or {}
        caught = {
            arrow.target for one in drawing.elements.values() if one.kind == "eventBasedGateway"
            for arrow in drawing.out[one.id] if _caught(drawing, arrow.target)
        }  # fmt: skip
        self.new = [
            one for one in drawing.elements.values()
            if self.step_of(one.id) is None and one.attached is None and one.id not in caught
        ]  # fmt: skip
        self.caught = caught
        for one in self.new:
            self.known[one.id] = self.free(likely_key(one, _KEYS.get(one.kind, "step")))
        self.parallel = any(one.kind in _SPLITTING for one in drawing.elements.values())

    def nodes(self) -> list[Node]:
        """The steps of all elements that were not known."""
        made = [node for one in self.new for node in self._steps(one)]
        for one in self.drawing.elements.values():
            if one.attached is not None and one.attached not in self.drawing.elements:
                self.say(one, "loose_event")
        return [*made, self.stopped] if self.stopped is not None else made

    def _steps(self, one: Element) -> list[Node]:
        """One element as a step, with the split or join that it needs beside it."""
        key = self.known[one.id]
        node: Node = {"key": key, "title": both(one.name or key.replace("_", " ").capitalize())}
        made = _MADE.get(one.kind, Taker._unknown)(self, one, node)
        for event in self.drawing.attached_to(one.id):
            if not self.uses(event, made[0]):
                self.say(event, "edge_event")
        for extra in extras(one):
            if extra.name not in READ and extra.raw is not one.raw and not extra.value:
                self.say(one, "setting", extra.name[:60])
        return made

    # --- what each kind becomes

    def _start(self, one: Element, node: Node) -> list[Node]:
        if one.trigger is not None:
            self.say(one, "start_trigger")
        return self.led(one, node | {"type": "start"})

    def _end(self, one: Element, node: Node) -> list[Node]:
        outcome = outcome_of(one.name)
        if outcome is None:
            self.say(one, "outcome")
        node |= {"type": "end", "outcome": outcome or "completed"}
        if self.parallel and one.trigger != "terminate":
            node["ends"] = "path"
        return [node]

    def _task(self, one: Element, node: Node) -> list[Node]:
        """People do it: all of several, or one."""
        node |= {"type": "approval" if one.loop is None else "countersign", "actions": ["approve"]}
        assign = self._who(one)
        if assign:
            node["assign"] = assign[0] if len(assign) == 1 else assign
        else:
            self.say(one, "nobody")
        if one.loop is not None and one.loop.sequential:
            node["vote"] = {"in_turn": True}
        return self.led(one, node)

    def _wait(self, one: Element, node: Node) -> list[Node]:
        """A caught event, or a gateway with the events behind it."""
        node["type"] = "wait"
        if one.kind != "eventBasedGateway":
            if one.trigger == "conditional":
                return self.led(one, node | {"until": condition_of(one.detail) or "false"})
            caught = [one]
        else:
            behind = [self.drawing.elements[arrow.target] for arrow in self.drawing.out[one.id]]
            caught = [event for event in behind if event.id in self.caught]
        if not caught:
            return self._unknown(one, node)
        return [node | {"events": [self.event(event) for event in caught]}]

    def event(self, one: Element) -> Node:
        """One thing that is waited for, and the way behind it."""
        awaited = self._term(one)
        if not awaited:
            awaited = {"event": key_of(one.detail or one.name, "key") or "event"}
            if one.trigger != "message" and one.kind != "receiveTask":
                self.say(one, "event")
        arrows = self.drawing.out[one.id]
        return awaited | {"to": self.entry(arrows[0]) if arrows else self.nowhere(one)}

    def _term(self, one: Element) -> Node:
        """A timer as hours or the date of a field; nothing where it is neither."""
        hours = hours_of(one.detail) if one.trigger == "timer" else None
        if hours is not None:
            return {"hours": hours}
        path = path_of(one.detail) if one.trigger == "date" else None
        return {"on": path} if path is not None else {}

    def _notify(self, one: Element, node: Node) -> list[Node]:
        self.say(one, "no_message")
        return self.led(one, node | {"type": "notify"})

    def _throw(self, one: Element, node: Node) -> list[Node]:
        if one.trigger == "message":
            return self._notify(one, node)
        return self.led(one, node | {"type": "exclusive"})

    def _service(self, one: Element, node: Node) -> list[Node]:
        action = self._named(one, node, work_of(one), "the action", "动作")
        return self.led(one, node | {"type": "service", "call": {"action": action}})

    def _script(self, one: Element, node: Node) -> list[Node]:
        name = self._named(one, node, "", "the calculation", "测算")
        return self.led(one, node | {"type": "calculation", "calculation": name})

    def _rules(self, one: Element, node: Node) -> list[Node]:
        name = self._named(one, node, decided_by(one), "the rule set", "规则集")
        return self.led(one, node | {"type": "decision", "ruleset": name})

    def _call(self, one: Element, node: Node) -> list[Node]:
        if one.kind in BOXES:
            flow = key_of(one.name, "key") or node["key"].replace("_", "-")
            inner = () if one.raw is None else [child for child in one.raw.children if child.local in NODES]
            self.say(one, "sub_process", str(len(inner)), flow)
        else:
            flow = self._named(one, node, one.called or "", "the flow", "流程")
        if one.loop is not None:
            self.say(one, "for_each")
        return self.led(one, node | {"type": "subflow", "subflow": {"flow": flow}})

    def _named(self, one: Element, node: Node, called: str, en: str, zh: str) -> str:
        """The key of what a step asks for, which somebody has to see exists."""
        key = key_of(called, "key") or key_of(one.name, "key") or str(node["key"]).replace("_", "-")
        self.say(one, "unfinished", f"{en} '{key}'", f"{zh}“{key}”")
        return key

    def _gateway(self, one: Element, node: Node) -> list[Node]:
        """Splits, joins and choices; one that joins and splits is two steps."""
        into, out = self.drawing.into[one.id], self.drawing.out[one.id]
        if one.kind == "exclusiveGateway" or (len(into) < 2 and len(out) < 2):
            return self.led(one, node | {"type": "exclusive"})
        if len(into) < 2:
            return self.led(one, node | {"type": _SPLITTING[one.kind]})
        if one.kind == "complexGateway":
            self.say(one, "complex")
        if len(out) < 2:
            return self.led(one, node | {"type": "join"})
        behind = self.free(f"{node['key']}_split")
        split = node | {"key": behind, "type": _SPLITTING[one.kind]}
        return [node | {"type": "join", "next": behind}, *self.led(one, split)]

    def _unknown(self, one: Element, node: Node) -> list[Node]:
        self.say(one, "not_a_step")
        return self.led(one, node | {"type": "exclusive"})

    # --- who and when

    def _who(self, one: Element) -> list[Node]:
        """By our own groups, by those of another tool, by the lane."""
        ours = [group.partition("-") for group in one.who]
        if ours and all(what in ("role", "position", "authority") and key for what, _, key in ours):
            return [{what: key} for what, _, key in ours]
        named = [self.groups.get(group) or group for group in one.who] or groups_of(one)
        named = named or [lane for identity, lane in self.lanes.items() if identity == one.id]
        found = dict.fromkeys(self.roles.get(name.casefold()) or key_of(name, "key") for name in named)
        return [{"role": role} for role in found if role]

    def uses(self, event: Element, node: Node) -> bool:
        """Whether an event on the edge of a step is one of its terms, or where it goes when its call fails."""
        arrows = self.drawing.out[event.id]
        ends = event.raw is None or event.raw.get("cancelActivity") != "false"
        if not arrows or not ends:
            return False
        to = self.entry(arrows[0])
        if event.trigger == "error" and "call" in node:
            return bool(node["call"].setdefault("on_failure", to) == to)
        term = self._term(event)
        if not term or node["type"] not in ("approval", "countersign"):
            return False
        node.setdefault("deadlines", []).append({**term, "do": "route", "to": to})
        return True


def _caught(drawing: Drawing, identity: str) -> bool:
    """Whether an event belongs to the gateway before it."""
    return drawing.elements[identity].kind in ("intermediateCatchEvent", "receiveTask") and (
        len(drawing.into[identity]) == 1
    )


_MADE: Mapping[str, Callable[[Taker, Element, Node], list[Node]]] = {
    "startEvent": Taker._start, "endEvent": Taker._end, **dict.fromkeys(_TASKS, Taker._task),
    **dict.fromkeys(("intermediateCatchEvent", "receiveTask", "eventBasedGateway"), Taker._wait),
    "sendTask": Taker._notify, "intermediateThrowEvent": Taker._throw, "serviceTask": Taker._service,
    "scriptTask": Taker._script, "businessRuleTask": Taker._rules,
    **dict.fromkeys(("callActivity", *BOXES), Taker._call),
    **dict.fromkeys(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway"), Taker._gateway),
}  # fmt: skip
