"""Explanations as a credit officer reads them: every value with its name, in Chinese and in English."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import BOOLEAN, DATE, MONTHS, NUMBER, STRING, Months, context, enumeration, list_of, number, optional

CNY = number(unit="CNY")
SCOPE = context(
    {
        "income": optional(NUMBER),
        "instalment": NUMBER,
        "age": optional(NUMBER),
        "other": optional(NUMBER),
        "loan": context({"amount": CNY, "due_on": DATE, "term": MONTHS}),
        "kind": enumeration(["farmer", "person", "company"]),
        "married": BOOLEAN,
        "guarantors": list_of(context({"name": STRING, "amount": CNY})),
        "id_card": STRING,
        "as_of": DATE,
    }
)
FACTS: dict[str, Any] = {
    "income": Decimal(8000),
    "instalment": Decimal(3210),
    "age": Decimal(34),
    "other": None,
    "loan": {"amount": Decimal("50000.5"), "due_on": dt.date(2026, 3, 2), "term": Months(15)},
    "kind": "farmer",
    "married": False,
    "guarantors": [{"name": "Wang", "amount": Decimal(30000)}, {"name": "Zhao", "amount": Decimal(12000)}],
    "id_card": "110101199003070011",
    "as_of": dt.date(2026, 2, 20),
}
LABELS = {
    "income": {"en": "monthly income", "zh": "月收入"},
    "instalment": {"en": "instalment", "zh": "月供"},
    "age": {"en": "age", "zh": "年龄"},
    "other": {"en": "other income", "zh": "其他收入"},
    "loan.amount": {"en": "amount", "zh": "金额"},
    "loan.due_on": {"en": "due date", "zh": "到期日"},
    "loan.term": {"en": "term", "zh": "期限"},
    "kind": {"en": "kind", "zh": "类型"},
    "kind=farmer": {"en": "Farmer", "zh": "农户"},
    "kind=person": {"en": "Person", "zh": "个人"},
    "married": {"en": "married", "zh": "已婚"},
    "guarantors.amount": {"en": "guaranteed amount", "zh": "担保金额"},
    "id_card": {"en": "ID card", "zh": "身份证"},
    "id_card=*": {"en": "(hidden)", "zh": "（已隐藏）"},
    "as_of": {"en": "business date", "zh": "业务日期"},
}


def explained(source: str, **facts: Any) -> feel.Explanation:
    checked = feel.check(source, SCOPE)
    assert checked.program is not None, checked.problems
    return checked.program.explain({**FACTS, **facts})


SENTENCES = [
    (
        "income >= 2 * instalment",
        "monthly income 8,000 ≥ 2 × instalment 3,210: true",
        "月收入 8,000 ≥ 2 × 月供 3,210：成立",
    ),
    ("other > 5", "other income (no value) > 5: unknown", "其他收入（无值）> 5：无法判断"),
    ("other = null", "other income (no value) is empty: true", "其他收入（无值）为空：成立"),
    ('kind = "farmer"', "kind Farmer = Farmer: true", "类型 农户 = 农户：成立"),
    ("loan.amount > 30000", "amount 50,000.50 CNY > 30,000: true", "金额 50,000.50 元 > 30,000：成立"),
    (
        "(instalment + 790) / income <= 0.25",
        "(instalment 3,210 + 790) ÷ monthly income 8,000 = 0.5 ≤ 0.25: false",
        "(月供 3,210 + 790) ÷ 月收入 8,000 = 0.5 ≤ 0.25：不成立",
    ),
    (
        "income - (instalment - 10) / (age / 17)",
        "monthly income 8,000 - (instalment 3,210 - 10) ÷ (age 34 ÷ 17) = 6,400",
        "月收入 8,000 - (月供 3,210 - 10) ÷ (年龄 34 ÷ 17) = 6,400",
    ),
    ("1 / 3", "1 ÷ 3 = 0.33333333…", "1 ÷ 3 = 0.33333333…"),
    (
        "today() <= loan.due_on",
        "business date 20 February 2026 ≤ due date 2 March 2026: true",
        "业务日期 2026年2月20日 ≤ 到期日 2026年3月2日：成立",
    ),
    (
        'loan.term > duration("P1Y")',
        "term 1 year 3 months > 1 year: true",
        "期限 1 年 3 个月 > 1 年：成立",
    ),
    ("age in (18..30]", "18 < age 34 ≤ 30: false", "18 < 年龄 34 ≤ 30：不成立"),
    ("age between 18 and 60", "age 34 between 18 and 60: true", "年龄 34 在 18 与 60 之间：成立"),
    (
        'kind in ("person", "farmer")',
        "kind Farmer is one of (Farmer, Person): true",
        "类型 农户 属于（农户、个人）：成立",
    ),
    (
        "sum(guarantors.amount) >= 50000",
        "sum(guaranteed amount 30,000 CNY, 12,000 CNY) = 42,000 CNY ≥ 50,000: false",
        "sum(担保金额 30,000 元、12,000 元) = 42,000 元 ≥ 50,000：不成立",
    ),
    (
        "some g in guarantors satisfies g.amount < 20000",
        "some g in guarantors satisfies g.amount < 20000: true (item 2)",
        "some g in guarantors satisfies g.amount < 20000：成立（第 2 项）",
    ),
    (
        "every g in guarantors satisfies g.amount < 20000",
        "every g in guarantors satisfies g.amount < 20000: false (item 1)",
        "every g in guarantors satisfies g.amount < 20000：不成立（第 1 项）",
    ),
    ("not(married)", "not (married no): true", "并非（已婚 否）：成立"),
]


@pytest.mark.parametrize(("source", "english", "chinese"), SENTENCES, ids=[one[0] for one in SENTENCES])
def test_an_expression_reads_like_a_sentence(source: str, english: str, chinese: str) -> None:
    assert explained(source).in_words("en", LABELS) == english
    assert explained(source).in_words("zh", LABELS) == chinese


CONDITIONS = [
    (
        "income > 1000 and age >= 40 and instalment > 1",
        "all of (age 34 ≥ 40: false; 1 true; 1 not needed): false",
        "须全部成立（年龄 34 ≥ 40：不成立；另 1 项成立；1 项未用到）：不成立",
    ),
    (
        "income > 1000 and other > 5 and age > 20",
        "all of (other income (no value) > 5: unknown; 2 true): unknown",
        "须全部成立（其他收入（无值）> 5：无法判断；另 2 项成立）：无法判断",
    ),
    (
        "income > 1000 and age > 20",
        "all of (monthly income 8,000 > 1,000; age 34 > 20): true",
        "须全部成立（月收入 8,000 > 1,000；年龄 34 > 20）：成立",
    ),
    (
        'kind = "person" or other > 5 or age > 20 or income > 1',
        "any of (age 34 > 20: true; 1 false; 1 unknown; 1 not needed): true",
        "至少一项成立（年龄 34 > 20：成立；另 1 项不成立；另 1 项无法判断；1 项未用到）：成立",
    ),
    (
        'kind = "person" or age > 60',
        "any of (kind Farmer = Person; age 34 > 60): false",
        "至少一项成立（类型 农户 = 个人；年龄 34 > 60）：不成立",
    ),
]


@pytest.mark.parametrize(("source", "english", "chinese"), CONDITIONS, ids=[one[0] for one in CONDITIONS])
def test_of_several_conditions_those_that_decided_come_first(source: str, english: str, chinese: str) -> None:
    assert explained(source).in_words("en", LABELS) == english
    assert explained(source).in_words("zh", LABELS) == chinese


CHAINS = [
    (
        "if age >= 60 then 1 else 2",
        "since age 34 ≥ 60: false, 2",
        "因 年龄 34 ≥ 60：不成立，取 2",
    ),
    (
        "if age < 20 then 3 else if age < 30 then 7 else if age < 45 then 14 else 18",
        "since age 34 < 45: true (case 3), 14",
        "因 年龄 34 < 45：成立（第 3 种情形），取 14",
    ),
    (
        "if age < 20 then 3 else if age < 30 then 7 else 18",
        "since none of 2 cases applies (last: age 34 < 30: false), 18",
        "因 2 种情形均不适用（最后：年龄 34 < 30：不成立），取 18",
    ),
    (
        'if other > 0 then "stated" else "none stated"',
        "since other income (no value) > 0: unknown, “none stated”",
        "因 其他收入（无值）> 0：无法判断，取 “none stated”",
    ),
    (
        '500 + (if age < 25 then -12 else 14) + (if kind = "farmer" then 5 else 0)',
        "500 + 14 (as age 34 < 25: false) + 5 (as kind Farmer = Farmer: true) = 519",
        "500 + 14（因 年龄 34 < 25：不成立）+ 5（因 类型 农户 = 农户：成立）= 519",
    ),
]


@pytest.mark.parametrize(("source", "english", "chinese"), CHAINS, ids=[one[0] for one in CHAINS])
def test_a_chain_of_cases_tells_the_one_that_applied(source: str, english: str, chinese: str) -> None:
    assert explained(source).in_words("en", LABELS) == english
    assert explained(source).in_words("zh", LABELS) == chinese


def test_what_was_not_evaluated_is_never_given_a_value() -> None:
    found = explained("age < 18 and income / 0 > 1")
    compared = found.parts[1]
    assert not compared.seen and compared.value is None
    assert not any(one.seen for one in compared.walk() if one.kind != "constant")
    assert "income" not in found.inputs()
    assert "8,000" not in found.in_words("en", LABELS)


def test_a_failure_says_why_and_keeps_what_was_seen() -> None:
    found = explained("income / (age - 34) > 5 or age > 0")
    assert found.in_words("en", LABELS) == (
        "any of (monthly income 8,000 ÷ (age 34 - 34) > 5: no result (A number is divided by zero.); 1 not needed): "
        "no result (A number is divided by zero.)"
    )
    assert "无结果（除数为零。）" in found.in_words("zh", LABELS)
    assert not found.seen and found.inputs() == {"income": Decimal(8000), "age": Decimal(34)}


def test_where_a_fact_came_from_is_told_and_stored() -> None:
    program = feel.check("income > instalment and loan.amount > 1", SCOPE).program
    assert program is not None
    origins = {"income": {"en": "salary slip", "zh": "工资单"}, "loan": "core system"}
    found = program.explain(FACTS, origins=origins)
    assert found.in_words("en", LABELS) == (
        "all of (monthly income 8,000 (salary slip) > instalment 3,210; amount 50,000.50 CNY (core system) > 1): true"
    )
    assert "月收入 8,000（工资单）> 月供 3,210" in found.in_words("zh", LABELS)
    assert found.origins()["income"]["zh"] == "工资单" and set(found.origins()) == {"income", "loan.amount"}
    assert found.as_json()["parts"][0]["parts"][0]["origin"] == {"en": "salary slip", "zh": "工资单"}


def test_a_secret_fact_shows_in_nothing_that_is_made_from_it() -> None:
    for source in ('substring(id_card, 7, 4) = "1990"', "id_card + kind", 'id_card = "110101199003070011"'):
        for language in ("en", "zh"):
            said = explained(source).in_words(language, LABELS)
            assert "1990" not in said and ("(hidden)" in said or "（已隐藏）" in said), said


def test_a_long_sum_and_a_long_list_are_shortened() -> None:
    said = explained("+".join(f"{one}" for one in range(20))).in_words("en")
    assert said == "0 + 1 + 2 + 3 + 4 … (15 more) = 190"
    assert explained("for i in 1..1000 return i").in_words("en").endswith("= 1,000 items")
    assert explained("for i in 1..1000 return i").in_words("zh").endswith("= 1,000 项")
    deep = explained("abs(" * 20 + "income" + ")" * 20).in_words("en", LABELS)
    assert len(deep) < 300 and deep.endswith("= 8,000")


def test_the_values_of_a_loop_are_not_passed_off_as_one() -> None:
    found = explained("count(guarantors[amount > loan.amount / 2])")
    assert found.in_words("en", LABELS) == "count(guarantors[amount > loan.amount / 2]) = 1"
    assert found.inputs() == {"guarantors": FACTS["guarantors"], "loan.amount": Decimal("50000.5")}


def test_the_conditions_that_failed_can_be_listed() -> None:
    failed = explained("income > 9000 or (instalment < 1 and income > 1)").failed()
    assert [one.text for one in failed] == ["income > 9000", "instalment < 1"]


def test_an_explanation_can_be_stored() -> None:
    stored = json.loads(json.dumps(explained("income / 2 > loan.amount").as_json()))
    assert stored["value"] is False and stored["parts"][0]["value"] == "4000"
    assert stored["parts"][1] == {
        "kind": "input",
        "text": "loan.amount",
        "value": "50000.5",
        "seen": True,
        "name": "loan.amount",
        "unit": "CNY",
    }


def test_a_cell_of_a_table_is_explained_with_the_value_it_tests() -> None:
    program = feel.check_unary("> 10, [2..4]", NUMBER, SCOPE).program
    assert program is not None
    assert program.explain({}, Decimal(3)).value is True
    assert "? 3" in program.explain({}, Decimal(3)).in_words("en")
