"""Rates that come into force overnight: on repricing days, at dated steps, around pauses; the books stay equal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.services.money import house as house_of_tests
from tests.services.money.house import START, House

from loanloom.core.lending.decisions import ChangeRate, PauseInterest, decide
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.owing.arrears import interest_accrued
from loanloom.services.money import disbursements, loan_rows
from loanloom.services.money.books import booking
from loanloom.services.money.loan_rows import Change, Kept
from loanloom.store import tables

D = Decimal


def lend(house: House) -> int:
    made, refused = disbursements.disburse_many(house.ctx(), house.contracts([
        {"product_key": "keeping", "amount": D(100_000), "months": 6},
    ]))  # fmt: skip
    assert not refused
    return int(made[0].loan_id)


def kept(house: House, loan_id: int) -> Kept:
    ctx = house.ctx()
    with ctx.transaction() as connection:
        return loan_rows.load(ctx, connection, [loan_id], lock=False)[0]


def book(house: House, loan_id: int, command: object) -> None:
    ctx, found = house.ctx(), kept(house, loan_id)
    decision = decide(found.loan, command)  # type: ignore[arg-type]  # one of the commands imported
    assert not decision.problems, decision.problems
    with ctx.transaction() as connection:
        after = evolve_all(found.loan, decision.events)
        assert after is not None
        booking.book(ctx, connection, [Change(found, decision.events, after)])


def accrued(house: House, loan_id: int) -> Decimal:
    loan, on = kept(house, loan_id).loan, house.ctx().business_date
    return sum((interest_accrued(each.instalment, on, loan.terms.rounding) for each in loan.accounts), D(0))


def test_a_rate_agreed_for_later_comes_into_force_on_its_day_and_the_books_equal_the_loan(house: House) -> None:
    loan_id = lend(house)
    day = START + timedelta(days=12)
    book(house, loan_id, ChangeRate(on=START, annual_rate=D("0.24"), from_on=day))
    house.close_until(day)
    assert accrued(house, loan_id) == round(D(100_000) * D("0.12") * 12 / 360, 2)
    house.close_until(day + timedelta(days=5))
    expected = round(D(100_000) * (D("0.12") * 12 + D("0.24") * 5) / 360, 2)
    assert accrued(house, loan_id) == expected == house.balances()["1131"]
    events = [row.kind for row in house.rows(tables.loan_event)]
    assert events.count("plan_agreed") == 2


def test_days_without_interest_pass_and_the_books_equal_the_loan(house: House) -> None:
    loan_id = lend(house)
    first, last = date(2026, 1, 10), date(2026, 1, 14)
    book(house, loan_id, PauseInterest(on=START, from_on=first, to_on=last))
    sums = {}
    for _ in range(14):
        house.close()
        today = house.ctx().business_date
        sums[today] = accrued(house, loan_id)
        assert sums[today] == house.balances()["1131"]
    per_day = D(100_000) * D("0.12") / 360
    assert sums[first] == round(per_day * 5, 2) == sums[last + timedelta(days=1)]
    assert sums[date(2026, 1, 19)] == round(per_day * 9, 2)
    assert kept(house, loan_id).loan.accounts[0].instalment.interest == round(per_day * 26, 2)


LPR = """
kind: rate_table
key: lpr
spec:
  index: LPR
  series: [{from: 2025-01-01, value: 0.031}, {from: 2026-01-12, value: 0.030}]"""


def following(key: str, repricing: str, rate_change: str = "segments") -> str:
    return house_of_tests._PRODUCT.format(key=key, **house_of_tests.PRODUCTS["keeping"]).replace(
        "rate: {fixed: 0.12}",
        f"rate: {{index: {{table: lpr, spread: 0.089, repricing: {repricing}}}}}\n  rate_change: {rate_change}",
    )


def test_a_rate_that_follows_an_index_moves_on_its_repricing_day_only(monkeypatch, database, company) -> None:
    products = [following("daily", "at_once"), following("yearly", "anniversary"), following("fixed", "never")]
    monkeypatch.setattr(house_of_tests, "DOCUMENTS", [*house_of_tests.DOCUMENTS, LPR, *products])
    house = house_of_tests.settle(database, company)
    wanted = [{"product_key": key, "amount": D(100_000), "months": 3} for key in ("daily", "yearly", "fixed")]
    made, refused = disbursements.disburse_many(house.ctx(), house.contracts(wanted))
    assert not refused
    house.close_until(date(2026, 1, 19))
    moved, *stayed = (accrued(house, each.loan_id) for each in made)
    assert moved == round(D(100_000) * (D("0.12") * 7 + D("0.119") * 7) / 360, 2)
    assert stayed == [round(D(100_000) * D("0.12") * 14 / 360, 2)] * 2
    assert moved + sum(stayed) == house.balances()["1131"]
    (row,) = (each for each in house.rows(tables.loan_event) if each.kind == "plan_agreed")
    assert row.loan_id == made[0].loan_id
