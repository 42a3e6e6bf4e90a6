"""Where a case stands in its flow: tokens, open work items, the approvals that stand. Small; plain JSON outside.

A token marks a node that is waiting; today a case has one, a parallel split will give it more, so nothing here or in
the store assumes one. An item is one piece of work for people; its `kind` says which: to approve a step, or to revise a
returned case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from loanloom.engines.flows.model import Action, Scope

ItemKind = Literal["approval", "revision"]
Status = Literal["running", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One place at which the case waits."""

    number: int
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Work waiting for people. `role` None means the makers of the case (a revision)."""

    number: int
    token: int
    node: str
    kind: ItemKind
    role: str | None = None
    scope: Scope = "branch"
    excluded: tuple[int, ...] = ()
    working_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A yes that stands: it falls when the case is returned to its node or to one before."""

    node: str
    by: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The whole state of one case in its flow. `path` are the nodes passed, without what was undone."""

    status: Status = "running"
    code: str | None = None
    outcome: str | None = None
    tokens: tuple[Token, ...] = ()
    items: tuple[Item, ...] = ()
    path: tuple[str, ...] = ()
    chain: tuple[Approval, ...] = ()
    makers: tuple[int, ...] = ()
    round: int = 1
    last_number: int = 0

    def item(self, number: int) -> Item | None:
        """The open item of this number."""
        return next((item for item in self.items if item.number == number), None)

    @property
    def conditions(self) -> tuple[str, ...]:
        """All conditions of the approvals that stand, in order, each once."""
        return tuple(dict.fromkeys(text for approval in self.chain for text in approval.conditions))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the store; `from_json` reads it back to an equal state."""
        return {
            "status": self.status,
            "code": self.code,
            "outcome": self.outcome,
            "tokens": [[token.number, token.node] for token in self.tokens],
            "items": [_item_to_json(item) for item in self.items],
            "path": list(self.path),
            "chain": [[entry.node, entry.by, list(entry.conditions)] for entry in self.chain],
            "makers": list(self.makers),
            "round": self.round,
            "last_number": self.last_number,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """The state that `to_json` wrote; numbers may come back as Decimal from the store."""
        return cls(
            status=data["status"],
            code=data.get("code"),
            outcome=data.get("outcome"),
            tokens=tuple(Token(number=int(number), node=node) for number, node in data["tokens"]),
            items=tuple(_item_from_json(item) for item in data["items"]),
            path=tuple(data["path"]),
            chain=tuple(
                Approval(node=node, by=int(by), conditions=tuple(conditions)) for node, by, conditions in data["chain"]
            ),
            makers=tuple(int(maker) for maker in data["makers"]),
            round=int(data["round"]),
            last_number=int(data["last_number"]),
        )


def _item_to_json(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "token": item.token,
        "node": item.node,
        "kind": item.kind,
        "role": item.role,
        "scope": item.scope,
        "excluded": list(item.excluded),
        "working_hours": item.working_hours,
    }


def _item_from_json(data: Mapping[str, Any]) -> Item:
    hours = data.get("working_hours")
    return Item(
        number=int(data["number"]),
        token=int(data["token"]),
        node=data["node"],
        kind=data["kind"],
        role=data.get("role"),
        scope=data.get("scope", "branch"),
        excluded=tuple(int(person) for person in data.get("excluded", ())),
        working_hours=None if hours is None else int(hours),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts, as far as a flow cares. `in_branch` is whether they belong to the branch of the case."""

    id: int
    roles: frozenset[str] = frozenset()
    in_branch: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an approver says about one item. `to` is the node a return goes to (None: the first one allowed)."""

    action: Action
    by: Person
    at: datetime | None = None
    reason: str | None = None
    opinion: str = ""
    to: str | None = None
    conditions: tuple[str, ...] = ()
