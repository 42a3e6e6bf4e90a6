"""What lateness costs: bases, rates, grace, rolled compound interest, damages, caps; however the days are split."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loanloom.core.lending.agreed.late_terms import CapLevel, DamagesTerms, LateCap, PenaltyTerms, Settlement
from loanloom.core.lending.decisions import ReceiveRepayment
from loanloom.core.lending.owing.arrears import due_of, late_costs_of, owed
from loanloom.core.lending.owing.penalties import level_on, settlement_days
from loanloom.core.money import total
from loanloom.testing.cn_practice.case import after
from loanloom.testing.cn_practice.lateness import overdue_loan

D = Decimal
DUE = date(2025, 3, 20)


def costs(
    days: int, principal: int = 10_000, interest: int = 1000, rate: str = "0.12", **terms: Any
) -> dict[str, Decimal]:
    loan = overdue_loan(DUE, D(principal), PenaltyTerms(**terms), interest=D(interest), rate=D(rate))
    return dict(due_of(loan.accounts[0], loan.terms, DUE + timedelta(days=days)).amounts)


def test_base_and_rate_of_penalty_interest() -> None:
    assert costs(30)["penalty"] == D("150.00")
    assert costs(30, base="instalment")["penalty"] == D("165.00")
    assert costs(30, annual_rate=D("0.24"))["penalty"] == D("200.00")
    assert costs(30, compound=True, compound_rate=D("0.12"))["compound"] == D("10.00")
    assert costs(365, year_days=365)["penalty"] == D("1800.00")


@pytest.mark.parametrize(("reaches_back", "penalty"), [(True, {3: "0", 4: "20.00"}), (False, {3: "0", 4: "5.00"})])
def test_grace_reaches_back_or_not(reaches_back: bool, penalty: dict[int, str]) -> None:
    for days, amount in penalty.items():
        assert costs(days, grace_days=3, reaches_back=reaches_back)["penalty"] == D(amount)


def test_part_paid_within_the_grace_bears_nothing() -> None:
    terms = PenaltyTerms(grace_days=3)
    loan = overdue_loan(DUE, D(10_000), terms, interest=D(1000), rate=D("0.12"))
    paid = after(loan, ReceiveRepayment(on=DUE + timedelta(days=2), amount=D(6000)))
    assert due_of(paid.accounts[0], paid.terms, DUE + timedelta(days=10)).amounts["penalty"] == D("25.00")


def test_damages_once_by_the_day_and_never_above_their_limit() -> None:
    once = DamagesTerms(rate=D("0.05"), after_days=10)
    daily = DamagesTerms(key="daily", daily_rate=D("0.0005"), most=D(60))
    fee = DamagesTerms(key="letter", component="fee", amount=D(20), after_days=5)
    seen = {days: costs(days, damages=(once, daily, fee)) for days in (5, 6, 10, 11, 30)}
    assert {days: (each["damages"], each["fee"]) for days, each in seen.items()} == {
        5: (D("27.50"), D(0)), 6: (D("33.00"), D(20)), 10: (D("55.00"), D(20)),
        11: (D("610.00"), D(20)), 30: (D("610.00"), D(20)),
    }  # fmt: skip


def test_damages_are_charged_once_however_often_money_comes() -> None:
    terms = PenaltyTerms(damages=(DamagesTerms(amount=D(100), after_days=3),))
    loan = overdue_loan(DUE, D(10_000), terms, interest=D(1000))
    for days in (2, 4, 6, 9):
        loan = after(loan, ReceiveRepayment(on=DUE + timedelta(days=days), amount=D(500)))
    assert loan.accounts[0].damages_paid + owed(loan, DUE + timedelta(days=20))[0].amounts["damages"] == D(100)
    settled = after(loan, ReceiveRepayment(on=DUE + timedelta(days=20), amount=total(
        due.total for due in owed(loan, DUE + timedelta(days=20)))))  # fmt: skip
    assert owed(settled, DUE + timedelta(days=400)) == ()


def test_compound_interest_on_penalty_interest_only_where_agreed() -> None:
    settles = Settlement(every=1, day=20)
    plain = costs(61, compound=True, compound_settles=settles)
    stacked = costs(61, compound=True, compound_settles=settles, compound_on_penalty=True)
    assert plain["compound"] == D("30.73")  # 1,000 x 31 days = 15.50, 1,015.50 x 30 days = 15.23
    assert stacked["compound"] == D("33.06")  # and the 155.00 of penalty interest for 30 days
    assert plain["penalty"] == stacked["penalty"]


def test_settlement_days_of_quarters_are_those_of_the_year() -> None:
    found = settlement_days(Settlement(every=1, unit="quarter", day=20), 5, date(2025, 3, 20), date(2025, 12, 20))
    assert list(found) == [date(2025, 6, 20), date(2025, 9, 20), date(2025, 12, 20)]
    ends = settlement_days(Settlement(every=1, day=31), 5, date(2025, 1, 31), date(2025, 4, 30))
    assert list(ends) == [date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]


def test_a_cap_holds_the_sum_and_tells_the_excess() -> None:
    levels = (CapLevel(rate=D("0.12")), CapLevel(from_on=date(2026, 1, 1), multiple=D(4), index=D("0.02")))
    cap = LateCap(levels=levels)
    loan = overdue_loan(
        DUE, D(10_000), PenaltyTerms(compound=True, damages=(DamagesTerms(amount=D(30)),), caps=(cap,)),
        interest=D(1000), rate=D("0.12"),
    )  # fmt: skip
    found = late_costs_of(loan.accounts[0], loan.terms, DUE + timedelta(days=30))
    assert total(found.amounts.values()) == D("100.00")
    assert found.excess == D("95.00")  # 150 + 15 + 30 - 100
    assert found.amounts["penalty"] == D("100.00")
    assert level_on(levels, date(2026, 5, 1)) == levels[1]
    assert levels[1].level == D("0.08")


def test_what_was_paid_stays_paid_under_a_cap() -> None:
    cap = LateCap(levels=(CapLevel(rate=D("0.12")),))
    terms = PenaltyTerms(damages=(DamagesTerms(amount=D(90)),), caps=(cap,))
    loan = overdue_loan(DUE, D(10_000), terms, rate=D("0.12"))
    paid = after(loan, ReceiveRepayment(on=DUE + timedelta(days=30), amount=D(100)))
    for days in range(30, 90, 7):
        amounts = due_of(paid.accounts[0], paid.terms, DUE + timedelta(days=days)).amounts
        assert all(amount >= 0 for amount in amounts.values())
        assert 100 + amounts["penalty"] + amounts["damages"] <= round(D(10_000) * D("0.12") * days / 360, 2)


def test_a_share_of_principal_caps_whatever_the_days() -> None:
    assert costs(3600, caps=(LateCap(share=D("0.5")),))["penalty"] == D("5000.00")
