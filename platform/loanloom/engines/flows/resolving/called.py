"""Whom an assignment means among today's staff, as far as that is known without a case. Each answer is worked out once:
a flow of hundreds of steps names the same people again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from loanloom.engines.flows.model import Assignment, Node
from loanloom.engines.flows.resolving.authority import Authority
from loanloom.engines.flows.resolving.roster import in_scope
from loanloom.engines.flows.resolving.staff import Staff

People = frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is known of a company: its staff, its limits, who may decide such cases at all (`deciders`, None: anybody),
    and by unit who makes them. `makers` is False where cases come from these units but are made by others."""

    staff: Staff
    authorities: Mapping[str, Authority]
    origins: Mapping[str, People]
    deciders: People | None = None
    makers: bool = True


@dataclass(slots=True)
class Called:
    """Whom assignments mean; None where only a case can tell."""

    house: House
    _kept: dict[tuple[object, ...], People] = field(default_factory=dict)
    _same: dict[People, People] = field(default_factory=dict)

    def by_step(self, node: Node, unit: str) -> People | None:
        """Whom a step names in cases of a unit."""
        named = [self.named(one, unit) for one in node.assign]
        if not named or None in named:
            return None
        if len(named) == 1:
            return named[0]
        return self._one(People().union(*(one for one in named if one is not None)))

    def named(self, one: Assignment, unit: str | None) -> People | None:
        """Whom an assignment means in cases of a unit (None: in any case)."""
        staff = self.house.staff
        if one.users:
            return People(member.id for name in one.users if (member := staff.named(name)) is not None)
        if one.head_of is not None:
            return self._heads(one.head_of, unit)
        if one.authority is None and one.unit is None and one.role is None and one.position is None:
            return None
        group = self._group(one.role, one.position, one.authority if one.unit is None else None)
        if one.unit is not None:
            return self._one(group & self._around("unit", one.unit))
        if unit is None or (one.authority is not None and one.scope == "all"):
            return group
        return self._one(group & self._around("over" if one.authority is not None else one.scope, unit))

    def allowed(self, node: Node, people: People) -> People:
        """Of these people those who may decide."""
        if node.type == "form":
            return people
        if node.limit is not None:
            people = people & self._group(None, None, node.limit)
        return people if self.house.deciders is None else self._one(people & self.house.deciders)

    def _heads(self, head_of: str, unit: str | None) -> People | None:
        staff = self.house.staff
        if head_of not in ("branch", "department"):
            return self._once(("head", head_of), lambda: People(staff.heads(head_of)))
        if unit is None:
            return None
        headed = staff.organisation.branch_of(unit) if head_of == "branch" else unit
        return self._once(("head", headed), lambda: People(staff.heads(headed)))

    def _group(self, role: str | None, position: str | None, authority: str | None) -> People:
        """Those who hold a role and a position; of them those for whom some line of a table says a limit."""

        def found() -> People:
            group = self.house.staff.group(role, position)
            table = self.house.authorities.get(authority) if authority is not None else None
            if table is not None:  # one that is not there is told where it is named
                group = tuple(
                    one for one in group if any(row.holds(one, self.house.staff.organisation) for row in table.rows)
                )
            return People(one.id for one in group)

        return self._once(("group", role, position, authority), found)

    def _around(self, scope: str, unit: str) -> People:
        """Everybody who is in a scope as seen from a unit."""
        organisation = self.house.staff.organisation
        fits: Callable[[str | None], bool] = {
            "unit": lambda own: organisation.within(own, unit),
            "over": lambda own: organisation.over(own, unit),
        }.get(scope, lambda own: in_scope(organisation, own, unit, scope))
        return self._once(("around", scope, unit), lambda: People(one.id for one in self.house.staff if fits(one.unit)))

    def _once(self, key: tuple[object, ...], find: Callable[[], People]) -> People:
        if key not in self._kept:
            self._kept[key] = self._one(find())
        return self._kept[key]

    def _one(self, people: People) -> People:
        """The same set for the same people, so that sets are compared at once."""
        return self._same.setdefault(people, people)
