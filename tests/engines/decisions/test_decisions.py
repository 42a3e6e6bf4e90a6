"""Decision models as documents: checked against the facts, computed with a trace, typed for everybody who reads them."""

# ruff: noqa: E501 - what is said reads better in one line
from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from tests.engines.decisions.models import PRICING
from tests.engines.documents_of import registry_of

from loanloom import dmn, feel
from loanloom.engines import decided, decisions, expressions, facts
from loanloom.engines.decisions.model import DecisionModel

CASE: dict[str, Any] = {
    "application": {
        "monthly_income": D(8000),
        "monthly_cost": D(1000),
        "housing": "owned",
        "amount": D(50000),
        "term_months": D(24),
    },
    "as_of": None,
}


def model_of(text: str = PRICING) -> DecisionModel:
    registry = registry_of(text)
    compiled = decisions.compile_model(registry.require("decision_model", "pricing"), registry)
    assert compiled.model is not None, [one.in_words() for one in compiled.problems]
    return compiled.model


def problems_of(*texts: str) -> list[str]:
    return [f"{one.pointer}: {one.in_words('en')}" for one in decisions.check(registry_of(*texts))]


def test_every_decision_is_computed_with_what_it_read() -> None:
    found = model_of().compute(CASE)
    assert found.problems == ()
    assert found.facts() == {"burden": D("0.4077"), "risk": "medium", "rate": D("0.08")}
    kept = found.as_json()
    assert [one["name"] for one in kept["decisions"]] == ["burden", "risk", "rate"]
    risk = kept["decisions"][1]
    assert risk["inputs"] == {"burden": "0.4077", "housing": "owned"}
    assert risk["rules"] == [{"row": 3, "annotations": ["the rest"]}]
    assert found.in_words("zh") == ("收入负担率：0.4077", "风险：medium", "利率：0.08")


def test_what_people_call_an_answer_stands_wherever_it_is_told() -> None:
    """In what is kept of a decision, and in the line of one that reads it; what has no name shows itself."""
    poor = {**CASE, "application": {**CASE["application"], "monthly_income": D(3500)}}
    _, risk, rate = model_of().compute(poor).as_json()["decisions"]
    assert risk["value"] == "high" and risk["value_words"] == {"en": "too much", "zh": "偏高"}
    assert "偏高" in rate["words"]["zh"] and "high" not in rate["words"]["zh"]
    assert model_of().compute(CASE).as_json()["decisions"][1]["value_words"] is None


def test_what_has_no_value_says_why_and_the_rest_goes_on() -> None:
    nothing = {**CASE, "application": {**CASE["application"], "monthly_income": D(0)}}
    found = model_of().compute(nothing)
    assert found.facts() == {}
    assert found.problems[0].in_words("en") == "Pricing: burden: A number is divided by zero."
    assert found.problems[0].in_words("zh") == "定价：burden: 除数为零。"


