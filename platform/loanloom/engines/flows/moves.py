"""What a step of a flow is given and gives back: the world it may ask; the new state, items, effects, history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from loanloom.engines.flows.model import Assignment, Node, Scope
from loanloom.engines.flows.record import record
from loanloom.engines.flows.state import Item, State
from loanloom.problems import Problem

EntryKind = Literal[
    "started", "ruled", "calculated", "routed", "opened", "decided", "returned", "resubmitted", "withdrawn", "ended",
    "passed", "transferred", "signers_added", "signer_removed", "taken_back", "suspended", "resumed", "terminated",
    "jumped", "expired", "called", "call_failed", "awaited", "sub_started", "sub_ended", "joined", "cancelled",
    "reconsidered", "documents", "told", "urged", "commented", "changed", "escalated", "repaired", "migrated",
]  # fmt: skip
EffectName = Literal[
    "item_opened", "item_closed", "item_changed", "state_changed", "ruled", "returned", "ended", "reopened",
    "call_wanted", "sub_wanted", "documents_wanted", "told", "waiting", "terms_changed", "undone", "suspended",
    "resumed",
]  # fmt: skip


@record
class Entry:
    """One line of history. `to` is set where the case moved along an edge `node` -> `to`; `trace` explains it;
    `for_whom` is the person somebody stood in for."""

    kind: EntryKind
    node: str
    to: str | None = None
    by: int | None = None
    for_whom: int | None = None
    at: datetime | None = None
    action: str | None = None
    reason: str | None = None
    opinion: str = ""
    item: int | None = None
    round: int = 1
    trace: Any = None


@record
class Effect:
    """Something the world should do because the case moved; the services know how. `token` is where it came from."""

    name: EffectName
    node: str
    data: Mapping[str, Any] = field(default_factory=dict)
    token: int | None = None


@record
class Moved:
    """The result of a step. With problems nothing moved: `state` is the one that came in and the rest is empty.

    `opened` are items that people can do from now on, `changed` those that went to other people, `closed` numbers.
    """

    state: State
    opened: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    closed: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    history: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


@record
class Ruled:
    """What an automatic decision or a calculation found: a decision's `values` become the facts `decision.*`, those of
    a calculation `flow.values.<node>.*`; `ruleset` is the key of who said so."""

    values: Mapping[str, Any]
    ruleset: str | None = None
    trace: Any = None
    problems: tuple[Problem, ...] = ()


@record
class Found:
    """Whom an assignment names in this case: a group (looked at when somebody acts) or people. `members` are the
    group's people of today, where somebody asked for them."""

    role: str | None = None
    position: str | None = None
    scope: Scope = "branch"
    users: tuple[int, ...] = ()
    outside: str | None = None
    problem: Problem | None = None

    @property
    def group(self) -> bool:
        """Whether it is a group of people looked at when somebody acts."""
        return self.role is not None or self.position is not None


Automatic = Callable[[str | None, Mapping[str, Any]], Ruled]
"""Runs the ruleset of a decision node (its key, None for the product's own) over the facts."""
Calculate = Callable[[str, Mapping[str, Any]], Ruled]
"""Runs the calculation of this key over the facts."""


class People:
    """Who is who, for one case. This one knows nobody by name: groups stay groups. `services.flows` has the real one.

    A subclass answers `members` (persons of a group, by id), `find` (whom an assignment names), `pick` (who of several
    gets an item by dispatch), `superior` of a person and `may` (whether a person's authority is enough at a node)."""

    def find(self, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
        """Whom an assignment names."""
        return Found(role=assignment.role, position=assignment.position, scope=assignment.scope)

    def members(self, found: Found) -> tuple[int, ...] | None:
        """The people of today; None where that is not known."""
        return found.users if not found.group else None

    def pick(self, node: Node, candidates: tuple[int, ...], facts: Mapping[str, Any]) -> int | None:
        """Who of the candidates gets the work by the node's dispatch; None: whoever takes it first."""
        return None

    def may(self, person: int, node: Node, facts: Mapping[str, Any]) -> bool:
        """Whether this person's authority covers the case where the node asks for it (`limit`)."""
        return node.limit is None

    def superior(self, person: int) -> int | None:
        """Whom this person reports to."""
        return None

    def barred(self, node: Node, state: State, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """People whom relation to the case bars: relatives and related parties declared, deciders of another case."""
        return ()


NOBODY_BY_NAME = People()


def nothing_automatic(ruleset: str | None, facts: Mapping[str, Any]) -> Ruled:
    """For steps that cannot meet automatic work."""
    raise AssertionError(f"no automatic work expected: {ruleset}, {len(facts)} facts")


def nothing_calculated(calculation: str, facts: Mapping[str, Any]) -> Ruled:
    """For steps that cannot meet a calculation."""
    raise AssertionError(f"no calculation expected: {calculation}, {len(facts)} facts")


@record
class World:
    """What a step may ask: the facts of the case, automatic work, people; and its instant."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    automatic: Automatic = nothing_automatic
    calculate: Calculate = nothing_calculated
    people: People = NOBODY_BY_NAME
    at: datetime | None = None
