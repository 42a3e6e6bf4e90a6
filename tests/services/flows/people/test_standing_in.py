"""Standing in by date range: who may, for whom, in which flows, with what authority; and who gets the work at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.services.flows.people.house import person

from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases, delegations
from loanloom.store import tables

TODAY = date(2026, 3, 2)
WEEK = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=6)}


def refused(call, *arguments, **named):
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    return {problem.code for problem in caught.value.problems}


def away(house, who, to=None, **more):
    return delegations.give(house.ctx(who), to_user=person(to) if to else None, **{**WEEK, **more})


# --- who gets the work


def test_an_authority_table_gives_the_case_to_the_lowest_limit_that_covers_it(house):
    assert house.gets(house.start("by-authority", amount=100_000)) == ["east1", "east1b"]
    assert house.gets(house.start("by-authority", amount=100_001)) == ["head2"]


def test_above_every_limit_administrators_get_it_and_are_told(house):
    case = house.start("by-authority", amount=2_000_000)
    assert house.item(case).role == "*administrator"
    assert person("system") in {row.user_id for row in house.lender.rows(tables.message)}
    with pytest.raises(Forbidden):
        house.decide("head2", case)


def test_work_in_turn_goes_round_and_leaves_out_whoever_is_away(house):
    assert [house.gets(house.start("in-turn")) for _ in range(4)] in (
        [["risk"], ["risk2"], ["risk"], ["risk2"]],
        [["risk2"], ["risk"], ["risk2"], ["risk"]],
    )
    away(house, "risk")
    assert [house.gets(house.start("in-turn")) for _ in range(2)] == [["risk2"], ["risk2"]]


def test_work_by_load_goes_to_whoever_has_least(house):
    given = [house.gets(house.start("by-load"))[0] for _ in range(4)]
    assert sorted(given) == ["risk", "risk", "risk2", "risk2"]
    assert given[0] != given[1]


def test_whoever_has_left_gets_nothing(house):
    house.place("east1", active=False)
    assert house.gets(house.start("by-authority")) == ["east1b"]


def test_authority_is_measured_by_what_is_approved_not_by_what_was_asked_for(house):
    large, small = house.start("limited", amount=150_000), house.start("limited", amount=90_000)
    assert refused(house.decide, "east1", large) == {"flow.over_limit"}
    assert refused(house.decide, "east1", small, terms={"request.amount": "100001"}) == {"flow.over_limit"}
    assert house.decide("east1", large, terms={"request.amount": "100000"}).outcome == "approved"
    assert house.decide("east1", small).outcome == "approved"


@pytest.mark.parametrize("amount", ["1", "100000"])
def test_terms_that_are_not_granted_lend_no_authority(house, amount):
    """A yes among others says nothing of terms: what it is sent with them measures nothing."""
    large = house.start("limited", amount=150_000)
    ctx, item = house.ctx("east1"), house.item(large)
    smuggled = {"terms": {"request.amount": amount}, "opinion": "fine"}
    assert refused(cases.act, ctx, item.id, "approve_in_bulk", smuggled) == {"flow.over_limit"}
    assert house.item(large).version == item.version
    small = house.start("limited", amount=90_000)
    assert cases.act(ctx, house.item(small).id, "approve_in_bulk", {}).outcome == "approved"


# --- standing in


def test_whoever_stands_in_sees_decides_and_the_history_says_for_whom(house):
    house.place("east1b", active=False)
    away(house, "east1", "west1")
    case = house.start("by-authority")
    assert house.gets(case) == ["east1"]
    assert {row.user_id for row in house.lender.rows(tables.message)} >= {person("east1"), person("west1")}
    assert house.decide("west1", case).outcome == "approved"
    (row,) = house.lender.rows(tables.flow_history, case_id=case, event="decided")
    assert (row.actor_id, int(row.details["for_whom"])) == (person("west1"), person("east1"))


def test_nobody_stands_in_before_the_first_day_nor_after_the_last(house):
    away(house, "east1", "west1", starts_on=TODAY + timedelta(days=1))
    case = house.start("plain")
    for day, may in ((TODAY, False), (TODAY + timedelta(days=7), False), (TODAY + timedelta(days=6), True)):
        if may:
            assert house.decide("west1", case, business_date=day).outcome == "approved"
        else:
            with pytest.raises(NotFound):
                house.decide("west1", case, business_date=day)


def test_a_delegation_for_one_flow_counts_in_no_other(house):
    away(house, "east1", "west1", flows=["plain"])
    with pytest.raises((Forbidden, NotFound)):
        house.decide("west1", house.start("by-authority"))
    assert house.decide("west1", house.start("plain")).outcome == "approved"


def test_a_delegation_is_not_passed_on(house):
    away(house, "east1", "west1")
    delegations.give(house.ctx("west1"), to_user=person("head2"), starts_on=TODAY, ends_on=TODAY, flows=["by-load"])
    with pytest.raises((Forbidden, NotFound)):
        house.decide("head2", house.start("plain"))


def test_whoever_made_the_case_does_not_decide_it_for_somebody_else(house):
    away(house, "east1", "west1")
    with pytest.raises(Forbidden):
        house.decide("west1", house.start("plain", who="west1"))


def test_back_earlier_ends_it_at_once(house):
    made = away(house, "east1", "west1")
    delegations.end(house.ctx("east1"), made, expected_version=1)
    with pytest.raises(NotFound):
        house.decide("west1", house.start("plain"))
    with pytest.raises(Conflict):
        delegations.end(house.ctx("east1"), made, expected_version=2)


# --- what may not be delegated


def test_whoever_stands_in_needs_as_much_authority(house):
    assert refused(away, house, "head2", "east1") == {"delegation.lesser_authority"}
    assert away(house, "east1", "head2")


def test_authority_is_only_asked_in_the_flows_that_are_delegated(house):
    assert away(house, "head2", "east1", flows=["plain"])


@pytest.mark.parametrize(
    ("to", "more", "code"),
    [
        ("manager", {}, "delegation.no_right"),
        ("east1", {}, "delegation.self"),
        ("borrower", {}, "delegation.nobody"),
        ("west1", {"ends_on": TODAY - timedelta(days=1)}, "delegation.order"),
        ("west1", {"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=2)}, "delegation.past"),
        ("west1", {"ends_on": TODAY + timedelta(days=400)}, "delegation.long"),
        ("west1", {"flows": ["nowhere"]}, "delegation.flow"),
        ("west1", {"reason": "x" * 201}, "delegation.reason"),
    ],
)
def test_what_is_wrong_with_a_delegation_is_said(house, to, more, code):
    if to == "borrower":
        house.place("borrower", customer_id=1)
    assert code in refused(away, house, "east1", to, **more)


def test_two_do_not_stand_in_for_one_person_in_one_flow_on_one_day(house):
    away(house, "east1", "west1", flows=["plain"])
    assert refused(away, house, "east1", "east1b") == {"delegation.twice"}
    assert away(house, "east1", "east1b", flows=["by-authority"])
    assert away(house, "east1", "east1b", starts_on=TODAY + timedelta(days=7), ends_on=TODAY + timedelta(days=8))


def test_nobody_stands_in_who_is_away_too(house):
    away(house, "west1")
    assert refused(away, house, "east1", "west1") == {"delegation.away_too"}


def test_only_administrators_give_somebody_elses(house):
    with pytest.raises(Forbidden):
        delegations.give(house.ctx("risk"), from_user=person("east1"), to_user=person("west1"), **WEEK)
    made = delegations.give(house.ctx("system"), from_user=person("east1"), to_user=person("west1"), **WEEK)
    told = {row.user_id for row in house.lender.rows(tables.message, kind="delegation")}
    assert told == {person("east1"), person("west1")}
    audited = house.lender.one(tables.audit_log, action="delegation.given")
    assert (audited.subject_id, audited.actor_id) == (str(made), person("system"))


def test_strangers_neither_see_nor_end_a_delegation(house):
    made = away(house, "east1", "west1")
    assert delegations.of(house.ctx("risk")) == ()
    assert [one.to_name for one in delegations.of(house.ctx("west1"))] == ["west1 (demo)"]
    with pytest.raises(NotFound):
        delegations.end(house.ctx("risk"), made, expected_version=1)
    with pytest.raises(Forbidden):
        delegations.of_everybody(house.ctx("risk"))
    assert [one.id for one in delegations.of_everybody(house.ctx("system"))] == [made]
