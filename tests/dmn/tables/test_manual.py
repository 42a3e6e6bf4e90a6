"""The examples of the manual's page about decision tables hold."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from tests.engines.documents_of import registry_of

from loanloom.engines import rules

PAGE = (Path(__file__).parents[3] / "docs" / "feel" / "decision-tables.md").read_text("utf-8")
GRADES = """
kind: scorecard
key: card
title: {en: Card, zh: 评分卡}
spec:
  subject: application
  characteristics:
    - {indicator: age, reason: {en: Age, zh: 年龄}, bands: [{points: 10}]}
  grades:
    - {key: A, title: {en: A, zh: A}, from: 100}
    - {key: B, title: {en: B, zh: B}, from: 50, to: 100}
    - {key: C, title: {en: C, zh: C}, to: 50}
---
kind: indicator
key: age
title: {en: Age, zh: 年龄}
spec: {subject: application, value: application.amount, type: number, missing: error}
"""


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


def test_the_library_example_runs() -> None:
    exec(compile(block("python"), "decision-tables.md", "exec"), {})


def test_the_rule_set_of_the_page_prices_loans() -> None:
    registry = registry_of(block("yaml"), GRADES)
    compiled = rules.compile_ruleset(registry.require("ruleset", "pricing"), registry)
    assert compiled.ruleset is not None and compiled.problems == ()
    facts = {"application": {"amount": Decimal(50000)}, "score": {"grade": "B"}, "limit": {"amount": Decimal(80000)}}
    assert rules.run(compiled.ruleset, facts).outputs == {"rate": Decimal("0.156"), "most": Decimal(40000)}
    assert rules.run(compiled.ruleset, {**facts, "score": {}}).outputs == {"rate": Decimal("0.16"), "most": Decimal(0)}


def test_every_code_that_the_page_names_is_one_that_rule_sets_report() -> None:
    named = set(re.findall(r"`(rules\.[a-z_]+)`", PAGE))
    source = (Path(rules.__file__).parent / "reaching.py").read_text("utf-8")
    assert named == set(re.findall(r'"(rules\.[a-z_]+)"', source)) - {"rules.not_analysed"}
