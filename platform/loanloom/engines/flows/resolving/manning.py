"""Is there anybody who could do the work of a step, going by who works here today? Told before a case finds out.

Only what can be known without a case is judged: people whom a field, an expression or a plugin names are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from loanloom.engines.flows import graph
from loanloom.engines.flows.model import Assignment, Flow, Node
from loanloom.engines.flows.resolving.called import Called, House, People

MOST_BEFORE = 12
"""So many earlier approvals are looked at: leaving some out can only tell less."""
NOBODY = 0
"""No person has this number."""
What = Literal["members", "user", "head", "limit", "branch", "right", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Whom a step lacks: `what`, at which of its assignments, whose cases (`units`), and who is meant or would have
    been (`people`)."""

    node: Node
    what: What
    place: int | None = None
    one: Assignment | None = None
    units: tuple[str, ...] = ()
    people: tuple[int, ...] = ()


def lacks(flow: Flow, house: House) -> Iterator[Lack]:
    """What every step of a flow lacks, the plainest first: one thing for each step or assignment."""
    looking = _Looking(flow, house, Called(house))
    for node in flow:
        if node.human:
            yield from list(_of_assignments(node, looking.called)) or looking.of_step(node)


# -- one assignment ---------------------------------------------------------------------------------------------------


def _of_assignments(node: Node, called: Called) -> Iterator[Lack]:
    """Assignments that mean nobody at all, wherever the case comes from."""
    for place, one in enumerate(node.assign):
        for username in one.users:
            if called.house.staff.named(username) is None:
                yield Lack(node=node, what="user", place=place, one=Assignment(users=(username,)))
        way = next((name for name in ("head_of", "authority") if getattr(one, name)), None)
        group = one.role is not None or one.position is not None
        if one.users or one.head_of in ("branch", "department") or not (way or group):
            continue
        if not called.named(one, None):
            what: What = "head" if way == "head_of" else "limit" if way == "authority" else "members"
            yield Lack(node=node, what=what, place=place, one=one)


# -- one step ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Looking:
    """One look at the steps of a flow; what was found out once is kept."""

    flow: Flow
    house: House
    called: Called
    _people: dict[tuple[str, str], People | None] = field(default_factory=dict)
    _around: dict[str, frozenset[str]] = field(default_factory=dict)
    _left: dict[tuple[object, ...], bool] = field(default_factory=dict)
    _forward: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of_step(self, node: Node) -> Iterator[Lack]:
        """A step that names people who cannot do it: not there, not allowed, or always those who may not any more."""
        house = self.house
        found = {unit: self.called.by_step(node, unit) for unit in house.origins}
        known = {unit: one for unit, one in found.items() if one is not None and not self._stood_in(node, unit)}
        missing = tuple(unit for unit, people in known.items() if not people)
        if missing:
            yield Lack(node=node, what="branch", units=missing)
        barred = tuple(unit for unit, people in known.items() if people and not self.able(node, unit))
        if barred:
            yield Lack(node=node, what="right", units=barred, people=tuple(sorted(known[barred[0]])))
        rest = [unit for unit in known if unit not in (*missing, *barred)]
        left = tuple(unit for unit in rest if not self._somebody_left(node, unit))
        if left:
            people = {person for unit in left for person in self.able(node, unit) or ()}
            yield Lack(node=node, what="left", units=left, people=tuple(sorted(people)))

    def _stood_in(self, node: Node, unit: str) -> bool:
        """Whether the step names others for when nobody qualifies, and they are there or only a case can tell."""
        if node.if_nobody.do != "assign":
            return False
        named = [self.called.named(one, unit) for one in node.if_nobody.assign]
        return any(one is None or one for one in named)

    def able(self, node: Node, unit: str) -> People | None:
        """Who may do a step in cases of a unit; None where only a case can tell."""
        if (node.key, unit) not in self._people:
            named = self.called.by_step(node, unit)
            self._people[node.key, unit] = None if named is None else self.called.allowed(node, named)
        return self._people[node.key, unit]

    def _somebody_left(self, node: Node, unit: str) -> bool:
        """Whether a case of a unit can come to a step so that somebody may still do it who may at all. Whoever made
        the case and everybody whose yes it must have behind it are different people."""
        if (node.type == "form" and not node.exclude) or node.if_starter != "exclude" or node.if_same != "ask":
            return True
        people = self.able(node, unit) or People()
        others = node.type == "form" and "maker" not in node.exclude  # whoever made it may do it
        before = self._before(node, unit) if "previous_approvers" in node.exclude else ()
        makers = (self.house.origins[unit] if self.house.makers else None) or People((NOBODY,))
        asked = (makers, others, people, before)
        if asked not in self._left:
            self._left[asked] = _left_over(makers, others, people, before)
        return self._left[asked]

    def _before(self, node: Node, unit: str) -> tuple[People, ...]:
        """Who may do the approvals whose yes every case has behind it at a step, each by another person."""
        found: list[People] = []
        for one in self.flow:
            if len(found) == MOST_BEFORE:
                break
            if one.key != node.key and _by_people(one) and node.key not in self._without(one.key):
                people = self.able(one, unit)
                if people and "previous_approvers" in one.exclude:
                    found.append(people)
        return tuple(found)

    def _without(self, key: str) -> frozenset[str]:
        """What a case can come to without a step."""
        if key not in self._around:
            self._forward = self._forward or graph.edges(self.flow.nodes)
            ways = {one: targets - {key} for one, targets in self._forward.items() if one != key}
            self._around[key] = graph.reachable(ways, [self.flow.start])
        return self._around[key]


def _left_over(makers: People, others: bool, people: People, before: Sequence[People]) -> bool:
    """Whether, with some maker, everybody before and somebody of `people` can all be different."""
    comes = False
    for maker in makers:
        earlier = [one - {maker} for one in before]
        if not _all_different(earlier):
            continue  # an earlier step has nobody: told there
        if _all_different([*earlier, people if others else people - {maker}]):
            return True
        comes = True
    return not comes


def _by_people(node: Node) -> bool:
    """Whether an approval is always somebody's own yes: no clock says it, and nobody is passed over."""
    by_itself = node.if_nobody.do == "pass" or any(each.do in ("approve", "route") for each in node.deadlines)
    return node.type == "approval" and not by_itself and (node.if_starter, node.if_same) == ("exclude", "ask")


def _all_different(asked: Sequence[People]) -> bool:
    """Whether each can be done by somebody of theirs, all by different people."""
    taken: dict[int, int] = {}

    def place(number: int, seen: set[int]) -> bool:
        for person in asked[number] - seen:
            seen.add(person)
            if person not in taken or place(taken[person], seen):
                taken[person] = number
                return True
        return False

    return all(place(number, set()) for number in range(len(asked)))
