"""Ways of repaying: each name of Chinese practice gives the schedule that practice expects, by a product's words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.engines.products.bundle import document, offered

from loanloom.core.lending.planning.instalments import Instalment
from loanloom.engines import products
from loanloom.engines.products import Offer, Particulars

D = Decimal
START = date(2025, 1, 15)
YEARS = "{unit: month, min: 12, max: 36, step: 12}"


def rows(offer: Offer, amount: int, months: int, start_on: date = START, **more: Any) -> tuple[Instalment, ...]:
    particulars = Particulars(**more.pop("particulars", {}))
    seen = products.preview(
        offer, amount=D(amount), months=months, method=more.pop("method", offer.methods[0]), start_on=start_on,
        particulars=particulars, **more,
    )  # fmt: skip
    assert seen.schedule is not None, [problem.in_words() for problem in seen.problems]
    return seen.schedule.instalments


def schedule(method: str, rest: str = "") -> str:
    return f"{{methods: [{method}], every: 1, unit: month, due_day: same{rest}}}"


def interest(made: tuple[Instalment, ...]) -> Decimal:
    return sum((row.interest for row in made), D(0))


def test_flat_interest_stays_on_the_original_principal() -> None:
    made = rows(offered(schedule=schedule("flat"), rate="{fixed: 0.01}", rate_per="month"), 100000, 12)
    assert {row.interest for row in made} == {D("1000.00")}
    assert [row.principal for row in made][-2:] == [D("8333.33"), D("8333.37")]


def test_interest_only_by_actual_days_and_by_whole_months() -> None:
    actual = rows(offered(schedule=schedule("interest_only"), day_count="act/360"), 100000, 6)
    assert [row.interest for row in actual] == [
        D("1033.33"), D("933.33"), D("1033.33"), D("1000.00"), D("1033.33"), D("1000.00"),
    ]  # fmt: skip
    assert interest(rows(offered(schedule=schedule("interest_only")), 100000, 6)) == D("6000.00")
    assert [row.principal for row in actual] == [0, 0, 0, 0, 0, D(100000)]


def test_a_due_day_does_not_bring_the_principal_forward() -> None:
    due_day = schedule("interest_only").replace("same", "20")
    made = rows(offered(schedule=due_day, day_count="act/360"), 100000, 6)
    assert made[-1].due_on == date(2025, 7, 15)
    assert {row.due_on.day for row in made[:-1]} == {20}


def test_interest_on_the_settlement_days_of_a_quarter() -> None:
    offer = offered(schedule=schedule("interest_on_settlement_days"), day_count="act/360", rate="{fixed: 0.09}")
    made = rows(offer, 500000, 12, date(2025, 2, 10))
    assert [(row.due_on.isoformat(), row.interest) for row in made] == [
        ("2025-03-20", D("4750.00")), ("2025-06-20", D("11500.00")), ("2025-09-20", D("11500.00")),
        ("2025-12-20", D("11375.00")), ("2026-02-10", D("6500.00")),
    ]  # fmt: skip
    assert [row.principal for row in made] == [0, 0, 0, 0, D(500000)]


@pytest.mark.parametrize(("day_count", "expected"), [("months+days/360", "4111.11"), ("act/360", "4133.33")])
def test_all_at_maturity_on_a_date_that_was_agreed(day_count: str, expected: str) -> None:
    offer = offered(
        schedule=schedule("bullet"), day_count=day_count, rate="{fixed: 0.1}",
        term="{unit: month, min: 1, max: 120, matures_on: as_of}",
    )  # fmt: skip
    made = rows(offer, 80000, 6, particulars={"matures_on": date(2025, 7, 20)})
    assert [(row.due_on, row.interest) for row in made] == [(date(2025, 7, 20), D(expected))]


def test_balloon_steps_and_interest_first() -> None:
    balloon = rows(
        offered(schedule=schedule("balloon", ", amortised_over: 120"), rate="{fixed: 0.08}", term=YEARS), 300000, 36
    )
    assert (balloon[0].payment, balloon[-1].payment) == (D("3639.83"), D("237168.39"))
    share = rows(offered(schedule=schedule("balloon", ", balloon_percent: 0.4")), 100000, 12)
    assert share[-1].opening - share[-1].principal == 0 and share[-1].principal >= D(40000)
    steps = rows(offered(schedule=schedule("steps", ", step_every: 4, step_factor: 1.2")), 120000, 12)
    assert [steps[0].payment, steps[4].payment, steps[11].payment] == [D("8829.69"), D("10595.63"), D("12714.69")]
    first = rows(offered(schedule=schedule("interest_then_equal", ", interest_first: 3")), 100000, 12)
    assert [row.payment for row in first[2:4]] == [D("1000.00"), D("11674.04")]
    assert first[-1].payment == D("11674.00")


def test_irregular_plans_by_share_and_by_amount() -> None:
    plan = ", plan: [{period: 2, percent: 0.3}, {period: 4, percent: 0.7}]"
    quarterly = schedule("irregular", plan).replace("every: 1", "every: 3")
    assert [row.principal for row in rows(offered(schedule=quarterly, term=YEARS), 60000, 12)] == [
        0,
        D(18000),
        0,
        D(42000),
    ]
    by_amount = schedule("irregular", ", plan: [{period: 1, amount: 10000}]").replace("every: 1", "every: 3")
    assert [row.principal for row in rows(offered(schedule=by_amount, term=YEARS), 60000, 12)] == [
        D(10000),
        0,
        0,
        D(50000),
    ]


def test_a_fixed_share_of_the_principal_each_period() -> None:
    year = "{unit: month, min: 12, max: 12}"
    made = rows(offered(schedule=schedule("fixed_percent", ", principal_percent: 0.05"), term=year), 100000, 12)
    assert {row.principal for row in made[:-1]} == {D("5000.00")} and made[-1].principal == D("45000.00")


def test_a_plan_that_is_typed_in() -> None:
    planned, problems = products.plan_rows("2025-03-31  30,000\n2025年6月30日：70000\n")
    assert not problems
    made = rows(offered(schedule=schedule("own"), day_count="act/360"), 100000, 6, particulars={"rows": planned})
    assert [(row.due_on.isoformat(), row.principal) for row in made] == [("2025-03-31", 30000), ("2025-06-30", 70000)]
    assert made[0].interest == D("2500.00")
    unreadable = products.plan_rows("2025-03-31 much\nnever 5")[1]
    assert [problem.code for problem in unreadable] == ["product.plan_unreadable"] * 2
    short = products.preview(
        offered(schedule=schedule("own")), amount=D(100000), months=6, method="own", start_on=START,
        particulars=Particulars(rows=planned[:1]),
    )  # fmt: skip
    assert [problem.code for problem in short.problems] == ["product.plan_differs"]


def test_a_way_of_the_products_own_phase_by_phase() -> None:
    phases = "[{periods: 2, principal: none}, {periods: rest, every: 1, principal: equal_principal}]"
    own = f", ways: [{{key: season, title: {{en: s, zh: 季}}, phases: {phases}}}]"
    quarterly = schedule("equal_principal", own).replace("every: 1, unit: month, due", "every: 3, unit: month, due")
    offer = offered(schedule=quarterly, term=YEARS)
    assert offer.methods == ("equal_principal", "season")
    made = rows(offer, 60000, 12, method="season")
    assert [row.principal for row in made] == [0, 0, *[D(10000)] * 6]


def test_grace_down_payment_and_capitalised_interest() -> None:
    grace = rows(offered(grace="{principal: 3}", term=YEARS), 100000, 12)
    assert [row.principal for row in grace[:3]] == [0, 0, 0]
    added = rows(offered(grace="{interest_payment: 2, capitalises: true}", term=YEARS), 100000, 12)
    assert sum((row.principal for row in added), D(0)) > D(100000)
    down = rows(offered(down_payment="{percent: 0.25}"), 100000, 12)
    assert (down[0].due_on, down[0].principal) == (START, D("25000.00"))


def test_weeks_days_and_half_months() -> None:
    weekly = offered(
        term="{unit: week, min: 4, max: 52, step: 2}", day_count="act/365",
        schedule="{methods: [equal_instalment], every: 2, unit: week, due_day: same, weekday: tuesday}",
    )  # fmt: skip
    made = rows(weekly, 12000, 24, particulars={"days": 168})
    assert len(made) == 12 and {row.due_on.weekday() for row in made} == {1}
    daily = offered(
        term="{unit: day, min: 1, max: 90}", schedule="{methods: [bullet], every: 1, unit: day, due_day: same}"
    )
    assert rows(daily, 5000, 14, particulars={"days": 14})[0].due_on == date(2025, 1, 29)
    halves = offered(
        schedule="{methods: [equal_principal], every: 1, unit: half_month, due_day: 5, second_due_day: 20}"
    )
    assert [row.due_on.day for row in rows(halves, 12000, 2)][:3] == [5, 20, 5]


def test_a_term_in_days_with_monthly_due_dates_ends_on_its_day() -> None:
    offer = offered(term="{unit: day, min: 1, max: 400}", schedule=schedule("equal_principal"), day_count="act/360")
    made = rows(offer, 10000, 100, particulars={"days": 100})
    assert [row.due_on.isoformat() for row in made] == ["2025-02-15", "2025-03-15", "2025-04-15", "2025-04-25"]


@pytest.mark.parametrize(
    ("currency", "digits", "amount", "first"), [("JPY", 0, 1000000, "88849"), ("KWD", 3, 1000, "88.849")]
)
def test_currencies_with_no_and_with_three_decimals(currency: str, digits: int, amount: int, first: str) -> None:
    organisation = document(
        "organisation", "organisation", "currency: CNY\nunits: [{key: h, title: {en: h, zh: 总}, type: company}]"
    )
    offer = offered(organisation, currency=currency, rounding=f"{{digits: {digits}, mode: half_up, residual: last}}")
    made = rows(offer, amount, 12)
    assert made[0].payment == D(first)
    assert all(row.interest.as_tuple().exponent == -digits for row in made)
    assert sum((row.principal for row in made), D(0)) == amount


def test_the_residual_and_the_multiple_are_the_products() -> None:
    spread = rows(
        offered(rounding="{digits: 2, mode: half_up, residual: first}", schedule=schedule("equal_principal")),
        100000,
        12,
    )
    assert spread[0].principal != spread[1].principal == spread[-1].principal
    tens = rows(offered(rounding="{digits: 2, mode: half_up, residual: last, multiple: 10}"), 100000, 12)
    assert {row.payment % 10 for row in tens[:-1]} == {0}
