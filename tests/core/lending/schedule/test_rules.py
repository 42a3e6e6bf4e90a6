"""What principal and interest rules, tiers, arithmetic and draws make of a plan; and a rule that a plugin adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.core.lending.agreed.terms import (
    DownPaymentTerms,
    DrawTerms,
    Phase,
    PlannedRow,
    RateStep,
    RateTerms,
    RateTier,
    Terms,
    Tranche,
)
from loanloom.core.lending.planning.drawdowns import drawdown_terms
from loanloom.core.lending.planning.plan import InterestPlan, PhasePlan, Targets
from loanloom.core.lending.planning.rates import tiered_rate, yearly
from loanloom.core.lending.planning.rules import BUILT_IN
from loanloom.core.lending.planning.schedule import Schedule, build_schedule
from loanloom.core.money import Rounding

D = Decimal


def agreed(*phases: Phase, **more: Any) -> Terms:
    said = {
        "currency": "CNY", "principal": D(12000), "annual_rate": D("0.12"), "start_on": date(2025, 1, 8),
        "phases": phases,
    }  # fmt: skip
    return Terms(**(said | more))


def plan(*phases: Phase, **more: Any) -> Schedule:
    return build_schedule(agreed(*phases, **more))


def payments(schedule: Schedule) -> list[Decimal]:
    return [row.payment for row in schedule.instalments]


@pytest.mark.parametrize(
    ("rate", "per", "more", "year"),
    [
        ("0.01", "month", {}, "0.12"),
        ("0.0005", "day", {}, "0.18"),
        ("0.0005", "day", {"days_of_year": 365}, "0.1825"),
        ("0.04", "term", {"periods": 4}, "0.12"),
        ("0.12", "year", {}, "0.12"),
    ],
)
def test_a_rate_given_per_month_day_or_term(rate: str, per: str, more: dict[str, int], year: str) -> None:
    assert yearly(D(rate), per, **more) == D(year)


def test_a_balloon_leaves_the_share_agreed() -> None:
    rows = plan(Phase(periods=12, principal="balloon", parameters={"left": D("0.4")})).instalments
    assert len({row.payment for row in rows[:-1]}) == 1
    assert abs(rows[-1].payment - rows[0].payment - 4800) < D("0.10")


def test_steps_by_an_amount() -> None:
    made = plan(Phase(periods=6, principal="steps", parameters={"every": D(2), "amount": D(100)}))
    first = payments(made)
    assert [amount - first[0] for amount in first[:5]] == [0, 0, 100, 100, 200]
    assert abs(first[5] - first[4]) < D("0.10")


def test_a_fixed_share_of_principal_each_period_and_the_rest_with_the_last() -> None:
    made = plan(Phase(periods=5, principal="fixed_percent", parameters={"percent": D("0.1")}))
    assert [row.principal for row in made.instalments] == [1200, 1200, 1200, 1200, 7200]


def test_a_plan_in_percent_of_the_principal() -> None:
    shares = (("2025-06-30", "0.3"), ("2025-09-30", "0.5"), ("2025-11-30", "0.2"))
    rows = tuple(PlannedRow(due_on=date.fromisoformat(day), principal=D(share)) for day, share in shares)
    made = plan(Phase(periods=3, principal="percent_plan", rows=rows), day_count="act/360")
    assert [(row.due_on, row.principal) for row in made.instalments] == [
        (row.due_on, 12000 * row.principal) for row in rows
    ]
    assert made.instalments[0].interest == round(D(12000) * D("0.12") * 173 / 360, 2)


def test_an_own_schedule_keeps_the_interest_it_fixes_and_computes_the_rest() -> None:
    rows = (
        PlannedRow(due_on=date(2025, 2, 8), principal=D(5000), interest=D("99.99")),
        PlannedRow(due_on=date(2025, 3, 8), principal=D(7000)),
    )
    made = plan(Phase(periods=2, principal="own", rows=rows))
    assert [(row.principal, row.interest) for row in made.instalments] == [(5000, D("99.99")), (7000, D("70.00"))]


def test_flat_interest_with_level_instalments() -> None:
    for interest in ("original_principal", "flat_total"):
        made = plan(Phase(periods=12, interest=interest))
        assert payments(made) == [D("1120.00")] * 12
        assert {row.interest for row in made.instalments} == {D("120.00")}


def test_no_interest_and_all_interest_at_the_end() -> None:
    assert plan(Phase(periods=3, principal="equal_principal", interest="none")).interest == 0
    rows = plan(Phase(periods=3, principal="bullet", interest="at_maturity")).instalments
    assert [row.interest for row in rows] == [0, 0, D("360.00")]
    assert rows[2].counted_from == date(2025, 1, 8)


def test_tiers_by_balance_whole_or_in_parts_and_by_period() -> None:
    tiers = (RateTier(from_value=D(0), rate=D("0.06")), RateTier(from_value=D(5000), rate=D("0.12")))
    whole = agreed(Phase(periods=4), rates=RateTerms(tiers=tiers))
    parts = replace(whole, rates=RateTerms(tiers=tiers, tier_share="parts"))
    assert (tiered_rate(whole, D(4999)), tiered_rate(whole, D(5000))) == (D("0.06"), D("0.12"))
    assert tiered_rate(parts, D(10000)) == D("0.09")
    for terms in (whole, parts):
        rows = build_schedule(terms).instalments
        assert abs(rows[-1].payment - rows[0].payment) <= D("0.05")
        assert rows[0].interest == round(12000 * tiered_rate(terms, D(12000)) / 12, 2)
    by_period = (RateTier(from_value=D(1), rate=D(0)), RateTier(from_value=D(3), rate=D("0.12")))
    rows = plan(Phase(periods=4), rates=RateTerms(tiers=by_period, tiered_by="period")).instalments
    assert [row.interest > 0 for row in rows] == [False, False, True, True]
    assert abs(rows[-1].payment - rows[0].payment) <= D("0.05")


def test_a_dated_step_counts_by_days_or_for_the_whole_period_or_not_at_all() -> None:
    step = (RateStep(from_on=date(2025, 2, 22), rate=D("0.06")),)

    def second(applies: str) -> Decimal:
        rates = RateTerms(steps=step, applies=applies)
        return plan(Phase(periods=3, principal="bullet"), rates=rates, day_count="act/360").instalments[1].interest

    assert second("contract") == round(D(12000) * D("0.12") * 28 / 360, 2)
    assert second("current") == round(D(12000) * D("0.06") * 28 / 360, 2)
    assert second("segments") == round(D(12000) * (D("0.12") * 14 + D("0.06") * 14) / 360, 2)


def test_a_phase_with_a_rate_of_its_own() -> None:
    made = plan(
        Phase(periods=3, principal="none", annual_rate=D("0.03")), Phase(periods=3, principal="equal_principal")
    )
    assert [row.interest for row in made.instalments] == [30, 30, 30, 120, 80, 40]


def test_instalments_in_multiples_and_where_the_remainder_lands() -> None:
    tens = plan(Phase(periods=12), instalment_multiple=D(10))
    assert {amount % 10 for amount in payments(tens)[:-1]} == {0}
    uneven = {"principal": D("10000.07"), "annual_rate": D("0.19")}
    first = payments(plan(Phase(periods=12), residual="first", **uneven))
    assert len(set(first[1:])) == 1 and first[0] != first[1]
    shares = plan(Phase(periods=7, principal="equal_principal"), residual="spread", principal=D(10000)).instalments
    assert max(row.principal for row in shares) - min(row.principal for row in shares) == D("0.01")


def test_interest_becomes_money_by_period_by_stretch_or_over_the_whole_term() -> None:
    def interest(place: str) -> list[Decimal]:
        step = RateStep(from_on=date(2025, 1, 20), rate=D("0.07"))
        made = plan(
            Phase(periods=6, principal="bullet"), principal=D("1003.70"), day_count="act/360", rounding_place=place,
            rates=RateTerms(steps=(step,)), annual_rate=D("0.0701"),
        )  # fmt: skip
        return [row.interest for row in made.instalments]

    exact = D("1003.70") * (D("0.0701") * 12 + D("0.07") * 169) / 360
    assert sum(interest("term")) == round(exact, 2)
    assert sum(interest("period")) != sum(interest("term"))
    assert interest("stretch")[0] == round(D("1003.70") * D("0.0701") * 12 / 360, 2) + round(
        D("1003.70") * D("0.07") * 19 / 360, 2
    )


@pytest.mark.parametrize(("currency", "digits", "smallest"), [("JPY", 0, "1"), ("KWD", 3, "0.001")])
def test_currencies_without_and_with_three_decimals(currency: str, digits: int, smallest: str) -> None:
    made = plan(Phase(periods=7), currency=currency, rounding=Rounding(digits), principal=D(100001))
    assert made.principal == 100001
    assert all(row.interest % D(smallest) == 0 and row.principal % D(smallest) == 0 for row in made.instalments)


def test_half_a_cent_is_half_a_cent() -> None:
    made = plan(Phase(periods=1), principal=D("150.00"), annual_rate=D("0.036"), day_count="act/360")
    assert made.interest == D("0.47")  # 150 x 3.6 % x 31 / 360 is 0.465 exactly


def test_a_down_payment_is_due_at_once_and_the_rest_is_spread() -> None:
    rows = plan(Phase(periods=3), down_payment=DownPaymentTerms(percent=D("0.25"))).instalments
    assert (rows[0].number, rows[0].due_on, rows[0].principal, rows[0].interest) == (1, date(2025, 1, 8), 3000, 0)
    assert rows[1].opening == 9000 and len(rows) == 4


def test_expected_tranches_join_the_plan_from_their_day() -> None:
    draws = DrawTerms(pattern="tranches", tranches=(Tranche(on=date(2025, 2, 20), amount=D(6000)),))
    rows = plan(Phase(periods=5), draws=draws).instalments
    without = plan(Phase(periods=5)).instalments
    assert rows[0] == without[0]
    second = rows[1]
    assert second.drawn == 6000
    assert second.interest == round(second.opening * D("0.01") + 6000 * D("0.01") * 16 / 28, 2)
    assert len({row.payment for row in rows[1:-1]}) == 1
    assert abs(rows[-1].payment - rows[1].payment) <= D("0.05")


def test_a_plugin_adds_a_rule_that_terms_can_name() -> None:
    def halves(given: PhasePlan, _interest: InterestPlan) -> Targets:
        amounts, left = [], given.principal
        for _ in given.periods:
            amounts.append(left / 2)
            left /= 2
        return Targets([given.terms.rounding.apply(amount) for amount in amounts])

    methods = replace(BUILT_IN, principal={**BUILT_IN.principal, "halves": halves})
    made = build_schedule(agreed(Phase(periods=4, principal="halves")), methods)
    assert [row.principal for row in made.instalments] == [6000, 3000, 1500, 1500]


def test_a_drawdown_on_terms_of_its_own_is_planned_apart() -> None:
    seed = Tranche(on=date(2025, 3, 1), amount=D(3000))
    machine = Tranche(
        on=date(2025, 4, 1), amount=D(5000), annual_rate=D("0.06"), phases=(Phase(periods=2, principal="bullet"),)
    )
    draws = DrawTerms(pattern="revolving", tranches=(seed, machine), limit=D(30000))
    whole = agreed(Phase(periods=6), draws=draws)
    assert build_schedule(whole).principal == 15000
    apart = build_schedule(drawdown_terms(whole, machine.on, machine.amount, machine.phases, machine.annual_rate))
    assert [(row.due_on, row.principal, row.interest) for row in apart.instalments] == [
        (date(2025, 5, 1), 0, 25), (date(2025, 6, 1), 5000, 25),
    ]  # fmt: skip
