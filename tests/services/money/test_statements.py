"""The account statement ties with what is owed, whatever happened: checked by hand and against the position."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.core.lending.agreed.terms import Phase, PrepaymentTerms, Terms
from loanloom.core.lending.decisions import ApplySubsidies, Disburse, ReceiveRepayment, SettleEarly, decide, payoff
from loanloom.core.lending.evolution import evolve_all
from loanloom.problems import say
from loanloom.services.money.page.statements import balance_of, statement
from loanloom.services.papers.loan_statements import words_of

D = Decimal
START = date(2026, 1, 5)
TERMS = Terms(
    currency="CNY",
    principal=D(100_000),
    annual_rate=D("0.12"),
    start_on=START,
    phases=(Phase(periods=12),),
    prepayment=PrepaymentTerms(fee_rate=D("0.01")),
    keeps_overpayment=True,
)


def life(*steps):
    """A loan paid out at the start, with commands made by `steps` from the loan so far; numbered events."""
    events = list(decide(None, Disburse(terms=TERMS)).events)
    loan = evolve_all(None, events)
    for step in steps:
        decision = decide(loan, step(loan))
        assert decision.problems == ()
        events += decision.events
        loan = evolve_all(loan, decision.events)
    return list(enumerate(events, 1)), loan


def paying(on: date, amount: str):
    return lambda _loan: ReceiveRepayment(on=on, amount=D(amount))


def settling(on: date):
    return lambda loan: SettleEarly(on=on, amount=payoff(loan, on).total - loan.surplus)


def test_a_year_of_a_loan_line_by_line():
    events, _ = life(paying(date(2026, 2, 5), "8884.88"), paying(date(2026, 3, 10), "8884.88"))
    made = statement(events, START, date(2026, 3, 10))
    assert [(line.what, line.on, line.charged, line.credited) for line in made.lines] == [
        ("loan_disbursed", START, D(100_000), D(0)),
        ("due", date(2026, 2, 5), D("1000.00"), D(0)),
        ("repayment_received", date(2026, 2, 5), D(0), D("8884.88")),
        ("due", date(2026, 3, 5), D("921.15"), D(0)),
        ("late", date(2026, 3, 10), D("19.91"), D(0)),  # 7,963.73 x 18 % / 360 x 5 days
        ("repayment_received", date(2026, 3, 10), D(0), D("8884.88")),
    ]
    assert made.lines[-1].owed == D("100000") + D("1000.00") + D("921.15") + D("19.91") - 2 * D("8884.88")


def test_a_subsidised_instalment_is_charged_whole_and_what_is_not_billed_taken_off():
    half = Subsidy(payer="government", share=D("0.5"))
    events = decide(None, Disburse(terms=replace(TERMS, interest_shares=(half,)))).events
    events += decide(evolve_all(None, events), ApplySubsidies(on=date(2026, 2, 5))).events
    lines = statement(list(enumerate(events, 1)), START, date(2026, 2, 5)).lines[1:]
    assert [(say(words_of(line), "en"), line.charged, line.credited) for line in lines] == [
        ("Instalment 1: interest and fees due", D("1000.00"), D(0)),
        ("Instalment 1: interest borne by a subsidy, not billed", D(0), D("500.00")),
    ]
    assert say(words_of(lines[1]), "zh") == "第 1 期贴息，不向借款人收取"


def test_a_part_of_the_life_begins_with_the_balance_before_it():
    events, _ = life(paying(date(2026, 2, 5), "8884.88"), settling(date(2026, 2, 15)))
    made = statement(events, date(2026, 2, 6), date(2026, 2, 28))
    assert sum(made.opening.values()) == D("92115.12")
    assert made.charged == D("307.05") + D("921.15")  # ten days of interest, one percent
    assert sum(made.closing.values()) == 0
    assert all(line.on >= date(2026, 2, 6) for line in made.lines)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20_000_00)), max_size=5),
    st.integers(0, 40),
    st.booleans(),
)
def test_the_last_balance_is_what_the_loan_owes(payments, later, settled):
    steps, day = [], START
    for wait, cents in payments:
        day += timedelta(days=wait)
        steps.append(paying(day, str(D(cents) / 100)))
    events, loan = life(*steps)
    if settled and loan.settled_on is None and not payoff(loan, day).problems:
        amount = payoff(loan, day).total - loan.surplus
        if amount > 0:
            events, loan = life(*steps, settling(day))
    until = day + timedelta(days=later)
    made = statement(events, START, until)
    assert made.closing == balance_of(loan, until)
    assert made.charged - made.credited == sum(made.closing.values())
    running = D(0)
    for line in made.lines:
        running += line.charged - line.credited
        assert line.owed == running
