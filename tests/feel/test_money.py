"""The words of lending: published examples, and the same results as the lending core, which feel cannot import."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.core import dates, money
from loanloom.core.lending.pricing import cost
from loanloom.feel import DATE, NUMBER, STRING, context, list_of, number
from loanloom.feel.library.day_counts import BASES
from loanloom.feel.library.descriptions import ABOUT, SUBJECTS

FACTS = context({"x": NUMBER, "n": NUMBER, "flows": list_of(NUMBER), "on": list_of(DATE), "basis": STRING})
AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=2)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2080, 12, 31))


def value(source: str, **facts: Any) -> Any:
    program = feel.check(source, FACTS).program
    assert program is not None, source
    return program(facts)


def refused(source: str, **facts: Any) -> str:
    checked = feel.check(source, FACTS)
    assert checked.program is not None, checked.problems
    problem = checked.program.evaluate(facts).problem
    assert problem is not None, source
    assert problem.message["zh"]
    return problem.code


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("round half up(instalment(100000, 0.12/12, 12), 2)", D("8884.88")),
        ("round half up(instalment(200000, 0.06/12, 360), 2)", D("1199.10")),  # the textbooks' mortgage
        ("instalment(1200, 0, 12)", D(100)),
        ("round half up(affordable principal(1199.1010503055, 0.005, 360), 2)", D("200000.00")),
        ("effective rate(0.01, 12)", D("0.126825030131969720661201")),
        ("npv(0.1, [-100, 110])", D(0)),
        ("npv(0.1, [])", None),
        ("irr([-100, 110])", D("0.1")),
        ("irr([-100, 60, 60])", D("0.130662386292")),  # 120 / (sqrt(27600) - 60) - 1
        ("irr([-100, 90])", D("-0.1")),
        ('xirr([-10000, 2750, 4250, 3250, 2750], [date("2008-01-01"), date("2008-03-01"), date("2008-10-30"), '
         'date("2009-02-15"), date("2009-04-01")])', D("0.373362533519")),  # the spreadsheets' example
        ('days 360(date("2026-01-31"), date("2026-02-28"))', D(28)),
        ('days 360(date("2026-01-30"), date("2026-03-31"))', D(60)),
        ('days 360(date("2026-01-15"), date("2026-03-31"))', D(76)),
        ('days 360(date("2026-01-15"), date("2026-03-31"), "30E/360")', D(75)),
        ('actual days(date("2024-02-28"), date("2024-03-01"))', D(2)),
        ('year fraction(date("2026-01-01"), date("2026-07-01"), "act/360")', D("0.5027777777777777777777777777777778")),
        ('round to(12345.67, 500, "down")', D(12000)),
        ('round to(12345.67, 0.05, "half up")', D("12345.65")),
        ('round to(-12250, 500, "half even")', D(-12000)),
        ("capitals(6007.14)", "陆仟零柒元壹角肆分"),
        ("capitals(325.04)", "叁佰贰拾伍元零肆分"),
        ("capitals(1680.32)", "壹仟陆佰捌拾元叁角贰分"),
        ("capitals(16409.02)", "壹万陆仟肆佰零玖元零贰分"),
        ("capitals(10000)", "壹万元整"),
        ("capitals(100000001)", "壹亿零壹元整"),
        ("capitals(1001000)", "壹佰万壹仟元整"),
        ("capitals(0)", "零元整"),
        ("capitals(0.05)", "伍分"),
        ("capitals(-20.5)", "负贰拾元伍角整"),
        ("amount to words(1234.5)", "one thousand two hundred thirty-four and 50/100"),
        ("amount to words(-1000019)", "minus one million nineteen and 00/100"),
        ("amount to words(0.999)", "one and 00/100"),
    ],
)  # fmt: skip
def test_examples(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "instalment(1000, -0.01, 12)",
        "instalment(1000, 0.01, 0)",
        "instalment(1000, 0.01, 1.5)",
        "instalment(1000, 0.01, 1e9)",
        "irr([100, 200])",
        "irr([-100, 300, -200])",
        "irr([0, 0])",
        "irr([])",
        'xirr([-1, 2], [date("2026-01-01")])',
        "npv(-1, [1, 2])",
        'year fraction(date("2026-01-01"), date("2026-07-01"), "actual")',
        'round to(5, 0, "up")',
        'round to(5, 1, "nearest")',
        "capitals(1e20)",
        "effective rate(9999, 12000)",
    ],
)
def test_what_has_no_result_says_so(source: str) -> None:
    assert refused(source) in ("feel.arguments", "feel.no_result", "feel.out_of_range")


@pytest.mark.parametrize(
    "source", ["irr([-1, null])", "instalment(null, 0.1, 2)", "capitals(null)", "npv(0.1, [null])"]
)
def test_what_is_not_known_stays_unknown(source: str) -> None:
    assert value(source) is None


@settings(max_examples=100, deadline=None)
@given(AMOUNTS)
def test_capitals_are_those_of_the_contracts(amount: D) -> None:
    assert value("capitals(x)", x=amount) == money.capitals(amount)


@settings(max_examples=100, deadline=None)
@given(DAYS, DAYS, st.sampled_from(sorted(BASES)))
def test_day_counts_are_those_of_the_schedules(first: dt.date, last: dt.date, basis: str) -> None:
    start, end = sorted((first, last))
    days, year = dates.DAY_COUNTS[basis](start, end)
    assert value("year fraction(on[1], on[2], basis)", on=[start, end], basis=basis) == D(days) / D(year) or (
        abs(value("year fraction(on[1], on[2], basis)", on=[start, end], basis=basis) - D(days) / D(year)) < D("1e-25")
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.decimals("0.0001", "0.05", places=4), st.integers(1_000, 5_000_000))
def test_rates_of_return_are_those_of_the_annual_cost(periods: int, rate: D, principal: int) -> None:
    payment = value("round half up(instalment(x, n, flows[1]), 2)", x=D(principal), n=rate, flows=[D(periods)])
    flows = [D(-principal), *[payment] * periods]
    ours, theirs = value("irr(flows)", flows=flows), cost.irr(flows)
    assert theirs is not None
    assert abs(ours - theirs) < D("1e-11")
    assert abs(ours - rate) < D("0.001")
    on = [dt.date(2026, 1, 31) + dt.timedelta(days=30 * one) for one in range(periods + 1)]
    dated = cost.xirr(list(zip(on, flows, strict=True)))
    assert dated is not None
    assert abs(value("xirr(flows, on)", flows=flows, on=on) - dated) < D("1e-11")


def test_an_instalment_repays_the_principal_exactly() -> None:
    rest = D(100_000)
    payment = value("instalment(100000, 0.0075, 36)")
    for _ in range(36):
        rest = rest * D("1.0075") - payment
    assert abs(rest) < D("1e-20")


def test_a_long_schedule_is_within_the_bounds_of_one_evaluation() -> None:
    source = "irr(for i in 0..600 return if i = 0 then -1000000 else 6000)"
    assert 0 < value(source) < 1


def test_money_keeps_its_currency() -> None:
    facts = context({"loan": number(unit="CNY"), "dollars": number(unit="USD")})
    assert feel.check("instalment(loan, 0.01, 12)", facts).type.unit == "CNY"
    assert feel.check("without currency(loan) + without currency(dollars)", facts).ok
    assert not feel.check("instalment(loan, 0.01, 12) + dollars", facts).ok
    assert feel.check("capitals(loan)", facts).ok


def test_the_vocabulary_is_apart_from_the_standard() -> None:
    assert not set(feel.MONEY.names) & set(feel.STANDARD.names)
    assert set(feel.LENDING.names) == set(feel.MONEY.names) | set(feel.STANDARD.names)
    assert not feel.check("capitals(1)", FACTS, functions=feel.STANDARD).ok


def test_every_function_is_described_once_in_both_languages() -> None:
    listed = [name for subject in SUBJECTS for name, _ in subject.rows()]
    assert len(listed) == len(set(listed))
    assert set(listed) == {*feel.LENDING.names, "today", "now"}
    assert all(said["en"] and said["zh"] for said in ABOUT.values())
