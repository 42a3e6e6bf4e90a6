"""Values brought to declared types: at the edges of decisions, and as arguments of functions that declare them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import ANY, BOOLEAN, DATE, DATE_TIME, NUMBER, STRING, coerce, context, enumeration, list_of, number

PERSON = context({"name": STRING, "age": NUMBER})
LIBRARY = feel.STANDARD.with_types({"tPerson": PERSON, "Loan Grade": enumeration(["A", "B"])})


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (D(1), NUMBER, D(1)),
        (D(1), ANY, D(1)),
        (D(1), STRING, None),
        ("a", list_of(STRING), ["a"]),
        (["a"], STRING, "a"),
        (["a", "b"], STRING, None),
        ([], STRING, None),
        ([None], STRING, None),
        ([D(1), "a"], list_of(NUMBER), None),
        ([D(1), None], list_of(NUMBER), [D(1), None]),
        (D(1), list_of(STRING), None),
        (None, NUMBER, None),
        ({"name": "Li", "age": D(30), "more": True}, PERSON, {"name": "Li", "age": D(30), "more": True}),
        ({"name": "Li"}, PERSON, None),
        ({"name": "Li", "age": "30"}, PERSON, None),
        ([{"name": "Li", "age": D(30)}], PERSON, {"name": "Li", "age": D(30)}),
        ("A", enumeration(["A", "B"]), "A"),
        ("C", enumeration(["A", "B"]), None),
        ("A", list_of(enumeration(["A"])), ["A"]),
        (["C"], list_of(enumeration(["A"])), None),
        (D(5), number(least=D(1), most=D(4)), None),
        (D(4), number(least=D(1), most=D(4)), D(4)),
        (dt.date(2026, 1, 31), DATE_TIME, dt.datetime(2026, 1, 31, tzinfo=dt.UTC)),
        (dt.datetime(2026, 1, 31, tzinfo=dt.UTC), DATE, None),
        (True, NUMBER, None),
        (True, BOOLEAN, True),
    ],
)
def test_coercion(value: Any, type_: feel.Type, expected: Any) -> None:
    assert coerce(value, type_) == expected


def run(source: str, mode: str = "standard") -> Any:
    program = feel.check(source, context({}), functions=LIBRARY, mode=mode).program
    assert program is not None
    return program({})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("(function(a: number) a + 1)(2)", D(3)),
        ("(function(a: number) a + 1)([2])", D(3)),
        ('(function(a: number) a)("2")', None),
        ('(function(a: number) is defined(a))("2")', False),
        ("(function(a: list<number>) count(a))(5)", D(1)),
        ("(function(a, b) a - b)(b: 1, a: 3)", D(2)),
        ("(function(a, b) a - b)(a: 3)", None),
        ('(function(p: tPerson) p.name)({name: "Li", age: 30})', "Li"),
        ('(function(p: tPerson) p.name)({name: "Li"})', None),
        ('{name: "Li", age: 30} instance of tPerson', True),
        ('{name: "Li", age: "30"} instance of tPerson', False),
        ('"A" instance of Loan Grade', True),
        ("1 instance of Loan Grade", False),
        ("sort([3, 1, 2], function(x: number, y: number) x > y)", [D(3), D(2), D(1)]),
        ("{f: sum}.f([1, 2, 3])", D(6)),
        ("(function(f, x) f(x))(abs, -3)", D(3)),
        ("(function(x: number, y: number) x) instance of function<number, number>->number", True),
        ("(function(x: number) x) instance of function<string>->number", False),
        ("(function(x) x) instance of function<number, number>->Any", False),
    ],
)
def test_functions_with_types(source: str, expected: Any) -> None:
    assert run(source) == expected


def test_in_strict_mode_an_argument_of_another_type_is_a_fault() -> None:
    source = '(function(a: number) a)(if 1 > 2 then 1 else "2")'
    program = feel.check(source, context({}), functions=LIBRARY).program
    if program is not None:  # where the checker leaves it to the run, the run says it
        problem = program.evaluate({}).problem
        assert problem is not None
        assert problem.code == "feel.wrong_type"


def test_a_context_names_each_entry_once() -> None:
    assert run("{a: 1, a: 2}") is None
    assert [one.code for one in feel.check("{a: 1, a: 2}", context({})).problems] == ["feel.duplicate_entry"]


def test_the_moment_is_an_input() -> None:
    facts = {"as_of": dt.date(2026, 3, 2), "now": dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)}
    scope = context({"as_of": DATE, "now": DATE_TIME})
    program = feel.check('now() >= date and time(string(today()) + "T00:00:00Z")', scope).program
    assert program is not None
    assert program(facts) is True
    assert feel.check("now()", context({"as_of": DATE})).problems[0].code == "feel.no_clock"
    moment = feel.check("[today(), now()]", context({"as_of": DATE_TIME})).program
    assert moment is not None
    assert moment({"as_of": facts["now"]}) == [dt.date(2026, 3, 2), facts["now"]]
