"""Rule sets: each hit policy, the trace, and rules that can never count or that contradict one another."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from tests.engines.documents_of import registry_of

from loanloom.engines import facts, rules

D = Decimal

LIST = """
kind: ruleset
key: decision
title: {en: Decision, zh: 审批}
spec:
  subject: application
  hit_policy: collect
  outputs: [{key: outcome, type: string, values: [refuse, refer, approve]}]
  rules:
    - key: large
      title: {en: Large, zh: 金额较大}
      when: application.amount > 30000
      then: {outcome: refer}
      reason: {en: Above 30000, zh: 超过3万元}
    - key: no_income
      title: {en: No income, zh: 无收入}
      when: application.monthly_income <= 0
      then: {outcome: refuse}
      reason: {en: No income, zh: 没有收入}
  otherwise: {outcome: approve}
"""

TABLE = """
kind: ruleset
key: decision
title: {en: Classes, zh: 分类}
spec:
  subject: application
  hit_policy: unique
  outputs: [{key: class, type: string}, {key: rate, type: number}]
  table:
    inputs:
      - {title: {en: Amount, zh: 金额}, value: application.amount}
      - {title: {en: Housing, zh: 住房}, value: application.housing}
    rows:
      - {when: ["< 1000", "-"], then: {class: small, rate: 0.1}}
      - {when: ["[1000..5000)", '"owned"'], then: {class: middle, rate: 0.2}}
      - {when: ["[1000..5000)", 'not("owned")'], then: {class: middle, rate: 0.3}}
      - {when: [">= 5000", "-"], then: {class: large, rate: 0.4}}
