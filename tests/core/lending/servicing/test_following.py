"""Loans whose interest follows what is outstanding: late, early, in part; and how a receipt goes through a loan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.agreed.late_terms import PenaltyTerms
from loanloom.core.lending.agreed.terms import (
    AllocationOrder,
    AllocationRule,
    Bucket,
    DrawTerms,
    RecalculationTerms,
    Terms,
    Tranche,
)
from loanloom.core.lending.decisions import (
    AddCharge,
    ChargeOff,
    Command,
    Disburse,
    DrawTranche,
    Recalculate,
    ReceiveRepayment,
    WaiveCharge,
    WriteOff,
    decide,
    payoff,
)
from loanloom.core.lending.events import RepaymentReceived
from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.lending.owing.arrears import owed, position
from loanloom.core.lending.planning.rules import READY_MADE
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import Rounding, total

D = Decimal
HUNDRED = Terms(
    currency="USD", principal=D("100.00"), annual_rate=D("0.07"), start_on=date(2024, 1, 1),
    phases=READY_MADE["equal_instalment"](6, 1, "month"), accrual="linear", residual="spread", precision=19,
    rounding=Rounding(2, "half_even"), penalty=PenaltyTerms(annual_rate=D(0)), keeps_overpayment=True,
    allocation=AllocationOrder(surplus="next_instalment"), recalculation=RecalculationTerms(),
)  # fmt: skip


def disbursed(terms: Terms = HUNDRED) -> Loan:
    return evolve(None, decide(None, Disburse(terms=terms)).events[0])


def after(loan: Loan, *commands: Command) -> Loan:
    for command in commands:
        decision = decide(loan, command)
        assert not decision.problems, decision.problems
        loan = evolve_all(loan, decision.events)
    return loan


def receipt(day: date, amount: str | Decimal, kind: str = "repayment") -> ReceiveRepayment:
    return ReceiveRepayment(on=day, amount=D(amount), kind=kind)


def rows(loan: Loan) -> list[tuple[str, str]]:
    return [(str(each.instalment.principal), str(each.instalment.interest)) for each in loan.accounts]


def test_unpaid_principal_goes_on_bearing_interest_within_the_running_period() -> None:
    loan = standing(disbursed(), date(2024, 2, 15))
    # 100 x 7 %/12 x 14/29 + 83.57 x 7 %/12 x 15/29; the instalment stays, the last row absorbs
    assert rows(loan)[1] == ("16.48", "0.53")
    assert loan.accounts[-1].instalment.payment == D("17.04")
    assert rows(disbursed())[1] == ("16.52", "0.49")


def test_looking_at_a_day_changes_nothing_and_recalculating_books_what_one_saw() -> None:
    loan = disbursed()
    for day in (date(2024, 2, 10), date(2024, 2, 15)):
        standing(loan, day)
    booked = after(loan, Recalculate(on=date(2024, 2, 15)))
    assert rows(booked) == rows(standing(loan, date(2024, 2, 15)))
    stepwise = after(loan, Recalculate(on=date(2024, 2, 8)), Recalculate(on=date(2024, 2, 15)))
    assert rows(stepwise) == rows(booked)
    assert not decide(booked, Recalculate(on=date(2024, 2, 15))).events


def test_exact_payments_on_the_due_dates_leave_the_plan_as_it_was() -> None:
    loan = disbursed()
    agreed = rows(loan)
    for account in disbursed().accounts:
        loan = after(loan, receipt(account.instalment.due_on, account.instalment.payment))
        assert rows(loan) == agreed
    assert loan.settled_on == date(2024, 7, 1)


def test_paying_ahead_costs_interest_to_the_day_only() -> None:
    loan = after(disbursed(), receipt(date(2024, 2, 1), "17.01"))
    quote = payoff(loan, date(2024, 2, 15))
    assert quote.total == D("83.81")  # 83.57 and 14 of 29 days' interest on it
    done = after(loan, receipt(date(2024, 2, 15), quote.total))
    assert done.settled_on == date(2024, 2, 15)
    assert done.principal_outstanding == 0


def test_what_an_instalment_got_early_is_spread_from_the_other_end_where_agreed() -> None:
    terms = replace(HUNDRED, allocation=AllocationOrder(surplus="last_instalment"))
    loan = after(disbursed(terms), receipt(date(2024, 1, 11), "30.00"))
    paid = [account.principal_paid for account in loan.accounts]
    assert paid[-1] == D("17.01")
    assert paid[-2] == D("12.99")
    assert paid[0] == 0


def test_a_surplus_can_be_shared_by_all_later_instalments() -> None:
    terms = replace(HUNDRED, recalculation=None, allocation=AllocationOrder(surplus="reamortise", order=("principal",)))
    loan = after(disbursed(terms), receipt(date(2024, 1, 11), "30.01"))
    assert [str(account.principal_paid) for account in loan.accounts] == ["5.00"] * 5 + ["5.01"]


DUE = ("penalty", "fee", "interest", "principal")
EARLY = ("principal", "penalty", "fee", "interest")


def test_money_in_advance_can_have_an_order_of_its_own() -> None:
    buckets = (
        Bucket(when="past_due", order=DUE), Bucket(when="due", order=DUE), Bucket(when="in_advance", order=EARLY),
    )  # fmt: skip
    terms = replace(HUNDRED, recalculation=None, allocation=AllocationOrder(buckets=buckets, surplus="next_instalment"))
    event = decide(disbursed(terms), receipt(date(2024, 2, 1), "25.00")).events[0]
    assert isinstance(event, RepaymentReceived)
    assert [(part.number, part.component, str(part.amount)) for part in event.applied] == [
        (1, "interest", "0.58"), (1, "principal", "16.43"), (2, "principal", "7.99"),
    ]  # fmt: skip


def test_kinds_of_receipts_and_bands_of_lateness_have_orders_of_their_own() -> None:
    allocation = AllocationOrder(
        order=("interest", "principal"),
        rules=(
            AllocationRule(from_days=90, order=("principal", "interest")),
            AllocationRule(kind="merchant_refund", order=("principal",), surplus="last_instalment"),
        ),
    )
    loan = disbursed(replace(HUNDRED, recalculation=None, allocation=allocation))

    def first(day: date, kind: str) -> str:
        event = decide(loan, receipt(day, "1.00", kind)).events[0]
        assert isinstance(event, RepaymentReceived)
        return event.applied[0].component

    assert first(date(2024, 4, 30), "repayment") == "interest"
    assert first(date(2024, 5, 1), "repayment") == "principal"  # 90 days past due
    assert first(date(2024, 2, 1), "merchant_refund") == "principal"


@pytest.mark.parametrize(("surplus", "keeps"), [("refuse", False), ("keep", True)])
def test_an_overpayment_is_refused_or_kept_as_the_product_says(surplus: str, keeps: bool) -> None:
    terms = replace(HUNDRED, recalculation=None, allocation=AllocationOrder(surplus=surplus))
    decision = decide(disbursed(terms), receipt(date(2024, 2, 1), "20.00"))
    if not keeps:
        assert decision.problems[0].code == "lending.more_than_due"
        return
    assert evolve_all(disbursed(terms), decision.events).surplus == D("2.99")


def test_a_further_draw_is_repaid_by_the_instalments_to_come() -> None:
    terms = replace(HUNDRED, annual_rate=D("0.094822"), draws=DrawTerms(pattern="tranches"))
    loan = after(disbursed(terms), DrawTranche(on=date(2024, 3, 1), amount=D("100.00")))
    assert [str(each.instalment.payment) for each in loan.accounts[:5]] == ["17.13", "17.13", "42.63", "42.63", "42.63"]
    assert total(each.instalment.principal for each in loan.accounts) == D("200.00")
    once = decide(disbursed(), DrawTranche(on=date(2024, 3, 1), amount=D("100.00")))
    assert once.problems[0].code == "lending.drawn_once"


def test_an_expected_draw_is_owed_once_it_is_paid_out() -> None:
    tranche = Tranche(on=date(2024, 3, 1), amount=D("100.00"))
    expected = DrawTerms(pattern="tranches", tranches=(tranche,), must_be_expected=True)
    loan = disbursed(replace(HUNDRED, draws=expected))
    assert total(each.instalment.principal for each in loan.accounts) == D("100.00")
    drawn = after(loan, DrawTranche(on=date(2024, 3, 1), amount=D("100.00")))
    assert total(each.instalment.principal for each in drawn.accounts) == D("200.00")
    assert drawn.terms.draws == expected, "what was agreed stays readable"


def test_only_disclosed_charges_are_booked_and_what_is_owed_of_them_can_be_waived() -> None:
    terms = replace(HUNDRED, charges=(ChargeTerms(key="visit", event="event"),))
    loan = disbursed(terms)
    unknown = decide(loan, AddCharge(on=date(2024, 1, 20), key="surprise", amount=D(5)))
    assert unknown.problems[0].code == "lending.charge_not_disclosed"
    loan = after(loan, AddCharge(on=date(2024, 1, 20), key="visit", amount=D("5.00")))
    assert by_component_due(loan)["fee"] == D("5.00")
    loan = after(loan, receipt(date(2024, 2, 1), "2.00"), WaiveCharge(on=date(2024, 2, 1), charge=0))
    assert by_component_due(loan)["fee"] == 0
    assert loan.circumstances.charges[0].waived == D("3.00")


def by_component_due(loan: Loan) -> dict[str, Decimal]:
    return position(loan, date(2024, 2, 1)).due


def test_interest_stops_with_a_charge_off_that_says_so() -> None:
    loan = after(disbursed(), receipt(date(2024, 2, 1), "17.01"), ChargeOff(on=date(2024, 2, 14), interest="none"))
    assert [each.instalment.interest for each in loan.accounts] == [D("0.58"), D("0.22"), 0, 0, 0, 0]
    assert rows(standing(loan, date(2024, 9, 1))) == rows(loan)


def test_a_written_off_loan_owes_nothing_in_the_books_and_remembers_what() -> None:
    loan = after(disbursed(), WriteOff(on=date(2024, 3, 1)))
    assert not owed(loan, date(2024, 9, 1))
    assert loan.circumstances.written_off["principal"] == D("100.00")
    assert decide(loan, receipt(date(2024, 3, 2), "5.00")).problems[0].code == "lending.loan_settled"


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 50), st.decimals("0.01", "40", places=2)), max_size=6), st.integers(0, 60))
def test_money_in_is_money_applied_and_looking_twice_sees_the_same(
    receipts: list[tuple[int, Decimal]], later: int
) -> None:
    loan, day, received = disbursed(), HUNDRED.start_on, D(0)
    for gap, amount in receipts:
        day += timedelta(days=gap)
        decision = decide(loan, receipt(day, amount))
        if decision.problems:
            continue
        loan, received = evolve_all(loan, decision.events), received + amount
        applied = by_component(next(event.applied for event in decision.events if isinstance(event, RepaymentReceived)))
        assert all(value > 0 for value in applied.values())
    paid = total(each.principal_paid + each.interest_paid for each in loan.accounts)
    assert received == paid + loan.surplus
    seen = standing(loan, day + timedelta(days=later))
    assert total(each.instalment.principal for each in seen.accounts) == D("100.00")
    assert all(each.principal_unpaid >= 0 and each.interest_unpaid >= 0 for each in seen.accounts)
    assert rows(standing(loan, day + timedelta(days=later))) == rows(seen)
