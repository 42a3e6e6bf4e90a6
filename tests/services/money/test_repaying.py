"""Money in: on time, partial, early, too much; the preview is what happens, and twice is once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.money.house import House, counted

from loanloom.core.lending.evolution import replay
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.money import disbursements, loan_rows, repayments
from loanloom.store import tables

D = Decimal
FIRST_DUE = date(2026, 2, 5)


def lent(house: House, product: str = "plain", **more: object) -> int:
    return disbursements.disburse(house.ctx(), house.contract(product=product, **more)).loan_id


def test_a_payment_on_the_due_date_is_allocated_and_booked(house: House) -> None:
    loan = lent(house)
    house.close_until(FIRST_DUE)
    seen = repayments.preview(house.ctx(), loan, D("8884.88"))
    assert {name: amount for name, amount in seen.applied.items() if amount} == {
        "interest": D("1000.00"), "principal": D("7884.88"),
    }  # fmt: skip
    made = repayments.receive(house.ctx(), loan, D("8884.88"), reference="bank 17")
    assert made.receipt_number == "R2026-00001"
    (row,) = house.rows(tables.repayment)
    assert (row.kind, row.principal, row.interest, row.unapplied) == ("repayment", D("7884.88"), D("1000.00"), D(0))
    assert house.balances()["1301"] == D("92115.12")
    assert "1131" not in house.balances()  # accrued exactly what was paid
    (kept,) = house.rows(tables.loan)
    assert (kept.principal_outstanding, kept.days_past_due, kept.next_due_on) == (D("92115.12"), 0, date(2026, 3, 5))
    first = house.rows(tables.instalment)[0]
    assert (first.status, first.paid_on) == ("paid", FIRST_DUE)


def test_a_partial_payment_leaves_arrears_that_grow(house: House) -> None:
    loan = lent(house)
    house.close_until(FIRST_DUE)
    repayments.receive(house.ctx(), loan, D("5000.00"))
    house.close(10)
    (kept,) = house.rows(tables.loan)
    assert (kept.days_past_due, kept.asset_class, kept.overdue_since) == (10, "special_mention", FIRST_DUE)
    assert kept.penalty_outstanding == D("19.42")  # 3,884.88 x 18 % x 10 / 360
    assert kept.overdue_amount == D("3884.88") + D("19.42")
    seen = repayments.preview(house.ctx(), loan, D("3904.30"))
    assert seen.applied["penalty"] == D("19.42")
    repayments.receive(house.ctx(), loan, D("3904.30"))
    (kept,) = house.rows(tables.loan)
    assert (kept.days_past_due, kept.overdue_amount, kept.asset_class) == (0, D(0), "special_mention")
    house.close()
    (kept,) = house.rows(tables.loan)
    assert kept.asset_class == "normal"
    assert [row.asset_class for row in house.rows(tables.loan_class)] == ["special_mention", "normal"]
    assert "1132" not in house.balances()


def test_settling_early_takes_interest_to_the_day_and_the_fee(house: House) -> None:
    loan = lent(house, "even")
    house.close_until(date(2026, 1, 20))
    quote = repayments.preview(house.ctx(), loan, D(1)).payoff
    assert quote.amounts["interest"] == D("493.15")  # 100,000 x 12 % x 15 / 365
    assert quote.amounts["fee"] == D("1000.00")
    made = repayments.receive(house.ctx(), loan, quote.total, "settle")
    assert made.settled
    (row,) = house.rows(tables.repayment)
    assert (row.kind, row.fee, row.principal) == ("settlement", D("1000.00"), D("100000.00"))
    states = {each.status for each in house.rows(tables.instalment)}
    assert states == {"paid", "cancelled"}
    assert house.balances() == {"1002": D("1493.15"), "6011": D("-493.15"), "6021": D("-1000.00")}
    (kept,) = house.rows(tables.loan)
    assert (kept.status, kept.settled_on, kept.principal_outstanding) == ("settled", date(2026, 1, 20), D(0))
    house.close(3)  # the books agree with the loans afterwards


def test_too_much_is_refused_or_kept_as_the_product_says(house: House) -> None:
    plain, keeping = lent(house), lent(house, "keeping")
    house.close_until(FIRST_DUE)
    with pytest.raises(Refused) as refused:
        repayments.receive(house.ctx(), plain, D("9000.00"))
    assert refused.value.problems[0].code == "lending.more_than_due"
    due = loan_due(house, keeping)
    repayments.receive(house.ctx(), keeping, due + D("500.00"))
    assert house.balances()["2241"] == D("-500.00")
    house.close_until(date(2026, 3, 5))
    kept = next(row for row in house.rows(tables.loan) if row.id == keeping)
    assert kept.surplus == 0
    assert [row.kind for row in house.rows(tables.repayment)] == ["repayment", "surplus"]
    assert "2241" not in house.balances()
    house.close(2)


def loan_due(house: House, loan_id: int) -> Decimal:
    ctx = house.ctx()
    with ctx.transaction() as connection:
        (kept,) = loan_rows.load(ctx, connection, [loan_id], lock=False)
    return loan_rows.due_today(kept.loan, ctx.business_date)


def test_twice_is_once(house: House) -> None:
    loan = lent(house)
    house.close_until(FIRST_DUE)
    first = repayments.receive(house.ctx(), loan, D("1000.00"), idempotency_key="r")
    again = repayments.receive(house.ctx(), loan, D("1000.00"), idempotency_key="r")
    assert again.replayed
    assert again.receipt_id == first.receipt_id
    assert len(house.rows(tables.receipt)) == 1


def test_nobody_else_and_nothing_else(house: House) -> None:
    loan = lent(house)
    ctx = house.ctx()
    with pytest.raises(Forbidden):
        repayments.receive(ctx.as_actor(ctx.actor.__class__(user_id=3, username="x", name="x")), loan, D(1))
    with pytest.raises(NotFound):
        repayments.receive(ctx, 999_999, D(1))
    for amount in (D(0), D(-1), D("0.001"), D("NaN"), D("1e30")):
        with pytest.raises(Refused):
            repayments.receive(ctx, loan, amount)
    with pytest.raises(Refused):
        repayments.receive(ctx, loan, D(1), channel="pigeon")
    assert house.rows(tables.receipt) == []


def test_rows_are_what_the_events_make(house: House) -> None:
    loan = lent(house, "keeping")
    house.close_until(date(2026, 2, 20))
    repayments.receive(house.ctx(), loan, D("4000.00"))
    house.close_until(date(2026, 3, 10))
    repayments.receive(house.ctx(), loan, D("20000.00"))
    ctx = house.ctx()
    with ctx.transaction() as connection:
        (kept,) = loan_rows.load(ctx, connection, [loan], lock=False)
        events = [each for _, each in loan_rows.events_of(connection, loan)]
    assert replay(events) == kept.loan


def test_a_collection_file_costs_the_same_statements_for_few_and_many(house: House) -> None:
    ids = house.contracts([{"product_key": "plain", "amount": D(10_000 + place)} for place in range(40)])
    made, _ = disbursements.disburse_many(house.ctx(), ids)
    house.close_until(FIRST_DUE)
    loans = [each.loan_id for each in made]
    with counted(house.database) as few:
        repayments.receive_many(house.ctx(), dict.fromkeys(loans[:2]))
    with counted(house.database) as many:
        received, refused = repayments.receive_many(house.ctx(), dict.fromkeys(loans[2:]))
    assert len(many) == len(few) <= 25
    assert (len(received), refused) == (38, {})
    none, refused = repayments.receive_many(house.ctx(), dict.fromkeys(loans))
    assert (none, refused) == ([], {})
    _, refused = repayments.receive_many(house.ctx(), {loans[0]: D("5.00")})
    assert refused[loans[0]][0].code == "lending.more_than_due"
