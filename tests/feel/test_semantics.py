"""What expressions mean: each line is a text and its value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import Months

D = Decimal


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", D(7)),
        ("(1 + 2) * 3", D(9)),
        ("2 ** 3 ** 2", D(64)),
        ("-2 ** 2", D(4)),
        ("10 / 4", D("2.5")),
        ("1 / 3", D("0.3333333333333333333333333333333333")),
        ("0.1 + 0.2 = 0.3", True),
        ("1.0 = 1", True),
        ("9007199254740993 + 0", D(9007199254740993)),
        (".5 + 1e2", D("100.5")),
        ("10 - 5 - 2", D(3)),
        ("instalment + 1", None),
        ("-instalment", None),
        ("1 < instalment", None),
        ("instalment = null", True),
        ("null != 1", True),
        ("1 = instalment", False),
        ("instalment between 1 and 2", None),
        ('"a" + "b"', "ab"),
        ('"a" < "b"', True),
        ('"\\u6c49" = "汉"', True),
    ],
)
def test_arithmetic_and_comparison(value: Callable[..., Any], source: str, expected: Any) -> None:
    found = value(source)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("5 between 1 and 5", True),
        ("5 in [1..5)", False),
        ("5 in (1..5]", True),
        ("1 in ]1..5]", False),
        ("3 in (1, 2, 3)", True),
        ("3 in (< 2, > 2)", True),
        ("3 in <= 3", True),
        ("3 in [1, 2]", False),
        ('customer.kind in ("business", "farmer")', True),
        ("not(3 in [1..2])", True),
        ("4 in ([1..2], [4..5])", True),
        ("instalment in (1, 2)", False),
        ("customer.age in [18..60] and customer.age > 30", True),
        ("7 in (> 5)", True),
        ("(2 + 3) in (5, 6)", True),
        ('as_of in [date("2026-01-01")..date("2026-12-31")]', True),
    ],
)
def test_ranges_and_membership(value: Callable[..., Any], source: str, expected: Any) -> None:
    assert value(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("count(guarantors)", D(2)),
        ("sum(guarantors.amount)", D(42000)),
        ("guarantors[1].name", "Wang"),
        ("guarantors[-1].name", "Zhao"),
        ("guarantors[3]", None),
        ("guarantors[amount > 20000].name", ["Wang"]),
        ("count(guarantors[amount > 50000])", D(0)),
        ("sum([])", None),
        ("sum([1, null])", None),
        ("for g in guarantors return g.amount / 1000", [D(30), D(12)]),
        ("for i in 3..1 return i", [D(3), D(2), D(1)]),
        ("for i in [1, 2], j in [10, 20] return i + j", [D(11), D(21), D(12), D(22)]),
        ("some g in guarantors satisfies g.amount > 20000", True),
        ("every g in guarantors satisfies g.amount > 20000", False),
        ("{a: 2, b: a * 3}.b", D(6)),
        ("[[1, 2], [3]][2]", [D(3)]),
        ("[1, 2, 3][item > 1]", [D(2), D(3)]),
        ("min(guarantors.amount)", D(12000)),
        ("max(3, 1, 2)", D(3)),
        ("mean([1, 2, 4])", D("2.333333333333333333333333333333333")),
        ("median([3, 1, 2, 4])", D("2.5")),
        ("concatenate([1], [2, 3])", [D(1), D(2), D(3)]),
        ("distinct values([1, 1.0, 2])", [D(1), D(2)]),
        ("list contains([1, 2], 2)", True),
        ("sort([2, 1])", [D(1), D(2)]),
        ("sort(guarantors, function(a, b) a.amount < b.amount)[1].name", "Zhao"),
        ("append([1], 2)", [D(1), D(2)]),
        ("all([true, null])", None),
        ("any([true, null])", True),
        ("reverse([1, 2])", [D(2), D(1)]),
        ("index of([1, 2, 1], 1)", [D(1), D(3)]),
        ("flatten([1, [2, [3]]])", [D(1), D(2), D(3)]),
        ("get or else(instalment, 0)", D(0)),
        ("is defined(instalment)", False),
        ('get value({a: 1}, "a")', D(1)),
    ],
)
def test_lists_and_contexts(value: Callable[..., Any], source: str, expected: Any) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("round half up(2.5, 0)", D(3)),
        ("round half up(-2.5, 0)", D(-3)),
        ("round half even(2.5, 0)", D(2)),
        ("round half down(2.5, 0)", D(2)),
        ("round up(1.01, 1)", D("1.1")),
        ("round down(-1.19, 1)", D("-1.1")),
        ("decimal(1/3, 2)", D("0.33")),
        ("round down(12345, -3)", D(12000)),
        ("floor(-1.5)", D(-2)),
        ("ceiling(-1.5)", D(-1)),
        ("abs(-3)", D(3)),
        ("modulo(10, -3)", D(-2)),
        ("modulo(-10, 3)", D(2)),
        ("sqrt(16)", D(4)),
        ("odd(3)", True),
        ("string(1.50)", "1.5"),
        ('number("1,234.5", ",", ".")', D("1234.5")),
        ('string length("汉字")', D(2)),
        ('substring("foobar", 3, 2)', "ob"),
        ('substring("foobar", -3)', "bar"),
        ('upper case("aB")', "AB"),
        ('contains("foobar", "oba")', True),
        ('starts with("foo", "f")', True),
        ('substring before("a-b", "-")', "a"),
        ('substring after("a-b", "-")', "b"),
        ('string join(["a", "b"], ", ")', "a, b"),
        ("if married then 1 else 2", D(2)),
        ('if customer.age >= 18 then "adult" else "minor"', "adult"),
    ],
)
def test_functions(value: Callable[..., Any], source: str, expected: Any) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("today()", dt.date(2026, 3, 2)),
        ('date("2024-02-29") + duration("P1Y")', dt.date(2025, 2, 28)),
        ('date("2026-01-31") + duration("P1M")', dt.date(2026, 2, 28)),
        ('date("2026-03-01") - duration("P1D")', dt.date(2026, 2, 28)),
        ('(date("2026-03-01") - date("2026-02-01")).days', D(28)),
        ("date(2026, 2, 28).month", D(2)),
        ("years and months duration(customer.since_on, as_of)", Months(72)),
        ("years and months duration(customer.since_on, as_of).years", D(6)),
        ('years and months duration(date("2026-01-31"), date("2026-02-28"))', Months(0)),
        ('day of week(date("2026-03-02"))', "Monday"),
        ('last day of month(date("2028-02-10"))', dt.date(2028, 2, 29)),
        ('@"2026-03-01" < @"2026-03-02"', True),
        ('duration("P1D") < duration("PT25H")', True),
        ('string(duration("P14M"))', "P1Y2M"),
        ('date and time("2026-03-01T10:00:00").hour', D(10)),
        ('duration("PT90M") = duration("PT1H30M")', True),
        ('for d in @"2026-02-27"..@"2026-03-01" return d.day', [D(27), D(28), D(1)]),
    ],
)
def test_dates(value: Callable[..., Any], source: str, expected: Any) -> None:
    assert value(source) == expected


TRUTH = {True: "true", False: "false", None: "null"}


@pytest.mark.parametrize("left", TRUTH)
@pytest.mark.parametrize("right", TRUTH)
def test_three_valued_logic(left: bool | None, right: bool | None) -> None:
    """All nine combinations of and, or; with facts and with constants."""
    both = False if left is False or right is False else None if None in (left, right) else True
    either = True if left is True or right is True else None if None in (left, right) else False
    maybe = feel.context({"a": feel.optional(feel.BOOLEAN), "b": feel.optional(feel.BOOLEAN)})
    for word, expected in (("and", both), ("or", either)):
        over_facts = feel.check(f"a {word} b", maybe).program
        assert over_facts is not None and over_facts({"a": left, "b": right}) is expected
        constants = feel.check(f"{TRUTH[left]} {word} {TRUTH[right]}", maybe).program
        assert constants is not None and constants({}) is expected
    negated = feel.check("not(a)", maybe).program
    assert negated is not None and negated({"a": left}) is (None if left is None else not left)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**", "<", "<=", ">", ">="])
def test_null_in_each_operand_flows_through(operator: str) -> None:
    maybe = feel.context({"a": feel.optional(feel.NUMBER), "b": feel.optional(feel.NUMBER)})
    program = feel.check(f"a {operator} b", maybe).program
    assert program is not None
    for facts in ({"a": None, "b": D(1)}, {"a": D(1), "b": None}, {"a": None, "b": None}, {}):
        assert program(facts) is None


def test_a_fault_never_hides_behind_a_null() -> None:
    maybe = feel.context({"a": feel.optional(feel.NUMBER)})
    program = feel.check("a + 1 / (a - a)", maybe).program
    assert program is not None
    assert program({"a": None}) is None
    found = feel.check("a + 1 / 0", maybe).program
    assert found is not None and found.evaluate({"a": None}).problem is not None


@pytest.mark.parametrize(
    ("cell", "tested", "expected"),
    [
        ("-", D(5), True),
        ("< 10", D(5), True),
        ("[1..5]", D(5), True),
        ("1, 5, 9", D(5), True),
        ("not(1, 5)", D(5), False),
        ("not(< 3)", D(5), True),
        ("? > 3 and ? < 6", D(5), True),
        (">= limit", D(5), False),
        ("null", None, True),
        ("< 10", None, None),
    ],
)
def test_unary_tests(cell: str, tested: Any, expected: Any) -> None:
    checked = feel.check_unary(cell, feel.optional(feel.NUMBER), feel.context({"limit": feel.NUMBER}))
    assert checked.program is not None, checked.problems
    assert checked.program({"limit": D(6)}, tested) is expected


def test_a_context_that_may_hold_anything_hides_no_function() -> None:
    anything = feel.context({}, open=True)
    checked = feel.check("round half up(a / 3, 2)", anything)
    assert checked.program is not None and checked.program({"a": Decimal(10)}) == Decimal("3.33")
    rows = feel.context({"rows": feel.list_of(feel.ANY)})
    counted = feel.check("rows[count(n) > 1]", rows)
    assert counted.program is not None and counted.program({"rows": [{"n": [1, 2]}, {"n": []}]}) == [{"n": [1, 2]}]
