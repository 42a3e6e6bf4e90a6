"""Rule sets as one CASE of SQL: what they give on a real PostgreSQL is what a run gives, row by row."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from sqlalchemy import text
from tests.engines.documents_of import registry_of
from tests.engines.rules.test_rules import LIST, TABLE

from loanloom.engines import rules

AMOUNTS = [None, *map(Decimal, ["0", "999.99", "1000", "4999.99", "5000", "30000.01"])]
HOUSING = [None, "owned", "rented"]
FIRST = LIST.replace("hit_policy: collect", "hit_policy: first")
UNIQUE = LIST.replace("hit_policy: collect", "hit_policy: unique")


def compiled(source):
    made = rules.compile_ruleset((registry := registry_of(source)).require("ruleset", "decision"), registry)
    assert made.ruleset is not None, made.problems
    return made.ruleset


@pytest.fixture
def connection(database):
    with database.transaction() as one:
        one.execute(text("CREATE TEMPORARY TABLE one (amount numeric, housing text, income numeric) ON COMMIT DROP"))
        yield one


@pytest.mark.parametrize(
    ("source", "outputs"), [(TABLE, ("class", "rate")), (FIRST, ("outcome",)), (UNIQUE, ("outcome",))]
)
def test_a_rule_set_over_many_rows_gives_what_a_run_gives(connection, source, outputs):
    ruleset = compiled(source)
    rows = [
        {"amount": amount, "housing": housing, "income": income}
        for amount, housing, income in itertools.product(AMOUNTS, HOUSING, (None, Decimal(0), Decimal(1)))
    ]
    connection.execute(text("INSERT INTO one VALUES (:amount, :housing, :income)"), rows)
    columns = {"application.amount": "amount", "application.housing": "housing", "application.monthly_income": "income"}
    for output in outputs:
        made = rules.in_sql(ruleset, output, columns)
        assert made.ok, made.problems
        fault = made.fault.text if made.fault is not None else "FALSE"
        found = connection.execute(
            text(f"SELECT amount, housing, income, {made.value.text}, {fault} FROM one"), made.value.parameters
        )
        for amount, housing, income, value, wrong in found:
            facts = {"application": {"amount": amount, "housing": housing, "monthly_income": income}}
            result = rules.run(ruleset, facts)
            assert bool(result.problems) is wrong, (facts, result.problems)
            assert value == result.outputs[output], facts


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (LIST, "hit policy collect"),
        (FIRST.replace("application.monthly_income <= 0", "1 / application.monthly_income > 1"), "may fail"),
        (FIRST.replace("application.monthly_income <= 0", 'matches(application.purpose, "a+")'), "matches"),
    ],
)
def test_what_sql_would_not_give_exactly_is_refused(source, words):
    made = rules.in_sql(compiled(source), "outcome", {path: f'"{path}"' for path in _paths()})
    assert made.value is None
    assert words in made.problems[0].in_words("en")


def test_allowed_values_of_an_input_are_left_to_a_run():
    table = TABLE.replace("value: application.amount}", 'value: application.amount, allowed: ">= 0"}')
    made = rules.in_sql(compiled(table), "class", {"application.amount": "amount", "application.housing": "housing"})
    assert made.value is None and "allowed values" in made.problems[0].in_words("en")


def test_a_computed_result_that_may_be_none_of_the_values_is_left_to_a_run():
    listed = TABLE.replace("{key: rate, type: number}", "{key: rate, type: number, values: [0.1, 0.2, 0.3, 0.4]}")
    computed = listed.replace("rate: 0.4}", 'rate: "= application.amount"}')
    made = rules.in_sql(compiled(computed), "rate", {"application.amount": "amount", "application.housing": "housing"})
    assert made.value is None and "computed result" in made.problems[0].in_words("en")
    refused = rules.run(compiled(computed), {"application": {"amount": Decimal(6000), "housing": None}})
    assert [one.code for one in refused.problems] == ["rules.not_a_value"]


def _paths():
    return ("application.amount", "application.monthly_income", "application.purpose")
