"""Score cards: exact points, stated policies, reasons by points lost, and every gap and overlap found beforehand."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.engines.documents_of import registry_of

from loanloom.engines import scoring
from loanloom.metadata.registry import Registry

D = Decimal

INDICATORS = """
kind: indicator
key: surplus
title: {en: Surplus, zh: 结余}
spec:
  subject: application
  value: application.monthly_income - application.monthly_cost
  type: number
  decimals: 2
  unit: {en: CNY, zh: 元}
  missing: error
---
kind: indicator
key: burden
title: {en: Burden, zh: 负担率}
spec:
  subject: application
  value: if indicators.surplus > 0 then application.amount / indicators.surplus else null
  type: number
  decimals: 4
  missing: {value: 99}
---
kind: indicator
key: housing
title: {en: Housing, zh: 住房}
spec: {subject: application, value: application.housing, type: string, missing: null}
---
kind: indicator
key: insured
title: {en: Insured, zh: 已投保}
spec: {subject: application, value: application.insured, type: boolean, missing: null}
"""

CARD = """
kind: scorecard
key: card
title: {en: Card, zh: 评分卡}
spec:
  subject: application
  base: 100
  characteristics:
    - indicator: burden
      reason: {en: High burden, zh: 负担偏高}
      weight: 1.5
      bands: [{to: 2, points: 60}, {from: 2, to: 5, points: 30}, {from: 5, points: 0}]
    - indicator: housing
      reason: {en: No own home, zh: 无自有住房}
      options: [{in: [owned], points: 20.5}, {in: [rented], points: 5}]
      missing: {points: 0}
    - indicator: insured
      reason: {en: Not insured, zh: 未投保}
      options: [{in: [true], points: 10}]
      missing: {points: 0}
      otherwise: {points: 0}
  grades:
    - {key: A, title: {en: Good, zh: 优}, from: 200}
    - {key: B, title: {en: Fair, zh: 中}, from: 150, to: 200}
    - {key: C, title: {en: Weak, zh: 差}, to: 150}
  reasons: {count: 2}
