"""Many cases through a card at once: the same points, grade, reasons and gaps as one by one, whatever the facts."""

from __future__ import annotations

import csv
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.engines.documents_of import registry_of

from loanloom import feel
from loanloom.engines import scoring
from loanloom.engines.scoring import batch as batches
from loanloom.feel.targets.polars.frame import schema_of
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build

D = Decimal
ROOT = Path(__file__).resolve().parents[3]
CARDS = sorted(path.stem for path in (ROOT / "metadata" / "scorecards").glob("*.yaml"))


@pytest.fixture(scope="module")
def company() -> Registry:
    """The model company's documents."""
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def batch_of(registry: Registry, key: str) -> batches.Batch:
    indicators = scoring.compile_indicators(registry).indicators
    card = scoring.compile_scorecard(registry.require("scorecard", key), registry)
    assert indicators is not None and card.card is not None, card.problems
    return batches.compile_batch(card.card, indicators)


def one_by_one(batch: batches.Batch, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the way of a single case says, as rows."""
    found = []
    for case in cases:
        score = scoring.score(batch.card, batch.indicators.compute(case).values)
        found.append(
            {
                "points": score.points,
                "grade": score.grade.key if score.grade else None,
                "reasons": [{"indicator": one.indicator, "lost": one.lost} for one in score.reasons],
                "unknown": [one.field.removeprefix("indicators.") for one in score.problems if one.field],
            }
        )
    return found


def some_value(draw: random.Random, type_: feel.Type) -> Any:
    """A fact of a type: often null, at the ends of its digits, or around zero."""
    if draw.random() < 0.08:
        return None
    if type_.kind == "number":
        digits = type_.digits or feel.Digits(3, 0)
        most = 10 ** (min(digits.whole, draw.choice((1, 2, 4, 6, 9, 16))) + digits.scale) - 1
        whole = draw.choice((0, 1, most, draw.randint(0, most), draw.randint(0, most), -draw.randint(0, most)))
        value = D(whole).scaleb(-digits.scale)
        ends = [end for end in (type_.least, type_.most) if isinstance(end, Decimal)]
        return draw.choice(ends) if ends and not fits(value, type_) else value
    if type_.kind == "list":
        return [some_record(draw, type_.item or feel.ANY) for _ in range(draw.choice((0, 0, 1, 2)))]
    if type_.kind == "boolean":
        return draw.random() < 0.5
    return draw.choice(type_.values or ("x", "y"))


def fits(value: Decimal, type_: feel.Type) -> bool:
    below = isinstance(type_.least, Decimal) and value < type_.least
    return not below and not (isinstance(type_.most, Decimal) and value > type_.most)


def some_record(draw: random.Random, type_: feel.Type) -> dict[str, Any]:
    return {name: some_value(draw, one) for name, one in type_.fields}


def some_case(draw: random.Random, types: dict[str, feel.Type]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, type_ in types.items():
        record, _, name = path.rpartition(".")
        target = found.setdefault(record, {}) if record else found
        target[name] = some_value(draw, type_)
    return found


@pytest.mark.parametrize("key", CARDS)
def test_a_batch_scores_like_single_cases(company: Registry, key: str) -> None:
    batch = batch_of(company, key)
    assert not batch.slow, [one.problem.in_words("en") for one in batch.slow]
    draw = random.Random(key)
    cases = [some_case(draw, dict(batch.types)) for _ in range(400)]
    found, wanted = batch.score_cases(cases).to_dicts(), one_by_one(batch, cases)
    assert found == wanted
    assert any(one["points"] is not None for one in wanted) and any(one["reasons"] for one in wanted)


def test_the_german_applicants_score_as_they_do_one_by_one(company: Registry) -> None:
    batch = batch_of(company, "consumer-german")
    with (ROOT / "metadata" / "demo" / "german-credit" / "german.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cases = [
        {
            "application": {
                "amount": D(row["amount"]),
                "term_months": D(row["duration"]),
                "checking_account": row["status"],
                "credit_history": row["credit_history"],
                "credit_purpose": row["purpose"],
                "savings": row["savings"],
                "employment": row["employment"],
                "instalment_share": D(row["installment_rate"]),
                "other_debtors": row["other_debtors"],
                "other_plans": row["other_installment_plans"],
                "german_housing": row["housing"],
            }
        }
        for row in rows
    ]
    found = batch.score_cases(cases).to_dicts()
    assert found == one_by_one(batch, cases)
    assert len(found) == 1000 and all(one["points"] is not None for one in found)


DOCUMENTS = """
kind: indicator
key: yearly
title: {en: Yearly, zh: 年收入}
spec: {subject: application, value: application.monthly_income * 12, type: number, decimals: 2, missing: null}
---
kind: indicator
key: spread
title: {en: Spread, zh: 分布}
spec:
  subject: application
  value: application.monthly_income / 3 + application.monthly_cost / 7
  type: number
  decimals: 3
  missing: {value: 0.5}
---
kind: indicator
key: twice
title: {en: Twice, zh: 两倍}
spec: {subject: application, value: indicators.spread * 2, type: number, decimals: 3, missing: null}
---
kind: indicator
key: insured
title: {en: Insured, zh: 已投保}
spec: {subject: application, value: application.insured, type: boolean, missing: null}
---
kind: scorecard
key: mixed
title: {en: Mixed, zh: 混合}
spec:
  subject: application
  base: 10.25
  characteristics:
    - indicator: yearly
      reason: {en: Low income, zh: 收入偏低}
      closed: right
      bands: [{to: 1200.5, points: 0.5}, {from: 1200.5, to: 90000, points: 3}, {from: 90000, points: 9.75}]
      missing: {points: 1}
    - indicator: twice
      reason: {en: Low spread, zh: 分布偏低}
      bands: [{to: 100, points: 1}, {from: 100, to: 5000, points: 4}]
      missing: error
      otherwise: error
    - indicator: insured
      reason: {en: Not insured, zh: 未投保}
      options: [{in: [true], points: 4}, {in: [false], points: 0}]
      missing: error
  grades:
    - {key: A, title: {en: Good, zh: 优}, from: 20}
    - {key: B, title: {en: Weak, zh: 差}, to: 20}
"""


def test_what_polars_cannot_hold_is_computed_case_by_case_with_the_reason() -> None:
    """Two unrounded thirds added have no exact column; what reads them follows; points are the same all the same."""
    batch = batch_of(registry_of(DOCUMENTS), "mixed")
    assert {one.indicator.key: one.problem.code for one in batch.slow} == {
        "spread": "feel.target.quotient",
        "twice": "indicator.batch.reads_slow",
    }
    assert all(one.problem.message["en"] != one.problem.message["zh"] for one in batch.slow)
    types = schema_of(one.program.tree for one in batch.indicators.ordered)
    draw = random.Random(2)
    cases = [
        some_case(draw, {path: one for path, one in types.items() if "indicators" not in path}) for _ in range(300)
    ]
    assert batch.score_cases(cases).to_dicts() == one_by_one(batch, cases)


def test_a_case_outside_its_declared_digits_is_scored_alone() -> None:
    batch = batch_of(registry_of(DOCUMENTS), "mixed")
    usual = {"monthly_income": D("8000.00"), "monthly_cost": D("10"), "insured": True}
    odd = [{"monthly_income": D("1E+20")}, {"monthly_income": D("0.123456")}, {"monthly_income": D(5)}]
    cases = [{"application": {**usual, **one}} for one in odd]
    found = batch.score_cases(cases).to_dicts()
    assert found == one_by_one(batch, cases)
    assert len(found) == 3


def test_no_cases_are_no_rows() -> None:
    assert batch_of(registry_of(DOCUMENTS), "mixed").score_cases([]).to_dicts() == []


def test_the_check_of_a_release_warns_of_what_a_batch_computes_case_by_case(company: Registry) -> None:
    warned = [one for one in scoring.check(registry_of(DOCUMENTS)) if one.code == "indicator.batch"]
    assert [(one.severity, one.pointer, one.line) for one in warned] == [("warning", "/spec/value", 7)]
    assert "1/3" in warned[0].message["en"] and "逐笔" in warned[0].message["zh"]
    assert not [one for one in scoring.check(company) if one.code == "indicator.batch"]
