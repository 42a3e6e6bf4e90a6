"""A flow as it runs: nodes and routes compiled from a flow document. Values only; nothing here moves.

Words follow WfMC: a flow is a process definition, a node an activity, a route a transition; who does the work of a node
(`assign`) are its participants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from loanloom.feel import Program
from loanloom.metadata.fields import Field
from loanloom.problems import Text

NodeType = Literal[
    "start", "form", "approval", "countersign", "committee", "decision", "calculation", "service", "document", "wait",
    "notify", "cc", "subflow", "parallel", "inclusive", "exclusive", "join", "end",
]  # fmt: skip
Action = Literal["approve", "refuse", "return", "abstain"]
Scope = Literal["branch", "department", "all"]

ACTIONS: tuple[Action, ...] = ("approve", "refuse", "return")
"""What a person may say of an item unless the node states it; committees may `abstain` too."""
POWERS = ("transfer", "add_signer", "remove_signer", "ask_material", "take_back")
"""What else a node may allow its people; commenting, attaching and urging are always allowed."""
HUMAN = ("form", "approval", "countersign", "committee")
VOTED = ("countersign", "committee")
ENDINGS = ("approved", "refused", "withdrawn", "terminated", "completed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way out of a node; taken when `condition` is true, or always when there is none (`next`, `otherwise`)."""

    to: str
    condition: Program | None = None
    source: str | None = None
    reads: frozenset[str] = frozenset()
    title: Text | None = None
    otherwise: bool = False


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Who gets the work: one way of naming people is filled in.

    A `role` or `position` is a group whose members are looked at when somebody acts; all others name people when the
    item opens. `scope` narrows a group to the branch or department of the case.
    """

    role: str | None = None
    position: str | None = None
    scope: Scope = "branch"
    users: tuple[str, ...] = ()
    """User names."""
    unit: str | None = None
    """Everybody of a department or branch (its key)."""
    head_of: str | None = None
    """`branch`, `department` of the case, or a unit's key."""
    manager_of: str | None = None
    """`starter`, `last_approver`, or a fact that names a person."""
    authority: str | None = None
    """Key of an authority table: the lowest holder whose limit covers the case."""
    fact: str | None = None
    """A fact that holds a user name or a list of them."""
    deciders_of: str | None = None
    """A node of the case named by the subject (the contract's approval); its deciders, else their successors."""
    chosen_by: str | None = None
    """`starter` or `previous`: whom they named when they acted."""
    outside: str | None = None
    """A fact that names a partner (guarantee centre, trustor): a restricted link is sent to them."""
    condition: Program | None = None
    source: str | None = None
    """An expression that gives user names."""
    resolver: str | None = None
    """Key of a plugin of the slot assignee_resolver."""
    weight: int = 1
    """What the vote of each of these people counts."""
    veto: bool = False
    """Whether a no of one of these people decides alone."""

    @cached_property
    def only_group(self) -> bool:
        """Whether it names a group and nothing else: that asks for no facts."""
        named = (self.users, self.unit, self.head_of, self.manager_of, self.authority, self.fact, self.deciders_of)
        return not any((*named, self.chosen_by, self.outside, self.condition, self.resolver))


