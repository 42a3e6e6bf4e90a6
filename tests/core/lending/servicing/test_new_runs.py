"""What is owed put on other instalments: re-aged, re-amortised, owed again, fallen due at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from tests.core.lending.servicing.lived import BOTH, lived

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import (
    Chargeback,
    ReAge,
    Reamortise,
    ReceiveRepayment,
    TerminateContract,
    decide,
    payoff,
)
from loanloom.core.lending.loan import Loan
from loanloom.core.money import total

D = Decimal
PAID = ReceiveRepayment(on=date(2026, 2, 15), amount=D("8884.88"))
TODAY = date(2026, 4, 20)


def owed_from(loan: Loan, day: date) -> list[Decimal]:
    return [each.principal_unpaid for each in loan.accounts if each.instalment.due_on >= day and each.open]


@BOTH
@pytest.mark.parametrize("interest", ["default", "payable", "full"])
def test_a_new_run_carries_all_principal(terms: Terms, interest: Literal["default", "payable", "full"]) -> None:
    before = lived(terms, PAID)
    first_due = date(2026, 5, 1)
    loan = lived(terms, PAID, ReAge(on=TODAY, first_due=first_due, instalments=6, interest=interest))
    run = owed_from(loan, first_due)
    assert len(run) == 6
    assert total(run) == before.principal_outstanding == loan.principal_outstanding


@BOTH
def test_a_new_run_is_not_made_in_the_past(terms: Terms) -> None:
    loan = lived(terms, PAID)
    decision = decide(loan, ReAge(on=TODAY, first_due=date(2026, 4, 1), instalments=6))
    assert [each.code for each in decision.problems] == ["lending.first_due_in_the_past"]


@BOTH
@pytest.mark.parametrize("interest", ["default", "split"])
def test_overdue_principal_goes_to_the_instalments_to_come(terms: Terms, interest: Literal["default", "split"]) -> None:
    before = lived(terms, PAID)
    loan = lived(terms, PAID, Reamortise(on=TODAY, interest=interest))
    assert total(owed_from(loan, TODAY)) == before.principal_outstanding == loan.principal_outstanding
    assert all(not each.principal_unpaid for each in loan.accounts if each.instalment.due_on <= TODAY)


@BOTH
def test_nothing_overdue_is_not_re_amortised(terms: Terms) -> None:
    decision = decide(lived(terms, PAID), Reamortise(on=date(2026, 2, 20)))
    assert [each.code for each in decision.problems] == ["lending.nothing_overdue"]


@BOTH
def test_what_is_charged_back_is_owed_again(terms: Terms) -> None:
    before = lived(terms, PAID)
    loan = lived(terms, PAID, Chargeback(on=date(2026, 2, 20), amount=D("500.00")))
    assert loan.principal_outstanding == before.principal_outstanding + D("500.00")


@BOTH
def test_all_that_is_outstanding_falls_due_when_the_contract_ends(terms: Terms) -> None:
    before = lived(terms, PAID)
    loan = lived(terms, PAID, TerminateContract(on=TODAY))
    assert loan.principal_outstanding == before.principal_outstanding
    assert all(each.instalment.due_on <= TODAY for each in loan.accounts if each.open)
    owing = payoff(loan, TODAY)
    settled = lived(terms, PAID, TerminateContract(on=TODAY), ReceiveRepayment(on=TODAY, amount=owing.total))
    assert not settled.principal_outstanding
