"""What moving money costs the database: the same few statements for a young loan and an old one, a short one and a
long one, one receipt and many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.services.money.house import House, counted

from loanloom.services.money import disbursements, repayments

D = Decimal


def statements(house: House, work: Callable[..., object], *given: Any, **named: Any) -> int:
    with counted(house.database) as seen:
        work(*given, **named)
    return len(seen)


def lent(house: House, **more: object) -> int:
    return disbursements.disburse(house.ctx(), house.contract(**more)).loan_id


def test_a_repayment_takes_six_statements_whatever_the_loan(house: House) -> None:
    short, long = lent(house, months=3), lent(house, months=60)
    late, keeping = lent(house), lent(house, product="keeping")
    taken: list[int] = []
    for day in (date(2026, 2, 5), date(2026, 3, 12), date(2026, 4, 6)):
        house.close_until(day)
        ctx = house.ctx()
        for place, loan in enumerate((short, long, keeping)):
            taken.append(
                statements(house, repayments.receive, ctx, loan, D("100.00"), idempotency_key=f"{place}-{day}")
            )
    taken.append(statements(house, repayments.receive, ctx, late, D("500.00")))  # two months late: penalties too
    owed = repayments.preview(ctx, short, D(1)).payoff.total
    taken.append(statements(house, repayments.receive, ctx, short, owed, "settle", idempotency_key="end"))
    assert set(taken) == {6}, taken


def test_the_second_click_takes_three(house: House) -> None:
    loan = lent(house)
    house.close_until(date(2026, 2, 5))
    ctx = house.ctx()
    repayments.receive(ctx, loan, D("100.00"), idempotency_key="form")
    again = statements(house, repayments.receive, ctx, loan, D("100.00"), idempotency_key="form")
    assert again == 3


def test_a_collection_file_takes_as_many_for_two_as_for_thirty(house: House) -> None:
    ids = house.contracts([{"product_key": "plain", "amount": D(10_000 + place)} for place in range(32)])
    few = statements(house, disbursements.disburse_many, house.ctx(), ids[:2])
    many = statements(house, disbursements.disburse_many, house.ctx(), ids[2:])
    assert many == few <= 12
    loans = [row.id for row in house.rows(disbursements.tables.loan)]
    house.close_until(date(2026, 2, 5))
    ctx = house.ctx()
    few = statements(house, repayments.receive_many, ctx, dict.fromkeys(loans[:2]))
    many = statements(house, repayments.receive_many, ctx, dict.fromkeys(loans[2:]))
    assert many == few <= 8


def test_a_disbursement_takes_the_same_for_three_months_and_for_sixty(house: House) -> None:
    ctx = house.ctx()
    short, long = house.contract(months=3), house.contract(months=60)
    taken = [statements(house, disbursements.disburse, ctx, one, idempotency_key="form") for one in (short, long)]
    assert taken[0] == taken[1] <= 9, taken
