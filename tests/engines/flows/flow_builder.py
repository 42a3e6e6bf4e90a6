"""Flows for the tests, made directly: conditions are thresholds on one fact, so that no language is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from loanloom.engines.flows import ACTIONS, Decision, Flow, Node, Person, Route, Ruled
from loanloom.engines.flows.model import Assignment


@dataclass(frozen=True)
class AtMost:
    """A condition that holds when `amount` is at most `limit`; stands in for a compiled expression."""

    limit: int

    def evaluate(self, facts: Mapping[str, Any]) -> Any:
        if "amount" not in facts:
            problem = SimpleNamespace(message={"en": "amount is missing", "zh": "缺少 amount"})
            return SimpleNamespace(value=None, problem=problem)
        return SimpleNamespace(value=facts["amount"] <= self.limit, problem=None)

    def explain(self, facts: Mapping[str, Any]) -> Any:
        return SimpleNamespace(in_words=lambda language, labels=None: f"amount {facts['amount']} <= {self.limit}")


@dataclass(frozen=True)
class DecisionIs:
    """A condition on what the automatic decision found."""

    outcome: str

    def evaluate(self, facts: Mapping[str, Any]) -> Any:
        return SimpleNamespace(value=facts["decision"]["outcome"] == self.outcome, problem=None)

    def explain(self, facts: Mapping[str, Any]) -> Any:
        return SimpleNamespace(in_words=lambda language, labels=None: f"decision is {self.outcome}")


def when(condition: Any, to: str, reads: frozenset[str] = frozenset()) -> Route:
    seen = frozenset({"amount"}) if isinstance(condition, AtMost) else reads
    return Route(to=to, condition=condition, source=str(condition), reads=seen)


def approval(key: str, role: str, *routes: Route, **more: Any) -> Node:
    said = {
        "assign": (Assignment(role=role),),
        "actions": ACTIONS,
        "return_to": ("begin",),
        "exclude": frozenset({"maker", "previous_approvers"}),
        **more,
    }
    return Node(key=key, title={"en": key.title(), "zh": key}, type="approval", routes=routes, **said)


def node(key: str, kind: Any, *routes: Route, **more: Any) -> Node:
    return Node(key=key, title={"en": key.title(), "zh": key}, type=kind, routes=routes, **more)


def flow_of(*nodes: Node) -> Flow:
    start = next(each.key for each in nodes if each.type == "start")
    by_key = {each.key: each for each in nodes}
    return Flow(key="f", title={"en": "Flow"}, digest="d", subject="application", start=start, nodes=by_key)


DECISION = frozenset({"decision.outcome"})

TWO_LEVELS = flow_of(
    node("begin", "start", Route(to="automatic"), state="A0"),
    node(
        "automatic",
        "decision",
        when(DecisionIs("refuse"), "refused", DECISION),
        when(DecisionIs("approve"), "approved", DECISION),
        Route(to="first", otherwise=True),
    ),
    approval(
        "first",
        "approver-1",
        when(AtMost(100), "approved"),
        Route(to="second", otherwise=True),
        state="A1",
        reason_required=frozenset({"refuse", "return"}),
    ),
    approval("second", "approver-2", Route(to="approved"), return_to=("begin", "first"), state="A2"),
    node("approved", "end", outcome="approved", state="B1"),
    node("refused", "end", outcome="refused", state="B0"),
)


def ruled(outcome: str) -> Any:
    """An automatic decision that always finds `outcome`."""
    return lambda ruleset, facts: Ruled(values={"outcome": outcome}, trace={"because": outcome})


def says(action: Any, person: int, *roles: str, **more: Any) -> Decision:
    return Decision(action=action, by=Person(id=person, roles=frozenset(roles)), **more)
