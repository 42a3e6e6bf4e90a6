"""Currency as the unit of numbers: what goes together, what comes out, and where a mixture is reported."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loanloom import feel
from loanloom.feel import NUMBER, Type, context, list_of, number, optional

CNY, USD = number(unit="CNY"), number(unit="USD")
SCOPE = context(
    {
        "income": CNY,
        "cost": CNY,
        "spare": optional(CNY),
        "price": USD,
        "rate": NUMBER,
        "rows": list_of(context({"value": optional(CNY), "offer": optional(USD)})),
        "yes": feel.BOOLEAN,
    }
)


def _unit(text: str) -> str | None:
    checked = feel.check(text, SCOPE, functions=feel.LENDING)
    assert not checked.problems, [one.in_words() for one in checked.problems]
    return (checked.type.item or checked.type).unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("income + cost", "CNY"),
        ("income - 100", "CNY"),
        ("100 + price", "USD"),
        ("income * rate", "CNY"),
        ("2 * income / 3", "CNY"),
        ("income / cost", None),
        ("50000 / income", None),
        ("income / 12", "CNY"),
        ("-income", "CNY"),
        ("abs(income - cost)", "CNY"),
        ("round half up(income / 3, 2)", "CNY"),
        ("floor(income)", "CNY"),
        ("modulo(income, 100)", "CNY"),
        ("min(income, cost, 5000)", "CNY"),
        ("max(0, income - cost)", "CNY"),
        ("sum(rows.value)", "CNY"),
        ("mean(rows.offer)", "USD"),
        ("median([income, 5])", "CNY"),
        ("mode([income, cost])", "CNY"),
        ("if yes then income else 0", "CNY"),
        ("[income, 1, cost]", "CNY"),
        ("get or else(spare, 0)", "CNY"),
        ("rows[value > 5].value", "CNY"),
        ("for r in rows return r.value * 2", "CNY"),
        ("sort([income, cost])", "CNY"),
        ("rate ** 2", None),
        ("sqrt(income)", None),
        ("count(rows)", None),
        ("income / cost * price", "USD"),
        ("without currency(price) * 7 + income", "CNY"),
    ],
)
def test_the_unit_of_a_result(text: str, unit: str | None) -> None:
    assert _unit(text) == unit


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("income + price", "price"),
        ("price - income", "price"),
        ("income - cost + price", "price"),
        ("income / price", "price"),
        ("income * price", "price"),
        ("income * cost", "cost"),
        ("income ** 2", "income"),
        ("2 ** income", "income"),
        ("income >= price", "price"),
        ("income = price", "price"),
        ("income between 0 and price", "price"),
        ("price in [0..income]", "price"),
        ("income in (price, 5)", "price"),
        ("min(income, 3, price)", "price"),
        ("modulo(income, price)", "price"),
        ("sum(income, price)", "price"),
        ("if yes then income else price", "price"),
        ("if yes then price else income", "price"),
        ("[income, 1, price]", "price"),
        ("get or else(spare, price)", "price"),
        ("list contains(rows.value, price)", "price"),
        ("concatenate(rows.value, rows.offer)", "rows.offer"),
        ("append(rows.value, price)", "price"),
        ("some r in rows satisfies r.value > r.offer", "r.offer"),
        ("rows[value > offer]", "offer"),
        ("product([income, cost])", "[income, cost]"),
        ("income +\n  1 - (cost * 2 + price)", "price"),
        ("[income..price]", "price"),
    ],
)
def test_a_mixture_is_refused_at_the_odd_one(text: str, at: str) -> None:
    problems = feel.check(text, SCOPE).problems
    assert [one.code for one in problems] == ["feel.currencies"], problems
    (problem,) = problems
    assert text[problem.start : problem.end] == at
    start = text.rindex(at)
    assert (problem.line, problem.column) == (
        text[:start].count("\n") + 1,
        start - (text.rfind("\n", 0, start) + 1) + 1,
    )
    assert problem.message["zh"] and problem.hint


def test_both_currencies_are_named() -> None:
    (problem,) = feel.check("income + price", SCOPE).problems
    for language in ("en", "zh"):
        assert "CNY" in problem.message[language] and "USD" in problem.message[language]


def test_a_result_must_have_the_expected_currency() -> None:
    (problem,) = feel.check("if yes then 0 else income", SCOPE, expect=USD).problems
    assert (problem.code, problem.column) == ("feel.currencies", 20)
    assert not feel.check("if yes then 0 else price", SCOPE, expect=USD).problems
    assert not feel.check("income", SCOPE, expect=NUMBER).problems


def test_a_cell_is_in_the_currency_of_its_column() -> None:
    assert not feel.check_unary("< 5000", CNY, SCOPE).problems
    assert [one.code for one in feel.check_unary("< price", CNY, SCOPE).problems] == ["feel.currencies"]
    assert [one.code for one in feel.check_unary("[0..price]", CNY, SCOPE).problems] == ["feel.currencies"]


def test_nothing_is_claimed_of_values_that_are_not_known() -> None:
    open_scope = context({**SCOPE.members, "other": feel.ANY})
    assert not feel.check("income + other", open_scope).problems
    assert not feel.check("other * other + income", open_scope).problems


def test_standard_mode_runs_all_the_same() -> None:
    checked = feel.check("income + price", SCOPE, mode="standard")
    assert checked.program is not None
    assert checked.program({"income": Decimal(1), "price": Decimal(2)}) == 3


def test_joined_types_do_not_pass_for_one_currency() -> None:
    both: Type = feel.joined(CNY, USD)
    assert both.unit is None and both.kind == "Any"
