"""What remains of an expression when some facts are known means the same as the whole over all facts."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feel.test_properties import FACTS, SCOPE, numbers, truths

from loanloom import feel
from loanloom.feel import BOOLEAN, NUMBER, STRING, context, enumeration, list_of, optional
from loanloom.feel.help.residual import residual

LOAN = context(
    {
        "customer": optional(
            context(
                {
                    "kind": optional(enumeration(("farmer", "person"))),
                    "age": optional(NUMBER),
                    "income": optional(NUMBER),
                    "月收入": optional(NUMBER),
                }
            )
        ),
        "guarantors": optional(list_of(context({"amount": optional(NUMBER), "name": optional(STRING)}))),
        "consent": optional(BOOLEAN),
        "other": optional(STRING),
        "rate": NUMBER,
    }
)


def remains(text: str, known: dict[str, Any]) -> str:
    found = residual(feel.check(text, LOAN), known)
    assert found.ok, found.problems
    return found.source


@pytest.mark.parametrize(
    ("text", "known", "left"),
    [
        ('customer.kind = "farmer" and customer.age > 18', {"customer": {"kind": "farmer"}}, "customer.age > 18"),
        ('customer.kind = "farmer" and customer.age > 18', {"customer": {"kind": "person"}}, "false"),
        ('customer.age > 18 or customer.kind = "farmer"', {"customer": {"kind": "farmer"}}, "true"),
        ("consent and customer.age > 18", {"consent": None}, "null and customer.age > 18"),
        ("if consent then customer.income * 2 else 0", {"consent": True}, "customer.income * 2"),
        ("if consent then customer.income * 2 else 0", {"consent": None}, "0"),
        ("customer.income * (rate / 8)", {"rate": Decimal(1)}, "customer.income * 0.125"),
        ("customer.月收入 * rate >= 5 + rate", {"rate": Decimal("-0.5")}, "customer.月收入 * -0.5 >= 4.5"),
        ('customer.kind in ("farmer") or consent', {"customer": {"kind": "person"}}, "consent"),
        ("guarantors[amount > rate].name", {"rate": Decimal(7)}, "guarantors[amount > 7].name"),
        ("get or else(customer.income, rate)", {"customer": {"income": None}}, "rate"),
        (
            "(customer.income + 1) in (< 5, [10..rate])",
            {"rate": Decimal(12)},
            "customer.income + 1 in (? < 5 or ? between 10 and 12)",
        ),
    ],
)
def test_what_is_known_is_folded_and_the_rest_stays(text: str, known: dict[str, Any], left: str) -> None:
    assert remains(text, known) == left


def test_what_may_fail_still_fails() -> None:
    """A division by an unknown zero stands before what would decide: the whole fails, so must the rest."""
    assert remains("1 / rate > 2 and consent", {"consent": False}) == "1 / rate > 2 and false"
    assert remains("consent and 1 / rate > 2", {"consent": False}) == "false"
    left = residual(feel.check("1 / rate > customer.income", LOAN), {"rate": Decimal(0)})
    assert left.program is not None
    problem = left.program.evaluate({"customer": {"income": Decimal(1)}}).problem
    assert problem is not None and problem.code == "feel.division_by_zero"


def test_a_known_text_outside_an_enumeration_does_not_become_a_mistake() -> None:
    left = residual(feel.check("customer.kind = other", LOAN), {"other": "company"})
    assert left.program is not None and "other" not in left.inputs
    assert left.program.evaluate({"customer": {"kind": "farmer"}}).value is False


def test_a_text_with_problems_stays_as_it_is() -> None:
    checked = feel.check("customer.incme > 5", LOAN)
    assert residual(checked, {"rate": Decimal(1)}) is checked


def test_tests_of_a_cell() -> None:
    def cell(text: str, known: dict[str, Any]) -> str:
        found = residual(feel.check_unary(text, optional(NUMBER), LOAN), known)
        assert found.ok, found.problems
        return found.source

    assert cell("< rate, > 100", {"rate": Decimal(5)}) == "? < 5 or ? > 100"
    assert cell("consent", {"consent": True}) == "-"
    assert cell("not(< rate)", {}) == "(not(? < rate))"
    found = residual(feel.check_unary("? > 5 and consent", optional(NUMBER), LOAN), {"consent": False})
    assert found.program is not None
    assert found.program({}, Decimal(7)) is False


PATHS = tuple(name for name, _ in SCOPE.fields)


@settings(max_examples=400, deadline=None)
@given(st.one_of(numbers(3), truths(3)), FACTS, st.sets(st.sampled_from([*PATHS, "as_of"])))
def test_the_rest_over_the_unknown_is_the_whole_over_all(text: str, facts: dict[str, Any], known: set[str]) -> None:
    whole = feel.check(text, SCOPE)
    rest = residual(whole, {name: value for name, value in facts.items() if name in known})
    assert whole.program is not None and rest.program is not None, (text, rest.problems)
    assert not rest.inputs & known, (text, rest.source)
    unknown = {name: value for name, value in facts.items() if name not in known}
    expected, found = whole.program.evaluate(facts), rest.program.evaluate(unknown)
    assert feel.plain(found.value) == feel.plain(expected.value), (text, rest.source)
    assert (found.problem and found.problem.code) == (expected.problem and expected.problem.code), (text, rest.source)


def test_many_costly_parts_cost_no_more_than_one_run() -> None:
    """Each part alone would use up the steps of a run; together they must not use them up again and again."""
    part = "sum(for i in 1..9000 return i * rate)"
    checked = feel.check(f"[{', '.join([part] * 40)}]", LOAN)
    begun = time.process_time()
    left = residual(checked, {"rate": Decimal(1)})
    assert time.process_time() - begun < 0.5
    assert left.ok
