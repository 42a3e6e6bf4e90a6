"""A case moves through its flow as the office would expect, and refuses what is not allowed."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.engines.flows.flow_builder import TWO_LEVELS, ruled, says

from loanloom.engines.flows import Person, State, World, decide, resubmit, start, withdraw
from loanloom.engines.flows.conditions import reason

REFER = ruled("refer")
SMALL, LARGE = {"amount": 80}, {"amount": 500}
MAKER, FIRST, SECOND, OTHER = 1, 2, 3, 4


def started(facts, outcome="refer"):
    return start(TWO_LEVELS, World(facts=facts, automatic=ruled(outcome)), makers=(MAKER,))


def only_item(state):
    (item,) = state.items
    return item.number


def approve(state, person, role, facts, **more):
    return decide(
        TWO_LEVELS, state, only_item(state), says("approve", person, role, **more), World(facts=facts, automatic=REFER)
    )


def test_a_small_amount_needs_one_approval():
    moved = started(SMALL)
    assert [item.node for item in moved.opened] == ["first"]
    assert moved.state.code == "A1"
    done = approve(moved.state, FIRST, "approver-1", SMALL)
    assert (done.state.status, done.state.outcome, done.state.code) == ("ended", "approved", "B1")
    assert done.state.items == () and done.state.tokens == ()
    assert done.effects[-1].name == "ended" and done.effects[-1].data["outcome"] == "approved"


def test_a_large_amount_goes_on_to_the_second_level_who_must_be_somebody_else():
    moved = approve(started(LARGE).state, FIRST, "approver-1", LARGE)
    assert [item.node for item in moved.opened] == ["second"]
    assert set(moved.opened[0].excluded) == {MAKER, FIRST}
    same = approve(moved.state, FIRST, "approver-2", LARGE)
    assert [problem.code for problem in same.problems] == ["flow.excluded"]
    assert same.state == moved.state
    assert approve(moved.state, SECOND, "approver-2", LARGE).state.outcome == "approved"


@pytest.mark.parametrize(("found", "outcome"), [("approve", "approved"), ("refuse", "refused")])
def test_the_automatic_decision_may_end_the_case_and_leaves_its_trace(found, outcome):
    moved = started(SMALL, found)
    assert (moved.state.status, moved.state.outcome) == ("ended", outcome)
    (entry,) = [entry for entry in moved.history if entry.kind == "ruled"]
    assert entry.trace == {"because": found}


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (says("approve", MAKER, "approver-1"), "flow.excluded"),
        (says("approve", FIRST, "finance"), "flow.wrong_role"),
        (says("refuse", FIRST, "approver-1"), "flow.reason_missing"),
        (says("return", FIRST, "approver-1", reason="papers", to="second"), "flow.return_target"),
        (says("pay_out", FIRST, "approver-1"), "flow.action"),
    ],
)
def test_what_is_not_allowed_is_refused_and_changes_nothing(decision, code):
    state = started(SMALL).state
    moved = decide(TWO_LEVELS, state, only_item(state), decision, World(facts=SMALL, automatic=REFER))
    assert [problem.code for problem in moved.problems] == [code]
    assert moved.state == state and not moved.history and not moved.effects
    assert moved.problems[0].in_words("zh") != moved.problems[0].in_words("en")


def test_people_of_another_branch_may_not_decide_a_branch_item():
    state = started(SMALL).state
    stranger = says("approve", FIRST, "approver-1")
    stranger = type(stranger)(action="approve", by=Person(id=9, roles=frozenset({"approver-1"}), in_branch=False))
    moved = decide(TWO_LEVELS, state, only_item(state), stranger, World(facts=SMALL, automatic=REFER))
    assert moved.problems[0].code == "flow.other_branch"


def test_a_returned_case_comes_back_through_the_whole_flow_and_its_reviser_is_a_maker():
    state = approve(started(LARGE).state, FIRST, "approver-1", LARGE, conditions=("insure the house",)).state
    assert state.conditions == ("insure the house",)
    back = decide(
        TWO_LEVELS, state, only_item(state), says("return", SECOND, "approver-2"), World(facts=LARGE, automatic=REFER)
    )
    (revision,) = back.opened
    assert (revision.kind, revision.node, back.state.chain, back.state.code) == ("revision", "begin", (), "A0")
    assert [effect.name for effect in back.effects if effect.name == "returned"] == ["returned"]
    again = resubmit(TWO_LEVELS, back.state, revision.number, Person(id=OTHER), World(facts=LARGE, automatic=REFER))
    assert again.state.round == 2
    assert set(again.opened[0].excluded) == {MAKER, OTHER}
    first = approve(again.state, FIRST, "approver-1", LARGE)
    assert approve(first.state, SECOND, "approver-2", LARGE).state.outcome == "approved"


def test_a_return_to_the_first_level_lets_the_same_first_approver_decide_again():
    state = approve(started(LARGE).state, FIRST, "approver-1", LARGE).state
    decision = says("return", SECOND, "approver-2", to="first")
    back = decide(TWO_LEVELS, state, only_item(state), decision, World(facts=LARGE, automatic=REFER))
    assert [item.node for item in back.opened] == ["first"]
    assert FIRST not in back.opened[0].excluded
    assert approve(back.state, FIRST, "approver-1", LARGE).opened[0].node == "second"


def test_withdrawing_closes_everything_and_a_closed_case_stays_closed():
    state = started(LARGE).state
    moved = withdraw(TWO_LEVELS, state, MAKER, World())
    assert (moved.state.outcome, moved.state.items, moved.closed) == ("withdrawn", (), (1,))
    late = decide(TWO_LEVELS, moved.state, 1, says("approve", FIRST, "approver-1"), World(facts=LARGE, automatic=REFER))
    assert late.problems[0].code == "flow.ended"
    assert withdraw(TWO_LEVELS, moved.state, MAKER, World()).problems[0].code == "flow.ended"


def test_an_item_decides_once():
    state = started(LARGE).state
    moved = approve(state, FIRST, "approver-1", LARGE)
    again = decide(
        TWO_LEVELS, moved.state, 1, says("approve", OTHER, "approver-1"), World(facts=LARGE, automatic=REFER)
    )
    assert again.problems[0].code == "flow.item_closed"


def test_a_condition_without_its_data_is_a_problem_and_the_item_stays_open():
    state = started(LARGE).state
    moved = decide(TWO_LEVELS, state, 1, says("approve", FIRST, "approver-1"), World(facts={}, automatic=REFER))
    assert moved.problems[0].code == "flow.condition_failed"
    assert "amount" in moved.problems[0].in_words("en") and moved.state == state


def test_the_route_taken_is_explained():
    moved = approve(started(LARGE).state, FIRST, "approver-1", LARGE)
    (routed,) = [entry for entry in moved.history if entry.kind == "routed" and entry.node == "first"]
    assert routed.to == "second"
    assert routed.trace[0]["holds"] is False
    assert "500 <= 100" in reason(TWO_LEVELS, "first", routed.trace[0], "en")


def test_the_state_survives_json_and_stays_small():
    state = approve(started(LARGE).state, FIRST, "approver-1", LARGE, conditions=("c",)).state
    written = json.dumps(state.to_json())
    assert len(written) < 1_000
    assert State.from_json(json.loads(written, parse_int=Decimal)) == state


def test_no_flow_lets_a_maker_check():
    nodes = {key: replace(one, exclude=frozenset()) for key, one in TWO_LEVELS.nodes.items()}
    moved = start(replace(TWO_LEVELS, nodes=nodes), World(facts=SMALL, automatic=ruled("refer")), makers=(MAKER,))
    assert moved.opened[0].excluded == (MAKER,)