"""


def run(text: str, **application: Any) -> rules.RulesResult:
    registry = registry_of(text)
    compiled = rules.compile_ruleset(registry.require("ruleset", "decision"), registry)
    assert compiled.ruleset is not None, [one.in_words() for one in compiled.problems]
    return rules.run(compiled.ruleset, {"application": application})


def codes(text: str) -> list[str]:
    return [one.code for one in rules.check(registry_of(text))]


def test_the_worst_hit_is_the_outcome_and_its_reasons_are_given() -> None:
    found = run(LIST, amount=D(40000), monthly_income=D(0))
    assert found.outcome == "refuse" and found.facts() == {"outcome": "refuse"}
    assert [one["en"] for one in found.reasons] == ["No income"]
    assert [(one.rule.key, one.hit) for one in found.trace] == [("large", True), ("no_income", True)]
    assert run(LIST, amount=D(40000), monthly_income=D(5)).outcome == "refer"
    assert run(LIST, amount=D(1), monthly_income=D(5)).outcome == "approve"


def test_a_condition_without_its_fact_is_no_hit_but_is_shown() -> None:
    found = run(LIST, amount=D(1))
    assert found.outcome == "approve" and [one.hit for one in found.trace] == [False, None]
    assert any("无法判断" in line for line in found.in_words("zh"))


def test_the_trace_says_why_in_both_languages_and_can_be_stored() -> None:
    found = run(LIST, amount=D(40000), monthly_income=D(5))
    assert "超过3万元 (申请金额 40,000 > 30,000：成立)" in found.in_words("zh")
    stored = json.loads(json.dumps(found.as_json()))
    assert stored["rules"][0]["words"]["en"] == "Amount applied for 40,000 > 30,000: true"
    assert stored["rules"][0]["inputs"] == {"application.amount": "40000"}
    assert stored["outputs"] == {"outcome": "refer"}


@pytest.mark.parametrize(
    ("amount", "housing", "expected"),
    [
        (D(999), None, D("0.1")),
        (D(1000), "owned", D("0.2")),
        (D(4999), "rented", D("0.3")),
        (D(5000), None, D("0.4")),
    ],
)
def test_a_table_finds_its_one_row(amount: Decimal, housing: str | None, expected: Decimal) -> None:
    assert run(TABLE, amount=amount, housing=housing).outputs["rate"] == expected


def test_first_stops_at_the_first_hit() -> None:
    found = run(LIST.replace("hit_policy: collect", "hit_policy: first"), amount=D(40000), monthly_income=D(0))
    assert found.outcome == "refer" and len(found.trace) == 1


def test_priority_takes_the_worst_and_rule_order_lists_all() -> None:
    assert run(LIST.replace("collect", "priority"), amount=D(40000), monthly_income=D(0)).outcome == "refuse"
    found = run(LIST.replace("collect", "rule_order"), amount=D(40000), monthly_income=D(0))
    assert found.outputs["outcome"] == ["refer", "refuse"]


def test_unique_and_any_refuse_to_guess() -> None:
    several = run(LIST.replace("collect", "unique"), amount=D(40000), monthly_income=D(0))
    assert several.outcome is None and [one.code for one in several.problems] == ["rules.several_hits"]
    assert "金额较大" in several.problems[0].message["zh"]
    differing = run(LIST.replace("collect", "any"), amount=D(40000), monthly_income=D(0))
    assert [one.code for one in differing.problems] == ["rules.disagree"]


def test_a_rule_that_fails_leaves_no_outcome() -> None:
    found = run(
        LIST.replace("application.amount > 30000", "1 / application.amount > 0"), amount=D(0), monthly_income=D(1)
    )
    assert found.outcome is None and found.problems[0].code == "feel.division_by_zero"
    assert found.problems[0].message["en"].startswith("Large")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('{when: ["[1000..5000)", \'"owned"\']', '{when: ["[900..5000)", \'"owned"\']', "rules.overlap"),
        ('{when: [">= 5000", "-"]', '{when: [">= 4999", "-"]', "rules.overlap"),
        ('{when: [">= 5000", "-"]', '{when: [">= 5000"]', "rules.cell_count"),
        ("class: large, rate: 0.4", "class: large, rat: 0.4", "rules.unknown_output"),
        ("class: large, rate: 0.4", "class: 5, rate: 0.4", "rules.wrong_output_type"),
        ('[">= 5000", "-"]', '[">= \\"x\\"", "-"]', "feel.wrong_type"),
        ('"< 1000", "-"', '"< 1000", \'"ownd"\'', "feel.not_in_enumeration"),
        ("value: application.housing", "value: application.housin", "feel.unknown_member"),
    ],
)
def test_mistakes_in_a_table(old: str, new: str, code: str) -> None:
    assert old in TABLE
    found = rules.check(registry_of(TABLE.replace(old, new)))
    assert code in [one.code for one in found]
    assert all(one.line and one.message["zh"] for one in found)


def test_rows_that_can_never_count_are_found() -> None:
    assert codes(TABLE.replace('[1000..5000)", \'"owned', '[5000..1000)", \'"owned')) == ["rules.never", "rules.gap"]
    first = TABLE.replace("unique", "first").replace('["< 1000", "-"]', '["< 6000", "-"]')
    assert codes(first) == ["rules.unreachable"] * 2
    assert codes(TABLE.replace("unique", "first")) == []
    always = LIST.replace("collect", "first").replace("application.amount > 30000", "true")
    assert codes(always) == ["rules.unreachable"]


def test_any_finds_rows_that_contradict() -> None:
    table = TABLE.replace("unique", "any").replace('["< 1000", "-"]', '["< 2000", "-"]')
    assert set(codes(table)) == {"rules.conflict"}


def test_list_mistakes() -> None:
    assert codes(LIST.replace("{outcome: refer}", "{outcome: refar}")) == ["rules.unknown_value"]
    assert codes(LIST.replace("application.amount > 30000", "application.amount + 1")) == ["feel.result_type"]
    assert codes(LIST.replace("collect", "priority").replace(", values: [refuse, refer, approve]", "")) == [
        "rules.no_priorities"
    ]


def test_what_is_kept_encrypted_stays_out_of_the_trace() -> None:
    text = LIST.replace("application.amount > 30000", 'customer.id_number != "990101199001011234"')
    registry = registry_of(text)
    ruleset = rules.compile_ruleset(registry.require("ruleset", "decision"), registry).ruleset
    assert ruleset is not None
    found = rules.run(ruleset, {"customer": {"id_number": "990101188001019999"}, "application": {}})
    assert found.hits
    assert "990101188001019999" not in json.dumps(found.as_json()) + " ".join(found.in_words("zh"))


PRICING = """
kind: ruleset
key: decision
title: {en: Pricing, zh: 定价}
spec:
  subject: application
  hit_policy: collect
  outputs:
    - {key: fee, type: number, aggregation: sum, default: 0}
    - {key: most, type: number, aggregation: max}
    - {key: papers, type: number, aggregation: count}
    - {key: notes, type: string}
  table:
    inputs:
      - {title: {en: Amount, zh: 金额}, value: application.amount}
      - {title: {en: Housing, zh: 住房}, value: application.housing}
    rows:
      - {key: base, when: ["> 0", "-"], then: {fee: "= application.amount * 0.01", most: 5, papers: 1}}
      - key: rented
        when: ["> 1000", '"rented"']
        then: {fee: 50, most: 7, papers: 1, notes: '= "rent of " + string(application.amount)'}
