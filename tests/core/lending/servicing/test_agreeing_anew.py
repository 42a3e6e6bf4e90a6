"""A loan whose interest follows what is outstanding, extended, restructured, with unpaid interest made principal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tests.core.lending.servicing.test_prepaying_ahead import agreed, lived, paid, payments

from loanloom.core.lending.decisions import CapitaliseInterest, Extend, Restructure, decide
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import total

D = Decimal
TODAY = date(2026, 4, 1)
TERMS = agreed(surplus="next_instalment")


def begun() -> Loan:
    """One instalment paid, the second one not."""
    return lived(TERMS, paid(str(payments(lived(TERMS))[0])))


FIRST = paid(str(payments(lived(TERMS))[0]))


def borne(loan: Loan) -> Decimal:
    """Interest of the rows up to the one that runs."""
    return total(account.instalment.interest for account in standing(loan, TODAY).accounts[:3])


def test_an_extension_forgets_nothing_that_was_borne_on_what_is_overdue() -> None:
    after = lived(TERMS, FIRST, Extend(on=TODAY, months=6))
    assert len(after.accounts) == 18
    assert borne(after) == borne(begun())
    assert len(set(payments(after)[2:-1])) == 1
    assert payments(after)[2] < payments(begun())[2] * D("0.7")
    assert after.principal_outstanding == begun().principal_outstanding
    assert [each.total for each in owed(after, TODAY)] == [each.total for each in owed(begun(), TODAY)]


def test_the_plan_stands_still_on_its_own_day() -> None:
    for command in (Extend(on=TODAY, months=6), Restructure(on=TODAY, months=6), CapitaliseInterest(on=TODAY)):
        after = lived(TERMS, FIRST, command)
        for stored, now in zip(after.accounts, standing(after, TODAY).accounts, strict=True):
            assert (stored.instalment.principal, stored.instalment.interest) == (
                now.instalment.principal, now.instalment.interest)  # fmt: skip


def test_a_restructuring_moves_overdue_principal_ahead_and_leaves_its_interest_due() -> None:
    before, after = standing(begun(), TODAY), lived(TERMS, FIRST, Restructure(on=TODAY, months=12))
    due = owed(after, TODAY)
    assert total(each.amounts["principal"] for each in due) == 0
    assert total(each.amounts["interest"] for each in due) == before.accounts[1].interest_unpaid > 0
    assert after.principal_outstanding == before.principal_outstanding
    assert len(after.accounts) == 24


def test_capitalised_interest_is_owed_as_principal_and_bears_from_the_day() -> None:
    before, after = standing(begun(), TODAY), lived(TERMS, FIRST, CapitaliseInterest(on=TODAY))
    made = before.accounts[1].interest_unpaid
    assert after.principal_outstanding == before.principal_outstanding + made
    assert total(each.amounts["interest"] for each in owed(after, TODAY)) == 0
    saved = after.accounts[2].instalment.interest - before.accounts[2].instalment.interest
    assert abs(saved - made * 12 / 100 * 14 / 365) <= D("0.02")


def test_balances_follow_one_another_after_it() -> None:
    for command in (Extend(on=TODAY, months=3), Restructure(on=TODAY, months=3), CapitaliseInterest(on=TODAY)):
        rows = [account.instalment for account in lived(TERMS, FIRST, command).accounts]
        assert rows[-1].closing == 0
        assert all(row.closing == following.opening for row, following in pairwise(rows))


def test_what_cannot_be_is_still_refused() -> None:
    loan = lived(replace(TERMS, keeps_overpayment=True))
    codes = [problem.code for problem in decide(loan, CapitaliseInterest(on=date(2026, 1, 20))).problems]
    assert codes == ["lending.nothing_due"]
