"""For authors of plugins that name people (slot assignee_resolver): a small staff, a question, and who gets the work.

The answer goes the way that it goes in the house: through the engine, which leaves out whoever has left or made the
case. What the plugin gets wrong is told as a failure of the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loanloom.engines.flows import Assignment, Flow, Node, Route, World, start
from loanloom.engines.flows.resolving import Known, Member, Organisation, Resolver, Roster, Staff, Unit

UNITS = (
    Unit(key="head-office", type="company", head="general-manager"),
    Unit(key="risk", parent="head-office"),
    Unit(key="east-branch", type="branch", parent="head-office", head="branch-manager"),
    Unit(key="east-lending", parent="east-branch"),
)
PEOPLE = (
    Member(id=1, username="general", roles=frozenset({"approver-2"}), position="general-manager", unit="head-office"),
    Member(id=2, username="rita", roles=frozenset({"risk-officer"}), position="risk-reviewer", unit="risk", load=3),
    Member(id=3, username="ron", roles=frozenset({"risk-officer"}), position="risk-reviewer", unit="risk", load=1),
    Member(id=4, username="east", roles=frozenset({"approver-1"}), position="branch-manager", unit="east-branch"),
    Member(id=5, username="ann", roles=frozenset({"relationship-manager"}), unit="east-lending"),
    Member(id=6, username="former", roles=frozenset({"risk-officer"}), unit="risk", active=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A case that comes to the step: its facts and unit, who made it, who works here."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    unit: str | None = "east-lending"
    maker: str = "ann"
    staff: Staff = field(default_factory=lambda: staff())


def staff(people: Iterable[Member] = PEOPLE, units: Iterable[Unit] = UNITS) -> Staff:
    """These people in these units."""
    return Staff.of(people, Organisation({unit.key: unit for unit in units}))


def question(**said: Any) -> Question:
    """A case with these `facts`, of this `unit`, made by this `maker`, with this `staff`."""
    return Question(**said)


def named(resolver: Resolver, asked: Question) -> list[str]:
    """The user names of those who get the work of a step that this plugin names people for."""
    flow = Flow(
        key="step", title={"en": "Step"}, digest="", subject="application", start="begin",
        nodes={
            "begin": Node(key="begin", title={"en": "Begin"}, type="start", routes=(Route(to="step"),)),
            "step": Node(
                key="step", title={"en": "Step"}, type="approval", assign=(Assignment(resolver="it"),),
                actions=("approve",), routes=(Route(to="end"),),
            ),
            "end": Node(key="end", title={"en": "End"}, type="end", outcome="approved"),
        },
    )  # fmt: skip
    maker = asked.staff.named(asked.maker)
    known = Known(staff=asked.staff, on=date(2026, 1, 5), unit=asked.unit, resolvers={"it": resolver})
    world = World(facts=asked.facts, people=Roster(known))
    moved = start(flow, world, makers=(maker.id,) if maker is not None else ())
    assert not moved.problems, [problem.message["en"] for problem in moved.problems]
    return [asked.staff.members[person].username for item in moved.opened for person in item.users]
