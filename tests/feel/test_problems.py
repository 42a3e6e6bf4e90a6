"""Mistakes: each has its code, its column, a hint where one helps, and words in both languages."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from loanloom import feel
from loanloom.feel import FeelProblem, Type


@pytest.mark.parametrize(
    ("source", "code", "column", "hint"),
    [
        ("custmer.age > 5", "feel.unknown_name", 1, "customer"),
        ("1 + customer.agee", "feel.unknown_member", 14, "age"),
        ("monthly incme > 5", "feel.unknown_name", 1, "monthly income"),
        ("age > 5", "feel.unknown_name", 1, "customer.age"),
        ('customer.kind = "busines"', "feel.not_in_enumeration", 17, "business"),
        ('customer.kind in ("farmer", "bussiness")', "feel.not_in_enumeration", 29, "business"),
        ("customer.age + customer.name", "feel.wrong_type", 16, None),
        ('customer.since_on > "2020-01-01"', "feel.wrong_type", 21, "date("),
        ("customer.age and true", "feel.not_a_condition", 1, None),
        ("if customer.age then 1 else 2", "feel.not_a_condition", 4, None),
        ('strng length("a")', "feel.unknown_function", 1, "string length"),
        ('floor("a")', "feel.arguments", 7, "floor(n"),
        ("floor()", "feel.arguments", 1, None),
        ("sum(guarantors.name)", "feel.arguments", 5, None),
        ("min(1, customer.since_on)", "feel.arguments", 8, None),
        ("count", "feel.function_without_brackets", 1, None),
        ('date("2026-02-30")', "feel.not_a_date", 6, None),
        ("customer.age == 5", "feel.syntax", 15, "single"),
        ("customer.age > 5 &&", "feel.unknown_character", 18, "and"),
        ("customer.age * 5%", "feel.unknown_character", 17, "0.05"),
        ("customer.kind = 'farmer'", "feel.syntax", 17, "double quotes"),
        ("customer.kind = ‘farmer’", "feel.unknown_character", 17, "double quotes"),
        ("if customer.age > 5 THEN 1 else 2", "feel.syntax", 21, "small"),
        ('customer.age > "6"', "feel.wrong_type", 16, "without quotes"),
        ("（1）", "feel.unknown_character", 1, "("),
        ("(1 + 2", "feel.bracket_not_closed", 1, None),
        ("1 +", "feel.unexpected_end", 4, None),
        ('"abc', "feel.string_not_closed", 1, None),
        ("", "feel.empty", 1, None),
        ("customer.age > 5\n  and custmer.age < 9", "feel.unknown_name", 7, "customer"),
        ("1 / 0", "feel.division_by_zero", 5, None),
        ("5 + 1 / (customer.age - 34)", "feel.division_by_zero", 10, None),
        ("sqrt(0 - 1)", "feel.no_result", 1, None),
        ('number("12a")', "feel.not_a_number", 8, None),
        ("2 ** 2000", "feel.exponent", 1, None),
        ("? > 5", "feel.no_input", 1, None),
        ("1 instance of nmber", "feel.unknown_type", 15, "number"),
    ],
)
def test_each_mistake_says_what_and_where(
    problem: Callable[..., FeelProblem], source: str, code: str, column: int, hint: str | None
) -> None:
    found = problem(source)
    assert found.code == code
    assert found.column == column
    assert found.line == (2 if "\n" in source else 1)
    assert found.message["en"] and found.message["zh"] and found.message["en"] != found.message["zh"]
    if hint:
        assert found.hint is not None and hint in found.hint["en"], found.hint


def test_all_mistakes_are_gathered(scope: Type) -> None:
    checked = feel.check("custmer.age > 5 and instalmnt < 3", scope)
    assert [one.column for one in checked.problems] == [1, 21]
    assert checked.program is None


def test_the_result_must_be_of_the_type_asked_for(scope: Type) -> None:
    assert feel.check("customer.age", scope, expect=feel.BOOLEAN).problems[0].code == "feel.result_type"
    assert feel.check("customer.age > 3", scope, expect=feel.BOOLEAN).program is not None
    assert feel.check("null", scope, expect=feel.NUMBER).program is not None


def test_a_missing_required_fact_and_a_wrong_one_are_named(scope: Type) -> None:
    program = feel.check("monthly income * 2", scope).program
    assert program is not None
    missing = program.evaluate({}).problem
    assert missing is not None and missing.code == "feel.missing_input" and "monthly income" in missing.message["en"]
    wrong = program.evaluate({"monthly income": "many"}).problem
    assert wrong is not None and wrong.code == "feel.wrong_fact"


def test_inputs_are_the_longest_paths_read(scope: Type) -> None:
    def read(source: str) -> set[str]:
        return set(feel.check(source, scope).inputs)

    assert read("customer.age > 3 and 月收入 > 1") == {"customer.age", "月收入"}
    assert read('sum(guarantors[name = "x"].amount)') == {"guarantors.name", "guarantors.amount"}
    assert read("count(guarantors)") == {"guarantors"}
    assert read("today()") == {"as_of"}
    assert "guarantors.amount" in read("for g in guarantors return g.amount")


def test_standard_mode_gives_null_where_strict_mode_refuses(scope: Type) -> None:
    for source in ("1 / 0", '1 + "a"', 'date("x")', '1 < "a"', "unknown thing"):
        checked = feel.check(source, scope, mode="standard")
        assert checked.program is not None and checked.program({}) is None


def test_names_with_spaces_and_of_other_scripts(scope: Type) -> None:
    program = feel.check("monthly  income + 月收入", scope).program
    assert program is not None
    assert program({"monthly income": Decimal(1), "月收入": Decimal(2)}) == 3
    local = feel.check("{每月 还款: 5, x: 每月 还款 * 2}.x", scope).program
    assert local is not None and local({}) == 10


def test_a_thread_context_cannot_change_a_result(scope: Type) -> None:
    import decimal

    program = feel.check("月收入 / 3", scope).program
    assert program is not None
    with decimal.localcontext(prec=5):
        assert str(program({"月收入": Decimal(1)})) == "0." + "3" * 34