"""


def facts(**application: Any) -> dict[str, Any]:
    known = {
        "amount": D(10000),
        "monthly_income": D(8000),
        "monthly_cost": D(3000),
        "housing": "owned",
        "insured": True,
    }
    return {"application": {**known, **application}}


def scored(registry: Registry, given: dict[str, Any]) -> scoring.Score:
    indicators = scoring.compile_indicators(registry).indicators
    card = scoring.compile_scorecard(registry.require("scorecard", "card"), registry)
    assert indicators is not None and card.card is not None, card.problems
    return scoring.score(card.card, indicators.compute(given).values)


def test_points_are_exact_and_weighted() -> None:
    score = scored(registry_of(INDICATORS, CARD), facts())
    assert score.points == D("175.5")  # 100 + 1.5 x 30 (burden 2) + 20.5 + 10
    assert score.grade is not None and score.grade.key == "B"
    assert score.facts() == {"points": D("175.5"), "grade": "B"}


def test_reasons_are_the_characteristics_that_lost_most() -> None:
    score = scored(registry_of(INDICATORS, CARD), facts(amount=D(50000), housing="rented", insured=False))
    assert [(one.indicator, one.lost) for one in score.reasons] == [("burden", D(90)), ("housing", D("15.5"))]
    assert scored(registry_of(INDICATORS, CARD), facts(amount=D(100))).reasons == ()


def test_the_closed_side_decides_who_gets_a_border() -> None:
    left = scored(registry_of(INDICATORS, CARD), facts()).lines[0].bin.points
    right = scored(
        registry_of(INDICATORS, CARD.replace("weight: 1.5", "weight: 1.5\n      closed: right")), facts()
    ).lines[0]
    assert (left, right.bin.points) == (D(45), D(90))


def test_unknown_values_follow_their_policy() -> None:
    registry = registry_of(INDICATORS, CARD)
    indicators = scoring.compile_indicators(registry).indicators
    assert indicators is not None
    found = indicators.compute(facts(monthly_income=None, housing=None))
    assert found.values["burden"] == 99 and "burden" in found.defaulted
    assert [one.code for one in found.problems] == ["indicator.missing"]
    assert found.problems[0].hint is not None and "application.monthly_income" in found.problems[0].hint["en"]
    assert found.values["housing"] is None
    assert scored(registry, facts(housing=None)).lines[1].bin.points == 0


def test_without_a_policy_an_unknown_value_gives_no_score() -> None:
    card = CARD.replace("      missing: {points: 0}\n      otherwise", "      otherwise")
    score = scored(registry_of(INDICATORS, card), facts(insured=None))
    assert score.points is None and score.grade is None
    assert [one.code for one in score.problems] == ["score.missing"]
    assert score.problems[0].field == "indicators.insured" and score.problems[0].message["zh"]


def test_a_score_explains_itself_and_can_be_stored() -> None:
    score = scored(registry_of(INDICATORS, CARD), facts(housing="rented"))
    said = score.in_words("zh")
    assert said[0] == "评分 160.0，等级：中。"
    assert "住房 租住：得 5 分，最高 20.5 分。" in said
    assert any(line == "High burden: 45.0 points lost." for line in score.in_words("en"))
    stored = json.loads(json.dumps(score.as_json()))
    assert stored["points"] == "160" and stored["lines"][1]["value"] == "rented"
    assert stored["lines"][1]["value_words"] == stored["lines"][1]["band"] == {"en": "Rented", "zh": "租住"}
    assert stored["lines"][0]["value_words"]["en"] == "2.0000"


def test_a_share_is_said_as_a_percentage_beside_bands_that_are_percentages_too() -> None:
    shares = INDICATORS.replace("  decimals: 4\n", "  decimals: 4\n  percent: true\n")
    registry = registry_of(shares, CARD.replace("{to: 2, p", "{to: 0.5, p").replace("{from: 2, to", "{from: 0.5, to"))
    indicators = scoring.compile_indicators(registry).indicators
    assert indicators is not None
    found = indicators.compute(facts(amount=D(1750)))
    assert found.values["burden"] == D("0.3500") and "Burden: 35%" in found.in_words("en")
    line = scored(registry, facts(amount=D(1750))).as_json()["lines"][0]
    assert D(line["value"]) == D("0.35")
    assert (line["value_words"]["zh"], line["band"]["zh"]) == ("35%", "< 50%")


@pytest.mark.parametrize("more", ["unit: {en: times, zh: 倍}", "currency: CNY"])
def test_a_percentage_has_no_unit_of_its_own(more: str) -> None:
    registry = registry_of(INDICATORS.replace("  decimals: 4\n", f"  decimals: 4\n  percent: true\n  {more}\n"))
    assert "indicator.percent" in [one.code for one in scoring.check(registry)]


def test_only_what_is_asked_for_and_what_it_needs_is_computed() -> None:
    indicators = scoring.compile_indicators(registry_of(INDICATORS, CARD), ["burden"]).indicators
    assert indicators is not None and [one.key for one in indicators.ordered] == ["surplus", "burden"]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("{from: 2, to: 5, points: 30}", "{from: 3, to: 5, points: 30}", "scorecard.gap", "from 2 to 3"),
        ("{from: 2, to: 5, points: 30}", "{from: 1, to: 5, points: 30}", "scorecard.overlap", "1 and 2 overlap"),
        ("{to: 2, points: 60}, ", "", "scorecard.gap", "below 2"),
        ("{from: 2, to: 5, points: 30}", "{from: 5, to: 2, points: 30}", "scorecard.empty_band", "empty"),
        (", {in: [rented], points: 5}", "", "scorecard.gap", "rented"),
        ("{in: [rented], points: 5}", "{in: [rented, owned], points: 5}", "scorecard.overlap", "two options"),
        ("{in: [rented], points: 5}", "{in: [rented, ownd], points: 5}", "scorecard.unknown_code", "ownd"),
        ("{in: [true], points: 10}", "{in: [yes], points: 10}", "scorecard.wrong_type", "boolean"),
        ("from: 150, to: 200", "from: 160, to: 200", "scorecard.grade.gap", "from 150 to 160"),
        ("from: 150, to: 200", "from: 140, to: 200", "scorecard.grade.overlap", "overlap"),
    ],
)
def test_a_card_that_does_not_join_is_refused(old: str, new: str, code: str, words: str) -> None:
    assert old in CARD
    registry = registry_of(INDICATORS, CARD.replace(old, new))
    problems = scoring.check(registry)
    found = next(one for one in problems if one.code == code)
    assert words in found.message["en"] and found.message["zh"] and found.line and found.pointer
    assert scoring.compile_scorecard(registry.require("scorecard", "card"), registry).card is None


def test_bands_need_a_number_and_a_known_indicator() -> None:
    bands = "bands: [{points: 1}]"
    registry = registry_of(INDICATORS, CARD.replace("options: [{in: [true], points: 10}]", bands))
    assert [one.code for one in scoring.check(registry)] == ["scorecard.wrong_type"]


def test_indicators_that_need_one_another_in_a_circle_are_named() -> None:
    circle = INDICATORS.replace("application.monthly_income - application.monthly_cost", "indicators.burden * 2")
    problems = scoring.check(registry_of(circle))
    assert [one.code for one in problems] == ["indicator.cycle"]
    assert "burden -> surplus -> burden" in problems[0].message["en"] and problems[0].line


def test_a_formula_that_fails_is_a_problem_of_the_indicator() -> None:
    broken = INDICATORS.replace(
        "if indicators.surplus > 0 then application.amount / indicators.surplus else null",
        "application.amount / indicators.surplus",
    )
    indicators = scoring.compile_indicators(registry_of(broken)).indicators
    assert indicators is not None
    found = indicators.compute(facts(monthly_cost=D(8000)))
    assert [one.code for one in found.problems] == ["feel.division_by_zero"]
    assert found.problems[0].message["zh"].startswith("负担率")
