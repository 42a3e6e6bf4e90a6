"""Properties of money: nothing appears, nothing is lost, and a split in time changes nothing."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.core.dates import DAY_COUNTS
from loanloom.core.lending.allocation import Due, allocate
from loanloom.core.lending.arrears import due_of, interest_accrued, owed, position
from loanloom.core.lending.decisions import Disburse, ReceiveRepayment, SettleEarly, decide, payoff
from loanloom.core.lending.events import EVENT_NAMES, EVENTS, Event, RepaymentReceived
from loanloom.core.lending.evolution import evolve, replay
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.records import from_record, to_record
from loanloom.core.lending.rules import READY_MADE
from loanloom.core.lending.schedule import build_schedule
from loanloom.core.lending.terms import COMPONENTS, AllocationOrder, PenaltyTerms, PrepaymentTerms, Terms
from loanloom.core.money import ROUNDING_MODES, Rounding, total

D = Decimal
CENT = D("0.01")


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    count = draw(st.sampled_from(sorted(DAY_COUNTS)))
    digits = draw(st.sampled_from([0, 2, 3]))
    return Terms(
        currency={0: "JPY", 2: "CNY", 3: "KWD"}[digits],
        principal=draw(st.decimals(1000, 5_000_000, places=digits)),
        annual_rate=draw(st.decimals(0, "0.36", places=4)),
        start_on=draw(st.dates(date(2023, 1, 1), date(2028, 12, 31))),
        due_day=draw(st.none() | st.integers(1, 31)),
        phases=READY_MADE[draw(st.sampled_from(sorted(READY_MADE)))](
            draw(st.integers(1, 60)), draw(st.sampled_from([1, 2])), draw(st.sampled_from(["month", "quarter", "week"]))
        ),
        day_count=count,
        daily_basis=365 if "365" in count else 360,
        rounding=Rounding(digits, draw(st.sampled_from(sorted(ROUNDING_MODES)))),
        penalty=PenaltyTerms(
            uplift=draw(st.decimals(0, 1, places=2)), grace_days=draw(st.integers(0, 5)),
            compound=draw(st.booleans()), reaches_back=draw(st.booleans()),
        ),
        allocation=AllocationOrder(
            order=tuple(draw(st.permutations(COMPONENTS))), by=draw(st.sampled_from(["instalment", "component"]))
        ),
        prepayment=PrepaymentTerms(fee_rate=draw(st.decimals(0, "0.05", places=3))),
        keeps_overpayment=draw(st.booleans()),
    )  # fmt: skip


@given(some_terms())
def test_a_schedule_repays_exactly_what_was_lent(terms: Terms) -> None:
    rows = build_schedule(terms).instalments
    assert total(row.principal for row in rows) == terms.principal
    assert rows[-1].closing == 0
    assert all(row.principal >= 0 and row.interest >= 0 for row in rows)
    assert all(terms.rounding.holds(row.principal) and terms.rounding.holds(row.interest) for row in rows)
    assert all(before.due_on == after.start_on < after.due_on for before, after in itertools.pairwise(rows))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@given(some_terms())
def test_the_last_instalment_differs_by_rounding_only(terms: Terms) -> None:
    rows = build_schedule(terms).instalments
    if len(rows) < 3 or terms.phases[0].principal != "equal_instalment":
        return
    unit = D(1).scaleb(-terms.rounding.digits)
    growth = (1 + max(row.interest for row in rows) / terms.principal) ** len(rows)
    assert abs(rows[-1].payment - rows[-2].payment) <= 2 * unit * len(rows) * growth


@given(
    st.decimals("0.01", 100_000, places=2),
    st.lists(st.fixed_dictionaries(dict.fromkeys(COMPONENTS, st.decimals(0, 9000, places=2))), max_size=6),
    st.permutations(COMPONENTS),
    st.sampled_from(["instalment", "component"]),
)
def test_an_allocation_adds_up_and_never_overpays(
    amount: Decimal, debts: list[dict[str, Decimal]], order: list[str], by: str
) -> None:
    dues = [Due(number, amounts) for number, amounts in enumerate(debts, 1)]
    split = allocate(amount, dues, AllocationOrder(order=tuple(order), by=by))
    assert total(part.amount for part in split.applied) + split.left_over == amount
    assert all(part.amount > 0 for part in split.applied)
    assert all(part.amount <= debts[part.number - 1][part.component] for part in split.applied)
    assert split.left_over >= 0
    if split.left_over:
        assert amount - split.left_over == total(due.total for due in dues)


@given(some_terms(), st.integers(0, 59), st.lists(st.integers(0, 200), max_size=5))
def test_interest_accrued_in_steps_is_interest_accrued_at_once(terms: Terms, place: int, steps: list[int]) -> None:
    rows = build_schedule(terms).instalments
    row = rows[place % len(rows)]
    days = sorted({min(row.start_on + timedelta(days=step), row.due_on) for step in steps} | {row.due_on})
    booked, before = D(0), D(0)
    for day in days:
        now = interest_accrued(row, day, terms.rounding)
        assert now >= before
        booked, before = booked + now - before, now
    assert booked == row.interest


@st.composite
def a_life(draw: st.DrawFn) -> tuple[Loan, list[Event]]:
    """A loan and what happened to it: receipts of all sizes on ascending days, perhaps an early settlement."""
    events: list[Event] = list(decide(None, Disburse(terms=draw(some_terms()))).events)
    loan = replay(events)
    assert loan is not None
    day = loan.terms.start_on
    unit = D(1).scaleb(-loan.terms.rounding.digits)
    for _ in range(draw(st.integers(0, 6))):
        day += timedelta(days=draw(st.integers(0, 45)))
        due = total(item.total for item in owed(loan, day))
        share = draw(st.sampled_from([D("0.3"), D("0.999"), D(1), D("1.2")]))
        command: ReceiveRepayment | SettleEarly = ReceiveRepayment(
            on=day, amount=max(loan.terms.rounding.apply(due * share), unit)
        )
        if draw(st.integers(0, 5)) == 0:
            command = SettleEarly(on=day, amount=payoff(loan, day).total - loan.surplus)
        for event in decide(loan, command).events:
            events.append(event)
            loan = evolve(loan, event)
    return loan, events


@settings(max_examples=150)
@given(a_life())
def test_money_neither_appears_nor_vanishes(life: tuple[Loan, list[Event]]) -> None:
    loan, events = life
    received = total(event.amount for event in events if isinstance(event, RepaymentReceived))
    paid = total(
        account.principal_paid + account.interest_paid + account.penalty_paid + account.compound_paid + account.fee_paid
        for account in loan.accounts
    )
    assert received == paid + loan.surplus
    assert loan.surplus >= 0
    assert loan.principal_outstanding + total(account.principal_paid for account in loan.accounts) == (
        loan.terms.principal
    )
    on = loan.last_event_on
    for account in loan.accounts:
        due = due_of(account, loan.terms, max(on, account.instalment.due_on))
        assert all(amount >= 0 for amount in due.amounts.values())
    if loan.settled_on:
        assert loan.principal_outstanding == 0
        assert not owed(loan, loan.settled_on)


@given(a_life(), st.integers(0, 400))
def test_replay_gives_the_same_loan_and_the_past_does_not_move(life: tuple[Loan, list[Event]], days: int) -> None:
    loan, events = life
    assert replay(events) == loan
    day = loan.terms.start_on + timedelta(days=days)
    known_then = [event for event in events if event.on <= day]
    then, now = replay(known_then), replay(events, until=day)
    assert then == now
    assert now is not None
    assert position(now, day) == position(then, day)


@given(some_terms(), st.integers(0, 120), st.integers(1, 60))
def test_penalties_grow_with_days_alone(terms: Terms, first: int, more: int) -> None:
    loan = replay(decide(None, Disburse(terms=terms)).events)
    assert loan is not None
    due_on = loan.accounts[0].instalment.due_on
    early = due_of(loan.accounts[0], terms, due_on + timedelta(days=first))
    late = due_of(loan.accounts[0], terms, due_on + timedelta(days=first + more))
    assert late.amounts["penalty"] >= early.amounts["penalty"]
    assert late.amounts["principal"] == early.amounts["principal"]


@given(some_terms(), st.integers(0, 700))
def test_the_payoff_quote_settles_the_loan(terms: Terms, days: int) -> None:
    loan = replay(decide(None, Disburse(terms=terms)).events)
    assert loan is not None
    day = terms.start_on + timedelta(days=days)
    quote = payoff(loan, day)
    decision = decide(loan, SettleEarly(on=day, amount=quote.total))
    assert not decision.problems
    for event in decision.events:
        loan = evolve(loan, event)
    assert loan.settled_on == day
    short = decide(replay(decide(None, Disburse(terms=terms)).events), SettleEarly(on=day, amount=quote.total + CENT))
    assert short.problems
    assert not short.events


@given(a_life())
def test_records_keep_terms_and_events_exactly(life: tuple[Loan, list[Event]]) -> None:
    loan, events = life
    written = json.loads(json.dumps([[EVENT_NAMES[type(event)], to_record(event)] for event in events]))
    assert [from_record(EVENTS[name], record) for name, record in written] == events
    assert from_record(Terms, to_record(loan.terms)) == loan.terms
