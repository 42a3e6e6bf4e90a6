"""What a drawn flow consists of, as values: steps, ways between them, what happened, whom it waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from loanloom.engines.flows.changing import Term
from loanloom.problems import Text

Mark = Literal["done", "refused", "current", "suspended", "possible", "cancelled", "not_taken"]
"""`possible`: may still come; `not_taken`: cannot come any more as things stand."""
EdgeKind = Literal["route", "event", "deadline", "failure", "refuse", "return", "jump"]
Titles = Callable[[str, str], Text | None]
"""The title of a document by kind and key: who is named in a flow is named by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNode:
    """One box. `who` does the work there, in words; `outcome` is what was last decided there, `by` whom and `at` when;
    `hours` is its first term in working hours; `votes` what was said of how many where several say something; `heat`,
    from 0 to 4, is how much of the flow's waiting stands there."""

    key: str
    title: str
    type: str
    mark: Mark
    state: str | None = None
    who: tuple[str, ...] = ()
    outcome: str | None = None
    by: str | None = None
    at: datetime | None = None
    due_at: datetime | None = None
    hours: int | None = None
    votes: tuple[int, int] | None = None
    problems: int = 0
    heat: int = 0
    link: str | None = None
    chosen: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnEdge:
    """One way. `route` is drawn in the flow; what people took apart from that is a `return`, a `refuse`, a `jump`."""

    source: str
    target: str
    label: str
    kind: EdgeKind
    mark: Mark
    way: str | None = None
    """What an editor calls it."""

    @property
    def aside(self) -> bool:
        """Whether it is no way of the flow itself, so that it must not change what comes first."""
        return self.kind in ("return", "refuse", "jump")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the history: what happened, where, who, when; `why` are the conditions that led on, in words, `went`
    the steps it led to; `terms` what was approved otherwise than asked; `took` the time from the opening of the work to
    this; `item` the number of the work it was said of."""

    node: str
    title: str
    words: str
    kind: str
    by: str | None = None
    for_whom: str | None = None
    at: datetime | None = None
    action: str | None = None
    reason: str | None = None
    opinion: str = ""
    why: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    took: timedelta | None = None
    round: int = 1
    item: int | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A step that may come next, who does it, and on what it depends."""

    node: str
    title: str
    who: tuple[str, ...] = ()
    depends: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Where the case stands: for whom or what it waits, since when and until when, and what may come after that."""

    node: str
    title: str
    what: str
    who: tuple[str, ...] = ()
    since: datetime | None = None
    due_at: datetime | None = None
    votes: tuple[int, int] | None = None
    then: tuple[Following, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """The whole picture; `says` is where the case stands, in one sentence."""

    title: str
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    steps: tuple[Step, ...] = ()
    waits: tuple[Waiting, ...] = ()
    says: str = ""
    language: str = "en"
    started: bool = False

    def without_people(self) -> Diagram:
        """The same for somebody outside the house: how far the case is, not who decided, what they wrote or why."""
        return replace(
            self,
            nodes=tuple(replace(node, by=None, who=(), state=None, votes=None, due_at=None) for node in self.nodes),
            edges=tuple(replace(edge, label="") for edge in self.edges),
            steps=tuple(
                replace(step, by=None, for_whom=None, reason=None, opinion="", why=(), terms=(), took=None)
                for step in self.steps
                if step.kind not in _INSIDE
            ),
            waits=tuple(replace(one, who=(), due_at=None, votes=None, then=()) for one in self.waits),
        )

    def heated(self, said: Mapping[str, tuple[int, str]]) -> Diagram:
        """The same with the heat of its boxes, and words instead of who works there, by node."""
        found = [(node, *said.get(node.key, (0, ""))) for node in self.nodes]
        return replace(
            self,
            nodes=tuple(
                replace(node, heat=heat, who=(words,) if words else (), hours=None) for node, heat, words in found
            ),
        )

    def linked(self, links: dict[str, str]) -> Diagram:
        """The same with boxes that lead somewhere, by node."""
        return replace(self, nodes=tuple(replace(node, link=links.get(node.key)) for node in self.nodes))

    def looked_at(self, chosen: str | None) -> Diagram:
        """The same with one box marked."""
        return replace(self, nodes=tuple(replace(node, chosen=node.key == chosen) for node in self.nodes))

    def editable(self, ways: Sequence[str | None]) -> Diagram:
        """The same for an editor: boxes that can be moved, and what each way is called there."""
        return replace(
            self,
            nodes=tuple(replace(node, edited=True) for node in self.nodes),
            edges=tuple(replace(edge, way=way) for edge, way in zip(self.edges, ways, strict=True)),
        )


_INSIDE = frozenset(
    ("transferred", "signers_added", "signer_removed", "taken_back", "called", "call_failed", "told", "urged",
     "commented", "changed", "escalated", "repaired", "migrated", "calculated", "jumped", "passed", "joined")
)  # fmt: skip
"""What goes on inside the house and is no business of the applicant's."""
