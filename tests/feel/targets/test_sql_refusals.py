"""What SQL cannot give exactly is refused by name with its place; and it really would have been wrong."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from sqlalchemy import text
from tests.feel.targets.sql_rows import Bench, in_python

from loanloom import feel
from loanloom.feel.targets.sql.target import Rows, Unavailable, to_sql

WIDE = feel.optional(feel.number(digits=feel.Digits(15, 4)))
SCOPE = feel.context(
    {
        "a": WIDE,
        "b": WIDE,
        "unknown": feel.optional(feel.NUMBER),
        "s": feel.optional(feel.STRING),
        "d": feel.optional(feel.DATE),
        "at": feel.optional(feel.TIME),
        "secret": feel.optional(feel.STRING),
        "rows": feel.list_of(feel.context({"amount": WIDE})),
    }
)
COLUMNS = {name: name for name in SCOPE.members} | {
    "secret": Unavailable({"en": "it is kept encrypted", "zh": "该字段加密保存"}),
    "rows": Rows("(SELECT amount FROM parts WHERE parts.id = one.id)", {"amount": "amount"}),
}


def refused(expression):
    checked = feel.check(expression, SCOPE)
    assert checked.ok, [one.in_words() for one in checked.problems]
    found = to_sql(checked, COLUMNS)
    assert found.value is None and found.fault is None
    return found.problems


@pytest.mark.parametrize(
    ("expression", "column", "words"),
    [
        ("a / b", 1, "1/3"),
        ("a / 3 + 1", 1, "1/3"),
        ("if a > 0 then a / 7 else 0", 1, "1/3"),
        ("a * b * a", 1, "34"),
        ("a ** 3", 1, "34"),
        ("unknown * 2", 1, "unknown"),
        ("1 + sqrt(a)", 5, "sqrt"),
        ("round half up(a / b, 34)", 15, ""),
        ('upper case(s) = "A"', 1, "upper case"),
        ('matches(s, "^1[3-9]")', 1, "matches"),
        ('s + replace(s, "a", "b")', 5, "replace"),
        ("at", 1, "time"),
        ('d - date("2026-01-01")', 1, "length of time"),
        ("secret", 1, "encrypted"),
        ('s = "x" and starts with(secret, "1")', 25, "encrypted"),
        ("rows[1].amount", 1, "order"),
        ("some r in rows satisfies a / r.amount > 1", 1, "order"),
        ("count(rows[amount > a]) + count(sort(rows.amount))", 33, "`sort`"),
        ("(function(x) x + 1)(a)", 14, ""),
    ],
)
def test_what_sql_cannot_give_exactly_is_refused_with_place_and_reason(expression, column, words):
    problems = refused(expression)
    assert all(one.code.startswith("feel.target.") for one in problems)
    assert (problems[0].line, problems[0].column) == (1, column), problems
    assert any(words in one.in_words("en") for one in problems)
    assert all(one.in_words("zh") != one.in_words("en") for one in problems)


@pytest.mark.parametrize(
    ("expression", "naive", "facts"),
    [
        ("a / b", "a / b", {"a": "1", "b": "3"}),
        ("a / b * b", "a / b * b", {"a": "2", "b": "3"}),
        ("a * b * a", "a * b * a", {"a": "123456789012345.6789", "b": "987654321098765.4321"}),
        ("round half up(a / b, 34)", "round(a / b, 34)", {"a": "100000000000000", "b": "0.0003"}),
        ("a ** 3", "a ^ 3", {"a": "123456789012345.6789", "b": "1"}),
        ("unknown * 2", "unknown * 2", {"unknown": "1234567890123456789012345678901234.3"}),
        ('upper case(s) = "SS"', "upper(s) = 'SS'", {"s": "ß"}),
    ],
)
def test_what_is_refused_really_would_disagree(sql, expression, naive, facts):
    facts = {name: one if name == "s" else Decimal(one) for name, one in facts.items()}
    assert refused(expression)
    bench = Bench(sql, feel.context({name: SCOPE.members[name] for name in ("a", "b", "unknown", "s")}), [facts])
    for name, column in bench.columns.items():
        naive = re.sub(rf"\b{name}\b", column, naive)
    found = sql.execute(text(f"SELECT {naive} FROM feel_rows")).scalar_one()
    assert found != in_python(feel.check(expression, SCOPE), facts)


def test_a_text_no_column_can_hold_is_refused():
    found = to_sql(feel.check("s = x", feel.context({"s": feel.STRING, "x": feel.STRING})), {"s": "s"})
    assert "no column holds" in found.problems[0].in_words()


def test_what_an_author_writes_is_bound_and_never_part_of_the_statement(sql):
    hostile = "x'); DROP TABLE feel_rows; --"
    bench = Bench(sql, feel.context({"s": feel.optional(feel.STRING)}), [{"s": hostile}, {"s": "other"}])
    written = f's = "{hostile}" or s in ("{hostile}", ":f0", "%s") or contains(s, "{hostile}")'
    _, made = bench.translated(written)
    assert "DROP" not in made.value.text
    assert [one.sql for one in bench.run([written])] == [True, False]


def test_records_in_a_table_of_their_own(sql):
    scope = feel.context({"id": feel.number(digits=feel.Digits(4, 0)), "rows": SCOPE.members["rows"]})
    sql.execute(text("CREATE TEMPORARY TABLE parts (id integer, amount numeric, place integer)"))
    amounts = {1: ["10", "20.5"], 2: [], 3: ["-1", None]}
    for id_, listed in amounts.items():
        for place, amount in enumerate(listed):
            sql.execute(
                text("INSERT INTO parts VALUES (:id, :amount, :place)"), {"id": id_, "amount": amount, "place": place}
            )
    source = "(SELECT amount, place FROM parts WHERE parts.id = one.id)"
    columns = {"id": "one.id", "rows": Rows(source, {"amount": "amount"}, order="place")}
    expressions = (
        "count(rows)",
        "sum(rows.amount)",
        "max(rows[amount > 0].amount)",
        "some r in rows satisfies r.amount > 15",
        "every r in rows satisfies r.amount > 0",
        "every r in rows satisfies 1 / r.amount > 0",
        "rows[2].amount",
        "rows[-1].amount + id",
        "sum(for r in rows return r.amount * id)",
    )
    for expression in expressions:
        checked = feel.check(expression, scope)
        made = to_sql(checked, columns)
        assert made.ok, (expression, made.problems)
        statement = f"SELECT {made.value.text} FROM (VALUES (1), (2), (3)) AS one(id) ORDER BY one.id"
        found = [row[0] for row in sql.execute(text(statement), made.value.parameters)]
        facts = [
            {"id": Decimal(id_), "rows": [{"amount": None if one is None else Decimal(one)} for one in listed]}
            for id_, listed in amounts.items()
        ]
        wanted = [in_python(checked, one) for one in facts]
        assert found == [None if one == "fault" else one for one in wanted], expression


def test_json_that_is_not_what_its_entry_says_is_a_fault_and_never_an_error(sql):
    scope = feel.context(
        {
            "rows": feel.list_of(
                feel.context({"n": WIDE, "d": feel.optional(feel.DATE), "b": feel.optional(feel.BOOLEAN)})
            )
        }
    )
    rows = ('[{"n": "x"}]', '[{"n": 1e400}]', '[{"d": "2026-02-30"}]', '[{"b": "maybe"}]', '{"n": 1}', "null", "[3]")
    for expression in ("sum(rows.n)", "max(rows.d)", "some r in rows satisfies r.b", "rows[1].n", "count(rows)"):
        made = to_sql(feel.check(expression, scope), {"rows": "x"})
        assert made.ok, made.problems
        statement = f"SELECT {made.value.text}, {made.fault.text} FROM (SELECT CAST(:x AS jsonb) AS x) AS one"
        for one in rows:
            sql.execute(text(statement), {**made.value.parameters, "x": one}).one()


@pytest.mark.parametrize(
    "expression",
    [
        "if false then 1 / 0 > 1 else true",
        "s = null or a / 0 > 1",
        'd + duration("P3000Y") > d or true',
        "substring(s, 100) = s or true",
        "modulo(a, 0) = 1 or b > 0",
        'date("2026-02-" + s) = d or true',
        "date(2026, 2, a) = d or true",
        "a > 0 and round half up(b / a, 2) > 1",
    ],
)
def test_no_statement_ever_fails(sql, expression):
    """The planner may compute what a condition would leave out: nothing in the text can raise."""
    scope = feel.context({name: SCOPE.members[name] for name in ("a", "b", "s", "d")})
    rows = [
        {"a": Decimal(0), "b": Decimal(1), "s": "xx"},
        {"a": None},
        {"a": Decimal("99.5"), "s": "", "b": Decimal(0)},
    ]
    bench = Bench(sql, scope, rows)
    assert all(one.agrees for one in bench.run([expression]))


def test_size_is_bounded():
    deep = "a"
    for _ in range(40):
        deep = f"round half up(({deep}) / b + 1, 2)"
    problems = to_sql(feel.check(deep, SCOPE), COLUMNS).problems
    assert problems


@pytest.mark.parametrize(
    "expression",
    [
        "count(for i in 1..999, j in 1..999, k in 1..999 return 1)",
        "count(for i in 1..999 return count(for j in 1..999 return count(for k in 1..999 return i + j + k)))",
        "some i in 1..999, j in 1..999, k in 1..999 satisfies i * j * k = a",
        "count((for i in 1..999, j in 1..999 return i)[item > 5])",
        "count(for i in (for j in 1..999, k in 1..99 return j) return i)",
        "count([1, 2, 3][count(for i in 1..999, j in 1..99 return 1) > item])",
    ],
)
def test_a_statement_never_goes_round_more_often_than_an_evaluation_may(expression):
    (problem,) = refused(expression)
    assert problem.code == "feel.target.sql" and "turns" in problem.message["en"] and "循环" in problem.message["zh"]


def test_loops_within_the_budget_are_taken():
    checked = feel.check("count(for i in 1..99, j in 1..99 return i) > 5 and a in (1, 2, 3)", SCOPE)
    assert to_sql(checked, COLUMNS).problems == ()
