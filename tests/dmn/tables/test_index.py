"""Rows found by the index are those that asking every row finds: values, hits and problems."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dmn.tables.tables_of import D, compiled

from loanloom.dmn.tables import HitPolicy, Input, Output, Rule, Table, compile_table, index, run, scan
from loanloom.dmn.tables.index import index_of, rows_in
from loanloom.dmn.tables.keys import keyed
from loanloom.dmn.tables.regions import Region, region_of
from loanloom.feel import ANY, BOOLEAN, DATE, DAYS, NUMBER, STRING, Months, Type, check_unary, context, optional

SCOPE = context(
    {
        "n": optional(NUMBER),
        "s": optional(STRING),
        "d": optional(DATE),
        "b": optional(BOOLEAN),
        "a": ANY,
        "other": optional(NUMBER),
    }
)
NUMBERS = st.integers(-2, 6).map(str)
NUMBER_TESTS = st.one_of(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=", "!=", ""]), NUMBERS).map(" ".join),
    st.tuples(st.sampled_from("[("), NUMBERS, NUMBERS, st.sampled_from("])")).map(
        lambda one: f"{one[0]}{one[1]}..{one[2]}{one[3]}"
    ),
    st.sampled_from(["null", "? > 1 and ? < 4", "1, null", "? != null", "[1, 3]"]),
)
FAULTY = st.sampled_from(["> other", "1 / other", "? * 2 > other", "> 1 / (? - 1)", "other..5"])
TEXT_TESTS = st.sampled_from(['"a"', '"b", "c"', 'not("a")', "null", '> "a"', '["b".."c"]', 'starts with(?, "a")'])
DATE_TESTS = st.sampled_from(
    ['@"2026-01-05"', '< @"2026-01-05"', 'date("2026-01-03")', '[@"2026-01-02"..@"2026-01-04")', "null"]
)


def cells(tests: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(tests, min_size=1, max_size=3).map(", ".join)
    return st.one_of(st.just("-"), tests, several, several.map(lambda one: f"not({one})"))


COLUMNS = {
    "n": cells(st.one_of(NUMBER_TESTS, NUMBER_TESTS, NUMBER_TESTS, FAULTY)),
    "s": cells(TEXT_TESTS),
    "d": cells(DATE_TESTS),
    "b": st.sampled_from(["-", "true", "false", "not(true)", "null"]),
    "a": st.sampled_from(["-", "1", "2, 3", "not(1)", "null", "> 2"]),
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "n": st.one_of(st.none(), st.integers(-5, 14).map(lambda one: Decimal(one) / 2)),
    "s": st.sampled_from([None, "a", "b", "bb", "c", ""]),
    "d": st.one_of(st.none(), st.integers(1, 7).map(lambda day: dt.date(2026, 1, day))),
    "b": st.sampled_from([None, True, False]),
    "a": st.sampled_from([None, D(1), D(2), D(3), "text", True, [D(1)], dt.date(2026, 1, 1)]),
    "other": st.sampled_from([None, D(0), D(2)]),
}
POLICIES: st.SearchStrategy[HitPolicy] = st.sampled_from(
    ["unique", "any", "first", "priority", "rule_order", "output_order", "collect"]
)
VALUES_RANKED = "3, 2, 1, ? > 3, ? < 1, (1..3)"


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=3, unique=True))
    results = st.sampled_from(["1", "2", "3", "n", "1 / other"])
    rows = draw(st.lists(st.tuples(st.tuples(*(COLUMNS[one] for one in columns)), results), min_size=1, max_size=8))
    rules = tuple(Rule(tests, (result,)) for tests, result in rows)
    policy = draw(POLICIES)
    ranked = policy in ("priority", "output_order") or draw(st.booleans())
    output = Output("result", type=NUMBER, values=VALUES_RANKED if ranked else None)
    return Table(tuple(map(Input, columns)), (output,), rules, policy)


FACTS = st.fixed_dictionaries(VALUES)


@settings(max_examples=250, deadline=None)
@given(tables(), st.lists(FACTS, min_size=3, max_size=6), st.sampled_from(["strict", "standard"]))
def test_index_and_scan_agree(table: Table, several: list[dict[str, Any]], mode: str) -> None:
    found = compile_table(table, SCOPE, mode=mode).table
    if found is None:
        return
    for facts in several:
        one, other = run(found, facts), scan(found, facts)
        assert (one.value, one.hits, one.rows, one.inputs) == (other.value, other.hits, other.rows, other.inputs)
        assert one.problems == other.problems or mode == "standard"  # a row ruled out leaves no fault behind
        assert one.trace == other.trace


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["n", "s", "d", "b", "a"]), st.data())
def test_a_region_says_what_its_test_says(name: str, data: st.DataObject) -> None:
    program = check_unary(data.draw(COLUMNS[name]), SCOPE.members[name], SCOPE).program
    value = data.draw(VALUES[name])
    region = region_of(program) if program is not None else None
    if program is None or region is None:
        return
    found = program.evaluate({"other": None}, value)
    if value is None:
        assert found.problem is None and region.null is found.value
    elif found.problem is None and type(value) is not list:
        key = keyed(value)
        assert key is not None and region.admits(key[1]) is (found.value is True), (program.text, value, region)


def test_every_plain_cell_is_understood() -> None:
    plain: list[tuple[Type, str]] = [
        (NUMBER, "5"),
        (NUMBER, "-5"),
        (NUMBER, "[-1..5)"),
        (NUMBER, "1, 3, > 5"),
        (NUMBER, "not(< 3)"),
        (NUMBER, "? > 1 and ? < 9"),
        (STRING, '"a", "b"'),
        (STRING, 'not("a")'),
        (BOOLEAN, "true"),
        (DATE, '< date("2026-01-01")'),
        (DAYS, '>= duration("P10D")'),
        (ANY, '"a"'),
        (ANY, "[1..3]"),
        (NUMBER, "null"),
        (NUMBER, "-"),
    ]
    for type_, cell in plain:
        program = check_unary(cell, optional(type_), SCOPE).program
        assert program is not None and region_of(program) is not None, cell
    other = check_unary("> other", optional(NUMBER), SCOPE).program
    assert other is not None and region_of(other) is None


@pytest.mark.parametrize("kind", ["number", "months"])
def test_a_column_of_very_many_constants_is_kept_small_and_finds_the_same(kind: str, monkeypatch: Any) -> None:
    make: Any = Decimal if kind == "number" else Months
    named = "number" if kind == "number" else "years and months duration"
    keys = [keyed(make(n)) for n in range(301)]
    regions = [
        Region((((low[1], 0), (high[1], -1)),), None, named) for low, high in itertools.pairwise(keys) if low and high
    ]
    regions += [Region(((None, None),), True), None]  # type: ignore[list-item]
    dense = index_of(0, regions)
    monkeypatch.setattr(index, "MOST_BITS", 100_000)
    sparse = index_of(0, regions)
    assert type(dense) is not type(sparse) and dense is not None and sparse is not None
    for value in (None, make(-1), make(0), make(17), make(299), make(300), "text"):
        assert dense.rows(value) == sparse.rows(value)
    assert list(rows_in(dense.rows(make(17)) or 0)) == [17, 300, 301]


def test_what_an_index_leaves_is_asked_only_of_candidates() -> None:
    """A fault in a row that its other column rules out is never met."""
    rules = (Rule(("> 1 / other", '"a"'), ("0",)), Rule(("> 0", '"b"'), ("1",)))
    table = compiled(Table((Input("n"), Input("s")), (Output("result"),), rules), SCOPE)
    facts = {"s": "b", "n": D(1), "other": D(0)}
    assert run(table, facts).value == D(1) and scan(table, facts).value == D(1)
    assert run(table, {**facts, "s": "a"}).problems == scan(table, {**facts, "s": "a"}).problems != ()
