"""A flow document -> its drawing in BPMN: a step is one element, with what BPMN needs around it: the choice behind a
decision, the revision behind the start, caught events, the events on the edge of a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from loanloom.engines.flows.bpmn.drawing import Arrow, Drawing, Element, Loop, Trigger
from loanloom.engines.flows.bpmn.joining import joined_like
from loanloom.engines.flows.bpmn.ways import (
    ENDING_DEADLINES,
    GATEWAYS,
    Raw,
    Way,
    condition_text,
    hours,
    refused_to,
    returns,
    splits,
    start_named,
    ways,
)
from loanloom.problems import say, text

KINDS: Mapping[str, str] = {
    "start": "startEvent", "form": "userTask", "approval": "userTask", "countersign": "userTask",
    "committee": "userTask", "decision": "businessRuleTask", "calculation": "businessRuleTask",
    "service": "serviceTask", "document": "serviceTask", "notify": "sendTask", "cc": "sendTask",
    "subflow": "callActivity", "parallel": "parallelGateway", "inclusive": "inclusiveGateway",
    "exclusive": "exclusiveGateway", "end": "endEvent",
}  # fmt: skip
"""The element of each type of step; `wait` and `join` depend on what they wait for."""
_REVISION = text("revise", "补正")
_WHO = ("role", "position", "authority")


def drawn(nodes: Sequence[Raw], language: str) -> Drawing:
    """The drawing of a flow's steps, names in one language. What leads nowhere is not drawn."""
    once = {str(node["key"]): node for node in reversed(nodes)}
    return _Pencil([node for node in nodes if once[str(node["key"])] is node], language).whole()


