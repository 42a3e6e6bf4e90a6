"""A case played in model time: people, events and clocks act on one flow; what came of it can be asked. No database.

Asks the very functions that move real cases. Time passes only where it is told to; what falls due on the way happens
first, in the order of its instants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loanloom.engines import flows
from loanloom.engines.flows import resolving, terms
from loanloom.engines.flows.deadlines import WorkingTime
from loanloom.engines.flows.model import Deadline
from loanloom.engines.flows.record import altered
from loanloom.problems import Problem
from loanloom.testing.flow_acts import ACTS, unknown_act

PARTY = "@"
"""Before the name of a party out of the house."""


def moment(said: object) -> datetime:
    """An instant of a case; its calendar's own time, whatever zone that is in."""
    return datetime.fromisoformat(str(said)).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stays as it is while a case is played. `people` are numbers by user name; `covers` are the authority tables
    that a person is simply said to have, beside those whose rows give it."""

    flow: flows.Flow
    matter: resolving.Known
    people: Mapping[str, int]
    facts: Mapping[str, Any] = field(default_factory=dict)
    automatic: flows.Automatic | None = None
    calculate: flows.Calculate | None = None
    working: WorkingTime = field(default_factory=WorkingTime)
    administrators: frozenset[str] = frozenset()
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whom a person stands in for, by user name."""
    outside: Mapping[str, str] = field(default_factory=dict)
    """Parties out of the house for whom somebody speaks, by user name; `@party` speaks for any."""


@dataclass(slots=True)
class Timer:
    """A term that runs, and when it is due."""

    term: terms.Term
    due: datetime


