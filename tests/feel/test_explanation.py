"""Explanations: every value with its name, in Chinese and in English."""

from __future__ import annotations

from decimal import Decimal

from loanloom import feel
from loanloom.feel import NUMBER, STRING, context, optional

SCOPE = context({"income": optional(NUMBER), "instalment": NUMBER, "kind": STRING})
LABELS = {
    "income": {"en": "monthly income", "zh": "月收入"},
    "instalment": {"en": "instalment", "zh": "月供"},
    "kind": {"en": "kind", "zh": "类型"},
    "kind=farmer": {"en": "Farmer", "zh": "农户"},
}


def words(source: str, language: str, **facts: object) -> str:
    program = feel.check(source, SCOPE).program
    assert program is not None
    return program.explain(facts).in_words(language, LABELS)


def test_a_comparison_reads_like_a_sentence() -> None:
    facts = {"income": Decimal(8000), "instalment": Decimal(3210)}
    assert words("income >= 2 * instalment", "en", **facts) == "monthly income 8,000 ≥ 2 × instalment 3,210: true"
    assert words("income >= 2 * instalment", "zh", **facts) == "月收入 8,000 ≥ 2 × 月供 3,210：成立"


def test_a_missing_value_makes_it_unknown_and_says_so() -> None:
    assert words("income > 5", "en", income=None) == "monthly income no value > 5: unknown"
    assert words("income > 5", "zh", income=None) == "月收入 （空） > 5：无法判断"


def test_codes_are_shown_by_their_titles() -> None:
    assert words('kind = "farmer"', "zh", kind="farmer") == "类型 农户 = 农户：成立"


def test_what_was_not_needed_is_left_out() -> None:
    said = words("income > 9000 and instalment > 1", "en", income=Decimal(8000), instalment=Decimal(2))
    assert said == "all of (monthly income 8,000 > 9,000: false): false"


def test_the_conditions_that_failed_can_be_listed() -> None:
    program = feel.check("income > 9000 or (instalment < 1 and income > 1)", SCOPE).program
    assert program is not None
    failed = program.explain({"income": Decimal(8000), "instalment": Decimal(2)}).failed()
    assert [one.text for one in failed] == ["income > 9000", "instalment < 1"]


def test_an_explanation_can_be_stored() -> None:
    import json

    program = feel.check("income / instalment", SCOPE).program
    assert program is not None
    stored = json.loads(json.dumps(program.explain({"income": Decimal(8), "instalment": Decimal(2)}).as_json()))
    assert stored["value"] == "4" and stored["parts"][0] == {
        "kind": "input",
        "text": "income",
        "value": "8",
        "seen": True,
        "name": "income",
    }


def test_a_failed_run_still_explains_what_it_saw() -> None:
    program = feel.check("income / instalment", SCOPE).program
    assert program is not None
    explanation = program.explain({"income": Decimal(8), "instalment": Decimal(0)})
    assert not explanation.seen and explanation.inputs() == {"income": Decimal(8), "instalment": Decimal(0)}