class _Pencil:
    """Draws one flow."""

    def __init__(self, nodes: Sequence[Raw], language: str) -> None:
        self.nodes, self.language = nodes, language
        self.known = {str(node["key"]): node for node in nodes}
        self.ways = {key: ways(node, nodes, language) for key, node in self.known.items()}
        self.elements: dict[str, Element] = {}
        self.arrows: dict[str, Arrow] = {}
        self.revised = {start_named(to, nodes) for node in nodes for to in returns(node)}

    def whole(self) -> Drawing:
        """Everything, without ends that only an action reaches (a withdrawal)."""
        for node in self.nodes:
            self._node(str(node["key"]), node)
        arrows = {one.id: one for one in self.arrows.values() if one.target in self.elements}
        reached = {one.target for one in arrows.values()}
        leading = {one.source for one in arrows.values()}
        hidden = {key for key, one in self.elements.items() if one.attached and key not in leading} | {
            key for key, node in self.known.items()
            if node["type"] == "end" and node.get("outcome") == "withdrawn" and key not in reached
        }  # fmt: skip
        elements = {key: one for key, one in self.elements.items() if key not in hidden}
        return Drawing(elements=elements, arrows=arrows)

    def _node(self, key: str, node: Raw) -> None:
        name = say(node.get("title"), self.language)
        kind = node["type"]
        if kind == "wait":
            self._wait(key, node, name)
            return
        if kind == "join":
            element = joined_like(key, self.nodes)
        else:
            element = KINDS[kind]
        self._add(
            key, element, name, trigger="terminate" if self._ends_all(node) else None, called=_called(node),
            loop=_loop(node), who=_who(node), detail=_needed(node),
        )  # fmt: skip
        self._leave(key, node)
        if kind == "start" and key in self.revised:
            revision = f"{key}.revision"
            self._add(revision, "userTask", f"{name}: {say(_REVISION, self.language)}")
            self._arrow(f"{revision}.done", revision, self._after_start(key))
        if kind == "service":
            self._failure(key, node)
        for place, one in enumerate(node.get("deadlines", ())):
            self._deadline(key, node, place, one)

    def _ends_all(self, node: Raw) -> bool:
        return node["type"] == "end" and node.get("ends", "case") == "case" and splits(self.nodes)

    def _leave(self, key: str, node: Raw, source: str | None = None) -> None:
        """The ways out of a step: its own where it is a gateway or has only one, else those of a choice behind it."""
        source = source or key
        listed = self.ways[key]
        if self._chooses(key, node):
            self._add(f"{key}.choice", "exclusiveGateway", "")
            self._arrow(f"{key}.done", source, f"{key}.choice")
            source = f"{key}.choice"
        for way in listed:
            self._way(key, source, way, plain=source == key and node["type"] not in GATEWAYS)

    def _chooses(self, key: str, node: Raw) -> bool:
        listed = self.ways[key]
        return node["type"] not in GATEWAYS and (len(listed) > 1 or any(one.condition for one in listed))

    def _way(self, key: str, source: str, way: Way, *, plain: bool) -> None:
        alone = plain or len(self.ways[key]) == 1
        self._arrow(
            f"{key}.{way.what}", source, self._entry(way.to, returned=way.side), way.name, way.condition,
            default=way.default and not alone, side=way.side,
        )  # fmt: skip

    def _entry(self, to: str, *, returned: bool) -> str:
        """The element by which a way comes to a step: nothing leads to a start event."""
        node = self.known.get(to)
        if node is None or node["type"] != "start":
            return to
        return f"{to}.revision" if returned else self._after_start(to)

    def _after_start(self, key: str) -> str:
        if self._chooses(key, self.known[key]):
            return f"{key}.choice"
        only = next(iter(self.ways[key]), None)
        if only is None or only.to == key or self.known.get(only.to, {}).get("type") == "start":
            return ""
        return only.to

    def _wait(self, key: str, node: Raw, name: str) -> None:
        """One event is caught as it is, several behind a gateway; a condition (`until`) is an event too."""
        events = node.get("events", ())
        until = node.get("until")
        if len(events) + (until is not None) > 1:
            self._add(key, "eventBasedGateway", name)
            for place, one in enumerate(events):
                caught = f"{key}.event.{place}"
                self._arrow(f"{caught}.caught", key, caught)
                self._caught(caught, self._event_name(one), one)
            if until is not None:
                self._arrow(f"{key}.until.caught", key, f"{key}.until")
                self._add(f"{key}.until", "intermediateCatchEvent", "", trigger="conditional", detail=_held(node))
                self._leave(key, node, f"{key}.until")
        elif events:
            self._caught(key, name, events[0])
        else:
            self._add(key, "intermediateCatchEvent", name, trigger="conditional", detail=_held(node))
            self._leave(key, node)

    def _caught(self, identity: str, name: str, event: Raw) -> None:
        trigger, detail = _awaited(event)
        self._add(identity, "intermediateCatchEvent", name, trigger=trigger, detail=detail)
        way = f"{identity}.way" if ".event." in identity else f"{identity}.event.0.way"
        self._arrow(way, identity, self._entry(str(event["to"]), returned=False))

    def _event_name(self, event: Raw) -> str:
        if event.get("title") is not None:
            return say(event["title"], self.language)
        if event.get("event") is not None:
            return str(event["event"])
        if event.get("on") is not None:
            return str(event["on"])
        working = "working_hours" in event
        return say(hours(event.get("working_hours", event.get("hours")), working), self.language)

    def _failure(self, key: str, node: Raw) -> None:
        to = (node.get("call") or {}).get("on_failure")
        if to is not None:
            self._add(f"{key}.failed", "boundaryEvent", "", trigger="error", attached=key)
            self._arrow(f"{key}.failed.way", f"{key}.failed", self._entry(str(to), returned=False))

    def _deadline(self, key: str, node: Raw, place: int, one: Raw) -> None:
        """A term that ends the step is a timer on its edge; reminders and escalation leave it as it is."""
        do = one.get("do", "remind")
        if do not in ENDING_DEADLINES:
            return
        targets: Mapping[str, Any] = {
            "route": one.get("to"), "refuse": refused_to(node, self.nodes),
            "return": next(iter(returns(node)), None), "approve": None,
        }  # fmt: skip
        to = targets[do]
        if do == "approve":
            target = f"{key}.choice" if self._chooses(key, node) else self._only(key)
        elif to is None:
            return
        else:
            target = self._entry(start_named(str(to), self.nodes), returned=do == "return")
        trigger, detail = _awaited(one)
        timer = f"{key}.deadline.{place}"
        self._add(timer, "boundaryEvent", self._event_name(one), trigger=trigger, detail=detail, attached=key)
        self._arrow(f"{timer}.way", timer, target, side=do == "return")

    def _only(self, key: str) -> str:
        return next((self._entry(way.to, returned=False) for way in self.ways[key]), "")

    def _add(self, identity: str, kind: str, name: str, **more: Any) -> None:
        self.elements[identity] = Element(id=identity, kind=kind, name=name.strip(), **more)

    def _arrow(
        self, identity: str, source: str, target: str, name: str = "", condition: str | None = None, *,
        default: bool = False, side: bool = False,
    ) -> None:  # fmt: skip
        self.arrows[identity] = Arrow(
            id=identity, source=source, target=target, name=name.strip(), condition=condition, default=default,
            side=side,
        )  # fmt: skip


