"""The SQL target on a real PostgreSQL: value, null and fault as in Python and in the interpreter, digit by digit."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from decimal import Decimal

import pytest
from tests.feel.targets.sql_rows import Bench

from loanloom import feel

MONEY = feel.number(digits=feel.Digits(13, 2))
WHOLE = feel.number(digits=feel.Digits(4, 0))
RATE = feel.number(digits=feel.Digits(2, 4), least=Decimal(0), most=Decimal(1))
SCOPE = feel.context(
    {
        "a": feel.optional(MONEY),
        "b": feel.optional(MONEY),
        "n": feel.optional(WHOLE),
        "must": MONEY,
        "rate": feel.optional(RATE),
        "s": feel.optional(feel.STRING),
        "u": feel.optional(feel.STRING),
        "kind": feel.optional(feel.enumeration(("farmer", "person", "company"))),
        "yes": feel.optional(feel.BOOLEAN),
        "d": feel.optional(feel.DATE),
        "e": feel.optional(feel.DATE),
        "at": feel.optional(feel.DATE_TIME),
        "tags": feel.optional(feel.list_of(feel.STRING)),
        "numbers": feel.optional(feel.list_of(MONEY)),
        "rows": feel.optional(
            feel.list_of(
                feel.context(
                    {
                        "amount": feel.optional(MONEY),
                        "name": feel.optional(feel.STRING),
                        "on": feel.optional(feel.DATE),
                        "good": feel.optional(feel.BOOLEAN),
                    }
                )
            )
        ),
    }
)
NUMBERS = [None, *map(Decimal, ["0", "1", "-1", "2.5", "-2.5", "0.05", "-0.05", "3.15", "1000", "-7", "12345678.99"])]
DATES = [None, *map(dt.date.fromisoformat, ["2024-02-29", "2023-02-28", "2026-01-31", "2026-12-31", "0001-01-01"])]
DATES += [dt.date(9999, 12, 31), dt.date(2000, 3, 1), dt.date(1999, 12, 30)]
TEXTS = [
    None,
    "",
    "a",
    "A",
    "farmer",
    "Zürich",
    "流动资金贷款",
    "贷款",
    " a b ",
    "a'b\\c:x%",
    "é",
    "é",
    "😀x",
    "\u3000a\n",
]
MOMENTS = [None, dt.datetime(2024, 2, 29, 23, 59, 59, 999999), dt.datetime(2026, 1, 1), dt.datetime(9999, 12, 31, 12)]


def make_rows(count: int = 120) -> list[dict]:
    """The same rows every time: first every pair of numbers, then whatever a fixed seed gives."""
    choose = random.Random(20260302)
    pairs = list(itertools.product(NUMBERS, NUMBERS))
    found = []
    for place in range(count):
        a, b = pairs[place] if place < len(pairs) else (choose.choice(NUMBERS), choose.choice(NUMBERS))
        items = [
            {
                "amount": choose.choice(NUMBERS),
                "name": choose.choice(TEXTS),
                "on": choose.choice(DATES),
                "good": choose.choice([None, True, False]),
            }
            for _ in range(choose.randrange(4))
        ]
        found.append(
            {
                "a": a,
                "b": b,
                "n": choose.choice([None, *map(Decimal, [0, 1, 2, 3, -3, 12, 9999, -9999])]),
                "must": choose.choice(NUMBERS),
                "rate": choose.choice([None, *map(Decimal, ["0", "0.5", "0.0435", "1"])]),
                "s": choose.choice(TEXTS),
                "u": choose.choice(TEXTS),
                "kind": choose.choice([None, "farmer", "person", "company"]),
                "yes": choose.choice([None, True, False]),
                "d": choose.choice(DATES),
                "e": choose.choice(DATES),
                "at": choose.choice(MOMENTS),
                "tags": choose.choice([None, [], ["a"], ["a", None, "贷款"], ["A", "b", "b"]]),
                "numbers": choose.choice([None, [], NUMBERS[1:4], [Decimal(3), None], NUMBERS[5:]]),
                "rows": choose.choice([None, items, items, items]),
            }
        )
    return found


ROUNDINGS = ("decimal", "round half even", "round half up", "round half down", "round up", "round down")
EXPRESSIONS = {
    "arithmetic": [
        "a + b * 2 - n",
        "-a",
        "a * b * rate",
        "a / 8",
        "(a + b) / 100 * 3",
        "n ** 3",
        "must * 2",
        "a + must",
        "-2 ** 2",
        "modulo(a, b)",
        "modulo(n, 12)",
        "modulo(a, -0.3)",
        "abs(a - b)",
        "odd(n)",
        "even(n)",
        "min(a, b, 3)",
        "max(a, must)",
        "sum(a, b)",
        "if a > b then a else null",
    ],
    "rounding": [
        *(f"{mode}({value}, {scale})" for mode in ROUNDINGS for value in ("a", "a * rate") for scale in (0, 1, -1)),
        *(f"{mode}(a / b, {scale})" for mode in ROUNDINGS for scale in (0, 2, -1)),
        "floor(a)",
        "ceiling(a)",
        "floor(a, 1)",
        "ceiling(a * rate, 3)",
        "floor(a / b)",
        "ceiling(a / n, 1)",
        "round half up(a * 100 / b, 2)",
        "round half even(a / b * 100 + 0.5, 1)",
        "round half up(-(a / b), 1)",
        "round up(abs(a / b), 1)",
        "round half up(if b = 0 then 0 else a / b, 2)",
        "round half up(get or else(a / b, 1), 2)",
        "round half up(mean(a, b, n), 2)",
        "round half up(mean(numbers), 3)",
        "round half up(must / n, 2)",
        "round half even(round half up(a / b, 1) / n, 0)",
    ],
    "comparing": [
        *(f"a {sign} b" for sign in ("=", "!=", "<", "<=", ">", ">=")),
        *(f"a / b {sign} {other}" for sign in ("=", "!=", "<", ">=") for other in ("0.5", "-1", "n")),
        "n = a / b",
        "a = null",
        "null != a",
        "must = a",
        "must != 3.15",
        "a between b and must",
        "a / b between 0 and 1",
        "a in [b..10)",
        "a in (1, 2.5, null)",
        "a in [1, 2.5, -1]",
        "must in [1, 2.5, -1, 3.15]",
        'd in [date("2024-02-29"), date("2026-01-31")]',
        "a in ([1..2], > 100)",
        "a in [[b..10], [100..must]]",
        "a in ([b..10])",
        "a in ([[n..5], [7..9]])",
        's in [[u.."b"], ["x".."z"]]',
        "n in [[1..3], (3..9]]",
        "numbers[item in [[b..10]]] != null",
        "(a / b) in (0..0.5]",
        "(a + b) in (< 3, > 10)",
        "s < u",
        's >= "a"',
        "s = u",
        "s != u",
        's in ("a", "é", "贷款")',
        'not(s in ("a", "é"))',
        'kind = "farmer"',
        'kind in ("farmer", "person")',
        "yes = true",
        "yes != null",
        "d < e",
        "d = e",
        'd in [date("2000-01-01")..e]',
        'at < @"2026-01-01T00:00:00"',
        "a instance of number",
    ],
    "logic": [
        "yes and a > b",
        "yes or a > b",
        "not(yes)",
        "yes and a / b > 1",
        "yes or a / b > 1",
        "a > 0 and 1 / a > 0.2 and yes",
        "b = 0 or a / b < 2",
        "yes and must > 1",
        "must > 1 and yes",
        "(yes or must > 0) and (a > 0 or b / n > 1)",
        "if yes then must else a",
        "if a / b > 1 then 1 else 2",
        "if must > 0 and yes then a / 4 else null",
        "get or else(a, must)",
        'get or else(s, "none")',
        "is defined(a)",
        "is defined(must)",
        "if false then 1 / 0 > 1 else yes",
        "yes and 1 / 0 > 1",
        "is(a, b)",
    ],
    "dates": [
        'd + duration("P1D")',
        'd - duration("P31D")',
        'd + duration("PT36H")',
        'd - duration("PT1H")',
        'd + duration("P1M")',
        'd - duration("P13M")',
        'd + duration("P4Y")',
        'd + duration("P1M") * n',
        'd - n * duration("P7M")',
        "d + (e - d)",
        "(d - e).days",
        'round half up((d - e) / duration("P7D"), 3)',
        '(d - e) / duration("P7D") > n',
        'years and months duration(d, e) / duration("P8M")',
        "(d - e).hours",
        '(d - e) > duration("P30D")',
        "d.year * 100 + d.month",
        "d.day + d.weekday",
        "years and months duration(d, e).years",
        "years and months duration(d, e).months",
        'years and months duration(d, e) > duration("P1Y")',
        "d - years and months duration(e, d)",
        "day of week(d)",
        "day of year(d)",
        "week of year(d)",
        "month of year(d)",
        "last day of month(d)",
        "string(d)",
        "date(at)",
        "date(2024, n, 29)",
        "date(n, 2, a)",
        "date(s)",
        "date(string(d)) = d",
        'date("2024-02-" + string(n))',
        "at.hour",
        "at.minute",
        "at.second + at.minute * 60 + at.hour * 3600",
        "at.year",
        'at + duration("PT25H")',
        'at - duration("P1M")',
        '(at - @"2026-01-01T00:00:00").hours',
    ],
    "texts": [
        "s + u",
        "string length(s)",
        "contains(s, u)",
        'contains(s, "贷")',
        "starts with(s, u)",
        "ends with(s, u)",
        'ends with(s + u, "a")',
        "substring before(s, u)",
        "substring after(s, u)",
        'substring after(s + u, "a")',
        "substring(s, 2)",
        "substring(s, 1, 2)",
        "substring(s, -2, 1)",
        "trim(s)",
        "string(a)",
        "string(a * 100)",
        "string(yes)",
        "string(a) + s",
    ],
    "lists": [
        "count(rows)",
        "count(rows[amount > 0])",
        "count(rows[amount > 0][good])",
        "count(tags)",
        "sum(numbers)",
        "sum(rows.amount)",
        "sum(rows[amount > a].amount)",
        "sum(for r in rows return r.amount * 2 + a)",
        "sum(for r in rows return a)",
        "min(numbers)",
        "max(rows.amount)",
        "min(rows.on)",
        "max(rows.name)",
        "some r in rows satisfies r.amount > 2",
        "every r in rows satisfies r.amount > 2",
        "some r in rows satisfies a / r.amount > 1",
        "every r in rows satisfies a / r.amount > 1",
        "some r in rows satisfies r.good",
        "every r in rows satisfies r.good and r.on > d",
        "some x in numbers satisfies x = a",
        "some i in 1..3 satisfies i = a",
        "some x in [a, b, must] satisfies x > 2",
        'list contains(tags, "a")',
        "list contains(tags, s)",
        "list contains(numbers, null)",
        "a in numbers",
        "s in tags",
        "all(rows.good)",
        "any(rows.good)",
        "rows[1].name",
        "rows[-1].amount",
        "rows[amount > 0][2].amount",
        "numbers[2]",
        "numbers[n]",
        "rows[amount > 0][n].amount",
        "reverse(numbers)[1]",
        "reverse(rows)[-1].amount",
        "numbers[0]",
        "numbers[1.5]",
        "{q: a / b, small: q < 12}.small",
        "{q: mean(numbers), r: round half up(q, 2)}.r",
        "rows[1].amount / 4",
        "rows = null",
        "is defined(tags)",
        "{x: a + 1, y: x * 2}.y",
        "{x: must, y: 1}.y",
        "count(rows[a / amount > 1])",
        "sum(rows[amount != null].amount) > 10",
        "count([a, b])",
        "count(distinct values(tags))",
        "sum(distinct values(rows.amount))",
        "some x in distinct values(numbers) satisfies x > a",
        "some r in rows, i in 1..3 satisfies r.amount = i",
        "every x in numbers, y in [a, b] satisfies x != y",
        "sum(for r in rows, i in 1..2 return r.amount * i)",
        "count(for r in rows[a / amount > 1], i in [n, modulo(1, b)] return i)",
        "count(for r in rows, s in [a, must][item > r.amount] return s)",
        "some r in rows satisfies (some x in numbers satisfies x > r.amount)",
    ],
}


@pytest.mark.parametrize("subject", EXPRESSIONS)
def test_sql_agrees_with_python_and_the_interpreter(sql, subject):
    bench = Bench(sql, SCOPE, make_rows())
    wrong = [
        (one.expression, one.facts, one.python, one.reference, one.sql)
        for one in bench.run(EXPRESSIONS[subject])
        if not one.agrees
    ]
    assert not wrong, "\n".join(map(str, wrong[:20]))
