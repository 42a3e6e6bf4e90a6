"""Polars beyond agreement: what is refused by name, and frames that take no fact outside its type."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import time
from decimal import Decimal

import polars as pl
import pytest
from tests.feel.targets import generators as g

from loanloom import feel
from loanloom.feel import Digits, context, list_of, number, optional
from loanloom.feel.targets.polars.frame import dtypes, frame, schema, unfit
from loanloom.feel.targets.polars.target import column, to_polars

D = Decimal
MONEY = optional(number(digits=Digits(10, 2)))
SCOPE = context(
    {
        "amount": MONEY,
        "free": optional(feel.NUMBER),
        "name": optional(feel.STRING),
        "day": optional(feel.DATE),
        "at": optional(feel.DATE_TIME),
        "rows": list_of(context({"amount": MONEY, "name": optional(feel.STRING), "free": optional(feel.NUMBER)})),
        "customer": context({"age": optional(number(digits=Digits(3, 0)))}),
    }
)

REFUSED = [
    ('matches(name, "a+")', "matches", 1),
    ("upper case(name)", "upper case", 1),
    ("name = null or lower case(name) = name", "lower case", 16),
    ("median([amount, 1])", "median", 1),
    ("free > 5", "How many digits `free` has", 1),
    ("amount > free", "free", 10),
    ("for r in rows return r.amount + amount", "item of a list", 33),
    ("for i in 1..3 return i", "loop over numbers", 1),
    ("sort(rows, function(x, y) x.amount < y.amount)[1].amount", "function", 12),
    ("at.hour", "date and time", 1),
    ("customer", "context", 1),
    ("amount instance of number", "instance of", 1),
    ("rows", "list", 1),
    ("if amount > 1 then [1] else [2]", "list", 1),
]


@pytest.mark.parametrize(("text", "named", "column_"), REFUSED)
def test_what_polars_cannot_do_is_refused_by_name_and_place(text: str, named: str, column_: int) -> None:
    translation = to_polars(feel.check(text, SCOPE))
    assert translation.value is None and not translation.ok
    problem = translation.problems[0]
    assert problem.code.startswith("feel.target.")
    assert named in problem.message["en"], problem.message
    assert problem.column == column_, problem
    assert any("一" <= letter <= "鿿" for letter in problem.message["zh"])


def test_a_text_with_mistakes_keeps_its_own_problems() -> None:
    translation = to_polars(feel.check("amuont + 1", SCOPE))
    assert [one.code for one in translation.problems] == ["feel.unknown_name"]


def test_an_expression_that_grows_without_end_is_refused_quickly() -> None:
    text = "amount"
    for _ in range(14):
        text = f"round half even({text} / 3, 2)"
    begun = time.process_time()
    translation = to_polars(feel.check(text, SCOPE))
    assert "size" in translation.problems[0].message["en"]
    assert time.process_time() - begun < 2


def test_results_have_the_dtype_of_their_type() -> None:
    data = frame(dict(SCOPE.fields), [{"amount": D("1.50"), "day": dt.date(2024, 2, 29), "name": "x", "rows": []}])
    for text, dtype in [
        ("amount * 2", pl.Decimal(38, 2)),
        ("round up(amount, -1)", pl.Decimal(38, 0)),
        ("string length(name)", pl.Decimal(38, 0)),
        ("name", pl.String),
        ("amount > 1", pl.Boolean),
        ("day", pl.Date),
        ('day - date("2024-01-01")', pl.Duration("us")),
        ("rows.amount", pl.List(pl.Decimal(38, 2))),
        ("{a: amount, b: name}", pl.Struct({"a": pl.Decimal(38, 2), "b": pl.String})),
    ]:
        translation = to_polars(feel.check(text, SCOPE))
        assert translation.value is not None, translation.problems
        assert data.select(translation.value.alias("x"))["x"].dtype == dtype, text


def test_only_the_entries_that_are_read_become_columns() -> None:
    read = schema(feel.check("count(rows[amount > 5])", SCOPE), feel.check('rows[name = "x"].amount', SCOPE))
    assert [name for name, _ in read["rows"].item.fields] == ["amount", "name"]
    assert dtypes(schema(feel.check("count(rows)", SCOPE)))["rows"] == pl.List(pl.Struct({"item": pl.Boolean}))
    data = frame(feel.check("count(rows)", SCOPE), [{"rows": [{"amount": D(1)}, None]}, {"rows": []}])
    assert data["rows"].list.len().to_list() == [2, 0]


def test_nulls_in_and_of_lists_of_records_are_kept() -> None:
    types = {"rows": SCOPE.members["rows"]}
    checked = feel.check("count(rows[item = null])", SCOPE)
    rows = [{"rows": [None, {"amount": None}]}, {"rows": None}, {"rows": []}, {"rows": [{"amount": D("2.00")}]}]
    data = frame(schema(feel.check("rows.amount", SCOPE)), rows)
    assert data["rows"].to_list() == [
        [None, {"amount": None}],
        None,
        [],
        [{"amount": D("2.00")}],
    ]
    assert checked.ok and types


UNFIT = [
    ("amount", D("1.005"), "too many decimals"),
    ("amount", D("10000000000"), "too many digits"),
    ("amount", D("1E+11"), "too many digits with an exponent"),
    ("amount", "5", "a text"),
    ("amount", D("NaN"), "no number"),
    ("amount", True, "a truth value"),
    ("name", 5, "a number"),
    ("name", "\ud800", "half a character"),
    ("name", "x" * 100_001, "a text without end"),
    ("day", dt.datetime(2024, 1, 1, 5), "an instant"),
    ("rows", [{"amount": D("0.001")}], "too many decimals in a list"),
    ("rows", "abc", "no list"),
    ("rows", [5], "no record"),
]


@pytest.mark.parametrize(("path", "value", "why"), UNFIT)
def test_a_fact_outside_its_type_is_refused_with_its_row(path: str, value: object, why: str) -> None:
    types = {name: type_ for name, type_ in SCOPE.fields if name in ("amount", "name", "day")}
    types["rows"] = schema(feel.check("rows.amount", SCOPE))["rows"]
    good = {"amount": D("5.00"), "name": "x", "day": dt.date(2024, 1, 1), "rows": []}
    with pytest.raises(feel.EvaluationError) as refused:
        frame(types, [good, {**good, path: value}])
    said = refused.value.problem
    assert f"`{path}` of row 2" in said.message["en"] and f"第 2 行的“{path}”" in said.message["zh"]
    assert unfit(types, good) is None
    assert unfit(types, {**good, path: value}) is not None, why


def test_numbers_are_taken_however_they_are_written() -> None:
    values = [D("1E+3"), D("1.500"), D("-0.00"), D("0E-10"), 7, None, D("9999999999.99")]
    data = frame({"amount": MONEY}, [{"amount": one} for one in values])
    assert data["amount"].to_list() == [D(1000), D("1.5"), D(0), D(0), D(7), None, D("9999999999.99")]


def test_missing_records_on_the_way_are_null() -> None:
    types = {"customer.age": optional(number(digits=Digits(3, 0)))}
    data = frame(types, [{"customer": {"age": D(30)}}, {"customer": None}, {}, {"customer": {}}])
    assert data["customer.age"].to_list() == [30, None, None, None]
    assert frame(types, []).shape == (0, 1)


def test_a_result_can_be_rounded_and_the_next_expression_knows_its_digits() -> None:
    ratio = feel.check("amount / 3", SCOPE)
    assert to_polars(ratio).problems
    first, type_ = column(ratio.program.tree, ratio.source, places=2)
    assert first.value is not None and type_.digits == Digits(10, 2)
    next_ = feel.check("free * 2", SCOPE)
    assert to_polars(next_).problems
    second, _ = column(next_.program.tree, next_.source, {"free": type_})
    assert second.value is not None
    data = frame({"amount": MONEY}, [{"amount": D("10.00")}]).with_columns(free=first.value)
    assert data.select(x=second.value)["x"].to_list() == [D("6.66")]


def test_polars_is_imported_only_when_it_is_asked_for() -> None:
    rooms = "loanloom.feel, loanloom.feel.targets.exactness, loanloom.engines.scoring"
    code = f"import sys, {rooms}; print('polars' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_the_generators_write_expressions_of_every_kind() -> None:
    draw = random.Random(1)
    for kind in g.KINDS:
        checked = feel.check(g.expression(draw, kind, 0), g.SCOPE)
        assert checked.ok and checked.type.kind == kind
