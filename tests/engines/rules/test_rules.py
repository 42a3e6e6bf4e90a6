"""Rule sets: each hit policy, the trace, and rules that can never count or that contradict one another."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.engines.documents_of import registry_of

from loanloom.engines import rules

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
    assert codes(TABLE.replace('[1000..5000)", \'"owned', '[5000..1000)", \'"owned')) == ["rules.never"]
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