def _awaited(event: Raw) -> tuple[Trigger, str]:
    if event.get("event") is not None:
        return "message", str(event["event"])
    if event.get("on") is not None:
        return "date", str(event["on"])
    return "timer", f"PT{event.get('working_hours', event.get('hours'))}H"


def _held(node: Raw) -> str:
    """The condition that a wait waits for."""
    return "false" if node.get("until") is None else condition_text(node["until"])


def _needed(node: Raw) -> str:
    """When a join goes on before all have come."""
    needed = (node.get("join") or {}).get("needed") if node["type"] == "join" else None
    return "" if needed is None else f"activationCount >= {needed}"


def _called(node: Raw) -> str | None:
    return str(node["subflow"]["flow"]) if node.get("subflow") else None


def _loop(node: Raw) -> Loop | None:
    """Several voters, or a sub-flow for each member of a list."""
    if node["type"] in ("countersign", "committee"):
        vote = node.get("vote") or {}
        return Loop(sequential=bool(vote.get("in_turn")), cardinality=_voters(node, vote), completion=_completion(vote))
    sub = node.get("subflow") or {}
    if "for_each" in sub:
        done = "numberOfCompletedInstances >= 1" if sub.get("wait") == "any" else ""
        return Loop(cardinality=f"count({condition_text(sub['for_each'])})", completion=done)
    return None


def _voters(node: Raw, vote: Raw) -> str:
    """How many vote, where that is written; else they are counted when the step opens."""
    listed = _assigned(node)
    named = [user for one in listed for user in one.get("users", ())]
    if vote.get("each") == "group":
        return str(len(listed))
    return str(len(named)) if listed and all(one.get("users") for one in listed) else "count(voters)"


def _completion(vote: Raw) -> str:
    rule, needed = vote.get("rule", "all"), vote.get("needed")
    wanted = format(Decimal(str(needed)), "f") if needed is not None else "1"
    return {
        "all": "", "any": "count(approvals) >= 1", "count": f"count(approvals) >= {wanted}",
        "ratio": f"count(approvals) >= {wanted} * count(voters)", "weight": f"sum(approvals.weight) >= {wanted}",
    }[rule]  # fmt: skip


def _assigned(node: Raw) -> list[Raw]:
    assign = node.get("assign") or []
    return [assign] if isinstance(assign, Mapping) else list(assign)


def _who(node: Raw) -> tuple[str, ...]:
    """The groups that do the work: resources of the file."""
    found = [f"{what}-{one[what]}" for one in _assigned(node) for what in _WHO if one.get(what)]
    return tuple(dict.fromkeys(found))
