"""Is there anybody who could do the work of a step, going by who works here today? Told before a case finds out.

Only what can be known without a case is judged: people whom a field, an expression or a plugin names are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from loanloom.engines.flows import graph
from loanloom.engines.flows.model import Assignment, Flow, Node
from loanloom.engines.flows.resolving.authority import Authority
from loanloom.engines.flows.resolving.roster import in_scope
from loanloom.engines.flows.resolving.staff import Member, Staff

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


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is known of a company: its staff, its limits, who may decide such cases at all (`deciders`, None: anybody),
    and by unit who makes them. `makers` is False where cases come from these units but are made by others."""

    staff: Staff
    authorities: Mapping[str, Authority]
    origins: Mapping[str, frozenset[int]]
    deciders: frozenset[int] | None = None
    makers: bool = True


def lacks(flow: Flow, house: House) -> Iterator[Lack]:
    """What every step of a flow lacks, the plainest first: one thing for each step or assignment."""
    looking = _Looking(flow, house)
    for node in flow:
        if node.human:
            yield from list(_of_assignments(node, house)) or looking.of_step(node)


# -- one assignment ---------------------------------------------------------------------------------------------------


def _of_assignments(node: Node, house: House) -> Iterator[Lack]:
    """Assignments that mean nobody at all, wherever the case comes from."""
    for place, one in enumerate(node.assign):
        for username in one.users:
            if house.staff.named(username) is None:
                yield Lack(node=node, what="user", place=place, one=Assignment(users=(username,)))
        way = next((name for name in ("head_of", "authority") if getattr(one, name)), None)
        group = one.role is not None or one.position is not None
        if one.users or one.head_of in ("branch", "department") or not (way or group):
            continue
        if not _named(one, None, house):
            what: What = "head" if way == "head_of" else "limit" if way == "authority" else "members"
            yield Lack(node=node, what=what, place=place, one=one)


def _named(one: Assignment, unit: str | None, house: House) -> frozenset[int] | None:
    """Whom an assignment means in cases of a unit (None: in any case); None where only a case can tell."""
    staff = house.staff
    if one.users:
        return frozenset(member.id for name in one.users if (member := staff.named(name)) is not None)
    if one.head_of is not None:
        return _heads(one.head_of, unit, staff)
    if one.authority is None and one.unit is None and one.role is None and one.position is None:
        return None
    group = staff.group(one.role, one.position)
    if one.unit is not None:
        return frozenset(each.id for each in group if staff.organisation.within(each.unit, one.unit))
    if one.authority is not None:
        return frozenset(
            each.id
            for each in _holders(one.authority, group, house)
            if unit is None or one.scope == "all" or staff.organisation.over(each.unit, unit)
        )
    return frozenset(
        each.id for each in group if unit is None or in_scope(staff.organisation, each.unit, unit, one.scope)
    )


def _heads(head_of: str, unit: str | None, staff: Staff) -> frozenset[int] | None:
    if head_of not in ("branch", "department"):
        return frozenset(staff.heads(head_of))
    if unit is None:
        return None
    return frozenset(staff.heads(staff.organisation.branch_of(unit) if head_of == "branch" else unit))


def _holders(key: str, group: Sequence[Member], house: House) -> Sequence[Member]:
    """Those for whom some line of a table says a limit."""
    table = house.authorities.get(key)
    if table is None:
        return group  # told where it is named
    return [one for one in group if any(row.holds(one, house.staff.organisation) for row in table.rows)]


# -- one step ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Looking:
    """One look at the steps of a flow; what was found out once is kept."""

    flow: Flow
    house: House
    _people: dict[tuple[str, str], frozenset[int] | None] = field(default_factory=dict)
    _around: dict[str, frozenset[str]] = field(default_factory=dict)

    def of_step(self, node: Node) -> Iterator[Lack]:
        """A step that names people who cannot do it: not there, not allowed, or always those who may not any more."""
        house = self.house
        found = {unit: _called(node, unit, house) for unit in house.origins}
        known = {unit: one for unit, one in found.items() if one is not None and not _stood_in(node, unit, house)}
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

    def able(self, node: Node, unit: str) -> frozenset[int] | None:
        """Who may do a step in cases of a unit; None where only a case can tell."""
        if (node.key, unit) not in self._people:
            called = _called(node, unit, self.house)
            self._people[node.key, unit] = None if called is None else _allowed(node, called, self.house)
        return self._people[node.key, unit]

    def _somebody_left(self, node: Node, unit: str) -> bool:
        """Whether a case of a unit can come to a step so that somebody may still do it who may at all. Whoever made
        the case and everybody whose yes it must have behind it are different people."""
        if (node.type == "form" and not node.exclude) or node.if_starter != "exclude" or node.if_same != "ask":
            return True
        people = self.able(node, unit) or frozenset()
        others = node.type == "form" and "maker" not in node.exclude  # whoever made it may do it
        before = self._before(node, unit) if "previous_approvers" in node.exclude else []
        makers: Iterable[int] = (self.house.origins[unit] if self.house.makers else ()) or (NOBODY,)
        comes = False
        for maker in makers:
            earlier = [one - {maker} for one in before]
            if not _all_different(earlier):
                continue  # an earlier step has nobody: told there
            if _all_different([*earlier, people if others else people - {maker}]):
                return True
            comes = True
        return not comes

    def _before(self, node: Node, unit: str) -> list[frozenset[int]]:
        """Who may do the approvals whose yes every case has behind it at a step, each by another person."""
        found: list[frozenset[int]] = []
        for one in self.flow:
            if len(found) == MOST_BEFORE:
                break
            if one.key != node.key and _by_people(one) and node.key not in self._without(one.key):
                people = self.able(one, unit)
                if people and "previous_approvers" in one.exclude:
                    found.append(people)
        return found

    def _without(self, key: str) -> frozenset[str]:
        """What a case can come to without a step."""
        if key not in self._around:
            forward = graph.edges(self.flow.nodes)
            ways = {one: targets - {key} for one, targets in forward.items() if one != key}
            self._around[key] = graph.reachable(ways, [self.flow.start])
        return self._around[key]


def _called(node: Node, unit: str, house: House) -> frozenset[int] | None:
    """Whom a step names in cases of a unit; None where only a case can tell."""
    named = [_named(one, unit, house) for one in node.assign]
    if not named or None in named:
        return None
    return frozenset[int]().union(*(one for one in named if one is not None))


def _allowed(node: Node, people: frozenset[int], house: House) -> frozenset[int]:
    """Of these people those who may decide."""
    if node.type == "form":
        return people
    if node.limit is not None:
        members = [house.staff.members[one] for one in people]
        people = frozenset(one.id for one in _holders(node.limit, members, house))
    return people if house.deciders is None else people & house.deciders


def _stood_in(node: Node, unit: str, house: House) -> bool:
    """Whether the step names others for when nobody qualifies, and they are there or only a case can tell."""
    if node.if_nobody.do != "assign":
        return False
    named = [_named(one, unit, house) for one in node.if_nobody.assign]
    return any(one is None or one for one in named)


def _by_people(node: Node) -> bool:
    """Whether an approval is always somebody's own yes: no clock says it, and nobody is passed over."""
    by_itself = node.if_nobody.do == "pass" or any(each.do in ("approve", "route") for each in node.deadlines)
    return node.type == "approval" and not by_itself and (node.if_starter, node.if_same) == ("exclude", "ask")


def _all_different(asked: Sequence[frozenset[int]]) -> bool:
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
