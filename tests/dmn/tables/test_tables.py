"""Decision tables as DMN has them: hit policies, aggregations, defaults, allowed values, nulls, both modes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.dmn.tables.tables_of import SCOPE, compiled, value, written

from loanloom.dmn.tables import Given, HitPolicy, Input, Output, Place, Rule, Table, compile_table
from loanloom.feel import NUMBER, STRING, context, list_of

D = Decimal
OVERLAPPING = ('>= 0 => "low"', '>= 10 => "middle"', '>= 100 => "high"')
RANKED = (Output("result", values='"high", "middle", "low"'),)


def overlapping(policy: HitPolicy, **more: Any) -> Table:
    return written("amount", *OVERLAPPING, policy=policy, **more)


@pytest.mark.parametrize(
    ("policy", "amount", "expected"),
    [
        ("first", 500, "low"),
        ("priority", 500, "high"),
        ("priority", 50, "middle"),
        ("rule_order", 500, ["low", "middle", "high"]),
        ("output_order", 500, ["high", "middle", "low"]),
        ("output_order", 5, ["low"]),
        ("collect", 50, ["low", "middle"]),
        ("unique", 5, "low"),
        ("any", 5, "low"),
    ],
)
def test_each_hit_policy(policy: HitPolicy, amount: int, expected: Any) -> None:
    assert value(overlapping(policy, outputs=RANKED), {"amount": D(amount)}) == expected


@pytest.mark.parametrize(
    ("aggregation", "amount", "expected"),
    [("sum", 50, 30), ("min", 50, 10), ("max", 500, 30), ("count", 500, 3), ("count", -1, 0), ("sum", -1, None)],
)
def test_collected_values_are_brought_together(aggregation: Any, amount: int, expected: int | None) -> None:
    table = written("amount", ">= 0 => 10", ">= 10 => 20", ">= 100 => 30", policy="collect", aggregation=aggregation)
    assert value(table, {"amount": D(amount)}) == (None if expected is None else D(expected))


@pytest.mark.parametrize("policy", ["unique", "any", "first", "priority"])
def test_nothing_hit_is_null_and_a_list_is_empty(policy: HitPolicy) -> None:
    assert value(overlapping(policy, outputs=RANKED), {"amount": D(-1)}) is None
    assert value(overlapping("rule_order"), {"amount": D(-1)}) == []


def test_defaults_stand_for_no_hit_only() -> None:
    outputs = (Output("class", default='"none"'), Output("rate", default="amount * 2"))
    table = written("amount", '> 0 => "some" | 1', outputs=outputs)
    assert value(table, {"amount": D(-3)}) == {"class": "none", "rate": D(-6)}
    assert value(table, {"amount": D(3)}) == {"class": "some", "rate": D(1)}
    listing = written("amount", "> 0 => 1", policy="collect", outputs=(Output("result", default="0"),))
    assert value(listing, {"amount": D(-3)}) == [D(0)]


def test_several_outputs_are_a_context_and_lists_of_contexts() -> None:
    outputs = (Output("class"), Output("rate"))
    table = written("amount", '> 0 => "a" | 1', '> 5 => "b" | 2', policy="rule_order", outputs=outputs)
    assert value(table, {"amount": D(6)}) == [{"class": "a", "rate": D(1)}, {"class": "b", "rate": D(2)}]


def test_priority_goes_by_the_first_output_then_the_next_then_the_order_of_rules() -> None:
    outputs = (Output("class", values='"bad", "good"'), Output("fee", values="2, 1"))
    lines = ('> 0 => "good" | 2', '> 0 => "bad" | 1', '> 0 => "bad" | 2', '> 0 => "bad" | 2')
    table = written("amount", *lines, policy="priority", outputs=outputs)
    result = compile_table(table, SCOPE).run({"amount": D(1)})
    assert result.value == {"class": "bad", "fee": D(2)} and result.hits == (0, 1, 2, 3)


def test_results_are_expressions_and_only_those_that_count_are_computed() -> None:
    table = written("amount", "< 10 => amount * 0.5", ">= 10 => 1 / (amount - 10)")
    assert value(table, {"amount": D(4)}) == D(2)
    broken = compile_table(table, SCOPE).run({"amount": D(10)})
    assert broken.value is None
    assert [(one.code, one.place) for one in broken.problems] == [("feel.division_by_zero", Place("result", 1, 0))]
    first = written("amount", "> 0 => 1", "> 0 => 1 / 0", policy="first")
    assert value(first, {"amount": D(1)}) == D(1)


def test_unique_and_any_name_the_rules_that_conflict() -> None:
    for policy, code in (("unique", "table.several_hits"), ("any", "table.disagree")):
        result = compile_table(overlapping(policy), SCOPE).run({"amount": D(50)})  # type: ignore[arg-type]
        assert result.value is None and [one.code for one in result.problems] == [code]
        message = result.problems[0].problem.message
        assert "Row 1, Row 2" in message["en"] and "第1行、第2行" in message["zh"]
        standard = compile_table(overlapping(policy), SCOPE, mode="standard").run({"amount": D(50)})  # type: ignore[arg-type]
        assert standard.value is None


def test_any_is_content_with_equal_results() -> None:
    table = written("amount", "> 0 => 1.0", "> 5 => 1.00", policy="any")
    result = compile_table(table, SCOPE).run({"amount": D(9)})
    assert result.value == D(1) and result.hits == (0, 1)


def test_a_test_that_is_not_known_is_no_hit_and_the_trace_says_so() -> None:
    table = written("amount | grade", '< 10 | "A" => 1', '- | "A" => 2', policy="first")
    result = compile_table(table, SCOPE).run({"amount": None, "grade": "A"})
    assert result.value == D(2)
    assert [(one.row, one.hit, one.column) for one in result.trace] == [(0, None, 0), (1, True, None)]
    missed = compile_table(table, SCOPE).run({"amount": None, "grade": "B"})
    assert [(one.hit, one.column) for one in missed.trace] == [(False, 1), (False, 1)]


def test_null_can_be_asked_for() -> None:
    table = written("amount", "null => 0", "not(null) => 1")
    assert value(table, {"amount": None}) == D(0) and value(table, {"amount": D(7)}) == D(1)


def test_values_that_are_not_allowed_are_refused() -> None:
    table = Table((Input("city", allowed='"Beijing", "Tianjin"'),), (Output("result"),), (Rule(("-",), ("1",)),))
    assert value(table, {"city": "Tianjin"}) == D(1)
    result = compile_table(table, SCOPE).run({"city": "Paris"})
    assert result.value is None and result.problems[0].code == "table.input_not_allowed"
    assert '"Paris"' in result.problems[0].problem.message["en"]
    assert compile_table(table, SCOPE, mode="standard").run({"city": "Paris"}).value is None


def test_a_missing_fact_is_no_value_that_could_be_refused_but_in_standard_mode_it_is() -> None:
    rules = (Rule(("null",), ("0",)), Rule(("> 5",), ("1",)))
    table = Table((Input("amount", allowed=">= 0"),), (Output("result"),), rules)
    assert value(table, {"amount": None}) == D(0)
    assert compile_table(table, SCOPE, mode="standard").run({"amount": None}).problems


def test_several_outputs_have_no_sum() -> None:
    outputs = (Output("a"), Output("b"))
    table = written("amount", "> 0 => 1 | 2", policy="collect", aggregation="sum", outputs=outputs)
    result = compile_table(table, SCOPE, mode="standard").run({"amount": D(1)})
    assert result.value is None and [one.code for one in result.problems] == ["table.aggregation_of_several"]


def test_each_item_of_a_list_must_be_allowed() -> None:
    scope = context({"cities": list_of(STRING)})
    table = Table((Input("cities", allowed='"a", "b"'),), (Output("result"),), (Rule(("-",), ("1",)),))
    assert compile_table(table, scope).run({"cities": ["a", "b"]}).value == D(1)
    assert compile_table(table, scope).run({"cities": ["a", "c"]}).problems


def test_results_outside_their_values_are_refused() -> None:
    outputs = (Output("result", values='"a", "b"'),)
    found = compile_table(written("amount", '> 0 => "c"', outputs=outputs), SCOPE)
    assert found.table is None and [(one.code, one.place) for one in found.problems] == [
        ("table.not_a_value", Place("result", 0, 0))
    ]
    late = compile_table(written("amount", "> 0 => city", outputs=outputs), SCOPE)
    assert late.run({"amount": D(1), "city": "b"}).value == "b"
    assert late.run({"amount": D(1), "city": "c"}).problems[0].code == "table.not_a_value"


@pytest.mark.parametrize(
    ("table", "code", "place"),
    [
        (written("amoun", "> 0 => 1"), "feel.unknown_name", Place("input", column=0)),
        (written("amount", '> "x" => 1'), "feel.wrong_type", Place("cell", 0, 0)),
        (written("grade", '"D" => 1'), "feel.not_in_enumeration", Place("cell", 0, 0)),
        (written("amount", "> 0 | - => 1"), "table.cell_count", Place("cell", 0)),
        (written("amount", "> 0 => 1 | 2"), "table.result_count", Place("result", 0)),
        (written("amount", "> 0 => 1", policy="priority"), "table.no_priorities", Place("output", column=0)),
        (written("amount", "> 0 => 1", aggregation="sum"), "table.aggregation_without_collect", Place("table")),
        (
            written("amount", "> 0 => 1 | 2", policy="collect", aggregation="sum", outputs=(Output("a"), Output("b"))),
            "table.aggregation_of_several",
            Place("table"),
        ),
        (written("amount", "> 0 => 1", outputs=(Output("a", type=STRING),)), "feel.result_type", Place("result", 0, 0)),
        (written("amount", "> 0 => 1 +"), "feel.syntax", Place("result", 0, 0)),
    ],
)
def test_mistakes_are_found_at_their_place(table: Table, code: str, place: Place) -> None:
    found = compile_table(table, SCOPE)
    assert found.table is None
    assert [(one.place, one.problem.message.get("zh") is not None) for one in found.problems] == [(place, True)]
    assert found.problems[0].code == code or code == "feel.syntax"


def test_standard_mode_runs_what_it_can_and_keeps_the_faults() -> None:
    table = written("amount", "> 1 / 0 => 1", "> 0 => 2", policy="first")
    assert compile_table(table, SCOPE).run({"amount": D(3)}).problems[0].place == Place("cell", 0, 0)
    result = compile_table(table, SCOPE, mode="standard").run({"amount": D(3)})
    assert result.value == D(2) and [one.code for one in result.problems] == ["feel.division_by_zero"]
    wrong = written("amount", "((( => 1", "> 0 => 2", policy="first")
    assert compile_table(wrong, SCOPE, mode="standard").run({"amount": D(3)}).value == D(2)


def test_a_value_of_another_kind_is_a_problem_not_a_wrong_row() -> None:
    scope = context({"thing": Input("x").type or NUMBER})
    table = compiled(written("thing", "< 5 => 1", ">= 5 => 2"), scope)
    from loanloom.dmn.tables import run, scan

    one, other = run(table, {"thing": "text"}), scan(table, {"thing": "text"})
    assert one.value is None and one.problems and one.problems == other.problems


def test_ready_values_stand_as_they_are() -> None:
    table = Table((Input("amount"),), (Output("result"),), (Rule(("-",), (Given("=1+1"),)),))
    assert value(table, {"amount": D(1)}) == "=1+1"
