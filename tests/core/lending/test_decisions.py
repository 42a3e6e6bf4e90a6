"""What a cashier may and may not do to a loan, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loanloom.core.lending.agreed.terms import PrepaymentTerms, Terms
from loanloom.core.lending.decisions import (
    ApplySurplus,
    Command,
    Disburse,
    ReceiveRepayment,
    SettleEarly,
    decide,
    payoff,
)
from loanloom.core.lending.events import LoanSettled, RepaymentReceived, SurplusApplied
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed, position
from loanloom.core.lending.planning.rules import READY_MADE

D = Decimal
TERMS = Terms(
    currency="CNY", principal=D("100000.00"), annual_rate=D("0.12"), start_on=date(2026, 1, 15),
    phases=READY_MADE["equal_instalment"](12, 1, "month"),
)  # fmt: skip


def loan_on(terms: Terms = TERMS) -> Loan:
    return evolve(None, decide(None, Disburse(terms=terms)).events[0])


def after(loan: Loan, command: Command) -> Loan:
    decision = decide(loan, command)
    assert not decision.problems, decision.problems
    for event in decision.events:
        loan = evolve(loan, event)
    return loan


def code(loan: Loan | None, command: Command) -> str:
    decision = decide(loan, command)
    assert not decision.events
    assert decision.problems[0].in_words("zh") != decision.problems[0].in_words("en")
    return decision.problems[0].code


def test_refusals_have_codes_and_both_languages() -> None:
    loan = loan_on()
    due = date(2026, 2, 15)
    assert code(None, ReceiveRepayment(on=due, amount=D(1))) == "lending.no_loan"
    assert code(loan, Disburse(terms=TERMS)) == "lending.already_disbursed"
    assert code(loan, ReceiveRepayment(on=due, amount=D(0))) == "lending.amount_not_positive"
    assert code(loan, ReceiveRepayment(on=due, amount=D("-5"))) == "lending.amount_not_positive"
    assert code(loan, ReceiveRepayment(on=due, amount=D("NaN"))) == "lending.amount_not_positive"
    assert code(loan, ReceiveRepayment(on=due, amount=D("1.001"))) == "lending.amount_too_fine"
    assert code(loan, ReceiveRepayment(on=due, amount=D("1e40"))) == "lending.amount_out_of_range"
    assert code(loan, ReceiveRepayment(on=date(2026, 1, 14), amount=D(1))) == "lending.too_early"
    assert code(None, Disburse(terms=replace(TERMS, principal=D("0.001")))) == "lending.amount_too_fine"


def test_an_overpayment_is_refused_with_the_way_to_settle() -> None:
    loan = loan_on()
    refused = decide(loan, ReceiveRepayment(on=date(2026, 2, 15), amount=D("9000.00"))).problems[0]
    assert refused.code == "lending.more_than_due"
    assert "8,884.88" in refused.in_words("en")
    assert "101,000.00" in refused.in_words("zh")  # interest to the day and all principal


def test_partial_payments_leave_the_rest_due_and_keep_counting_days() -> None:
    loan = after(loan_on(), ReceiveRepayment(on=date(2026, 2, 20), amount=D("5000.00")))
    due = owed(loan, date(2026, 2, 20))[0].amounts
    assert due["penalty"] == 0  # 7,884.88 x 18 % x 5 / 360 = 19.71 was paid before interest and principal
    assert due["interest"] == 0
    assert due["principal"] == D("8884.88") + D("19.71") - D("5000.00")
    figures = position(loan, date(2026, 3, 1))
    assert figures.arrears.days_past_due == 14
    assert figures.penalty == D("17.57")  # 3,904.59 x 18 % x 9 / 360


def test_a_product_that_keeps_overpayments_uses_them_when_something_falls_due() -> None:
    loan = loan_on(replace(TERMS, keeps_overpayment=True))
    loan = after(loan, ReceiveRepayment(on=date(2026, 2, 15), amount=D("10000.00")))
    assert loan.surplus == D("1115.12")
    assert decide(loan, ApplySurplus(on=date(2026, 3, 14))).events == ()
    applied = decide(loan, ApplySurplus(on=date(2026, 3, 15))).events[0]
    assert isinstance(applied, SurplusApplied)
    assert applied.amount == D("1115.12")
    loan = evolve(loan, applied)
    assert loan.surplus == 0
    quote = payoff(loan, date(2026, 3, 15))
    assert after(loan, SettleEarly(on=date(2026, 3, 15), amount=quote.total)).settled_on == date(2026, 3, 15)


def test_a_settlement_uses_what_is_kept_first() -> None:
    loan = loan_on(replace(TERMS, keeps_overpayment=True))
    loan = after(loan, ReceiveRepayment(on=date(2026, 2, 15), amount=D("10000.00")))
    on = date(2026, 2, 25)
    total = payoff(loan, on).total
    assert code(loan, SettleEarly(on=on, amount=total)) == "lending.not_the_payoff_amount"
    assert after(loan, SettleEarly(on=on, amount=total - D("1115.12"))).settled_on == on


def test_the_last_payment_settles_the_loan_by_itself() -> None:
    loan = loan_on()
    for account in loan.accounts:
        row = account.instalment
        decision = decide(loan, ReceiveRepayment(on=row.due_on, amount=row.payment))
        for event in decision.events:
            loan = evolve(loan, event)
    assert isinstance(decision.events[-1], LoanSettled)
    assert loan.settled_on == date(2027, 1, 15)
    assert code(loan, ReceiveRepayment(on=date(2027, 2, 1), amount=D(1))) == "lending.loan_settled"
    assert code(loan, SettleEarly(on=date(2027, 2, 1), amount=D(1))) == "lending.loan_settled"


@pytest.mark.parametrize(
    ("prepayment", "expected"),
    [
        (PrepaymentTerms(allowed=False), "lending.no_prepayment"),
        (PrepaymentTerms(min_days=90), "lending.prepayment_too_soon"),
    ],
)
def test_early_settlement_follows_the_product(prepayment: PrepaymentTerms, expected: str) -> None:
    loan = loan_on(replace(TERMS, prepayment=prepayment))
    assert code(loan, SettleEarly(on=date(2026, 2, 20), amount=D("101000.00"))) == expected
    assert payoff(loan, date(2026, 2, 20)).problems[0].code == expected


def test_settling_on_the_day_of_disbursement_costs_no_interest() -> None:
    loan = loan_on()
    assert payoff(loan, TERMS.start_on).total == TERMS.principal
    settled = decide(loan, SettleEarly(on=TERMS.start_on, amount=TERMS.principal)).events
    assert [type(event).__name__ for event in settled] == ["ScheduleChanged", "RepaymentReceived", "LoanSettled"]
    assert isinstance(settled[1], RepaymentReceived)
    assert settled[1].amount == TERMS.principal


def test_an_overdue_loan_settles_with_its_penalty() -> None:
    loan = loan_on()
    on = date(2026, 3, 20)
    quote = payoff(loan, on)
    # instalments of 15 Feb and 15 Mar unpaid: 33 and 5 days of penalty; 5 days of interest on what is not due yet
    assert quote.amounts["penalty"] == D("130.10") + D("19.91")
    assert quote.amounts["interest"] == D("1000.00") + D("921.15") + D("140.25")
    assert quote.amounts["principal"] == D("100000.00")
    assert after(loan, SettleEarly(on=on, amount=quote.total)).settled_on == on
