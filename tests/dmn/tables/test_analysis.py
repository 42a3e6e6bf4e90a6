"""What the analysis claims holds when the table runs, and nothing that brute force finds is missed."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dmn.tables.tables_of import D, compiled, written

from loanloom.dmn.tables import (
    DecisionTable,
    Finding,
    HitPolicy,
    Input,
    Output,
    Rule,
    Table,
    analyse,
    compile_table,
    run,
    scan,
)
from loanloom.dmn.tables.analysis import FindingKind
from loanloom.feel import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    STRING,
    TIME,
    Digits,
    Months,
    Type,
    context,
    enumeration,
    number,
    optional,
)

WHOLE = number(digits=Digits(6, 0), least=D(0), most=D(9))
GRADE = enumeration(("A", "B", "C"))
SCOPE = context({"n": WHOLE, "g": GRADE, "b": BOOLEAN, "m": optional(WHOLE)})
SPACE: dict[str, list[Any]] = {
    "n": [Decimal(one) for one in range(10)],
    "g": ["A", "B", "C"],
    "b": [True, False],
    "m": [None, *(Decimal(one) for one in range(10))],
}
NUMBERS = st.integers(0, 9).map(str)
NUMBER_CELLS = st.one_of(
    st.just("-"),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!=", ""]), NUMBERS).map(" ".join),
    st.tuples(st.sampled_from("[("), NUMBERS, NUMBERS, st.sampled_from("])")).map(
        lambda one: f"{one[0]}{one[1]}..{one[2]}{one[3]}"
    ),
    st.lists(NUMBERS, min_size=2, max_size=4).map(", ".join),
)
CELLS = {
    "n": NUMBER_CELLS,
    "m": st.one_of(
        NUMBER_CELLS, st.just("null"), NUMBER_CELLS.filter(lambda one: one != "-").map(lambda one: f"not({one})")
    ),
    "g": st.sampled_from(["-", '"A"', '"B"', '"A", "C"', 'not("A")', 'not("B", "C")']),
    "b": st.sampled_from(["-", "true", "false"]),
}


@st.composite
def tables(draw: st.DrawFn, policy: HitPolicy) -> DecisionTable:
    columns = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3, unique=True))
    results = st.sampled_from(["1", "2"])
    rows = draw(st.lists(st.tuples(st.tuples(*(CELLS[one] for one in columns)), results), min_size=1, max_size=7))
    rules = tuple(Rule(tests, (result,)) for tests, result in rows)
    return compiled(Table(tuple(map(Input, columns)), (Output("r", values="1, 2"),), rules, policy), SCOPE)


def names(table: DecisionTable) -> list[str]:
    return [one.program.text for one in table.columns]


def hits(table: DecisionTable, point: tuple[Any, ...]) -> tuple[int, ...]:
    facts = dict(zip(names(table), point, strict=True))
    return run(
        compiled(Table(table.source.inputs, (Output("r"),), table.source.rules, "rule_order"), SCOPE), facts
    ).hits


def everywhere(table: DecisionTable) -> dict[tuple[Any, ...], tuple[int, ...]]:
    listing = compiled(Table(table.source.inputs, (Output("r"),), table.source.rules, "rule_order"), SCOPE)
    points = itertools.product(*(SPACE[one] for one in names(table)))
    return {point: run(listing, dict(zip(names(table), point, strict=True))).hits for point in points}


def findings(table: DecisionTable, *kinds: FindingKind) -> tuple[Finding, ...]:
    found = analyse(table)
    assert found.whole and found.why is None
    return found.of(*kinds)


@settings(max_examples=120, deadline=None)
@given(tables("unique"))
def test_gaps_and_overlaps_are_those_of_brute_force(table: DecisionTable) -> None:
    whole = everywhere(table)
    gaps = findings(table, "gap")
    assert bool(gaps) is any(not found for point, found in whole.items() if None not in point)
    nulls = findings(table, "null_gap")
    where = {place for point, found in whole.items() if not found for place, one in enumerate(point) if one is None}
    assert {one.place.column for one in nulls} == where
    for one in (*gaps, *nulls):
        assert one.example is not None and whole[one.example] == ()
    overlaps = findings(table, "overlap")
    expected = {later for found in whole.values() for later in found[1:]}
    assert {one.rules[-1] for one in overlaps} == expected
    for one in overlaps:
        assert one.example is not None and set(one.rules) <= set(whole[one.example])


@settings(max_examples=80, deadline=None)
@given(tables("any"))
def test_contradictions_are_those_of_brute_force(table: DecisionTable) -> None:
    whole = everywhere(table)
    result = [rule.outputs[0] for rule in table.source.rules]
    pairs = {
        (one, other)
        for found in whole.values()
        for one, other in itertools.combinations(found, 2)
        if result[one] != result[other]
    }
    conflicts = findings(table, "conflict")
    assert {one.rules[-1] for one in conflicts} == {later for _, later in pairs}
    for one in conflicts:
        assert one.example is not None and set(one.rules) <= set(whole[one.example])


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(["first", "priority"]).flatmap(lambda one: tables(one)))  # type: ignore[arg-type]
def test_rows_that_never_count_are_those_of_brute_force(table: DecisionTable) -> None:
    whole = everywhere(table)
    result = [rule.outputs[0] for rule in table.source.rules]

    def counts(found: tuple[int, ...]) -> int:
        return found[0] if table.hit_policy == "first" else min(found, key=lambda row: (result[row], row))

    counting = {counts(found) for found in whole.values() if found}
    applying = {row for found in whole.values() for row in found}
    rows = set(range(len(table.rows)))
    assert {one.rules[-1] for one in findings(table, "never", "outside")} == rows - applying
    assert {one.rules[-1] for one in findings(table, "covered", "masked", "outranked")} == applying - counting


def gap_of(type_: Type, *cells: str, values: str | None = None) -> Finding | None:
    scope = context({"x": type_})
    rules = tuple(Rule((cell,), ("1",)) for cell in cells)
    table = compiled(Table((Input("x", title={"en": "x", "zh": "甲"}, allowed=values),), (Output("r"),), rules), scope)
    found = analyse(table).of("gap")
    for one in found:
        assert one.example is not None and not run(table, {"x": one.example[0]}).hits
        assert not run(table, {"x": one.example[0]}).problems
    return found[0] if found else None


@pytest.mark.parametrize(
    ("type_", "cells", "expected"),
    [
        (number(), ("< 50000", "> 60000"), D(50000)),
        (number(), ("<= 50000", ">= 60000"), D("51000")),
        (number(), ("<= 1", ">= 1.01"), D("1.001")),
        (number(), ("<= 50000",), D(100000)),
        (number(digits=Digits(6, 0)), ("<= 1", ">= 2"), None),
        (number(digits=Digits(6, 0)), ("<= 1", "> 2"), D(2)),
        (number(digits=Digits(6, 2)), ("<= 1", ">= 1.02"), D("1.01")),
        (number(digits=Digits(6, 2)), ("<= 1", ">= 1.01"), None),
        (number(least=D(0), most=D(100)), ("[0..100]",), None),
        (number(least=D(0), most=D(100)), ("(0..100]",), D(0)),
        (DATE, ('<= @"2026-01-31"', '> @"2026-02-28"'), dt.date(2026, 2, 1)),
        (DATE, ('<= @"2026-01-31"', '>= @"2026-02-01"'), None),
        (MONTHS, ('< @"P1Y"', '> @"P1Y1M"'), Months(12)),
        (MONTHS, ('<= @"P1Y"', '>= @"P1Y1M"'), None),
        (DAYS, ('<= @"P1D"', '>= @"P10D"'), dt.timedelta(days=2)),
        (TIME, ('< @"09:00:00"', '> @"09:30:00"'), dt.time(9)),
        (DATE_TIME, ('< @"2026-01-01T00:00:00"', '> @"2026-01-02T12:00:00"'), dt.datetime(2026, 1, 1)),
        (BOOLEAN, ("true",), False),
        (BOOLEAN, ("true", "false"), None),
        (enumeration(("a", "b")), ('"a"',), "b"),
        (enumeration(("a", "b")), ('"a"', '"b"'), None),
        (STRING, ('"a"', '"b"'), "other"),
        (STRING, ('"a"', 'not("a")'), None),
        (STRING, ('<= "a"', '>= "b"'), "aa"),
    ],
)
def test_the_example_is_a_value_of_the_column(type_: Type, cells: tuple[str, ...], expected: Any) -> None:
    found = gap_of(type_, *cells)
    if expected is None:
        assert found is None, found and found.message
    else:
        assert found is not None and found.example == (expected,), found and found.example


def test_only_allowed_values_need_a_row() -> None:
    assert gap_of(STRING, '"a"', '"b"', values='"a", "b"') is None
    found = gap_of(STRING, '"a"', '"b"', values='"a", "b", "c"')
    assert found is not None and found.example == ("c",)


def test_the_words_name_the_values_in_both_languages() -> None:
    scope = context({"amount": number(unit="CNY"), "grade": GRADE, "term": number()})
    title = ({"en": "amount", "zh": "金额"}, {"en": "grade", "zh": "等级"}, {"en": "term", "zh": "期限"})
    inputs = tuple(Input(one["en"], title=one) for one in title)
    lines = ('<= 50000 | "A", "B" | - => 1', '>= 50000 | "B", "C" | - => 2', '> 50000 | "A" | - => 2')
    table = compiled(written("", *lines, inputs=inputs), scope)
    labels = {"grade=B": {"en": "good", "zh": "良好"}}
    found = analyse(table, labels)
    assert [one.message["en"] for one in found.findings] == [
        "Both Row 1 and Row 2 apply, but only one may: amount 50,000 CNY, grade good.",
        'No row applies to: amount 10,000 CNY, grade "C".',
    ]
    assert found.findings[0].message["zh"] == "第1行与第2行可能同时命中，但只允许一条：金额 50,000 CNY，等级 良好。"
    assert found.findings[1].message["zh"].startswith("以下情况没有行命中：金额 10,000 CNY，等级")


def test_each_hole_is_named_once_by_what_makes_it_one() -> None:
    scope = context({"n": WHOLE, "g": GRADE, "b": BOOLEAN})
    lines = ("< 3 | - | - => 1", '[4..9] | "A", "B" | - => 2', '[4..9] | "C" | true => 3')
    found = analyse(compiled(written("n | g | b", *lines), scope)).of("gap")
    assert {one.message["en"] for one in found} == {
        "No row applies to: n 3.",
        'No row applies to: n 4, g "C", b no.',
    }


def test_two_columns_of_one_fact_are_judged_together() -> None:
    scope = context({"n": WHOLE})
    table = compiled(written("n | n", ">= 3 | < 6 => 1", "< 3 | - => 2", "- | >= 6 => 3"), scope)
    assert analyse(table).findings == ()


def test_rows_over_other_facts_are_not_judged_but_said() -> None:
    scope = context({"n": WHOLE, "limit": WHOLE})
    table = compiled(written("n", "<= limit => 1", "< 3 => 2", policy="unique"), scope)
    found = analyse(table)
    assert not found.findings and not found.whole
    assert found.why is not None and "Row 1" in found.why["en"] and "第1行" in found.why["zh"]
    assert analyse(compiled(written("n", "<= limit => 1", "<= limit => 2", policy="first"), scope)).of("covered")


def test_a_table_that_is_too_large_says_so() -> None:
    lines = [f"[{n}..{n + 2}] | [{n % 7}..{n % 5 + 3}] => 1" for n in range(50)]
    scope = context({"n": number(), "k": number()})
    found = analyse(compiled(written("n | k", *lines, policy="first"), scope), steps=20)
    assert not found.whole and found.why is not None and "too large" in found.why["en"]


def test_a_thousand_rows_of_four_columns_are_analysed_in_full() -> None:
    provinces = [f"p{one}" for one in range(10)]
    scope = context(
        {"amount": number(least=D(0)), "grade": enumeration("ABCDE"), "province": enumeration(provinces), "term": WHOLE}
    )
    lines = [
        f'[{low * 1000}..{low * 1000 + 1000}) | "{grade}" | "{province}" | {term} => 1'
        for low in range(5)
        for grade in "ABCDE"
        for province in provinces
        for term in ("< 3", "[3..6)", "[6..9]", "> 9")
    ][:-1]
    table = compiled(written("amount | grade | province | term", *lines), scope)
    found = analyse(table)
    assert found.whole
    (gap,) = found.of("gap")
    assert gap.example is not None and not hits_of(table, gap.example)


def hits_of(table: DecisionTable, point: tuple[Any, ...]) -> tuple[int, ...]:
    return run(table, dict(zip(names(table), point, strict=True))).hits


def test_compiled_tables_with_mistakes_are_not_analysed() -> None:
    assert compile_table(written("n", "< x => 1"), SCOPE).table is None


OPEN_CELLS: dict[str, tuple[Type, st.SearchStrategy[str]]] = {
    "number": (number(), st.integers(-3, 3).map(lambda one: str(one / 2))),
    "money": (number(digits=Digits(8, 2), least=D(0), unit="CNY"), st.integers(0, 5).map(lambda one: f"{one}.5")),
    "text": (STRING, st.sampled_from(['"a"', '"ab"', '"b"', '""'])),
    "date": (DATE, st.integers(1, 5).map(lambda one: f'@"2026-02-0{one}"')),
    "instant": (DATE_TIME, st.integers(1, 5).map(lambda one: f'@"2026-02-01T0{one}:30:00"')),
    "zoned": (DATE_TIME, st.integers(1, 5).map(lambda one: f'@"2026-02-01T0{one}:30:00+08:00"')),
    "time": (TIME, st.sampled_from(['@"00:00:00"', '@"09:00:00"', '@"09:00:01"', '@"23:59:59"'])),
    "days": (DAYS, st.integers(0, 4).map(lambda one: f'@"P{one}D"')),
    "months": (MONTHS, st.integers(0, 4).map(lambda one: f'@"P{one}M"')),
}


@st.composite
def open_tables(draw: st.DrawFn) -> tuple[DecisionTable, Type]:
    names = draw(st.lists(st.sampled_from(sorted(OPEN_CELLS)), min_size=1, max_size=2, unique=True))
    scope = context({one: optional(OPEN_CELLS[one][0]) for one in names})

    def cell(name: str) -> str:
        low, high = draw(OPEN_CELLS[name][1]), draw(OPEN_CELLS[name][1])
        forms = [
            "-",
            low,
            f"< {low}",
            f">= {low}",
            f"[{low}..{high})",
            f"({low}..{high}]",
            f"not({low}, > {high})",
            "null",
        ]
        return draw(st.sampled_from(forms))

    rules = tuple(
        Rule(tuple(cell(one) for one in names), ("1",)) for _ in range(draw(st.integers(min_value=1, max_value=6)))
    )
    return compiled(Table(tuple(map(Input, names)), (Output("r"),), rules, "unique"), scope), scope


@settings(max_examples=200, deadline=None)
@given(open_tables())
def test_every_example_of_every_kind_of_column_is_true(case: tuple[DecisionTable, Type]) -> None:
    table, scope = case
    listing = compiled(Table(table.source.inputs, (Output("r"),), table.source.rules, "rule_order"), scope)
    for one in analyse(table).findings:
        if one.example is None:
            continue
        facts = dict(zip(names(table), one.example, strict=True))
        result = run(listing, facts)
        assert not result.problems and result.hits == scan(listing, facts).hits, (one, result.problems)
        assert set(one.rules) <= set(result.hits) if one.rules else not result.hits, (one.message, result.hits)
