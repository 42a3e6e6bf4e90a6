"""Sub-flows: begun once each, reporting when they end, ended when nobody waits for them."""

from __future__ import annotations

import pytest
from tests.services.flows.runs.house import House

from loanloom.services.errors import Refused
from loanloom.services.flows import monitor
from loanloom.store import tables


def children(house: House, case: int) -> list[int]:
    return [row.id for row in house.lender.rows(tables.flow_case, parent_id=case)]


def test_one_case_for_each_and_on_when_all_have_ended(house: House) -> None:
    case = house.start("parent")
    house.run()
    made = children(house, case)
    assert len(made) == 3 and house.nodes(case) == ["parts"]
    assert [house.case(one).status for one in made] == ["ended", "running", "running"]  # the small one needs nobody
    for one, said in zip(made[1:], ("approve", "refuse"), strict=True):
        house.act("head2", house.items(one)[0].id, "decide", decision=said)
    assert house.nodes(case) == ["parts"]
    house.run()
    assert house.nodes(case) == ["review"]
    found = house.values(case)["parts"]
    assert found["outcomes"] == ["approved", "approved", "refused"]
    assert house.run() == 0 and len(children(house, case)) == 3


def test_a_part_is_not_looked_at_again_by_itself(house: House) -> None:
    case = house.start("parent")
    house.run()
    (_, part, _) = children(house, case)
    house.act("head2", house.items(part)[0].id, "decide", decision="refuse")
    with pytest.raises(Refused) as refused:
        house.act("manager", part, "reconsider", reason="new guarantor")
    assert refused.value.problems[0].code == "flow.part_of_another"


def test_a_case_that_ends_takes_its_sub_flows_along(house: House) -> None:
    case = house.start("parent")
    house.run()
    house.act("manager", case, "withdraw")
    house.run()
    made = [house.case(one) for one in children(house, case)]
    assert [(row.status, row.outcome) for row in made][1:] == [("ended", "terminated")] * 2
    assert all(house.items(row.id) == [] for row in made)


def test_what_ends_while_the_case_is_suspended_is_reported_when_it_goes_on(house: House) -> None:
    case = house.start("parent")
    house.run()
    house.act(None, case, "suspend", reason="wait")
    for one in children(house, case)[1:]:
        house.act("head2", house.items(one)[0].id, "decide", decision="approve")
    assert house.run() == 0
    house.act(None, case, "resume")
    house.run()
    assert house.nodes(case) == ["review"]


def test_nobody_who_made_the_case_may_decide_a_part_of_it(house: House) -> None:
    case = house.start("parent", who="head2")
    house.run()
    assert house.items(children(house, case)[1])[0].excluded == [41]


def test_a_flow_that_begins_itself_is_stopped_at_once_and_shown(house: House) -> None:
    case = house.start("again")
    house.run()
    assert children(house, case) == [] and house.nodes(case) == ["part"]
    (trouble,) = monitor.troubles(house.keeper(), "timer")
    assert (trouble.case_id, trouble.node) == (case, "part") and "within itself" in trouble.words["en"]


def test_a_step_begins_as_many_as_anybody_can_look_after(house: House) -> None:
    many = house.start("many", amount="200")
    assert len(house.timers(many)) == 200
    with pytest.raises(Refused) as refused:
        house.start("many", amount="201")
    assert [one.code for one in refused.value.problems] == ["flow.too_many_runs"]
