"""Whatever a loan has lived through: its disbursement is taken back once nothing of people's stands on it, and leaves
nothing owed on any day."""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.lending.properties.lives import Life, lives

from loanloom.core.lending.decisions import NAMES, ReceiveRepayment, UndoDisbursement, decide
from loanloom.core.lending.decisions.undoing import BY_ITSELF
from loanloom.core.lending.events import EVENT_NAMES, EVENTS
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.history import Undo, amend, steps
from loanloom.core.lending.owing.arrears import position
from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import ZERO


def taking_back(life: Life) -> UndoDisbursement:
    return UndoDisbursement(on=life.day, money_back="never_left", mistake="entered_twice")


@settings(max_examples=60, deadline=None)
@given(lives())
def test_what_people_booked_stands_in_the_way(life: Life) -> None:
    peoples = [command for command in life.commands if NAMES[type(command)] not in BY_ITSELF]
    amendment = amend(life.history, taking_back(life))
    assert bool(peoples) == bool(amendment.problems)
    if peoples:
        assert {problem.code for problem in amendment.problems} == {"lending.stands_in_the_way"}
        assert len(amendment.problems) == len(peoples)
        assert amendment.superseded == () and amendment.events == ()


@settings(max_examples=60, deadline=None)
@given(lives(), st.integers(0, 900))
def test_a_disbursement_taken_back_leaves_nothing(life: Life, days: int) -> None:
    first = steps(life.history)[0]
    bare = [each for each in life.history if each.sequence in first.sequences]
    amendment = amend(bare, taking_back(life))
    assert amendment.problems == () and amendment.superseded == first.sequences
    stored = json.loads(json.dumps([[EVENT_NAMES[type(event)], to_record(event)] for event in amendment.events]))
    after = replay([from_record(EVENTS[name], record) for name, record in stored])
    assert after == amendment.after and after is not None
    day = life.day + timedelta(days=days)
    assert position(after, day).principal_outstanding == position(after, day).due_total == ZERO
    assert not any(receivable(after, day).values())
    refused = decide(after, ReceiveRepayment(on=day, amount=life.loan.terms.principal))
    assert [problem.code for problem in refused.problems] == ["lending.disbursement_undone"]


@settings(max_examples=20, deadline=None)
@given(lives())
def test_the_disbursement_is_no_booking_like_the_others(life: Life) -> None:
    undone = amend(life.history, Undo(on=life.day, sequence=1))
    assert [problem.code for problem in undone.problems] == ["lending.disbursement_stands"]
