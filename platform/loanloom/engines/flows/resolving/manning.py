"""Is there anybody who could do the work of a step, going by who works here today? Told before a case finds out.

Only what can be known without a case is judged: people whom a field, an expression or a plugin names are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from loanloom.engines.flows import graph
from loanloom.engines.flows.model import Assignment, Flow, Node
from loanloom.engines.flows.resolving.authority import Authority
from loanloom.engines.flows.resolving.roster import in_scope
from loanloom.engines.flows.resolving.staff import Member, Staff

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
    for node in flow:
        if node.human:
            yield from list(_of_assignments(node, house)) or _of_step(flow, node, house)


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


def _of_step(flow: Flow, node: Node, house: House) -> Iterator[Lack]:
    """A step that is named people who cannot do it: not there, not allowed, or always those who may not any more."""
    found = {unit: _able(node, unit, house, allowed=False) for unit in house.origins}
    known = {unit: people for unit, people in found.items() if people is not None and not _stood_in(node, unit, house)}
    missing = tuple(unit for unit, people in known.items() if not people)
    if missing:
        yield Lack(node=node, what="branch", units=missing)
    barred = tuple(unit for unit, people in known.items() if people and not _able(node, unit, house))
    if barred:
        yield Lack(node=node, what="right", units=barred, people=tuple(sorted(known[barred[0]])))
    left = {
        unit: people
        for unit in known
        if unit not in (*missing, *barred) and (people := _able(node, unit, house)) is not None
        and not _somebody_left(flow, node, unit, people, house)
    }  # fmt: skip
    if left:
        everybody = sorted({person for people in left.values() for person in people})
        yield Lack(node=node, what="left", units=tuple(left), people=tuple(everybody))


def _able(node: Node, unit: str, house: House, *, allowed: bool = True) -> frozenset[int] | None:
    """Who could do a step in cases of a unit; None where only a case can tell. `allowed`: of those, who may decide."""
    named = [_named(one, unit, house) for one in node.assign]
    if not named or None in named:
        return None
    people = frozenset[int]().union(*(one for one in named if one is not None))
    if not allowed or node.type == "form":
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


def _somebody_left(flow: Flow, node: Node, unit: str, people: frozenset[int], house: House) -> bool:
    """Whether a case of a unit can come to a step so that somebody may still do it who may at all."""
    if (node.type == "form" and not node.exclude) or node.if_starter != "exclude" or node.if_same != "ask":
        return True
    makers = house.origins[unit] if house.makers else frozenset()
    earlier = _must_pass(flow, node) if "previous_approvers" in node.exclude else []
    before = [(one, able) for one in earlier if (able := _able(one, unit, house))]
    if len(people) > len(before) + 1:
        return True
    asked = [sorted(able)[: len(before) + 2] for _, able in before]
    alone = [one.exclude for one, _ in before]
    makes = sorted(makers)[: len(before) + 2] or [0]
    others = node.type == "form" and "maker" not in node.exclude  # whoever made it may do it
    pairs = ((maker, free) for free in people for maker in makes if others or maker != free)
    if any(_fits(asked, alone, (maker,), free) for maker, free in pairs):
        return True
    return not any(_fits(asked, alone, (maker,), 0) for maker in makes)  # an earlier step has nobody: told there


def _fits(asked: Sequence[Sequence[int]], alone: Sequence[frozenset[str]], gone: tuple[int, ...], free: int) -> bool:
    """Whether earlier steps can be done by people other than `free`; each by nobody who may not any more."""
    if not asked:
        return True
    barred = {free, *(gone if "previous_approvers" in alone[0] else gone[:1])}
    return any(_fits(asked[1:], alone[1:], (*gone, one), free) for one in asked[0] if one not in barred)


def _must_pass(flow: Flow, node: Node) -> list[Node]:
    """The approvals whose yes every case has behind it at a step, in their order."""
    forward = graph.edges(flow.nodes)
    found = []
    for one in flow:
        by_itself = one.if_nobody.do == "pass" or any(each.do in ("approve", "route") for each in one.deadlines)
        if one.type != "approval" or one.key == node.key or by_itself:
            continue
        if one.if_starter != "exclude" or one.if_same != "ask":
            continue
        without = {key: targets - {one.key} for key, targets in forward.items() if key != one.key}
        if node.key not in graph.reachable(without, [flow.start]):
            found.append(one)
    behind = {one.key: len(graph.reachable(graph.reversed_edges(forward), [one.key])) for one in found}
    return sorted(found, key=lambda one: behind[one.key])
