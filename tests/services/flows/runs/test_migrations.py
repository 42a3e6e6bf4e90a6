"""Running cases moved to another release: looked at, moved, worked on there, and brought back while they stand."""

from __future__ import annotations

import pytest
from tests.services.flows.runs.house import DOCUMENTS, House, document_of, next_release

from loanloom.services.errors import Forbidden, Refused
from loanloom.services.flows import migrations
from loanloom.store import tables


def second(house: House, *changes: tuple[str, str]) -> int:
    """A release in which the flow `reminded` reads otherwise."""
    (text,) = [one for one in DOCUMENTS.read_text(encoding="utf-8").split("\n---\n") if "\nkey: reminded\n" in one]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return next_release(house.lender, {("flow", "reminded"): document_of(text)})


RENAMED = (("key: review", "key: examination"), ("next: review", "next: examination"))
SHORTER = ("{working_hours: 8, do: remind, repeat: 4}", "{working_hours: 4, do: remind, repeat: 4}")


def plan(house: House, to: int, **more: object) -> migrations.Plan:
    named = {"nodes": {}, **more}
    return migrations.Plan(flow_key="reminded", from_release=house.lender.release_id, to_release=to, **named)


def test_looking_changes_nothing_and_tells_what_would_become_of_each(house: House) -> None:
    case, to = house.start("reminded"), second(house, *RENAMED)
    (lost,) = migrations.dry_run(house.keeper(), plan(house, to))
    assert lost.at == ("review",) and [problem.code for problem in lost.problems] == ["flow.migration.missing"]
    (fits,) = migrations.dry_run(house.keeper(), plan(house, to, nodes={"review": "examination"}))
    assert (fits.to, fits.anew, fits.problems) == (("examination",), 0, ())
    assert house.case(case).version == 1 and house.nodes(case) == ["review"]


def test_cases_go_on_in_the_new_version_with_its_terms(house: House) -> None:
    house.at("2026-03-02T09:30")
    case, to = house.start("reminded"), second(house, *RENAMED, SHORTER)
    house.at("2026-03-02T10:30")
    migrations.move(house.keeper(), plan(house, to, nodes={"review": "examination"}), reason="new policy")
    row, (item,) = house.case(case), house.items(case)
    assert (row.release_id, item.node, house.nodes(case)) == (to, "examination", ["examination"])
    assert house.timers(case)["deadline:1:0"].isoformat() == "2026-03-02T05:30:00+00:00"  # four hours since it opened
    assert ("migrated", "examination") in house.story(case)
    house.act("risk", item.id, "decide", decision="approve")
    assert house.case(case).outcome == "approved"


def test_it_can_be_taken_back_as_long_as_nobody_went_on(house: House) -> None:
    cases = [house.start("reminded") for _ in range(3)]
    to = second(house, *RENAMED, SHORTER)
    before = [(house.case(one).state["tokens"], house.timers(one)) for one in cases]
    made = migrations.move(house.keeper(), plan(house, to, nodes={"review": "examination"}), reason="new policy")
    house.act("risk", house.items(cases[0])[0].id, "decide", decision="approve")
    assert migrations.take_back(house.keeper(), made, reason="a mistake") == (2, 1)
    assert house.case(cases[0]).outcome == "approved"
    for one, (tokens, terms) in list(zip(cases, before, strict=True))[1:]:
        assert (house.case(one).release_id, house.case(one).state["tokens"]) == (house.lender.release_id, tokens)
        assert house.timers(one) == terms
        house.act("risk", house.items(one)[0].id, "decide", decision="approve")
        assert house.case(one).outcome == "approved"
    assert migrations.take_back(house.keeper(), made, reason="again") == (0, 1)


def test_work_given_out_anew_goes_back_to_those_who_had_it(house: House) -> None:
    case = house.start("reminded")
    to = second(house, ("assign: {role: risk-officer, scope: all}", "assign: {role: finance, scope: all}"))
    made = migrations.move(house.keeper(), plan(house, to), reason="new policy")
    assert [item.role for item in house.items(case)] == ["finance"]
    migrations.take_back(house.keeper(), made, reason="a mistake")
    assert [item.role for item in house.items(case)] == ["risk-officer"]
    assert set(house.timers(case)) == {f"deadline:{house.items(case)[0].number}:{term}" for term in range(3)}
    house.act("risk", house.items(case)[0].id, "decide", decision="approve")
    assert house.case(case).outcome == "approved"


def test_who_has_no_place_stays_and_the_others_go(house: House) -> None:
    held, free = house.start("reminded"), house.start("reminded")
    house.act("risk", held, "suspend", reason="wait")
    to = second(house, SHORTER)
    made = migrations.move(house.keeper(), plan(house, to), reason="new policy")
    assert house.case(held).release_id == house.lender.release_id and house.case(free).release_id == to
    rows = house.lender.rows(tables.flow_migrated, migration_id=made)
    assert [(row.case_id, row.moved, [one["code"] for one in row.problems]) for row in rows] == [
        (held, False, ["flow.suspended"]), (free, True, []),
    ]  # fmt: skip
    row = house.lender.one(tables.flow_migration, id=made)
    assert (row.state, row.cases, row.moved, row.refused) == ("done", 2, 1, 1)


def test_what_cannot_be_asked_for_is_refused(house: House) -> None:
    to = second(house, SHORTER)
    with pytest.raises(Forbidden):
        migrations.move(house.ctx("risk"), plan(house, to), reason="x")
    for wrong in (plan(house, house.lender.release_id), plan(house, to, nodes={"review": "nowhere"})):
        with pytest.raises(Refused):
            migrations.move(house.keeper(), wrong, reason="x")
    with pytest.raises(Refused):
        migrations.move(house.keeper(), plan(house, to), reason="  ")
