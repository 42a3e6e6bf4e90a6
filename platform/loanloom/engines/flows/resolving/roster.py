"""The people of one case: `flows.People` over the staff. And who somebody is when they act on a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from loanloom.engines.flows.model import Assignment, Flow, Node
from loanloom.engines.flows.moves import Found, People
from loanloom.engines.flows.resolving import dispatching, naming
from loanloom.engines.flows.resolving.authority import Authority
from loanloom.engines.flows.resolving.matter import Matter
from loanloom.engines.flows.resolving.organisation import Organisation
from loanloom.engines.flows.resolving.staff import Member
from loanloom.engines.flows.state import Person, State


class Roster(People):
    """Knows everybody by name. Nothing is asked of the matter before the flow needs it."""

    def __init__(self, matter: Matter) -> None:
        self.matter = matter

    def find(self, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
        """Whom an assignment names."""
        return naming.find(self.matter, assignment, node, state, facts)

    def members(self, found: Found) -> tuple[int, ...] | None:
        """The people of today: of a group those in its scope."""
        if not found.group:
            return found.users
        staff, unit = self.matter.staff, self.matter.unit
        return tuple(
            one.id
            for one in staff.group(found.role, found.position)
            if in_scope(staff.organisation, one.unit, unit, found.scope)
        )

    def pick(self, node: Node, candidates: tuple[int, ...], facts: Mapping[str, Any]) -> int | None:
        """Who gets the work by dispatch."""
        return dispatching.pick(self.matter, node, candidates, facts)

    def may(self, person: int, node: Node, facts: Mapping[str, Any]) -> bool:
        """Whether this person's limit covers the case."""
        if node.limit is None:
            return True
        member, table = self.matter.staff.members.get(person), self.matter.authorities.get(node.limit)
        if member is None or table is None:
            return False
        return bool(covered(member, (table,), facts, self.matter.on, self.matter.staff.organisation))

    def superior(self, person: int) -> int | None:
        """Whom this person reports to."""
        return self.matter.staff.superior(person)

    def barred(self, node: Node, state: State, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Those whom a relation to the case bars."""
        return naming.related(self.matter, node, facts)


def in_scope(organisation: Organisation, unit: str | None, case: str | None, scope: str) -> bool:
    """Whether people of a unit are in the branch or department of the case."""
    if scope == "all" or unit is None:
        return scope == "all"
    if scope == "department":
        return organisation.within(unit, case)
    return organisation.branch_of(unit) == organisation.branch_of(case)


def tables_of(flow: Flow) -> frozenset[str]:
    """The authority tables that a flow asks about."""
    return frozenset(table for node in flow for table in node.authorities)


def acting(
    member: Member,
    case: str | None,
    organisation: Organisation,
    *,
    covers: Iterable[str] = (),
    stands_in_for: tuple[Person, ...] = (),
    administrator: bool = False,
) -> Person:
    """A person as a case of this unit sees them."""
    return Person(
        id=member.id,
        roles=member.roles,
        position=member.position,
        in_branch=in_scope(organisation, member.unit, case, "branch"),
        in_department=in_scope(organisation, member.unit, case, "department"),
        covers=frozenset(covers),
        stands_in_for=stands_in_for,
        administrator=administrator,
    )


def covered(
    member: Member, tables: Iterable[Authority], facts: Mapping[str, Any], on: date, organisation: Organisation
) -> frozenset[str]:
    """The authority tables under which this person may decide this case."""
    return frozenset(table.key for table in tables if table.covers(member, table.measured(facts, on), organisation))
