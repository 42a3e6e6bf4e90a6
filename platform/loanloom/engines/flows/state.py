"""Where a case stands in its flow: tokens, work items, votes, the approvals that stand. Small; plain JSON outside.

A token marks a place at which the case waits; a parallel split makes several. `forks` says in which branches of which
splits a token runs, outermost first, so that a join knows what it waits for. An item is one piece of work for people
under a token; items of a later `turn` wait for those before them (added signers, voting in turn, asked material).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from operator import attrgetter
from typing import Any, Literal

from loanloom.engines.flows import keeping
from loanloom.engines.flows.model import Action, Scope
from loanloom.engines.flows.record import record

ItemKind = Literal["approval", "revision", "form", "vote", "signer", "material", "minutes"]
Status = Literal["running", "suspended", "ended"]
Waits = Literal["people", "event", "call", "sub", "join"]
Fork = tuple[int, int]
"""Number of the split's run, and which of its branches."""


@record
class Token:
    """One place at which the case waits. `back_to` is the node a returned case comes straight back to."""

    number: int
    node: str
    forks: tuple[Fork, ...] = ()
    waits: Waits = "people"
    back_to: str | None = None
    waiting_for: tuple[str, ...] = ()
    """Of a sub-flow: the numbers of its runs that have not ended."""

    def inside(self, run: int) -> bool:
        """Whether it is in a branch of this run of a split."""
        return any(run == number for number, _ in self.forks)


@record
class Item:
    """Work waiting for people: everybody of `role` or `position` within `scope`, or the `users` named; neither means
    the makers of the case (a revision). `excluded` may not, whoever they are."""

    number: int
    token: int
    node: str
    kind: ItemKind
    role: str | None = None
    position: str | None = None
    scope: Scope = "branch"
    users: tuple[int, ...] = ()
    outside: str | None = None
    excluded: tuple[int, ...] = ()
    working_hours: int | None = None
    weight: int = 1
    veto: bool = False
    turn: int = 0
    pending: bool = False
    added_by: int | None = None
    asked_for: int | None = None
    """Of material: the number of the item that waits for it."""
    escalated: tuple[int, ...] = ()
    taken_by: int | None = None


@record
class Vote:
    """What one person said of an item under a token that is not decided yet; `for_whom` they stood in, if so."""

    token: int
    item: int
    by: int
    action: Action
    weight: int = 1
    veto: bool = False
    conditions: tuple[str, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    for_whom: int | None = None


@record
class Approval:
    """A yes that stands: it falls when the case is returned to its node or to one before."""

    node: str
    by: int
    conditions: tuple[str, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    for_whom: int | None = None


@record
class Passed:
    """A node that was entered, in which branches."""

    node: str
    forks: tuple[Fork, ...] = ()


@record
class State:
    """The whole state of one case in its flow. `passed` are the nodes entered, without what was undone."""

    status: Status = "running"
    code: str | None = None
    outcome: str | None = None
    tokens: tuple[Token, ...] = ()
    items: tuple[Item, ...] = ()
    votes: tuple[Vote, ...] = ()
    passed: tuple[Passed, ...] = ()
    chain: tuple[Approval, ...] = ()
    makers: tuple[int, ...] = ()
    starter: int | None = None
    round: int = 1
    last_number: int = 0
    last_token: int = 0
    step: int = 0
    chosen: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """People named for a node by those who acted before it."""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What calculations, calls and votes gave, by node."""
    interleaved: tuple[int, ...] = ()
    """Runs of splits whose branches are worked one at a time."""
    absorbed: tuple[int, ...] = ()
    """Runs of splits whose join has gone on: what still arrives ends there."""
    reconsidered: int = 0
    undoable: tuple[int, int] | None = None
    """The last decision (item, person) while it may be taken back: nobody acted since, nothing left the house."""

    def item(self, number: int) -> Item | None:
        """The item of this number, if it still waits (open or for its turn)."""
        for item in self.items:
            if item.number == number:
                return item
        return None

    def token(self, number: int) -> Token | None:
        """The token of this number."""
        return next((token for token in self.tokens if token.number == number), None)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The items that people can do now."""
        return tuple(item for item in self.items if not item.pending)

    @property
    def path(self) -> tuple[str, ...]:
        """The nodes passed, in order."""
        return tuple(each.node for each in self.passed)

    @property
    def conditions(self) -> tuple[str, ...]:
        """All conditions of the approvals that stand, in order, each once."""
        return tuple(dict.fromkeys(text for approval in self.chain for text in approval.conditions))

    @property
    def terms(self) -> Mapping[str, Any]:
        """The terms as the approvals that stand have changed them; the last word counts."""
        return {name: value for approval in self.chain for name, value in approval.terms.items()}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the store, without what is as it was at first; `from_json` reads it back to an equal state."""
        written = {}
        for name, value, blank, write in zip(_NAMES, _VALUES(self), _BLANKS, _WRITES, strict=True):
            if value is not blank and value != blank:
                written[name] = value if write is None else write(value)
        return written

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """The state that `to_json` wrote."""
        if "path" in data:  # as it was written before cases had branches
            data = {**data, "passed": data["path"], "last_token": data["last_number"]}
        return cls(
            **{
                name: value if (read := _READ_STATE[name]) is None else read(value)
                for name, value in data.items()
                if value is not None and name in _READ_STATE
            }
        )


def _write_passed(records: tuple[Passed, ...]) -> list[Any]:
    """A node's key alone where no split is open: the list grows with every node."""
    return [[one.node, one.forks] if one.forks else one.node for one in records]


def _read_passed(records: Any) -> tuple[Passed, ...]:
    return tuple(
        [Passed(node=one) if type(one) is str else Passed(node=one[0], forks=keeping.forks(one[1])) for one in records]
    )


_NAMES, _BLANKS = keeping.names_of(State), keeping.blanks_of(State)
_VALUES = attrgetter(*_NAMES)
_RECORDS = (("tokens", Token, True), ("items", Item, False), ("votes", Vote, False), ("chain", Approval, True))
"""By name in a state; whether most of them consist of their first two values."""
_WRITE: Mapping[str, Any] = {
    **{name: keeping.written_as(made, short=short) for name, made, short in _RECORDS},
    "passed": _write_passed,
}
_WRITES = tuple(_WRITE.get(name) for name in _NAMES)
_READ_STATE: Mapping[str, Any] = {
    **dict.fromkeys(_NAMES),
    **{name: keeping.read_as(made) for name, made, _ in _RECORDS},
    "passed": _read_passed,
    **dict.fromkeys(("undoable", "makers", "interleaved", "absorbed"), tuple),
    "chosen": lambda chosen: {node: tuple(people) for node, people in chosen.items()},
}


@record
class Person:
    """Who acts, as far as a flow cares. `in_branch` and `in_department` are about the unit of the case; `covers` are
    the authority tables whose limit for this person covers the case; `stands_in_for` are away and delegated to them."""

    id: int
    roles: frozenset[str] = frozenset()
    position: str | None = None
    in_branch: bool = True
    in_department: bool = True
    covers: frozenset[str] = frozenset()
    stands_in_for: tuple[Person, ...] = ()
    administrator: bool = False
    outside: int | None = None
    """Of a party out of the house: the number of the one item that it may answer."""


@record
class Decision:
    """What somebody says about one item. `to` is the node a return goes to (None: the first one allowed), `then` how
    it comes back where the node leaves that open; `terms` are changed terms; `chosen` names people for later nodes."""

    action: Action
    by: Person
    reason: str | None = None
    opinion: str = ""
    to: str | None = None
    then: Literal["again", "straight_back"] | None = None
    conditions: tuple[str, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
