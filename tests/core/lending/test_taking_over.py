"""A loan taken over goes on exactly as if it had always lived here: balances, arrears, penalties, interest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.core.lending.agreed.terms import Phase, PlannedRow, Terms
from loanloom.core.lending.decisions import Disburse, ReceiveRepayment, SettleEarly, TakeOver, decide, payoff
from loanloom.core.lending.decisions.taking_over import TakenRow
from loanloom.core.lending.events import EVENTS
from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.lending.owing.arrears import due_of, position
from loanloom.core.lending.planning.own_schedules import own_phase
from loanloom.core.lending.records import from_record, to_record

D = Decimal
START = date(2026, 1, 5)
TERMS = Terms(
    currency="CNY", principal=D(100_000), annual_rate=D("0.12"), start_on=START, phases=(Phase(periods=12),),
    keeps_overpayment=True,
)  # fmt: skip


def lived(payments: list[tuple[date, Decimal]]):
    """A loan that always lived here."""
    loan = evolve_all(None, decide(None, Disburse(terms=TERMS)).events)
    for on, amount in payments:
        decision = decide(loan, ReceiveRepayment(on=on, amount=amount))
        assert not decision.problems
        loan = evolve_all(loan, decision.events)
    return loan


def brought(loan, on: date) -> TakeOver:
    """What an old system would export of it."""
    rows, schedule = [], []
    for account in loan.accounts:
        row = account.instalment
        schedule.append(PlannedRow(due_on=row.due_on, principal=row.principal, interest=row.interest))
        due = due_of(account, loan.terms, on).amounts if row.due_on < on else {}
        rows.append(
            TakenRow(
                principal_paid=account.principal_paid,
                interest_paid=account.interest_paid,
                penalty_owed=due.get("penalty", D(0)),
                paid_on=account.paid_on,
            )
        )
    terms = replace(loan.terms, phases=(own_phase(schedule),))
    return TakeOver(on=on, terms=terms, rows=tuple(rows), surplus=loan.surplus)


def taken(command: TakeOver):
    decision = decide(None, command)
    assert decision.problems == ()
    return evolve(None, decision.events[0]), decision.events[0]


def test_a_loan_in_arrears_by_hand():
    loan = lived([(date(2026, 2, 5), D("8884.88")), (date(2026, 3, 10), D("3000"))])
    on = date(2026, 4, 20)
    made, event = taken(brought(loan, on))
    assert event.principal == loan.principal_outstanding
    at, was = position(made, on), position(loan, on)
    assert at.due == was.due
    assert at.arrears == was.arrears
    assert at.arrears.days_past_due == 46
    assert payoff(made, on).total == payoff(loan, on).total


def test_the_event_survives_being_stored():
    loan = lived([(date(2026, 2, 5), D("8884.88"))])
    made, event = taken(brought(loan, date(2026, 3, 20)))
    again = from_record(EVENTS["loan_taken_over"], to_record(event))
    assert again == event
    assert evolve(None, again) == made


def test_it_is_repaid_and_settled_like_any_other():
    loan = lived([(date(2026, 2, 5), D("8884.88"))])
    on = date(2026, 3, 20)
    made, _ = taken(brought(loan, on))
    for each in (made, loan):
        amount = payoff(each, on).total
        assert amount == payoff(loan, on).total
        assert evolve_all(each, decide(each, SettleEarly(on=on, amount=amount)).events).settled_on == on


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(100, 12_000_00)), max_size=5), st.integers(0, 60),
    st.integers(0, 90),
)  # fmt: skip
def test_later_days_are_the_same_wherever_it_was_before(payments, wait, later):
    day, paid = START, []
    for days, cents in payments:
        day += timedelta(days=days)
        paid.append((day, D(cents) / 100))
    loan = lived(paid)
    on = max(day, START) + timedelta(days=wait)
    made, _ = taken(brought(loan, on))
    then = on + timedelta(days=later)
    here, there = position(loan, then), position(made, then)
    assert there.principal_outstanding == here.principal_outstanding
    assert there.arrears == here.arrears
    assert there.interest_accrued == here.interest_accrued
    rounded = D("0.01") * sum(1 for account in loan.accounts if account.late.counted_to or account.open)
    assert abs(there.due_total - here.due_total) <= rounded, "penalties are brought along as whole cents"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: replace(c, rows=c.rows[:-1]), "lending.rows_missing"),
        (lambda c: replace(c, rows=(replace(c.rows[0], principal_paid=D(9000)), *c.rows[1:])), "lending.more_than_due"),
        (lambda c: replace(c, rows=(replace(c.rows[0], interest_paid=D(-1)), *c.rows[1:])), "lending.bad_amount"),
        (lambda c: replace(c, rows=(*c.rows[:-1], replace(c.rows[-1], penalty_owed=D(5)))), "lending.not_late"),
        (lambda c: replace(c, rows=(replace(c.rows[0], paid_on=date(2027, 1, 1)), *c.rows[1:])), "lending.paid_later"),
        (lambda c: replace(c, on=date(2025, 12, 31)), "lending.before_it_began"),
        (lambda c: replace(c, surplus=D("-1")), "lending.bad_surplus"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(change, code):
    command = brought(lived([(date(2026, 2, 5), D("8884.88"))]), date(2026, 3, 20))
    decision = decide(None, change(command))
    assert code in {problem.code for problem in decision.problems}
    assert all(problem.message["en"] and problem.message["zh"] for problem in decision.problems)
    loan, _ = taken(command)
    assert decide(loan, command).problems[0].code == "lending.already_there"
