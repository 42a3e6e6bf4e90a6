"""What is offered is what may be done: items in lists and on pages, colleagues to hand them to, people to be named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.services.approval.lender import STAFF
from tests.services.flows.house import House

from loanloom.services.context import system_actor
from loanloom.services.errors import Refused
from loanloom.services.flows import case_page, cases, monitor, my_cases, starting, worklist
from loanloom.store import tables


def waits_for(house: House, who: str, view: worklist.View = "group") -> list[int]:
    """The items that a list offers somebody."""
    return [one.id for one in worklist.todo(house.ctx(who), view).items]


def sheet(house: House, who: str, case_id: int) -> Any:
    """The first open item as its page shows it."""
    return case_page.read(house.ctx(who), case_id, "en").items[0]


def stands_in(house: House, who: str, absent: str) -> None:
    day = house.business_date
    with house.database.transaction(house.company.id) as connection:
        row = {"from_user": STAFF[absent][0], "to_user": STAFF[who][0], "starts_on": day, "ends_on": day}
        connection.execute(insert(tables.delegation).values(row))


def named(house: House, **chosen: str) -> cases.Started:
    raw = {"seal_request.amount": "5000"}
    return starting.request(house.ctx("manager"), "starter-names", raw, chosen=chosen)


def test_whoever_starts_names_who_looks_and_only_somebody_who_may(house: House) -> None:
    ((step, _, colleagues),) = starting.choosing(house.ctx("manager"), "starter-names")
    offered = {one for one, _ in colleagues}
    assert step == "second" and STAFF["head2"][0] in offered and STAFF["manager"][0] not in offered
    assert starting.choosing(house.ctx("manager"), "seal") == ()
    for person, code in (("", "flow.choose"), ("11", "flow.choose"), ("999", "flow.unknown_person")):
        with pytest.raises(Refused) as refused:
            named(house, second=person)
        assert [(one.code, one.field) for one in refused.value.problems] == [(code, "chosen:second")]
    assert house.count(tables.flow_case) == 0
    begun = named(house, second=str(STAFF["head2"][0]))
    assert house.item(begun.case_id).assignee == STAFF["head2"][0]


def test_who_stands_in_is_offered_nothing_after_their_own_vote(house: House) -> None:
    """One of two voters is away: who has a vote of their own does not cast the other."""
    stands_in(house, "head2", "east1")
    case_id = house.start("voters")
    theirs, own = (house.item(case_id, assignee=STAFF[who][0]).id for who in ("east1", "head2"))
    assert waits_for(house, "head2", "mine") == [own] and theirs not in waits_for(house, "head2")
    house.act("head2", case_id, "decide", on=house.one(tables.work_item, id=own), decision="approve")
    assert theirs not in waits_for(house, "head2")
    shown = sheet(house, "head2", case_id)
    assert shown.why_not is not None and not shown.actions
    with pytest.raises(Refused):
        house.act("head2", case_id, "decide", on=house.one(tables.work_item, id=theirs), decision="approve")
    assert theirs in waits_for(house, "east1", "mine")


def test_a_vote_does_not_make_the_other_voters_pages_stale(house: House) -> None:
    case_id = house.start("voters")
    east, head = (house.item(case_id, assignee=STAFF[who][0]) for who in ("east1", "head2"))
    house.act("head2", case_id, "decide", on=head, decision="approve")
    after = house.one(tables.work_item, id=east.id)
    assert (after.version, STAFF["head2"][0] in after.excluded) == (east.version, True)


def test_an_item_is_offered_to_those_who_could_take_it_over_and_to_nobody_else(house: House) -> None:
    case_id = house.start()
    offered = {one for one, _ in sheet(house, "risk", case_id).transfer_to}
    assert offered == {STAFF["risk2"][0]}
    signers = {one for one, _ in sheet(house, "risk", case_id).signers}
    for who, (number, _, _) in STAFF.items():
        if who == "borrower" or number in offered:
            continue
        with pytest.raises(Refused):
            house.act("risk", case_id, "transfer", to=number)
        assert (number in signers) is (who not in ("manager", "risk")), who
    house.act("risk", case_id, "transfer", to=STAFF["risk2"][0])
    assert house.item(case_id).assignee == STAFF["risk2"][0]


def test_nobody_is_offered_as_the_next_who_made_it_or_decides_now(house: House) -> None:
    shown = sheet(house, "risk", house.start("named"))
    ((step, _, colleagues),) = shown.choosing
    offered = {one for one, _ in colleagues}
    assert step == "second" and STAFF["head2"][0] in offered
    assert not offered & {STAFF["manager"][0], STAFF["risk"][0]}


def test_a_request_is_of_the_customer_whom_it_names_and_moves_with_its_fields(house: House) -> None:
    house.case(customer="One")
    (customer,) = house.rows(tables.customer)
    case_id = house.start(customer_number=customer.number)
    assert house.kept(case_id).customer_id == customer.id
    (line,) = my_cases.listing(house.ctx("manager"), "started").lines
    assert (line.customer, line.customer_id) == ("One", customer.id)
    assert house.kept(house.start(customer_number="C99999")).customer_id is None
    other = house.start()
    house.act("risk", other, "decide", decision="return", opinion="Whose?")
    fields = {"amount": "900", "reason": "contract", "customer_number": customer.number}
    house.act("manager", other, "resubmit", data={f"seal_request.{name}": value for name, value in fields.items()})
    kept = house.kept(other)
    assert (kept.amount, kept.customer_id) == (900, customer.id)


def test_outer_parts_learn_of_every_item_that_opens_and_closes(house: House) -> None:
    """Also of one whose turn comes, and of one that nobody needs any more."""
    case_id = house.start("voters")
    items = [row.id for row in house.rows(tables.work_item, case_id=case_id)]
    for who in ("head2", "east1"):
        house.act(who, case_id, "decide", on=house.item(case_id, assignee=STAFF[who][0]), decision="approve")
    told = [(row.topic, row.payload["item_id"]) for row in house.rows(tables.outbox) if row.topic.startswith("item.")]
    assert sorted(one for topic, one in told if topic == "item.opened") == sorted(items)
    assert sorted(one for topic, one in told if topic == "item.closed") == sorted(items), "each once, voted or not"


def test_work_whose_holder_lost_their_say_is_shown_to_administrators(house: House) -> None:
    """Taken first, then decided for somebody else in the other branch: nobody could do it any more, and it is seen."""
    stands_in(house, "head2", "east1")
    case_id = house.start("branches")
    system = replace(house.ctx("manager"), actor=system_actor())
    cases.act(system, case_id, "happen", {"event": "sealed", "data": {"by": "clerk"}})
    left, right = house.rows(tables.work_item, case_id=case_id, status="open")
    house.act("head2", case_id, "take", on=right)
    assert not monitor.troubles(house.ctx("system"), "nobody")
    house.act("head2", case_id, "decide", on=left, decision="approve")
    assert right.id not in waits_for(house, "head2", "mine")
    (trouble,) = monitor.troubles(house.ctx("system"), "nobody")
    assert (trouble.id, trouble.node, monitor.counts(house.ctx("system"))["nobody"]) == (right.id, "right", 1)
    house.act("system", case_id, "give", on=house.one(tables.work_item, id=right.id), to=STAFF["business"][0])
    assert not monitor.troubles(house.ctx("system"), "nobody")


def test_work_of_a_group_with_nobody_left_is_shown_to_administrators(house: House) -> None:
    """Everybody of the group has gone, or has lost their say of this case: nobody would see the item otherwise."""
    system, case_id = house.ctx("system"), house.start()
    item = house.item(case_id)
    assert item.assignee is None and not monitor.troubles(system, "nobody")
    group = [STAFF["risk"][0], STAFF["risk2"][0]]
    with house.database.transaction(house.company.id) as connection:
        connection.execute(update(tables.work_item).where(tables.work_item.c.id == item.id).values(excluded=group[:1]))
    assert not monitor.troubles(system, "nobody"), "one is left"
    with house.database.transaction(house.company.id) as connection:
        gone = update(tables.membership).where(tables.membership.c.user_id == group[1])
        connection.execute(gone.values(active=False))
    (trouble,) = monitor.troubles(system, "nobody")
    assert (trouble.id, monitor.counts(system)["nobody"]) == (item.id, 1)
    house.act("system", case_id, "give", on=house.item(case_id), to=STAFF["business"][0])
    assert not monitor.troubles(system, "nobody")


def test_who_has_an_item_of_their_own_speaks_in_it_alone(house: House) -> None:
    """Somebody of the group was asked to sign beside: the group's item is for the others."""
    case_id = house.start()
    group = house.item(case_id)
    second = STAFF["risk2"][0]
    house.act("risk", case_id, "add_signers", people=[second], when="after")
    assert second in house.one(tables.work_item, id=group.id).excluded and group.id not in waits_for(house, "risk2")
    with pytest.raises(Refused):
        house.act("risk2", case_id, "decide", on=house.one(tables.work_item, id=group.id), decision="approve")
    house.act("risk", case_id, "decide", on=house.one(tables.work_item, id=group.id), decision="approve")
    house.act("risk2", case_id, "decide", decision="approve")
    assert house.item(case_id).node == "head"


def test_nobody_asks_themselves_to_sign(house: House) -> None:
    case_id = house.start()
    with pytest.raises(Refused) as refused:
        house.act("risk", case_id, "add_signers", people=[STAFF["risk"][0]])
    assert refused.value.problems[0].code == "flow.signs_already"


@pytest.mark.parametrize("stood_in", [False, True])
def test_work_comes_back_to_whoever_asked_for_material(house: House, stood_in: bool) -> None:
    """Not to the whole group again; but to it where somebody asked in another's name."""
    if stood_in:
        stands_in(house, "head2", "risk")
    case_id = house.start()
    who = "head2" if stood_in else "risk"
    house.act(who, case_id, "ask_material", reason="The licence")
    house.act("manager", case_id, "resubmit", data={})
    item = house.item(case_id)
    assert item.assignee == (None if stood_in else STAFF["risk"][0])
    assert (item.id in waits_for(house, "risk", "mine")) is not stood_in
    assert (item.id in waits_for(house, "risk2")) is stood_in
