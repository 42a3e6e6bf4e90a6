"""Properties that hold for any text and any facts."""

from __future__ import annotations

import datetime as dt
import operator
import random
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import BOOLEAN, DATE, NUMBER, STRING, context, list_of, optional
from loanloom.feel.problems import Fault, Refused
from loanloom.feel.running.interpreter import Interpreter, Located
from loanloom.feel.text import lexer
from loanloom.testing.feel_growing import Grower, facts
from loanloom.testing.feel_judging import judge

ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

SCOPE = context(
    {
        "a": NUMBER,
        "b": optional(NUMBER),
        "p": BOOLEAN,
        "q": optional(BOOLEAN),
        "s": STRING,
        "t": optional(STRING),
        "d": DATE,
        "e": optional(DATE),
        "l": list_of(optional(NUMBER)),
        "rows": list_of(context({"n": optional(NUMBER), "w": STRING})),
    }
)

NUMBERS = st.sampled_from(
    ["a", "b", "0", "1", "2.5", "-3", "1000000", "rows[1].n", "l[2]", "sum(l)", "count(rows)", "null"]
)
TRUTHS = st.sampled_from(["p", "q", "true", "false", "null"])
STRINGS = st.sampled_from(["s", "t", '""', '"x"', '"汉"', "rows[-1].w"])
DATES = st.sampled_from(["d", "e", 'date("2024-02-29")', "today()"])
ORDER = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])


def _binary(operand: st.SearchStrategy[str], operators: list[str]) -> st.SearchStrategy[str]:
    return st.tuples(operand, st.sampled_from(operators), operand).map(lambda one: f"({one[0]}) {one[1]} ({one[2]})")


def numbers(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return NUMBERS
    inner = numbers(depth - 1)
    return st.one_of(
        NUMBERS,
        _binary(inner, ["+", "-", "*", "/"]),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"round half up({one}, 2)"),
        inner.map(lambda one: f"abs({one})"),
        st.tuples(truths(depth - 1), inner, inner).map(lambda one: f"if {one[0]} then {one[1]} else {one[2]}"),
        st.tuples(inner, inner).map(lambda one: f"min([{one[0]}, {one[1]}])"),
        st.tuples(inner, inner).map(lambda one: f"get or else({one[0]}, {one[1]})"),
        truths(depth - 1).map(lambda one: f"count(rows[{one}])"),
        st.tuples(inner, inner).map(lambda one: f"sum(for i in l return (i + ({one[0]})) * ({one[1]}))"),
        STRINGS.map(lambda one: f"string length({one})"),
        st.tuples(DATES, DATES).map(lambda one: f"(({one[0]}) - ({one[1]})).days"),
    )


def truths(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return TRUTHS
    return st.one_of(
        TRUTHS,
        st.tuples(numbers(depth - 1), ORDER, numbers(depth - 1)).map(lambda one: f"({one[0]}) {one[1]} ({one[2]})"),
        st.tuples(STRINGS, ORDER, STRINGS).map(lambda one: f"{one[0]} {one[1]} {one[2]}"),
        st.tuples(DATES, ORDER, DATES).map(lambda one: f"{one[0]} {one[1]} {one[2]}"),
        _binary(truths(depth - 1), ["and", "or"]),
        truths(depth - 1).map(lambda one: f"not({one})"),
        st.tuples(numbers(depth - 1), numbers(0), numbers(0)).map(
            lambda one: f"({one[0]}) between ({one[1]}) and ({one[2]})"
        ),
        st.tuples(numbers(depth - 1), numbers(0)).map(lambda one: f"({one[0]}) in (1, [2..5), > ({one[1]}))"),
        st.tuples(STRINGS, STRINGS).map(lambda one: f'{one[0]} in ("x", {one[1]})'),
        numbers(depth - 1).map(lambda one: f"some r in rows satisfies r.n > ({one})"),
        numbers(depth - 1).map(lambda one: f"every i in l satisfies i != ({one})"),
    )


DECIMALS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=4
)
FACTS = st.fixed_dictionaries(
    {
        "a": DECIMALS,
        "b": st.none() | DECIMALS,
        "p": st.booleans(),
        "q": st.none() | st.booleans(),
        "s": st.sampled_from(["", "x", "汉字"]),
        "t": st.none() | st.sampled_from(["", "x"]),
        "d": st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
        "e": st.none() | st.dates(dt.date(2024, 2, 27), dt.date(2024, 3, 2)),
        "l": st.lists(st.none() | DECIMALS, max_size=4),
        "rows": st.lists(
            st.fixed_dictionaries({"n": st.none() | DECIMALS, "w": st.sampled_from(["x", "y"])}), max_size=3
        ),
        "as_of": st.just(dt.date(2026, 3, 2)),
    }
)
#: What a sound expression may still meet when it runs: arithmetic without a result, never a wrong type.
ARITHMETIC = {
    "feel.division_by_zero",
    "feel.out_of_range",
    "feel.no_result",
    "feel.date_out_of_range",
    "feel.too_many_steps",
}


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60) | st.text(alphabet="()[]{}<>=!+-*/.,:? \"'@abif0123456789thenelseandornot\n汉", max_size=80)
)
def test_no_text_ever_raises(text: str) -> None:
    checked = feel.check(text, SCOPE)
    assert checked.problems or checked.program is not None
    feel.check_unary(text, NUMBER, SCOPE)
    feel.check(text, SCOPE, mode="standard")


