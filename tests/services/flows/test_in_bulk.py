"""Items approved in one go: each past its own guards, each with its own result."""

from __future__ import annotations

import pytest
from tests.services.flows.house import House

from loanloom.services.errors import Refused
from loanloom.services.flows import cases, in_bulk, worklist
from loanloom.store import tables


def chosen(house: House, *case_ids: int) -> dict[int, int]:
    items = [house.item(case_id) for case_id in case_ids]
    return {item.id: item.version for item in items}


def test_many_are_approved_each_for_itself_and_one_that_moved_meanwhile_is_said_to_have(house: House) -> None:
    small, large, gone = (house.start(amount=amount) for amount in ("500", "5000", "700"))
    read = chosen(house, small, large, gone)
    assert {one.number for one in in_bulk.offered(house.ctx("risk"), list(read))} == {
        house.kept(each).number for each in (small, large, gone)
    }
    house.act("risk", gone, "decide", decision="refuse", opinion="no")
    results = in_bulk.approve(house.ctx("risk"), read, opinion="as listed", idempotency_key="k")
    assert [one.approved for one in results] == [True, True, False]
    assert results[2].problem is not None and results[2].problem.code == "flow.item_closed"
    assert [house.kept(each).status for each in (small, large, gone)] == ["ended", "running", "ended"]
    assert house.kept(gone).outcome == "refused"
    done = house.one(tables.work_item, case_id=small, status="done")
    assert (done.decision, done.opinion, done.decided_by) == ("approve", "as listed", house.ctx("risk").actor.user_id)


def test_the_same_form_sent_again_decides_nothing_again(house: House) -> None:
    read = chosen(house, house.start(), house.start())
    first = in_bulk.approve(house.ctx("risk"), read, idempotency_key="k")
    history = len(house.rows(tables.flow_history))
    assert in_bulk.approve(house.ctx("risk"), read, idempotency_key="k") == first
    assert len(house.rows(tables.flow_history)) == history


def test_a_step_that_does_not_allow_it_is_neither_offered_nor_approved(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "decide", decision="approve")
    head = chosen(house, case_id)
    assert [one.case_id for one in worklist.todo(house.ctx("head2"), "group").items] == [case_id]
    assert in_bulk.offered(house.ctx("head2"), list(head)) == ()
    (result,) = in_bulk.approve(house.ctx("head2"), head)
    assert result.problem is not None and result.problem.code == "flow.not_in_bulk"
    assert house.kept(case_id).status == "running"


@pytest.mark.parametrize("who", ["manager", "finance", "auditor"])
def test_whoever_may_not_decide_one_may_not_decide_many(house: House, who: str) -> None:
    read = chosen(house, house.start(), house.start())
    assert not in_bulk.offered(house.ctx(who), list(read))
    results = in_bulk.approve(house.ctx(who), read)
    assert not any(one.approved for one in results)
    assert {one.problem.code for one in results if one.problem} <= {
        "service.not_found",
        "flow.wrong_role",
        "service.forbidden",
    }
    assert all(house.one(tables.work_item, id=item).status == "open" for item in read)


def test_nothing_but_a_yes_goes_in_bulk(house: House) -> None:
    """Terms, conditions and people for later are said of one case at a time."""
    case_id = house.start(amount="5000")
    item = house.item(case_id)
    given = {"decision": "refuse", "terms": {"request.amount": "1"}, "conditions": ["x"], "opinion": "fine"}
    done = cases.act(house.ctx("risk"), item.id, "approve_in_bulk", given, expected_version=item.version)
    assert done.code == "S2"
    assert house.one(tables.work_item, id=item.id).conditions == []


@pytest.mark.parametrize("count", [0, in_bulk.MOST + 1])
def test_one_to_a_hundred_at_a_time(house: House, count: int) -> None:
    with pytest.raises(Refused) as raised:
        in_bulk.approve(house.ctx("risk"), dict.fromkeys(range(count), 1))
    assert raised.value.problems[0].code == "flow.bulk_count"


def test_lists_say_what_may_be_approved_in_bulk(house: House) -> None:
    house.start()
    (line,) = worklist.todo(house.ctx("risk"), "group").items
    assert line.bulk