class Play:
    """One case on its way."""

    def __init__(self, around: Surroundings, begins: datetime) -> None:
        self.around = around
        self.flow = around.flow
        self.now = begins
        self.state = flows.State()
        self.before: flows.State | None = None
        self.history: list[flows.Entry] = []
        self.effects: list[flows.Effect] = []
        self.timers: dict[str, Timer] = {}
        self.held: datetime | None = None
        self.facts = dict(around.facts)

    # --- what moves it

    def start(self, starter: str) -> tuple[Problem, ...]:
        """Begin the case."""
        maker = self.around.people[starter]
        return self._moved(flows.start(self.flow, self.world(), makers=(maker,), starter=maker))

    def act(self, step: Mapping[str, Any]) -> tuple[Problem, ...]:
        """One thing that somebody does or that happens, as a case states it."""
        if "on" in step:
            self.pass_until(moment(step["on"]))
        self.facts |= step.get("facts", {})
        command = step.get("do")
        if command is None:
            return ()
        act = ACTS.get(str(command))
        return self._moved(act(self, step)) if act is not None else (unknown_act(str(command)),)

    def pass_until(self, then: datetime) -> None:
        """Let time pass; terms that fall due meanwhile do what they state."""
        while self.held is None:
            due = min((one for one in self.timers.values() if one.due <= then), key=lambda one: one.due, default=None)
            if due is None:
                break
            self.now = max(self.now, due.due)
            self._fire(due)
        self.now = max(self.now, then)

    def _fire(self, timer: Timer) -> None:
        term = timer.term
        del self.timers[term.key]
        world = self.world()
        if term.kind == "wait":
            self._moved(flows.pass_time(self.flow, self.state, term.target, term.place, world))
            return
        stated = term.stated
        assert isinstance(stated, Deadline)
        if stated.do == "remind":
            self.effects.append(flows.Effect(name="told", node=term.node, data={"reminded": True}))
            following = terms.again(stated, timer.due, self.now, self.around.working)
            if following is not None:
                self.timers[term.key] = Timer(term, following)
        elif stated.do == "escalate":
            node, people = self.flow.nodes[term.node], world.people
            found = (people.find(one, node, self.state, world.facts) for one in stated.assign)
            more = tuple(person for one in found for person in people.members(one) or ())
            self._moved(flows.escalate(self.flow, self.state, term.target, more, world))
        else:
            self._moved(flows.expire(self.flow, self.state, term.target, stated, world))

    def _moved(self, moved: flows.Moved) -> tuple[Problem, ...]:
        if moved.problems:
            return moved.problems
        self.before, self.state = self.state, moved.state
        self.history += moved.history
        self.effects += moved.effects
        self._hold()
        running = {term.key: term for term in terms.of_state(self.flow, self.state)}
        self.timers = {key: timer for key, timer in self.timers.items() if key in running}
        for key, term in running.items():
            if key in self.timers or (term.kind == "deadline" and term.target not in _numbers(moved)):
                continue
            due = terms.due(term.stated, self.now, self.around.working, self.facts)
            if due is not None:
                self.timers[key] = Timer(term, due)
        return ()

    def _hold(self) -> None:
        """Deadlines stand still while a case is suspended."""
        if self.state.status == "suspended":
            self.held = self.held or self.now
        elif self.held is not None:
            for timer in self.timers.values():
                timer.due = terms.shifted(timer.term.stated, timer.due, self.held, self.now, self.around.working)
            self.held = None

    # --- what it stands in

    def world(self) -> flows.World:
        """What the engine may ask at this moment."""
        given: dict[str, Any] = {}
        if self.around.automatic is not None:
            given["automatic"] = self.around.automatic
        if self.around.calculate is not None:
            given["calculate"] = self.around.calculate
        people = resolving.Roster(self.around.matter)
        return flows.World(facts=self.facts, people=people, at=self.now, **given)

    def person(self, name: str, terms: Mapping[str, Any] | None = None) -> flows.Person:
        """Somebody, as this case sees them, with those whom they stand in for; their authority is measured over the
        terms that the case and their own decision have changed."""
        party = name[1:] if name.startswith(PARTY) else self.around.outside.get(name)
        if party is not None:
            number = next((one.number for one in self.state.open_items if one.outside == party), 0)
            return flows.Person(id=-number, outside=number)
        facts = resolving.with_terms(self.facts, {**self.state.terms, **(terms or {})})
        absent = tuple(self._myself(one, facts) for one in self.around.stand_ins.get(name, ()))
        return altered(self._myself(name, facts), stands_in_for=absent)

    def _myself(self, name: str, facts: Mapping[str, Any]) -> flows.Person:
        matter = self.around.matter
        member = matter.staff.members[self.around.people[name]]
        covers = resolving.covered(member, matter.authorities.values(), facts, matter.on, matter.staff.organisation)
        return resolving.acting(
            member, matter.unit, matter.staff.organisation, covers=covers,
            administrator=name in self.around.administrators,
        )  # fmt: skip

    def name(self, number: int | None) -> str:
        """The user name of a person's number."""
        return next((name for name, one in self.around.people.items() if one == number), str(number))

    def item(self, step: Mapping[str, Any]) -> int:
        """The number of the item that a step is about: the open one of this person at the node; of several the first
        that is for them. 0 when there is none, which every command refuses."""
        node, somebody = step.get("node"), self.person(step["by"]) if "by" in step else None
        open_there = [one for one in self.state.open_items if node is None or one.node == node]
        own = [one for one in open_there if somebody is None or flows.eligible(one, somebody) is None]
        lent = [one for one in open_there if somebody is not None and _may(one, somebody)]
        return next((one.number for one in (*own, *lent, *open_there)), 0)

    def token(self, step: Mapping[str, Any], waits: str) -> int:
        """The number of the token that waits at a node, 0 when none does."""
        found = (
            one.number for one in self.state.tokens if one.waits == waits and one.node == step.get("node", one.node)
        )
        return next(found, 0)

    @property
    def path(self) -> list[str]:
        """Every arrow the case went along, by where it led."""
        led = (one for one in self.history if one.to and (one.kind != "expired" or one.action == "route"))
        return [self.flow.start, *(str(one.to) for one in led)]

    def open(self) -> dict[str, list[str]]:
        """Whom the case waits for, by node."""
        found: dict[str, list[str]] = {}
        for item in self.state.open_items:
            found.setdefault(item.node, []).extend(self._who(item))
        return found

    def _who(self, item: flows.Item) -> list[str]:
        """Those who can do an item now."""
        if item.taken_by is not None:
            return [self.name(item.taken_by)]
        if item.outside is not None:
            return [item.outside]
        if item.kind in ("revision", "material"):
            return [self.name(one) for one in self.state.makers]
        return [name for name in self.around.people if _may(item, self.person(name))]


def _may(item: flows.Item, person: flows.Person) -> bool:
    return isinstance(flows.acting_as(item, person), flows.Person)


def _numbers(moved: flows.Moved) -> frozenset[int]:
    return frozenset(item.number for item in moved.opened)
