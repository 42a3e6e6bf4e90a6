"""Handing out work (贷款分单): which of several people gets an item, by the node's dispatch.

Whoever is away today is passed over while somebody else is there; of those who fit equally, the one with the least to
do gets it, then the one who comes first by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines import facts as fact_paths
from loanloom.engines.flows.model import Node
from loanloom.engines.flows.resolving.authority import PRODUCT
from loanloom.engines.flows.resolving.matter import Matter
from loanloom.engines.flows.resolving.organisation import Unit
from loanloom.engines.flows.resolving.staff import Member

REGION = ("application.region", "customer.region", "request.region", "customer.village", "customer.province")
"""Where a case says its region; the first that some unit looks after counts."""


def pick(matter: Matter, node: Node, candidates: tuple[int, ...], facts: Mapping[str, Any]) -> int | None:
    """Who of the candidates gets it; None where nothing tells: then whoever takes it first."""
    members = [matter.staff.members[one] for one in candidates if one in matter.staff.members]
    there = [one for one in members if not one.away] or members
    if not there:
        return None
    match node.dispatch:
        case "round_robin":
            return there[matter.turn(node.key) % len(there)].id
        case "region":
            return _least(_of_units(matter, there, REGION, facts, "regions"))
        case "product":
            return _least(_of_units(matter, there, PRODUCT, facts, "products"))
        case "ruleset":
            return _least(_ruled(matter, there, matter.ruled(node.dispatch_ruleset or "", facts)))
        case "load":
            return _least(there)
    return None


def _least(members: list[Member]) -> int | None:
    return min(members, key=lambda one: (one.load, one.id)).id if members else None


def _of_units(
    matter: Matter, members: list[Member], paths: tuple[str, ...], facts: Mapping[str, Any], what: str
) -> list[Member]:
    """Those whose unit, or the nearest above that looks after anything, looks after what the case says."""
    for path in paths:
        value = fact_paths.at(facts, path)
        fitting = [one for one in members if isinstance(value, str) and value in _looked_after(matter, one, what)]
        if fitting:
            return fitting
    return []


def _looked_after(matter: Matter, member: Member, what: str) -> frozenset[str]:
    every = matter.staff.organisation.upwards(member.unit)
    return next((found for unit in every if (found := _things(unit, what))), frozenset())


def _things(unit: Unit, what: str) -> frozenset[str]:
    return unit.regions if what == "regions" else unit.products


def _ruled(matter: Matter, members: list[Member], values: Mapping[str, Any]) -> list[Member]:
    """Rules name a `user`, a `unit` or a `position`, or several of these together."""
    user, unit, position = (values.get(name) for name in ("user", "unit", "position"))
    if user is None and unit is None and position is None:
        return []
    return [
        one
        for one in members
        if (user is None or one.username == user)
        and (unit is None or matter.staff.organisation.within(one.unit, unit))
        and (position is None or one.position == position)
    ]