def test_results_are_typed_facts_of_the_whole_house() -> None:
    registry = registry_of(PRICING)
    scope = facts.scope(registry, "application")
    assert feel.check("models.pricing.rate * application.amount", scope).ok
    assert feel.check('models.pricing.risk = "low"', scope).ok
    (wrong,) = feel.check('models.pricing.risk = "lwo"', scope).problems
    assert wrong.code == "feel.not_in_enumeration"
    (unknown,) = feel.check("models.pricing.rat", scope).problems
    assert unknown.hint is not None
    assert unknown.hint["en"] == "Did you mean `rate`?"
    assert facts.labels(registry)["models.pricing.rate"] == {"en": "Rate", "zh": "利率"}
    read = facts.convert(registry, "application", {"models": {"pricing": {"rate": "0.08", "risk": "low"}}})
    assert read.facts["models"]["pricing"]["rate"] == D("0.08")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("application.monthly_income", "application.monthly_incme", "/spec/inputs/0/value: `application` has no `monthly_incme`. Did you mean `monthly_income`?"),
        ("payment(amount, 0.08, months)", "payment(amout, 0.08, months)", "/spec/decisions/0/logic/context/entries/0/value: burden: There is no `amout` here. Did you mean `amount`?"),
        ("then: ['\"low\"']", "then: ['\"lov\"']", "/spec/decisions/1/logic/table/rules/1/then/0"),
        ("type: tRisk\n", "type: tRsk\n", "/spec/decisions/1/type: risk: There is no type `tRsk`. Did you mean `tRisk`?"),
        ("needs: [risk]", "needs: [risk, rate]", "rate: These need each other: `rate` → `rate`."),
        ("needs: [burden, housing]", "needs: [burden]", "/spec/decisions/1/logic/table/inputs/1/value: risk: There is no `housing` here."),
        ("application.housing}", "application.insured}", "Cannot compare a string with a boolean."),
        ("value: application.monthly_cost, type: number", "value: application.housing, type: number", "/spec/inputs/1/value: The input should be a number, but the fact is a string."),
    ],
)  # fmt: skip
def test_mistakes_are_found_before_publication(before: str, after: str, said: str) -> None:
    assert before in PRICING
    found = problems_of(PRICING.replace(before, after))
    assert any(said in one for one in found) or any(_loosely(said, one) for one in found), found


def _loosely(said: str, found: str) -> bool:
    return "compare" in said and "compare" in found


def test_columns_are_those_of_the_document() -> None:
    registry = registry_of(PRICING.replace("/ income, 4", "/ incme, 4"))
    (found,) = decisions.check(registry)
    document = registry.require("decision_model", "pricing")
    assert document.source is not None
    assert found.line is not None
    assert found.column is not None
    line = document.source.text.splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith("incme")


def test_a_model_comes_after_what_it_reads() -> None:
    late = PRICING.replace("value: application.monthly_cost", "value: score.points")
    indicator = """
kind: indicator
key: risky
title: {en: Risky, zh: 高风险}
spec: {subject: application, type: boolean, value: 'models.pricing.risk = "high"'}
"""
    assert model_of(late).after == 1
    assert problems_of(PRICING, indicator) == [
        "/spec/value: models.pricing is not known yet here. A decision model comes after the indicators, and after the "
        "score or the limit if it reads them."
    ]


def test_a_document_and_its_xml_say_the_same() -> None:
    registry = registry_of(PRICING)
    written = decided.definitions_of(registry.require("decision_model", "pricing"))
    assert not isinstance(written, dmn.DmnProblem)
    read = dmn.read_xml(dmn.write_xml(written))
    assert read.problems == ()
    assert read.definitions == written
    assert dmn.from_data(dmn.as_data(read.definitions), name="pricing", namespace="urn:x") == written


def test_what_is_kept_for_other_tools_may_be_spoilt_without_harm() -> None:
    spoilt = PRICING.replace("name: rate\n", "name: rate\n      kept: {extensions: 7, variable: 3, information: [1]}\n")
    (found,) = problems_of(spoilt)
    assert "What is kept for other tools cannot be read" in found


def test_help_for_writing_knows_what_each_place_of_a_model_sees() -> None:
    registry = registry_of(PRICING)
    document = registry.require("decision_model", "pricing")
    formula = expressions.place(document, "/decisions/0/logic/context/entries/1/value", registry)
    assert formula is not None
    assert {"instalment", "payment", "income"} <= set(formula.scope.members)
    assert "housing" not in formula.scope.members, "the decision does not need it"
    cell = expressions.place(document, "/decisions/1/logic/table/rules/1/when/1", registry)
    assert cell is not None
    assert cell.tested is not None
    assert cell.check('"ownde"').problems[0].code == "feel.not_in_enumeration"
    taken = expressions.place(document, "/inputs/0/value", registry)
    assert taken is not None
    assert "application" in taken.scope.members
    assert expressions.place(document, "/decisions/0/title", registry) is None
