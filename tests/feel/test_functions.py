"""The built-in functions in standard mode: by position and name, one value for a list, nulls, what has no result."""

from __future__ import annotations

from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import STANDARD, context

# Each line is true in standard mode; the right side is an expression too.
HOLDS = """
abs(n: -1) = 1                                                    # numbers
abs(@"-P1D") = @"P1D"
decimal(n: 2.555, scale: 2) = 2.56
round half down(2.5, 0) = 2 and round half even(2.5, 0) = 2 and round half up(2.5, 0) = 3
floor(-1.56, 1) = -1.6 and ceiling(-1.56, 1) = -1.5
modulo(dividend: -12, divisor: 5) = 3
odd(number: 3) and even(0) and not(odd(1.5))
sqrt(number: 16) = 4
count(list: [1, null]) = 2                                        # over lists
min(list: [3, 1]) = 1 and min(3, 1) = 1 and min([3]) = 3
max("a", "b") = "b" and max([@"2026-01-01", @"2025-01-01"]) = @"2026-01-01"
sum(4) = 4 and sum([@"P1D", @"PT12H"]) = @"P1DT12H"
median(8, 2, 5, 7) = 6 and median(list: [6, 1, 2, 3]) = 2.5
mode([6, 1, 9, 6, 1]) = [1, 6] and mode([]) = []
product(2, 3, 4) = 24
all([]) and not(any([])) and all(list: [true]) and any(false, true)
string(from: 1.10) = "1.1" and string(1e5) = "100000"             # texts
string([1, "a", @"2026-01-01", {b: "c"}]) = "[1, \\"a\\", 2026-01-01, {b: \\"c\\"}]"
number(from: "1.000,5", grouping separator: ".", decimal separator: ",") = 1000.5
number("1 000", " ", null) = 1000
string length("\\U01F40Eab") = 3
substring(string: "foobar", start position: -3, length: 2) = "ba" and substring("foobar", 3.8) = "obar"
substring before(string: "foobar", match: "ob") = "fo" and substring before("abc", "x") = ""
substring after("foobar", "ob") = "ar" and substring after("", "a") = "" and substring after("abc", "") = "abc"
upper case(string: "aBc4") = "ABC4" and lower case("ABC") = "abc"
string join(delimiter: "X", list: ["a", null, "c"]) = "aXc" and string join([]) = "" and string join("a") = "a"
split(delimiter: ",", string: "a,,b") = ["a", "", "b"]
list contains(list: [1, null], element: null)                     # lists
sublist([1, 2, 3], -2) = [2, 3] and sublist(list: [1, 2, 3], start position: 1, length: 2) = [1, 2]
append([1], 2, null) = [1, 2, null] and append(1, 2) = [1, 2]
concatenate([1], [2], [3]) = [1, 2, 3] and concatenate([1], 2) = [1, 2]
insert before(list: [1, 2], position: -1, newItem: 9) = [1, 9, 2]
remove([1, 2], -1) = [1]
list replace(position: 2, newItem: 4, list: [1, 2, 3]) = [1, 4, 3]
list replace([1, 2], function(item, newItem) item < newItem, 2) = [2, 2]
index of([1, 2, 1, null], null) = [4] and index of([1], 2) = []
union([1, 2], [2, 3]) = [1, 2, 3] and distinct values([1, 1.0, null, null]) = [1, null]
duplicate values([1, 2, 1, 1]) = [1] and flatten([[1, [2]], 3]) = [1, 2, 3]
sort(list: [3, 1], precedes: function(x, y) x > y) = [3, 1] and sort(["b", "a"]) = ["a", "b"]
get value(key: "a", m: {a: 1}) = 1 and get value({a: {b: 2}}, ["a", "b"]) = 2       # contexts
get entries({a: 1}) = [{key: "a", value: 1}]
context([{key: "a", value: 1}]) = {a: 1} and context({key: "a", value: null}) = {a: null}
context put(context: {a: 1}, key: "b c", value: 2) = {a: 1, "b c": 2}
context put({a: {b: 1}}, ["a", "c"], 2) = {a: {b: 1, c: 2}}
context merge([{a: 1}, {a: 2, b: 3}]) = {a: 2, b: 3} and context merge([]) = {}
date(year: 2020, month: 2, day: 29) = @"2020-02-29"               # dates
date(@"2026-03-02T10:00:00@Asia/Shanghai") = @"2026-03-02"
time(hour: 11, minute: 59, second: 45.5, offset: @"-PT2H") = @"11:59:45.5-02:00"
time(@"2026-03-02") = @"00:00:00Z" and time(@"2026-03-02T10:00:00+08:00") = @"10:00:00+08:00"
date and time(date: @"2026-03-02T01:00:00Z", time: @"10:00:00+08:00") = @"2026-03-02T10:00:00+08:00"
years and months duration(from: @"2020-02-29", to: @"2021-02-28") = @"P11M"
years and months duration(@"2011-12-22", @"2013-08-24T10:00:00") = @"P1Y8M"
duration("PT1000M") = @"PT16H40M" and duration("P26M") = @"P2Y2M"
day of year(@"2020-12-31") = 366 and week of year(@"2003-12-29") = 1
day of week(date: @"2026-03-02") = "Monday" and month of year(@"2026-03-02T00:00:00") = "March"
is(@"23:00:50Z", @"23:00:50+00:00") and not(is(@"23:00:50", @"23:00:50Z")) and is(@"P1Y", @"P12M")
not(negand: false) and not(null) = null                           # logic
[1..5] in [[1..5], 7] and 3 in [[1..5]] and not(3 in (< 3, > 3))
"""
NULL = """
abs() | abs(1, 1) | abs("1") | sqrt(-1) | sqrt(null) | log(0) | exp("a") | even(n: 4) | modulo(1, 0)
modulo(1, foo: 2) | decimal(1, 6177) | round up(5.5, -6112) | round up(n: 1, scale: 0, more: 1) | floor(1.5, null)
10 / 0 | 2 ** "a" | sum([]) | max([]) | mean([]) | product([]) | median([]) | stddev([47]) | stddev([])
sum([1, null]) | min([1, "a"]) | median([1, "foo"]) | all(true, 123) | any(null) | all([true, null])
any([false, null]) | count(null) | mode(l: [1]) | number("1,000.5", " ", ".") | number("1", ".", ".") | number("")
number("1e5x") | number(form: "1") | substring("foobar", 0) | substring("foobar", 7) | substring("abc", 1, 0)
string join(null) | string join([1], ",") | split("foo") | split("a", null) | matches("a", "[")
matches("a", "a", "p") | replace("abc", "", "x") | replace("a", "a", "$") | sublist([1], 2)
insert before([1], 0, 1) | remove([1], 2) | list replace([1], 2, 3) | list replace([1], null, 3)
list replace([2, 4], function(item) item = 2, 5) | list replace([1], function(a, b) 1, 2) | reverse(null)
union([1], null) | sort([1, "a"]) | get value({a: 1}, null) | get value("a", "a") | get entries([1])
context({key: null, value: 1}) | context([{key: "a", value: 1}, {key: "a", value: 2}]) | context({key: "a"})
context put({}, "a") | context put({}, [], 1) | context put({}, null, 1) | context merge(null) | date(2017, 13, 31)
date("+2012-12-02") | date("01211-12-31") | date(null) | date("2021-02-29") | date(2017, 8, -2) | time("25:00:00")
time("07:1:00") | time("13:20:00@xyz/abc") | time(24, 0, 0) | time("13:20:00+19:00") | time(12, null, 0)
date and time("2011-12-0310:15:30") | date and time("2017-12-31T24:01:00")
date and time("2017-12-31T13:20:00+02:00@Europe/Paris") | duration("P1H") | duration("P1Y1D") | duration("P")
duration(1) | years and months duration("2020", "2021") | day of week("foo") | day of week(value: @"1970-01-01")
today(1) | now(1) | null() | 123() | @"2026-01-01"() | {a: 1}.a() | nothing() | -"10" | -@"2021-01-01"
@"2021-01-01" + 1 | [1] + [1] | 1 = "1"
"""


def value(source: str) -> Any:
    program = feel.check(source, context({}), functions=STANDARD, mode="standard").program
    return program({}) if program is not None else None


@pytest.mark.parametrize("source", [line.partition("  #")[0].strip() for line in HOLDS.strip().splitlines()])
def test_what_the_standard_says(source: str) -> None:
    assert value(source) is True


@pytest.mark.parametrize("source", [one.strip() for line in NULL.strip().splitlines() for one in line.split(" | ")])
def test_what_has_no_value_is_null_and_says_why(source: str) -> None:
    assert value(source) is None


@pytest.mark.parametrize("name", [name for name in STANDARD.names if name not in ("is defined", "get or else", "is")])
def test_a_null_never_breaks_a_function(name: str) -> None:
    builtin = STANDARD.get(name)
    assert builtin is not None
    for overload in builtin.overloads:
        arguments = ", ".join("null" for one in overload.parameters if not one.optional)
        checked = feel.check(f"{name}({arguments})", context({}), functions=STANDARD)
        assert checked.program is not None, checked.problems
        found = checked.program.evaluate({})
        assert found.problem is None or found.problem.code.startswith("feel.")
        assert found.problem is None or found.value is None