@settings(max_examples=400, deadline=None)
@given(st.one_of(numbers(3), truths(3)), FACTS)
def test_a_checked_expression_never_meets_a_wrong_type(text: str, facts: dict[str, Any]) -> None:
    checked = feel.check(text, SCOPE)
    assert checked.program is not None, [one.in_words() for one in checked.problems]
    found = checked.program.evaluate(facts)
    assert found.problem is None or found.problem.code in ARITHMETIC, (text, found.problem)
    wanted = {"number": Decimal, "boolean": bool}
    if found.value is not None and checked.type.kind in wanted:
        assert isinstance(found.value, wanted[checked.type.kind])
    if found.problem is None and not checked.type.nullable:
        assert found.value is not None


@settings(max_examples=400, deadline=None)
@given(st.one_of(numbers(3), truths(3)), FACTS)
def test_generated_code_agrees_with_the_interpreter(text: str, facts: dict[str, Any]) -> None:
    program = feel.check(text, SCOPE).program
    assert program is not None
    try:
        expected: Any = Interpreter(facts).run(program.tree)
    except (Located, Fault) as fault:
        expected = fault.fault.code if isinstance(fault, Located) else fault.code
        found = program.evaluate(facts)
        assert found.problem is not None and found.problem.code == expected
        return
    found = program.evaluate(facts)
    assert found.problem is None
    assert found.value == expected and str(found.value) == str(expected), text


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_generated_code_agrees_over_the_whole_language(seed: int) -> None:
    """Every function and form: money, rows, dates, functions, contexts, filters, loops, cells; nulls and extremes."""
    source = random.Random(seed)
    text = Grower(source).text()
    for _ in range(3):
        judge(text, facts(source), len(text) // 2)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab1.9 eE_\"\\\n/*-><=!.,:?'@|()[]{}+汉é²\t\u0301😀\u200b^&", max_size=14))
def test_common_tokens_are_read_as_the_careful_way_reads_them(text: str) -> None:
    def outcome(common: re.Pattern[str]) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lexer, "_COMMON", common)
            try:
                return lexer.tokens(text)
            except Refused as refused:
                return refused.problem.code, refused.offset

    assert outcome(lexer._COMMON) == outcome(re.compile("(?!)"))


CUTS = st.lists(st.integers(-50, 50), min_size=2, max_size=6, unique=True)


@settings(max_examples=150, deadline=None)
@given(CUTS, st.sampled_from(["<", "<=", ">", ">="]), st.none() | DECIMALS, st.booleans())
def test_a_chain_of_cases_gives_what_its_cases_say(cuts: list[int], sign: str, b: Decimal | None, whole: bool) -> None:
    """Chains are written flat, their points summed as integers where they are whole; in whatever order the cuts are."""
    points = [str(place) if whole else f"{place}.50" for place in range(len(cuts) + 1)]
    chain = "".join(f"if b {sign} {cut} then {value} else " for cut, value in zip(cuts, points, strict=False))
    program = feel.check(f"100 - ({chain}{points[-1]}) + 1", SCOPE).program
    assert program is not None
    given_facts = {"b": b}
    expected = Interpreter(given_facts).run(program.tree)
    assert str(program(given_facts)) == str(expected)
    case = next((one for one, cut in enumerate(cuts) if b is not None and ORDERS[sign](b, cut)), len(cuts))
    assert program(given_facts) == 101 - Decimal(points[case])


@settings(max_examples=300, deadline=None)
@given(st.one_of(numbers(3), truths(3)))
def test_the_canonical_text_means_the_same_and_is_stable(text: str) -> None:
    first = feel.check(text, SCOPE)
    second = feel.check(first.canonical, SCOPE)
    assert second.syntax == first.syntax, (text, first.canonical)
    assert second.canonical == first.canonical


@settings(max_examples=150, deadline=None)
@given(st.one_of(numbers(3), truths(3)), FACTS)
def test_every_run_can_be_explained_in_both_languages(text: str, facts: dict[str, Any]) -> None:
    program = feel.check(text, SCOPE).program
    assert program is not None
    explanation = program.explain(facts)
    assert explanation.in_words("en") and explanation.in_words("zh")
    found = program.evaluate(facts)
    if found.problem is None:
        assert explanation.value == found.value
