"""Random flows of every type of node, sound by the way they are built: blocks in a row, splits closed by their join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from tests.engines.flows.flow_builder import AtMost, flow_of, node, when

from loanloom.engines.flows import ACTIONS, POWERS, Found, People, Person, Route
from loanloom.engines.flows.model import (
    Assignment,
    Awaited,
    Call,
    Deadline,
    Join,
    Nobody,
    Reconsideration,
    Sub,
    Telling,
    Voting,
)

ROLES = ("r0", "r1")
STAFF = tuple(
    Person(
        id=number, administrator=number == 14, covers=frozenset({"limits"} if number > 2 else ()),
        roles=frozenset(ROLES if number < 9 else ()),
    )
    for number in range(1, 15)
)  # fmt: skip
"""1 and 2 have no authority; from 9 on nobody has a role, so that somebody is always left who did nothing before."""
NAMES: Mapping[str, int] = {f"p{one.id}": one.id for one in STAFF}
VOTES = (
    Voting(rule="all"), Voting(rule="any"), Voting(rule="count", needed=Decimal(2)), Voting(rule="all", in_turn=True),
    Voting(rule="ratio", needed=Decimal("0.6"), quorum=Decimal("0.5")),
    Voting(rule="count", needed=Decimal(2), early=False),
    Voting(rule="weight", needed=Decimal(2)),
)  # fmt: skip


class Staff(People):
    """Knows the people of STAFF by user name; of roles only where `known`."""

    def __init__(self, *, known: bool) -> None:
        self.known = known

    def find(self, assignment: Assignment, node: Any, state: Any, facts: Any) -> Found:
        if assignment.chosen_by is not None:
            return Found(users=state.chosen.get(node.key, ()))
        return Found(role=assignment.role, users=tuple(NAMES[name] for name in assignment.users))

    def members(self, found: Found) -> tuple[int, ...] | None:
        if not found.group:
            return found.users
        return tuple(one.id for one in STAFF if found.role in one.roles) if self.known else None

    def superior(self, person: int) -> int | None:
        return person - 1 if person > 1 else None

    def pick(self, node: Any, candidates: tuple[int, ...], facts: Any) -> int | None:
        return candidates[-1]


@dataclass(frozen=True)
class Earlier:
    """The nodes for people before a place: all of them, and those of its own branch."""

    all: tuple[str, ...] = ()
    here: tuple[str, ...] = ()

    def with_one(self, key: str) -> Earlier:
        return Earlier((*self.all, key), (*self.here, key))

    def inside(self) -> Earlier:
        return Earlier(self.all)


class Builder:
    """Makes up one flow; keys are numbered as they come."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.nodes: list[Any] = []
        self.left = self.random.randint(1, 9)

    def coin(self) -> bool:
        return self.random.random() < 0.5

    def key(self) -> str:
        self.left -= 1
        return f"n{len(self.nodes)}"

    def row(self, to: str, earlier: Earlier, depth: int) -> str:
        """A row of blocks that ends at `to`; gives the node with which it begins."""
        if self.left <= 0:
            return to
        shapes = [self.human, self.human, self.votes, self.passing, self.waiting]
        shape = self.random.choice([*shapes, self.split, self.split] if depth < 2 else shapes)
        return shape(to, earlier, depth)

    def add(self, key: str, kind: str, *routes: Route, **more: Any) -> None:
        """Add a node in the place that was kept for it."""
        place = next(index for index, one in enumerate(self.nodes) if one == key)
        self.nodes[place] = node(key, kind, *routes, **more)

    def keep(self) -> str:
        """A key of its own, before the blocks that follow take theirs."""
        key = self.key()
        self.nodes.append(key)
        return key

    def people(self) -> tuple[Assignment, ...]:
        named = [(Assignment(role=role),) for role in ROLES]
        return self.random.choice(
            [
                *named,
                (Assignment(users=("p3", "p4")),),
                (Assignment(users=("p1",)),),
                (Assignment(chosen_by="previous"),),
            ]
        )

    def human(self, to: str, earlier: Earlier, depth: int) -> str:
        key = self.keep()
        following = self.row(to, earlier.with_one(key), depth)
        if self.random.randint(0, 4) == 0:
            self.add(key, "form", Route(to=following), assign=self.people())
            return key
        self.add(key, "approval", *self.choice(following, to), assign=self.people(), **self.work(earlier))
        return key

    def choice(self, following: str, to: str) -> list[Route]:
        if self.random.randint(0, 3):
            return [Route(to=following)]
        return [when(AtMost(self.random.randint(0, 1000)), to), Route(to=following, otherwise=True)]

    def work(self, earlier: Earlier) -> dict[str, Any]:
        back = self.random.choice(earlier.here) if earlier.here and self.coin() else None
        return {
            "actions": ACTIONS, "powers": frozenset(POWERS), "return_to": ("begin", *earlier.all),
            "exclude": self.random.choice([frozenset({"maker"}), frozenset({"maker", "previous_approvers"})]),
            "on_refuse": back, "return_then": self.random.choice(["again", "straight_back", "ask"]),
            "if_starter": self.random.choice(["exclude", "pass", "superior"]),
            "if_same": self.random.choice(["ask", "pass", "pass_consecutive"]),
            "if_nobody": self.random.choice([Nobody(), Nobody(do="pass", stated=True),
                                               Nobody(do="assign", assign=(Assignment(users=("p8",)),), stated=True)]),
            "dispatch": self.random.choice(["claim", "load"]), "limit": self.random.choice([None, "limits"]),
            "deadlines": (Deadline(working_hours=8, do=self.random.choice(["approve", "refuse", "return"])),),
            "may_change": frozenset({"sanction.amount"}), "state": self.random.choice([None, "A1", "A2"]),
        }  # fmt: skip

    def votes(self, to: str, earlier: Earlier, depth: int) -> str:
        key = self.keep()
        following = self.row(to, earlier.with_one(key), depth)
        kind = self.random.choice(["countersign", "committee"])
        assign = self.random.choice(
            [
                (Assignment(users=("p3", "p4", "p5")),),
                (Assignment(role="r0"), Assignment(users=("p6",), veto=True)),
                (Assignment(users=("p7",), weight=3), Assignment(users=("p7", "p8", "p1"))),
            ]
        )
        more = self.work(earlier) | {"actions": (*ACTIONS, "abstain"), "limit": None, "exclude": frozenset({"maker"})}
        if kind == "committee":
            more["deadlines"] = (Deadline(working_hours=8, do=self.random.choice(["refuse", "return"])),)
        rule = self.random.choice(VOTES)
        self.add(
            key, kind, Route(to=following), assign=assign, voting=rule,
            each=self.random.choice(["person", "group"]) if rule.needed is None else "person",
            record=(Assignment(users=("p9",)),) if kind == "committee" and self.coin() else (), **more,
        )  # fmt: skip
        return key

    def passing(self, to: str, earlier: Earlier, depth: int) -> str:
        key = self.keep()
        following = self.row(to, earlier, depth)
        kind = self.random.choice(["exclusive", "decision", "calculation", "document", "notify", "cc"])
        routes = self.choice(following, to) if kind in ("exclusive", "decision") else [Route(to=following)]
        more: dict[str, Any] = {
            "calculation": {"calculation": "sum"}, "document": {"documents": ("paper",)},
            "notify": {"telling": Telling(to=(Assignment(users=("p2",)),), text={"en": "x", "zh": "x"})},
            "cc": {"telling": Telling(to=(Assignment(role="r0"),))},
        }.get(kind, {})  # fmt: skip
        self.add(key, kind, *routes, **more)
        return key

    def waiting(self, to: str, earlier: Earlier, depth: int) -> str:
        key = self.keep()
        following = self.row(to, earlier, depth)
        kind = self.random.choice(["service", "wait", "until", "subflow"])
        if kind == "service":
            failing = self.random.choice([None, to])
            self.add(key, "service", Route(to=following), call=Call(action="ask", on_failure=failing))
        elif kind == "subflow":
            self.add(
                key,
                "subflow",
                Route(to=following),
                sub=Sub(flow="other", wait=self.random.choice(["all", "any", "none"])),
            )
        else:
            until = AtMost(self.random.randint(0, 1000)) if kind == "until" else None
            ways = (Awaited(to=following, event="paid"), Awaited(to=to, hours=2))
            self.add(key, "wait", Route(to=following), awaited=ways, until=until, until_source=until and "until")
        return key

    def split(self, to: str, earlier: Earlier, depth: int) -> str:
        key, join = self.keep(), self.keep()
        following = self.row(to, earlier, depth)
        how = self.random.choice([Join(), Join(), Join(needed=1), Join(needed=1, rest="absorb")])
        self.add(join, "join", Route(to=following), join=how)
        self.left += 2
        branches = [self.row(join, earlier.inside(), depth + 1) for _ in range(self.random.randint(2, 3))]
        if self.coin():
            alone = self.random.randint(0, 3) == 0
            self.add(key, "parallel", *(Route(to=one) for one in branches), interleaved=alone)
        else:
            asked = [when(AtMost(self.random.randint(0, 1000)), one) for one in branches[:-1]]
            self.add(key, "inclusive", *asked, Route(to=branches[-1], otherwise=True))
        return key


def flow_from(seed: int) -> Any:
    """The flow that this number stands for."""
    builder = Builder(Random(seed))
    first = builder.row("yes", Earlier(), 0)
    ends = [node("yes", "end", outcome="approved", state="B1"), node("no", "end", outcome="refused", state="B0")]
    made = flow_of(node("begin", "start", Route(to=first), state="A0"), *builder.nodes, *ends)
    return replace(made, reconsider=Reconsideration(times=1))