@dataclass(frozen=True, slots=True, kw_only=True)
class Voting:
    """How many yes make a yes. `needed` is a count, a share (0 to 1) of the votes, or a sum of weights; a node is
    decided as soon as the open votes cannot change it any more (`early`), but never before the quorum has voted."""

    rule: Literal["all", "any", "count", "ratio", "weight"] = "all"
    needed: Decimal | None = None
    quorum: Decimal | None = None
    early: bool = True
    in_turn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One term of a node, counted from when its work opened: in working hours, hours, or to a date that a fact holds.

    `do`: remind (whoever it waits for), escalate (`assign` may act as well), approve, refuse, return, or route (`to`).
    `repeat` reminds again every so many working hours.
    """

    working_hours: int | None = None
    hours: int | None = None
    until: str | None = None
    do: Literal["remind", "escalate", "approve", "refuse", "return", "route"] = "remind"
    assign: tuple[Assignment, ...] = ()
    to: str | None = None
    repeat: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody:
    """What happens when nobody qualifies: administrators get the work, named people do, it is passed, or refused.
    Where a flow states it, it is looked at who holds a role or position when the item opens."""

    do: Literal["administrator", "assign", "pass", "refuse"] = "administrator"
    assign: tuple[Assignment, ...] = ()
    stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call out of the house: a plugin of the slot node_action or a connector. `given` are its inputs by name.

    Tried again `retries` times, `pause` seconds apart (doubling); `compensate` is called when the case is taken back
    past it; without `on_failure` (a node) a call that failed for good waits for somebody to repair it."""

    action: str
    given: Mapping[str, Program] = field(default_factory=dict)
    timeout: int = 30
    retries: int = 3
    pause: int = 60
    compensate: str | None = None
    on_failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """One thing a wait node waits for: an event of this name (and `condition` over its data, as `event`), a span of
    time, or a day that a fact holds. The first to come decides the way. `title` is what people call it."""

    to: str
    event: str | None = None
    title: Text | None = None
    condition: Program | None = None
    source: str | None = None
    working_hours: int | None = None
    hours: int | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sub:
    """A flow of its own for this case, or one for each member of a list. `wait`: until all have ended, the first, or
    not at all. `data` gives the sub-flow its facts."""

    flow: str
    for_each: Program | None = None
    wait: Literal["all", "any", "none"] = "all"
    data: Mapping[str, Program] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """When a join goes on: all branches that are still running have arrived, or the first `needed`; what comes later
    is cancelled or lets run out (`absorb`)."""

    needed: int | None = None
    rest: Literal["cancel", "absorb"] = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A message to people: what it says and to whom."""

    to: tuple[Assignment, ...] = ()
    text: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """A step of a flow. Human nodes wait for people, `service`, `wait`, `subflow` and `join` for something else.

    `reasons` names the code list of reasons by action. `may_change` are the terms and fields an approver may change;
    `cancels` are nodes whose work ends when this one is entered.
    """

    key: str
    title: Text
    type: NodeType
    state: str | None = None
    routes: tuple[Route, ...] = ()
    outcome: str | None = None
    ends: Literal["case", "path"] = "case"
    cancels: tuple[str, ...] = ()
    # automatic work
    ruleset: str | None = None
    calculation: str | None = None
    documents: tuple[str, ...] = ()
    call: Call | None = None
    awaited: tuple[Awaited, ...] = ()
    until: Program | None = None
    until_source: str | None = None
    sub: Sub | None = None
    join: Join | None = None
    interleaved: bool = False
    telling: Telling | None = None
    # work for people
    assign: tuple[Assignment, ...] = ()
    dispatch: str = "claim"
    dispatch_ruleset: str | None = None
    exclude: frozenset[str] = frozenset()
    if_starter: Literal["exclude", "pass", "superior"] = "exclude"
    if_same: Literal["ask", "pass", "pass_consecutive"] = "ask"
    if_nobody: Nobody = Nobody()
    voting: Voting | None = None
    each: Literal["person", "group"] = "person"
    actions: tuple[Action, ...] = ()
    powers: frozenset[str] = frozenset()
    limit: str | None = None
    """Key of an authority table: who decides needs a limit that covers the case."""
    return_to: tuple[str, ...] = ()
    return_then: Literal["again", "straight_back", "ask"] = "again"
    on_refuse: str | None = None
    may_change: frozenset[str] = frozenset()
    form: str | None = None
    deadlines: tuple[Deadline, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    reason_required: frozenset[str] = frozenset()
    opinion_required: frozenset[str] = frozenset()
    bulk: bool = False
    cc: tuple[Assignment, ...] = ()
    record: tuple[Assignment, ...] = ()
    """Who writes the minutes of a committee; its result counts when they are written."""

    @cached_property
    def working_hours(self) -> int | None:
        """The first term in working hours; what lists show as due."""
        return next((each.working_hours for each in self.deadlines if each.working_hours is not None), None)

    @cached_property
    def authorities(self) -> frozenset[str]:
        """The authority tables that it goes by."""
        named = {one.authority for one in (*self.assign, *self.if_nobody.assign)} | {self.limit}
        return frozenset(table for table in named if table is not None)

    @cached_property
    def asks_who(self) -> bool:
        """Whether it states something for which it must be known who belongs to a group."""
        return (self.dispatch, self.if_starter, self.if_same) != ("claim", "exclude", "ask") or self.if_nobody.stated

    @property
    def human(self) -> bool:
        """Whether people do its work."""
        return self.type in HUMAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsideration:
    """How often a refused case may be asked for again (复议), within how many days, and where it goes on."""

    times: int = 1
    days: int | None = None
    to: str | None = None


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
    terms: Mapping[str, Field] = field(default_factory=dict)
    """The fields that steps let people change, by their names in the flow."""
    reconsider: Reconsideration | None = None
    withdraw_until: frozenset[str] | None = None
    """Nodes after which a case can no longer be withdrawn; None: at any time."""

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def end_with(self, outcome: str) -> Node | None:
        """The first end node of this outcome, in the order of the document."""
        return next((node for node in self if node.type == "end" and node.outcome == outcome), None)
