"""What passes the check never has an error of type when it runs, and gives what the check said it would.

Expressions are drawn mostly well typed and now and then with a part of another kind; what the check refuses is left
out. The facts are drawn by their types: nulls wherever a type admits them, empty lists, leap days.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NUMBER,
    STRING,
    Digits,
    Months,
    Type,
    context,
    enumeration,
    list_of,
    number,
    optional,
)
from loanloom.feel.running.values import is_a

CNY = number(unit="CNY", digits=Digits(12, 2), least=Decimal(0), most=Decimal(1_000_000_000_000))
USD = number(unit="USD")
KIND = enumeration(["farmer", "company", "person"])
ROW = context({"value": optional(CNY), "kind": KIND, "since": optional(DATE), "note": optional(STRING)})
PERSON = context(
    {
        "kind": optional(KIND),
        "name": STRING,
        "income": optional(CNY),
        "address": optional(context({"town": optional(STRING), "years": optional(NUMBER)})),
    }
)
SCOPE = context(
    {
        "amount": CNY,
        "cost": optional(CNY),
        "price": optional(USD),
        "rate": NUMBER,
        "share": optional(NUMBER),
        "kind": KIND,
        "other kind": optional(KIND),
        "note": optional(STRING),
        "consent": optional(BOOLEAN),
        "yes": BOOLEAN,
        "start": DATE,
        "end": optional(DATE),
        "grace": optional(DAYS),
        "term": MONTHS,
        "customer": optional(PERSON),
        "rows": list_of(ROW),
        "amounts": optional(list_of(optional(CNY))),
        "kinds": list_of(KIND),
        "as_of": DATE,
    }
)
FITTING = {"feel.division_by_zero", "feel.out_of_range", "feel.no_result", "feel.date_out_of_range", "feel.scale"}
"""What may still be met in a run: operations on numbers and dates that have no value."""

LEAVES = {
    "number": ["amount", "cost", "price", "rate", "share", "customer.income", "customer.address.years", "0", "2.5"],
    "text": [
        "note",
        "kind",
        "other kind",
        "customer.name",
        "customer.kind",
        "customer.address.town",
        '"farmer"',
        '"x"',
    ],
    "truth": ["consent", "yes", "true", "cost != null", "is defined(share)", 'kind = "farmer"'],
    "date": ["start", "end", 'date("2024-02-29")', "today()", "rows[1].since"],
    "length": ["grace", "term", 'duration("P3D")', 'duration("P1M")', "end - start"],
    "list": ["rows.value", "amounts", "kinds", "rows.since", "[amount, cost]", "[1, null]", "[]"],
    "records": ["rows", 'rows[kind = "farmer"]', "rows[value != null]", "rows[since != null and value > 5]"],
}
GUARDS = ["cost", "share", "customer.income", "other kind", "end", "note", "customer.address", "amounts", "grace"]


def drawn(random: Random, kind: str, depth: int) -> str:
    """A text that should be of this kind; now and then of any."""
    if random.random() < 0.04:
        kind = random.choice(sorted(FORMS))
    if depth == 0 or random.random() < 0.2:
        return random.choice(LEAVES[kind])
    guard = random.choice(GUARDS)

    def filled(place: re.Match[str]) -> str:
        return guard if place[1] == "guard" else f"({drawn(random, place[1], depth - 1)})"

    return re.sub(r"\$(\w+)", filled, random.choice(FORMS[kind]))


FORMS: dict[str, list[str]] = {
    "number": [
        "$number + $number",
        "$number - $number",
        "$number * $number",
        "$number / $number",
        "-$number",
        "abs($number)",
        "round half up($number, 2)",
        "min($number, $number)",
        "max([$number, $number])",
        "sum($list)",
        "mean($list)",
        "count($list)",
        "get or else($number, $number)",
        "if $truth then $number else $number",
        "if $guard != null then $guard + 1 else $number",
        "if $guard = null then 0 else $guard * 2",
        "if $guard > 3 and $truth then $guard else $number",
        "string length($text)",
        "$date.year",
        "$length.days",
        "$records[1].value",
        "sum(for r in $records return r.value * 2)",
        "sum($records[value > 10].value)",
        "(function(x: number) x + 1)($number)",
        "{a: $number, b: a + 1}.b",
        "$list[1]",
        "flatten([$list, $list])[1]",
        'get value({a: $number}, "a")',
        "median($list)",
        "modulo($number, $number)",
    ],
    "text": [
        "$text + $text",
        "upper case($text)",
        "if $truth then $text else $text",
        "get or else($text, $text)",
        "substring before($text, $text)",
        "string($number)",
        'string join([$text, $text], "-")',
        "$records[1].kind",
        "min($text, $text)",
    ],
    "truth": [
        "$number > $number",
        "$number <= $number",
        "$number = $number",
        "$number between $number and $number",
        "$number in [$number..$number]",
        "$number in ($number, > $number)",
        "$text = $text",
        "$text != $text",
        '$text in ("farmer", "company")',
        "$date < $date",
        "$date = $date",
        "$truth and $truth",
        "$truth or $truth",
        "not($truth)",
        "$guard != null and $guard > 3",
        "$guard = null or $guard > 3",
        "is defined($guard) and $truth",
        "some r in $records satisfies r.value > $number",
        "every x in $list satisfies x != null",
        "some x in $list satisfies x > $number",
        "list contains($list, $number)",
        "list contains($list, $text)",
        "contains($text, $text)",
        "if $truth then $truth else $truth",
        "$length > $length",
        "get or else($truth, false)",
        "$number in $list",
    ],
    "date": [
        "$date + $length",
        "$date - $length",
        "if $truth then $date else $date",
        "get or else($date, $date)",
        "max($date, $date)",
        "last day of month($date)",
        "if $guard != null then $guard else $date",
    ],
    "length": [
        "$date - $date",
        "$length + $length",
        "$length * 2",
        "-$length",
        "if $truth then $length else $length",
    ],
    "list": [
        "for x in $list return x",
        "for r in $records return r.value + $number",
        "$list[item != null]",
        "$list[item > 3]",
        "$records.value",
        "$records[value > 3].value",
        "append($list, $number)",
        "concatenate($list, $list)",
        "[$number, $number]",
        "[$text, $date]",
        "distinct values($list)",
        "reverse($list)",
        "if $truth then $list else $list",
        "flatten([$list, [$list]])",
        "sort($list)",
    ],
    "records": [
        "$records[value > $number]",
        "$records[since < $date]",
        "$records[not(value = null)]",
        "$records[is defined(note)]",
        "sort($records, function(a, b) a.value < b.value)",
        "if $truth then $records else $records",
    ],
}


def valued(type_: Type) -> st.SearchStrategy[Any]:
    """Values of a type."""
    if type_.nullable:
        return st.none() | valued(feel.required(type_))
    if type_.kind == "context":
        return st.fixed_dictionaries({name: valued(one) for name, one in type_.fields})
    if type_.kind == "list" and type_.item is not None:
        return st.lists(valued(type_.item), max_size=3)
    if type_.values:
        return st.sampled_from(type_.values)
    if type_.kind == "number":
        least = Decimal(0) if type_.least is not None else Decimal(-1000)
        return st.decimals(least, Decimal(10_000), places=2) | st.sampled_from([Decimal(0), Decimal(1)])
    return {
        "string": st.sampled_from(["", "x", "汉字"]),
        "boolean": st.booleans(),
        "date": st.dates(dt.date(2024, 2, 27), dt.date(2024, 3, 2))
        | st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
        "days and time duration": st.timedeltas(dt.timedelta(days=-40), dt.timedelta(days=40)),
        "years and months duration": st.integers(-30, 30).map(Months),
    }[type_.kind]


FACTS = valued(SCOPE)


def belongs(value: Any, type_: Type) -> bool:
    """Whether a value is what its type says: kind, null, enumeration, limits, digits, entries."""
    if value is None:
        return type_.nullable
    if type_.alternatives:
        return any(belongs(value, one) for one in type_.alternatives)
    if type_.kind == "Any":
        return True
    if type_.kind == "list":
        return isinstance(value, list | tuple) and all(belongs(one, type_.item or feel.ANY) for one in value)
    if type_.kind == "context":
        return isinstance(value, dict) and all(belongs(value.get(name), one) for name, one in type_.fields)
    if not is_a(value, type_) or (type_.values is not None and value not in type_.values):
        return False
    if (type_.least is not None and value < type_.least) or (type_.most is not None and value > type_.most):
        return False
    if type_.digits is not None:
        exponent = Decimal(value).normalize().as_tuple().exponent
        return -int(exponent) <= type_.digits.scale and abs(value) < 10**type_.digits.whole
    return True


RANDOM = st.randoms(use_true_random=False)


@settings(max_examples=1_200, deadline=None, suppress_health_check=list(HealthCheck))
@given(RANDOM, FACTS)
def test_what_passes_the_check_runs_and_gives_what_was_said(random: Random, facts: dict[str, Any]) -> None:
    text = drawn(random, random.choice(sorted(FORMS)), 3)
    checked = feel.check(text, SCOPE)
    event("refused" if checked.problems else "sound")
    assume(checked.program is not None)
    assert checked.program is not None
    found = checked.program.evaluate(facts)
    if found.problem is not None:
        assert found.problem.code in FITTING, (text, found.problem)
        return
    assert belongs(found.value, checked.type), (text, str(checked.type), checked.type, found.value)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(RANDOM)
def test_every_problem_has_a_place_inside_the_text_and_both_languages(random: Random) -> None:
    text = drawn(random, random.choice(sorted(FORMS)), 3)
    for one in feel.check(text, SCOPE).problems:
        assert one.message["en"] and one.message["zh"]
        assert 0 <= one.start < one.end <= len(text)
        line = text.split("\n")[one.line - 1]
        assert 1 <= one.column <= len(line)
