"""Undoing what was booked and booking what came earlier: the loan is as if it had been so from the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.core.lending.servicing.lived import BOTH, FOLLOWING, PLAIN

from loanloom.core.lending.agreed.terms import DrawTerms, Terms
from loanloom.core.lending.decisions import (
    Command,
    Disburse,
    DrawTranche,
    Recalculate,
    ReceiveRepayment,
    SettleEarly,
    UndoDisbursement,
    decide,
    payoff,
)
from loanloom.core.lending.events import EVENT_NAMES, EVENTS, Event, RepaymentReceived
from loanloom.core.lending.evolution import replay
from loanloom.core.lending.history import Amendment, Recorded, Undo, amend, live, steps
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.records import from_record, to_record

D = Decimal


def booked(history: list[Recorded], *commands: Command) -> list[Recorded]:
    """The history with commands decided in their order."""
    history = list(history)
    for command in commands:
        decision = decide(loan_of(history), command)
        assert not decision.problems, decision.problems
        history += [Recorded(len(history) + place, event) for place, event in enumerate(decision.events, 1)]
    return history


def loan_of(history: list[Recorded]) -> Loan | None:
    return replay(each.event for each in live(history))


def amended(history: list[Recorded], amendment: Amendment) -> list[Recorded]:
    """The history as services keep it after an amendment."""
    assert not amendment.problems, amendment.problems
    kept = [
        replace(each, superseded=each.superseded or each.sequence in amendment.superseded) for each in history
    ]  # fmt: skip
    return kept + [Recorded(len(kept) + place, event) for place, event in enumerate(amendment.events, 1)]


def receipt(day: date, amount: str) -> ReceiveRepayment:
    return ReceiveRepayment(on=day, amount=D(amount))


def money(history: list[Recorded]) -> list[tuple[date, Decimal]]:
    events = [each.event for each in live(history)]
    return [(event.on, event.amount) for event in events if isinstance(event, RepaymentReceived)]


@BOTH
def test_undoing_the_last_booking_gives_the_loan_before_it(terms: Terms) -> None:
    before = booked([], Disburse(terms=terms), receipt(date(2026, 2, 15), "8884.88"))
    after = booked(before, receipt(date(2026, 3, 15), "5000.00"))
    amendment = amend(after, Undo(on=date(2026, 3, 16), sequence=after[-1].sequence))
    assert amendment.superseded == (after[-1].sequence,)
    assert not amendment.events
    assert amendment.after == loan_of(before)
    assert loan_of(amended(after, amendment)) == loan_of(before)


@BOTH
def test_undoing_an_earlier_booking_decides_the_later_ones_anew(terms: Terms) -> None:
    days = (date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15))
    history = booked([], Disburse(terms=terms), *(receipt(day, "8884.88") for day in days))
    amendment = amend(history, Undo(on=date(2026, 4, 16), sequence=2))
    now = amended(history, amendment)
    straight = booked([], Disburse(terms=terms), *(receipt(day, "8884.88") for day in days[1:]))
    assert loan_of(now) == loan_of(straight)
    assert money(now) == money(straight)
    late = next(event for event in amendment.events if isinstance(event, RepaymentReceived))
    assert {part.number for part in late.applied} >= {1}, "what came next pays the instalment that is open again"


@BOTH
def test_a_receipt_booked_late_on_its_own_day_is_as_if_it_had_been_booked_then(terms: Terms) -> None:
    history = booked([], Disburse(terms=terms), receipt(date(2026, 3, 20), "9500.00"))
    amendment = amend(history, receipt(date(2026, 2, 15), "8884.88"))
    straight = booked(
        [], Disburse(terms=terms), receipt(date(2026, 2, 15), "8884.88"), receipt(date(2026, 3, 20), "9500.00")
    )
    assert loan_of(amended(history, amendment)) == loan_of(straight)
    assert amendment.after == loan_of(straight)


@BOTH
def test_amending_twice_and_back_is_the_loan_as_it_was(terms: Terms) -> None:
    history = booked(
        [], Disburse(terms=terms), receipt(date(2026, 3, 20), "9500.00"), receipt(date(2026, 4, 15), "80.00")
    )
    was = loan_of(history)
    inserted = amended(history, amend(history, receipt(date(2026, 2, 20), "300.00")))
    added = next(
        each
        for each in live(inserted)
        if isinstance(each.event, RepaymentReceived) and each.event.amount == D("300.00")
    )
    back = amended(inserted, amend(inserted, Undo(on=date(2026, 4, 16), sequence=added.sequence)))
    assert loan_of(back) == was


def test_a_booking_that_changes_nothing_later_leaves_it_booked() -> None:
    history = booked(
        [], Disburse(terms=PLAIN), receipt(date(2026, 2, 15), "8884.88"), receipt(date(2026, 3, 15), "8884.88")
    )
    later = [each for each in history if each.event.on == date(2026, 3, 15)]
    amendment = amend(history, Undo(on=date(2026, 3, 16), sequence=later[0].sequence))
    assert set(amendment.superseded) == {each.sequence for each in later}


def test_everything_decided_together_is_undone_together() -> None:
    history = booked([], Disburse(terms=PLAIN))
    loan = loan_of(history)
    assert loan is not None
    amount = payoff(loan, date(2026, 3, 1)).total
    history = booked(history, SettleEarly(on=date(2026, 3, 1), amount=amount))
    assert len(steps(history)) == 2
    amendment = amend(history, Undo(on=date(2026, 3, 2), sequence=history[-1].sequence))
    assert amendment.superseded == tuple(each.sequence for each in history[1:])
    assert amendment.after == loan


def test_a_later_booking_that_could_not_stand_is_named() -> None:
    history = booked([], Disburse(terms=PLAIN))
    loan = loan_of(history)
    assert loan is not None
    settlement = SettleEarly(on=date(2026, 3, 1), amount=payoff(loan, date(2026, 3, 1)).total)
    history = booked(history, settlement)
    problem = amend(history, receipt(date(2026, 2, 20), "500.00")).problems[0]
    assert problem.code == "lending.later_booking_cannot_stand"
    assert "2026-03-01" in problem.in_words("en")
    assert "2026-03-01" in problem.in_words("zh")


def test_undoing_what_is_not_booked_is_refused() -> None:
    history = booked([], Disburse(terms=PLAIN), receipt(date(2026, 2, 15), "100.00"))
    gone = amended(history, amend(history, Undo(on=date(2026, 2, 16), sequence=2)))
    for sequence in (2, 99):
        assert amend(gone, Undo(on=date(2026, 2, 16), sequence=sequence)).problems[0].code == "lending.no_such_booking"


def test_undoing_the_disbursement_leaves_a_loan_that_never_was() -> None:
    """It is a command of its own: what people booked since stands in its way, what followed by itself goes with it."""
    history = booked([], Disburse(terms=PLAIN), receipt(date(2026, 2, 15), "100.00"))
    like_any_booking = amend(history, Undo(on=date(2026, 2, 16), sequence=1))
    assert [problem.code for problem in like_any_booking.problems] == ["lending.disbursement_stands"]
    undo = UndoDisbursement(on=date(2026, 2, 16), money_back="returned", mistake="wrong_amount")
    assert [problem.code for problem in amend(history, undo).problems] == ["lending.stands_in_the_way"]
    alone = amended(history, amend(history, Undo(on=date(2026, 2, 16), sequence=2)))
    amendment = amend(alone, undo)
    assert set(amendment.superseded) == {each.sequence for each in live(alone)}
    assert amendment.after is not None
    assert amendment.after.circumstances.cancelled_on == date(2026, 2, 16)
    assert (amendment.after.accounts, amendment.after.principal_outstanding) == ((), D(0))


def test_a_draw_before_the_first_one_becomes_the_disbursement() -> None:
    terms = replace(FOLLOWING, draws=DrawTerms(pattern="tranches"))
    history = booked([], Disburse(terms=terms))
    amendment = amend(history, DrawTranche(on=date(2026, 1, 10), amount=D("50000.00")))
    loan = loan_of(amended(history, amendment))
    assert loan is not None
    assert loan.terms.start_on == date(2026, 1, 10)
    assert loan.principal_outstanding == D("150000.00")


def test_events_keep_the_command_and_survive_storage() -> None:
    history = booked(
        [], Disburse(terms=FOLLOWING), Recalculate(on=date(2026, 3, 1)), receipt(date(2026, 3, 20), "9500.00")
    )
    stored = [(EVENT_NAMES[type(each.event)], to_record(each.event)) for each in history]
    events: list[Event] = [from_record(EVENTS[name], record) for name, record in stored]
    assert events == [each.event for each in history]
    again = [Recorded(place, event) for place, event in enumerate(events, 1)]
    assert amend(again, Undo(on=date(2026, 3, 21), sequence=len(again))).after == loan_of(history[:-1])
