"""An absurd flow is looked through without looking at the same people again and again."""

from __future__ import annotations

import pytest
from tests.engines.flows.flow_builder import approval, node

from loanloom.engines.flows import Flow, Route
from loanloom.engines.flows.resolving import House, Lack, Member, Staff, Unit, lacks
from loanloom.engines.flows.resolving.organisation import Organisation

STEPS, UNITS, PEOPLE, ROLES = 300, 50, 400, 20
ORGANISATION = Organisation(
    {f"u{number}": Unit(key=f"u{number}", type="branch", parent="top") for number in range(UNITS)}
    | {"top": Unit(key="top", type="company")}
)


def flow(roles: int) -> Flow:
    """One approval after the other."""
    keys = [f"a{number}" for number in range(STEPS)]
    ways = zip(keys, [*keys[1:], "end"], strict=True)
    nodes = {"begin": node("begin", "start", Route(to=keys[0])), "end": node("end", "end", outcome="approved")}
    nodes |= {key: approval(key, f"r{number % roles}", Route(to=to)) for number, (key, to) in enumerate(ways)}
    return Flow(key="f", title={"en": "f"}, digest="d", subject="application", start="begin", nodes=nodes)


def found(roles: int, held: int) -> list[Lack]:
    """What is missing where everybody holds some roles."""
    members = [
        Member(
            id=number + 1, username=f"p{number}", unit=f"u{number % UNITS}",
            roles=frozenset(f"r{(number + more) % roles}" for more in range(held)),
        )
        for number in range(PEOPLE)
    ]  # fmt: skip
    origins = {unit: frozenset(one.id for one in members if one.unit == unit) for unit in ORGANISATION.units}
    house = House(staff=Staff.of(members, ORGANISATION), authorities={}, origins={**origins, "top": frozenset()})
    return list(lacks(flow(roles), house))


def test_every_group_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, str | None]] = []
    real = Staff.group

    def group(self: Staff, role: str | None, position: str | None) -> tuple[Member, ...]:
        asked.append((role, position))
        return real(self, role, position)

    monkeypatch.setattr(Staff, "group", group)
    missing = found(ROLES, 3)
    assert len(asked) == len(set(asked)) == ROLES
    assert {one.what for one in missing} == {"branch", "left"} and "top" in missing[0].units


def test_a_chain_longer_than_a_branch_has_people_for_is_told_where_they_run_out() -> None:
    people_of_a_branch = PEOPLE // UNITS
    missing = [one for one in found(ROLES, ROLES) if one.what == "left"]
    first = min(int(one.node.key.removeprefix("a")) for one in missing)
    assert first == people_of_a_branch - 1, "one of them made the case"
