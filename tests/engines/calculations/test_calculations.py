"""Calculations: steps in the order they need, exact rounding, and circles and broken parameters found beforehand."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.engines.documents_of import registry_of

from loanloom.engines import calculations

D = Decimal

LIMIT = """
kind: calculation
key: limit
title: {en: Limit, zh: 额度测算}
spec:
  subject: application
  parameters:
    - {key: share, title: {en: Share, zh: 比例}, type: number, value: 0.5, check: share > 0 and share <= 1}
    - {key: cap, title: {en: Cap, zh: 上限}, type: number, value: 50000}
  checks:
    - {rule: application.monthly_income > 0, message: {en: No income, zh: 没有收入}}
  steps:
    - {key: amount, title: {en: Limit, zh: 额度}, value: "min(cap, capacity * 12)", round: {digits: -3, mode: down}}
    - key: capacity
      title: {en: Capacity, zh: 月可还款}
      value: (application.monthly_income - application.monthly_cost) * share
      round: {digits: 2, mode: half_up}
  result: amount
"""


def run(text: str = LIMIT, **application: Any) -> calculations.Calculated:
    registry = registry_of(text)
    compiled = calculations.compile_calculation(registry.require("calculation", "limit"), registry)
    assert compiled.calculation is not None, [one.in_words() for one in compiled.problems]
    return calculations.run(compiled.calculation, {"application": application})


def test_steps_run_in_the_order_they_need_and_round_as_stated() -> None:
    found = run(monthly_income=D("8000.55"), monthly_cost=D(3000))
    assert [one.step.key for one in found.steps] == ["capacity", "amount"]
    assert found.facts() == {"capacity": D("2500.28"), "amount": D(30000)}
    assert found.result == 30000 and str(found.result) == "30000"


def test_it_explains_itself_and_can_be_stored() -> None:
    found = run(monthly_income=D(8000), monthly_cost=D(3000))
    assert found.in_words("zh")[0] == "月可还款：(月收入 8,000 - 月支出 3,000) × 比例 0.5 = 2,500"
    assert found.in_words("en")[1].endswith("min(Cap 50,000, Capacity 2,500 × 12) = 30,000")
    stored = json.loads(json.dumps(found.as_json()))
    assert stored["result"] == "30000" and stored["steps"][0]["words"]["en"]


def test_what_is_missing_is_named() -> None:
    found = run(monthly_income=D(8000))
    assert found.result is None and [one.code for one in found.problems] == ["calculation.incomplete"]
    assert found.problems[0].hint == {"en": "Not known: Monthly cost.", "zh": "缺少：月支出。"}


def test_a_check_that_does_not_hold_gives_its_message() -> None:
    found = run(monthly_income=D(0), monthly_cost=D(-3000))
    assert found.result is None and found.problems[0].message == {"en": "No income", "zh": "没有收入"}


def test_a_formula_that_fails_names_its_step() -> None:
    found = run(LIMIT.replace("* share", "/ (share - 0.5)"), monthly_income=D(8), monthly_cost=D(3))
    assert found.result is None and found.problems[0].code == "feel.division_by_zero"
    assert found.problems[0].message["zh"].startswith("月可还款")


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        (
            "(application.monthly_income - application.monthly_cost) * share",
            "amount / 12",
            "calculation.cycle",
            "amount -> capacity -> amount",
        ),
        ("capacity * 12", "amount * 12", "calculation.cycle", "amount -> amount"),
        ("result: amount", "result: amont", "calculation.unknown_result", "amont"),
        ("value: 0.5", "value: 1.5", "calculation.parameter_check", "share"),
        ("value: 0.5", "value: half", "calculation.parameter_type", "half"),
        ("key: capacity", "key: share", "calculation.duplicate_name", "share"),
        ("key: capacity", "key: score", "calculation.name_taken", "score"),
        ("capacity * 12", "capacitty * 12", "feel.unknown_name", "capacitty"),
        ("capacity * 12", "as_of", "feel.arguments", "min"),
    ],
)
def test_mistakes_are_found_beforehand(old: str, new: str, code: str, words: str) -> None:
    assert old in LIMIT
    found = next(one for one in calculations.check(registry_of(LIMIT.replace(old, new))) if one.code == code)
    assert words in found.message["en"] and found.message["zh"] and found.line and found.pointer
