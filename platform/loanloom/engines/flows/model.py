"""A flow as it runs: nodes and routes compiled from a flow document. Values only; nothing here moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from loanloom.feel import Program
from loanloom.problems import Text

NodeType = Literal["start", "decision", "approval", "end"]
Action = Literal["approve", "refuse", "return"]
Scope = Literal["branch", "all"]

ACTIONS: tuple[Action, ...] = ("approve", "refuse", "return")
ENDINGS = ("approved", "refused", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way out of a node; taken when `condition` is true, or always when there is none (`next`, `otherwise`)."""

    to: str
    condition: Program | None = None
    source: str | None = None
    reads: frozenset[str] = frozenset()
    title: Text | None = None
    otherwise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who gets the work item: everybody of a role, in the branch of the case or in the whole company."""

    role: str
    scope: Scope = "branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step of a flow. Only approval nodes wait for people, besides a start to which a case was returned.

    `reasons` names the code list of reasons by action.
    """

    key: str
    title: Text
    type: NodeType
    state: str | None = None
    ruleset: str | None = None
    assign: Assignment | None = None
    exclude: frozenset[str] = frozenset()
    actions: tuple[Action, ...] = ()
    return_to: tuple[str, ...] = ()
    working_hours: int | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    reason_required: frozenset[str] = frozenset()
    routes: tuple[Route, ...] = ()
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A whole flow document, compiled. `start` names a node; `labels` are what people call the facts of conditions."""

    key: str
    title: Text
    digest: str
    subject: str
    start: str
    nodes: Mapping[str, Node] = field(default_factory=dict)
    labels: Mapping[str, Text] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def end_with(self, outcome: str) -> Node | None:
        """The first end node of this outcome, in the order of the document."""
        return next((node for node in self if node.type == "end" and node.outcome == outcome), None)
