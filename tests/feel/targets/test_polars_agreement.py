"""Random expressions over random facts: compiled Python, the interpreter and polars give the same, digit by digit."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.feel.targets import generators as g
from tests.feel.targets import polars_rows

from loanloom import feel
from loanloom.feel.targets.polars.frame import frame
from loanloom.feel.targets.polars.target import to_polars

D = Decimal
ROWS = g.rows(random.Random(11), 60)
TYPES = g.types()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=g.draws(), kind=st.sampled_from(g.KINDS), depth=st.integers(1, 4))
def test_polars_agrees_with_python_and_the_interpreter(draw, kind, depth):
    text = g.expression(draw, kind, depth)
    if not feel.check(text, g.SCOPE).ok:  # two random conditions may not go together
        return
    found = polars_rows.disagreements(text, g.SCOPE, ROWS, TYPES)
    event("refused" if found is None else "agreed on")
    assert not found, found[0]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_other_facts_agree_too(seed):
    draw = random.Random(seed)
    facts = g.rows(draw, 80)
    for kind in g.KINDS:
        text = g.expression(draw, kind, 3)
        if feel.check(text, g.SCOPE).ok:
            found = polars_rows.disagreements(text, g.SCOPE, facts, TYPES)
            assert not found, found[0]


def test_the_analysis_takes_nearly_every_expression_that_can_be_exact():
    draw = random.Random(7)
    checked = [feel.check(g.expression(draw, draw.choice(g.KINDS), 3), g.SCOPE) for _ in range(400)]
    taken = [not to_polars(one).problems for one in checked if one.ok]
    share = sum(taken) / len(taken)
    assert share >= 0.9, f"only {share:.0%} of the generated expressions are taken"


ROUNDINGS = ("round half up", "round half even", "round half down", "round up", "round down", "floor", "ceiling")


@pytest.mark.parametrize("mode", ROUNDINGS)
@pytest.mark.parametrize("places", [-2, 0, 1, 3])
def test_every_rounding_at_ties_and_extremes(mode, places):
    digits = feel.Digits(30, 4)
    scope = feel.context({"n": feel.optional(feel.number(digits=digits))})
    most, half = D("9" * 30 + ".9999"), D("9" * 30 + ".5000")
    ties = ("0", "0.5", "2.5", "49.95", "50", "150", "1.0005")
    near = [D(tie) + D(step) * D("0.0001") for tie in ties for step in (-1, 0, 1)]
    rows = [{"n": one} for value in (*near, most, half) for one in (value, value.copy_negate())]
    rows.append({"n": None})
    assert polars_rows.disagreements(f"{mode}(n, {places})", scope, rows, {"n": scope.members["n"]}) == []


@pytest.mark.parametrize("mode", ROUNDINGS)
def test_quotients_round_as_exact_ones_do(mode):
    scope = feel.context({one: feel.optional(feel.number(digits=feel.Digits(16, 2))) for one in ("a", "b")})
    most = D("9999999999999999.99")
    tops = (D("0.01"), D("0.05"), D("1"), D("2.5"), D("-7.35"), most, -most, most - D("0.01"), D(0), None)
    bottoms = (D("0.02"), D("3"), D("-0.08"), D("12"), most, D("-0.01"), D(0), None)
    rows = [{"a": one, "b": other} for one in tops for other in bottoms]
    types = dict(scope.fields)
    for places in (-3, 0, 2, 6):
        assert polars_rows.disagreements(f"{mode}(a / b, {places})", scope, rows, types) == []


EDGES = [
    ('d + duration("P1M")', "the month's end, over leap days"),
    ('d - duration("P1Y")', "back a year"),
    ('d + duration("PT36H")', "hours fill days"),
    ('d - duration("PT1H")', "an hour before midnight is the day before"),
    ("(d - e).days", "differences"),
    ("(d - e).hours", "hours of whole days"),
    ("years and months duration(d, e)", "whole months, towards zero"),
    ("last day of month(d)", "month ends"),
    ("d.weekday", "weekdays"),
    ("week of year(d)", "ISO weeks"),
    ("day of year(d)", "days of the year"),
    ("date(y, 2, 29)", "29 February where there is none has no value"),
    ("date(y, 13, 1)", "no thirteenth month"),
    ('(d - e) / duration("P1D") > 365.25', "durations by durations"),
]


@pytest.mark.parametrize(("text", "why"), EDGES)
def test_dates_at_their_edges(text, why):
    days = feel.optional(feel.DATE)
    scope = feel.context({"d": days, "e": days, "y": feel.number(digits=feel.Digits(4, 0))})
    found = [dt.date(y, m, d) for y in (1900, 2000, 2023, 2024) for m, d in ((1, 31), (2, 28), (3, 1), (12, 31))]
    found += [dt.date(2024, 2, 29), dt.date(2000, 2, 29), dt.date(2, 1, 1), dt.date(9998, 12, 31)]
    draw = random.Random(3)
    rows = [{"d": d, "e": draw.choice([*found, None]), "y": D(d.year)} for d in found for _ in range(3)]
    rows += [{"d": None, "e": found[0], "y": None}, {"d": found[0], "e": None, "y": D(1)}]
    types = {"d": days, "e": days, "y": scope.members["y"]}
    assert polars_rows.disagreements(text, scope, rows, types) == []


def test_a_date_reckoned_out_of_the_calendar_is_a_fault_not_a_wrong_date():
    scope = feel.context({"d": feel.DATE})
    translation = to_polars(feel.check('d + duration("P1M")', scope))
    data = frame({"d": feel.DATE}, [{"d": dt.date(9999, 12, 5)}, {"d": dt.date(9999, 11, 5)}])
    assert polars_rows.polars(translation, data) == [polars_rows.FAULT, dt.date(9999, 12, 5)]


SHORT = [
    ("b = 0 or a / b > 1", [True, False, True, None]),
    ("a / b > 1 or b = 0", [polars_rows.FAULT, False, True, None]),
    ("b != 0 and a / b > 1", [False, False, True, None]),
    ("if b != 0 then a / b > 1 else null", [None, False, True, None]),
]


@pytest.mark.parametrize(("text", "wanted"), SHORT)
def test_what_decides_first_spares_what_follows(text, wanted):
    scope = feel.context({one: feel.optional(feel.number(digits=feel.Digits(5, 2))) for one in ("a", "b")})
    rows = [{"a": D(5), "b": D(0)}, {"a": D(1), "b": D(3)}, {"a": D(9), "b": D(2)}, {"a": None, "b": D(2)}]
    translation = to_polars(feel.check(text, scope))
    assert polars_rows.polars(translation, frame(dict(scope.fields), rows)) == wanted
    assert polars_rows.disagreements(text, scope, rows, dict(scope.fields)) == []


def test_a_required_fact_that_is_missing_faults_only_where_it_is_asked_for():
    scope = feel.context({"age": feel.number(digits=feel.Digits(3, 0)), "sure": feel.BOOLEAN})
    rows = [{"sure": True, "age": None}, {"sure": False, "age": None}, {"sure": False, "age": D(20)}]
    translation = to_polars(feel.check("sure or age > 18", scope))
    assert polars_rows.polars(translation, frame(dict(scope.fields), rows)) == [True, polars_rows.FAULT, True]


@pytest.mark.parametrize(
    "text", ["1 < (if sure then 7 else 8)", '"a" = (if sure then "a" else "b")', "5 >= (if sure then null else 3)"]
)
@pytest.mark.parametrize("count", [1, 2, 3, 25])
def test_rows_that_are_all_alike_stay_as_many(text, count):
    """A constant beside a choice of constants: polars 2.1 would give one row where all rows choose alike."""
    scope = feel.context({"sure": feel.BOOLEAN})
    rows = [{"sure": place % 25 > 12} for place in range(count)]
    translation, data = to_polars(feel.check(text, scope)), frame(dict(scope.fields), rows)
    assert polars_rows.polars(translation, data, lazily=True) == polars_rows.polars(translation, data)
    assert polars_rows.disagreements(text, scope, rows, dict(scope.fields)) == []
