"""Principal repaid before it is due on loans whose interest follows what is outstanding, and what the rest becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.core.lending.servicing.lived import lived

from loanloom.core.lending.agreed.terms import AllocationOrder, PrepaymentTerms, RecalculationTerms, Terms
from loanloom.core.lending.decisions import PrepayPartially, ReceiveRepayment, decide, payoff
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.lending.planning.rules import READY_MADE
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import total

D = Decimal
FIRST = date(2026, 2, 15)
EARLY = date(2026, 2, 5)


def agreed(then: str = "instalment", *, rest: str = "daily", surplus: str = "prepay") -> Terms:
    return Terms(
        currency="CNY", principal=D("60000.00"), annual_rate=D("0.12"), start_on=date(2026, 1, 15),
        phases=READY_MADE["equal_instalment"](12, 1, "month"), day_count="act/365", accrual="linear",
        keeps_overpayment=True, allocation=AllocationOrder(surplus=surplus),
        recalculation=RecalculationTerms(on_prepayment=then, rest=rest),
        prepayment=PrepaymentTerms(fee_rate=D("0.01")),
    )  # fmt: skip


def payments(loan: Loan) -> list[Decimal]:
    return [account.instalment.payment for account in loan.accounts]


def paid(amount: str, on: date = FIRST) -> ReceiveRepayment:
    return ReceiveRepayment(on=on, amount=D(amount))


@pytest.mark.parametrize("then", ["instalment", "last_instalment", "next"])
@pytest.mark.parametrize("on", [EARLY, FIRST])
def test_every_cent_is_principal_of_one_row_and_the_rest_still_adds_up(then: str, on: date) -> None:
    loan = lived(agreed(then), paid("20000.00", on))
    taken = total(account.principal_paid + account.interest_paid for account in loan.accounts)
    assert taken == D("20000.00")
    assert loan.surplus == 0
    assert total(account.instalment.principal for account in loan.accounts) == D("60000.00")


def test_smaller_instalments_take_as_many_periods_as_before() -> None:
    before, after = lived(agreed()), lived(agreed(), paid("20000.00"))
    assert len(set(payments(after)[1:-1])) == 1
    assert payments(after)[1] < payments(before)[1] * D("0.76")
    assert abs(payments(after)[-1] - payments(after)[-2]) < 20


def test_a_shorter_plan_keeps_its_instalment_and_ends_sooner() -> None:
    before, after = lived(agreed()), lived(agreed("last_instalment"), paid("20000.00"))
    assert payments(after)[1] == payments(before)[1]
    assert payments(after)[-2:] == [D(0), D(0)]


def test_what_comes_next_gets_smaller_and_the_far_ones_stay() -> None:
    before, after = lived(agreed()), lived(agreed("next"), paid("15331.00"))
    rows = [account.instalment for account in after.accounts]
    assert rows[1].principal == 0 and rows[1].interest > 0
    assert payments(after)[4:-1] == payments(before)[4:-1]
    assert len([amount for amount in payments(after) if amount]) == 12


def test_money_before_the_due_day_saves_interest_from_that_day_on() -> None:
    whole = lived(agreed()).accounts[0].instalment.interest
    early = lived(agreed(), paid("3000.00", EARLY)).accounts[0].instalment
    saved = D("3000.00") * 12 / 100 * 10 / 365
    assert abs(whole - early.interest - saved) <= D("0.01")
    assert early.payment == lived(agreed()).accounts[0].instalment.payment


def test_with_a_rest_by_period_money_counts_from_the_next_due_day_only() -> None:
    terms = agreed(rest="period")
    before, after = lived(terms), lived(terms, paid("3000.00", EARLY))
    assert after.accounts[0].instalment.interest == before.accounts[0].instalment.interest


def test_what_is_due_is_paid_first_and_the_interest_stays_owed() -> None:
    loan = lived(agreed(), paid("9000.00", EARLY))
    due = owed(loan, FIRST)
    assert [each.amounts["principal"] for each in due] == [0]
    assert due[0].total == loan.accounts[0].instalment.interest > 0


def test_the_exact_payoff_amount_still_settles() -> None:
    loan = lived(agreed(), paid("9000.00", EARLY))
    on = date(2026, 3, 2)
    assert lived(agreed(), paid("9000.00", EARLY), paid(str(payoff(loan, on).total), on)).settled_on == on


@pytest.mark.parametrize("keep", ["term", "instalment"])
def test_partial_prepayment_takes_its_fee_and_keeps_what_was_asked(keep: str) -> None:
    terms = agreed(surplus="next_instalment")
    begun = lived(terms, paid(str(payments(lived(terms))[0])))
    command = PrepayPartially(on=date(2026, 2, 20), amount=D("10000.00"), keep=keep)  # type: ignore[arg-type]  # either
    decision = decide(begun, command)
    assert [event.on for event in decision.events] == [date(2026, 2, 20)] * 2
    loan = lived(terms, paid(str(payments(lived(terms))[0])), command)
    assert total(account.fee_paid for account in loan.accounts) == D("100.00")
    assert payments(loan)[1] > 10000
    if keep == "term":
        assert payments(loan)[2] < payments(begun)[2]
    else:
        assert payments(loan)[2] == payments(begun)[2] and payments(loan)[-1] == 0


def test_days_between_change_nothing_where_interest_is_rounded_by_stretch() -> None:
    terms = replace(agreed(), rounding_place="stretch")
    loan = lived(terms, paid("3000.00", EARLY))
    for day in (10, 12, 15):
        later = standing(standing(loan, date(2026, 2, 7)), date(2026, 2, day))
        assert [(a.instalment.principal, a.instalment.interest) for a in later.accounts] == [
            (a.instalment.principal, a.instalment.interest) for a in loan.accounts
        ]