"""


def test_results_may_be_computed_and_collected_values_brought_together() -> None:
    found = run(PRICING, amount=D(2000), housing="rented")
    assert found.outputs == {"fee": D("70.00"), "most": D(7), "papers": D(2), "notes": ["rent of 2000"]}
    assert run(PRICING, amount=D(0)).outputs == {"fee": D(0), "most": None, "papers": D(0), "notes": []}
    stored = json.loads(json.dumps(found.as_json()))
    assert [(one["row"], one["then"]["fee"]) for one in stored["rules"]] == [(1, "20"), (2, "50")]
    missed = json.loads(json.dumps(run(PRICING, amount=D(10), housing="rented").as_json()))["rules"][1]
    assert missed["hit"] is False and missed["because"]["en"] == "Amount 10 (> 1000)"
    assert missed["then"]["notes"].startswith('= "rent of')


def test_what_stands_otherwise_may_be_computed_too() -> None:
    text = LIST.replace(
        "{outcome: approve}", '{outcome: "= if application.amount < 10 then \\"approve\\" else \\"refer\\""}'
    )
    assert run(text, amount=D(1), monthly_income=D(5)).outcome == "approve"
    assert run(text, amount=D(11), monthly_income=D(5)).outcome == "refer"
    failing = LIST.replace("{outcome: approve}", '{outcome: "= if 1 / application.amount > 0 then null else null"}')
    assert [one.code for one in run(failing, amount=D(0), monthly_income=D(5)).problems] == ["feel.division_by_zero"]


def test_a_computed_result_that_fails_is_named_with_its_row() -> None:
    broken = PRICING.replace("application.amount * 0.01", "1 / (application.amount - 5)")
    found = run(broken, amount=D(5), housing="owned")
    assert found.outputs["fee"] is None and found.problems[0].code == "feel.division_by_zero"
    assert found.problems[0].message["en"].startswith("Row 1 (base)")


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("= application.amount * 0.01", "= application.amunt * 0.01", "feel.unknown_member", 68),
        ("= application.amount * 0.01", '= \\"x\\"', "feel.result_type", None),
        ("hit_policy: collect", "hit_policy: first", "rules.aggregation_without_collect", None),
        ("{key: notes, type: string}", "{key: notes, type: string, aggregation: sum}", "rules.sum_of_no_numbers", None),
        ("hit_policy: collect", "hit_policy: output_order", "rules.no_priorities", None),
    ],
)
def test_mistakes_in_computed_results(old: str, new: str, code: str, column: int | None) -> None:
    assert old in PRICING
    found = [one for one in rules.check(registry_of(PRICING.replace(old, new))) if one.code == code]
    assert found and found[0].message["zh"] and found[0].line
    assert column is None or found[0].column == column


def test_output_order_lists_the_worst_first() -> None:
    text = LIST.replace("collect", "output_order")
    assert run(text, amount=D(40000), monthly_income=D(0)).outputs["outcome"] == ["refuse", "refer"]
    assert run(text, amount=D(1), monthly_income=D(1)).outputs["outcome"] == "approve"


def problems(text: str, code: str) -> list[Any]:
    return [one for one in rules.check(registry_of(text)) if one.code == code]


def test_a_gap_is_shown_by_an_example_and_is_an_error_only_where_completeness_is_claimed() -> None:
    gap = TABLE.replace('[">= 5000", "-"]', '["> 6000", "-"]')
    (found,) = problems(gap, "rules.gap")
    assert found.severity == "warning" and found.line
    assert re.fullmatch(r"No row applies to: Amount 5,000( CNY)?[.]", found.message["en"])
    assert "金额" in found.message["zh"]
    (claimed,) = problems(gap.replace("  table:\n", "  table:\n    complete: true\n"), "rules.gap")
    assert claimed.severity == "error"
    assert problems(gap + "  otherwise: {class: large}\n", "rules.gap") == []
    where_unknown = TABLE.replace("  table:\n", "  table:\n    complete: true\n")
    assert [one.severity for one in problems(where_unknown, "rules.gap_where_unknown")] == ["warning"]
    assert problems(TABLE, "rules.gap_where_unknown") == []


def test_an_overlap_is_shown_by_an_example() -> None:
    (found,) = problems(
        TABLE.replace('["< 1000", "-"]', '["<= 1000", "-"]').replace(", 'not(\"owned\")'", ", '\"rented\"'"),
        "rules.overlap",
    )[:1]
    assert "Amount 1,000" in found.message["en"] and "Own home" in found.message["en"] and "自有" in found.message["zh"]


def test_what_later_expressions_see_is_what_the_policy_gives() -> None:
    types = {
        policy: facts.scope(registry_of(LIST.replace("collect", policy)), "application")
        .members["decision"]
        .members["outcome"]
        for policy in ("collect", "first", "rule_order", "output_order")
    }
    assert {policy: one.kind for policy, one in types.items()} == {
        "collect": "string",
        "first": "string",
        "rule_order": "list",
        "output_order": "list",
    }
    priced = facts.scope(registry_of(PRICING), "application").members["decision"].members
    assert (priced["papers"].kind, priced["notes"].kind, priced["fee"].kind) == ("number", "list", "number")


def test_only_allowed_values_come_in() -> None:
    text = TABLE.replace("value: application.amount}", 'value: application.amount, allowed: ">= 0"}')
    assert run(text, amount=D(1)).outputs["rate"] == D("0.1")
    refused = run(text, amount=D(-1))
    assert [one.code for one in refused.problems] == ["rules.input_not_allowed"] and refused.outputs["rate"] is None


def test_a_long_table_keeps_only_what_applied() -> None:
    rows = "\n".join(
        f'      - {{when: ["[{one * 10}..{one * 10 + 10})", "-"], then: {{class: c{one}, rate: {one}}}}}'
        for one in range(200)
    )
    start = TABLE.index("      - {when:")
    found = run(TABLE[:start] + rows + "\n", amount=D(1234), housing="owned")
    stored = found.as_json()
    assert found.outputs["class"] == "c123" and len(found.trace) == stored["looked_at"] == 200
    assert [one["row"] for one in stored["rules"]] == [124]
