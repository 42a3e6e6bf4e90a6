"""Who works here, as a flow needs to know it: roles, position, unit, whether they are away, how much waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from loanloom.engines.flows.resolving.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of the staff. Who has left stays known (`active` false), so that successors can be found; `away` is
    today's absence, `load` the items that wait for them by name."""

    id: int
    username: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    position: str | None = None
    unit: str | None = None
    active: bool = True
    away: bool = False
    load: int = 0


@dataclass(frozen=True)
class Staff:
    """Everybody, and the organisation they work in. Order is by number, so that every choice is the same each time."""

    members: Mapping[int, Member] = field(default_factory=dict)
    organisation: Organisation = field(default_factory=Organisation)

    @classmethod
    def of(cls, members: Iterable[Member], organisation: Organisation) -> Staff:
        """The staff of these people."""
        return cls({one.id: one for one in sorted(members, key=lambda one: one.id)}, organisation)

    @cached_property
    def _by_username(self) -> Mapping[str, Member]:
        return {one.username: one for one in self.members.values()}

    def __iter__(self) -> Iterator[Member]:
        """Those who work here now."""
        return (one for one in self.members.values() if one.active)

    def who(self, fits: Callable[[Member], bool]) -> tuple[int, ...]:
        """Those who work here now and fit."""
        return tuple(one.id for one in self if fits(one))

    def named(self, username: str) -> Member | None:
        """The person of a user name who works here now."""
        found = self._by_username.get(username)
        return found if found is not None and found.active else None

    def group(self, role: str | None, position: str | None) -> tuple[Member, ...]:
        """Those who hold a role and a position, as far as stated."""
        return tuple(
            one
            for one in self
            if (role is None or role in one.roles) and (position is None or position == one.position)
        )

    def heads(self, unit: str | None) -> tuple[int, ...]:
        """Who heads a unit: holders of its head's position, those of the unit itself before those below it. A unit
        that names no head is headed from above."""
        headed = self.organisation.headed(unit)
        if headed is None:
            return ()
        holders = self.group(None, headed.head)
        own = tuple(one.id for one in holders if one.unit == headed.key)
        return own or tuple(one.id for one in holders if self.organisation.within(one.unit, headed.key))

    def superior(self, person: int) -> int | None:
        """Whom a person reports to: the head of their unit, or of the next above where that is themselves; whoever is
        there today before whoever is away."""
        member = self.members.get(person)
        for unit in self.organisation.upwards(member.unit if member else None):
            if unit.head is None:
                continue
            heads = self.heads(unit.key)
            if person in heads:
                continue
            if heads:
                return min(heads, key=lambda one: (self.members[one].away, one))
        return None

    def successors(self, person: int) -> tuple[int, ...]:
        """Who does a person's work: themselves while they work here, then whoever holds their position in their unit
        (else anywhere), else their superior."""
        member = self.members.get(person)
        if member is None:
            return ()
        if member.active:
            return (person,)
        holders = self.group(None, member.position) if member.position else ()
        beside = tuple(one.id for one in holders if one.unit == member.unit) or tuple(one.id for one in holders)
        above = self.superior(person)
        return beside or ((above,) if above is not None else ())
