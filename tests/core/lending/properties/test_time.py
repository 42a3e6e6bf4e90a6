"""Time and order: splitting days changes nothing, the past does not move, stored and replayed loans are the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.lending.properties.lives import USUAL, Life, lives

from loanloom.core.lending.decisions import ReceiveRepayment, TransferLoan, Waive, decide
from loanloom.core.lending.events import EVENT_NAMES, EVENTS
from loanloom.core.lending.evolution import evolve_all, replay
from loanloom.core.lending.history import Recorded, Undo, amend, live
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import due_of, interest_accrued, late_costs_of, owed, position
from loanloom.core.lending.owing.penalties import counted
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.money import total


@settings(max_examples=80, deadline=None)
@given(lives(follows=None, asks=USUAL))
def test_a_loan_replayed_from_its_stored_events_is_the_loan(life: Life) -> None:
    stored = json.loads(json.dumps([[EVENT_NAMES[type(event)], to_record(event)] for event in life.events]))
    assert replay([from_record(EVENTS[name], record) for name, record in stored]) == life.loan


@settings(max_examples=80, deadline=None)
@given(lives())
def test_the_same_for_every_change_there_is(life: Life) -> None:
    stored = json.loads(json.dumps([[EVENT_NAMES[type(event)], to_record(event)] for event in life.events]))
    events = [from_record(EVENTS[name], record) for name, record in stored]
    assert events == life.events
    assert replay(events) == life.loan
    assert from_record(Loan, json.loads(json.dumps(to_record(life.loan)))) == life.loan


@settings(max_examples=50, deadline=None)
@given(lives(), st.integers(0, 300))
def test_the_past_does_not_move(life: Life, days: int) -> None:
    day = life.loan.terms.start_on + timedelta(days=days)
    then, now = replay([event for event in life.events if event.on <= day]), replay(life.events, until=day)
    assert then == now
    assert now is not None
    assert then is not None
    assert position(now, day) == position(then, day)


@settings(max_examples=80, deadline=None)
@given(lives())
def test_undoing_the_last_decision_gives_the_loan_before_it(life: Life) -> None:
    if not life.commands:
        return
    amendment = amend(life.history, Undo(on=life.day, sequence=life.last_sequence()))
    assert not amendment.problems
    assert amendment.after == life.before[-1]
    assert amendment.events == ()


@settings(max_examples=80, deadline=None)
@given(lives(asks=USUAL), st.integers(0, 5))
def test_undoing_an_earlier_decision_leaves_what_would_have_been(life: Life, place: int) -> None:
    if place >= len(life.commands):
        return
    sequences = [each.sequence for each in life.history if each.event.asked is not None]
    amendment = amend(life.history, Undo(on=life.day, sequence=sequences[place]))
    if amendment.problems:
        return
    gone = set(amendment.superseded)
    assert gone <= {each.sequence for each in live(life.history)}
    stays = [each for each in life.history if each.sequence not in gone]
    new = [Recorded(len(life.history) + number, event) for number, event in enumerate(amendment.events, 1)]
    assert replay(each.event for each in live([*stays, *new])) == amendment.after
    again = life.before[place]
    for command in life.commands[place + 1 :]:
        decision = decide(again, command)
        if decision.problems:
            return
        again = evolve_all(again, decision.events)
    assert amendment.after == again


# --- splitting ---------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(lives(), st.lists(st.integers(0, 150), max_size=6), st.integers(0, 200))
def test_lateness_counted_in_steps_is_lateness_counted_at_once(life: Life, steps: list[int], end: int) -> None:
    loan, on = life.loan, life.day + timedelta(days=end)
    for account in loan.accounts:
        once = late_costs_of(account, loan.terms, on)
        stepped = account
        for days in sorted(step for step in steps if step <= end):
            day = life.day + timedelta(days=days)
            stepped = replace(stepped, late=counted(stepped, loan.terms.penalty, loan.terms.rounding, day))
        assert late_costs_of(stepped, loan.terms, on) == once


@settings(max_examples=50, deadline=None)
@given(lives(), st.lists(st.integers(0, 200), max_size=5))
def test_interest_accrued_in_steps_is_interest_accrued_at_once(life: Life, steps: list[int]) -> None:
    for account in life.loan.accounts:
        row = account.instalment
        days = sorted({min(row.start_on + timedelta(days=step), row.due_on) for step in steps} | {row.due_on})
        accrued = [interest_accrued(row, day, life.loan.terms.rounding) for day in days]
        assert accrued == sorted(accrued)
        assert accrued[-1] == row.interest


# --- order -------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(lives(), st.integers(0, 60), st.decimals("0.05", "0.95", places=2))
def test_receipts_of_one_day_come_to_the_same_in_any_order(life: Life, days: int, share: object) -> None:
    on = life.day + timedelta(days=days)
    due = total(each.total for each in owed(life.loan, on))
    first = life.loan.terms.rounding.apply(due * share)  # type: ignore[operator]  # a Decimal
    if not first or first == due or life.loan.settled_on:
        return
    parts = (first, due - first)
    one, two, three = (
        _received(life.loan, *(ReceiveRepayment(on=on, amount=amount) for amount in order))
        for order in (parts, parts[::-1], (due,))
    )
    assert one == two == three


@settings(max_examples=50, deadline=None)
@given(lives(), st.integers(0, 60))
def test_what_does_not_touch_the_same_debt_commutes(life: Life, days: int) -> None:
    on = life.day + timedelta(days=days)
    due = total(each.amounts["principal"] for each in owed(life.loan, on))
    penalty = total(each.amounts["penalty"] for each in owed(life.loan, on))
    if not penalty or life.loan.settled_on or due < penalty:
        return
    waiver, transfer = Waive(on=on, amounts={"penalty": penalty}), TransferLoan(on=on, unit="west")
    assert _received(life.loan, waiver, transfer) == _received(life.loan, transfer, waiver)


def _received(loan: Loan, *commands: ReceiveRepayment | Waive | TransferLoan) -> Loan:
    for command in commands:
        decision = decide(loan, command)
        assert not decision.problems, decision.problems
        loan = evolve_all(loan, decision.events)
    return loan


@settings(max_examples=80, deadline=None)
@given(lives(), st.integers(0, 100))
def test_asking_twice_gives_the_same_answer(life: Life, days: int) -> None:
    on = life.day + timedelta(days=days)
    assert [due_of(each, life.loan.terms, on) for each in life.loan.accounts] == [
        due_of(each, life.loan.terms, on) for each in life.loan.accounts
    ]
    assert position(life.loan, on) == position(life.loan, on)
