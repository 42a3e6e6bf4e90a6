"""Conditions as rows: what has rows comes back as the same condition, and reads as a sentence in both languages."""

from __future__ import annotations

import pytest

from loanloom import feel
from loanloom.feel.help.rows import Row, Rows, rows_of, sentence, text_of

TYPES = {
    "customer.age": feel.NUMBER,
    "customer.class": feel.enumeration(["micro", "small"]),
    "customer.abroad": feel.BOOLEAN,
    "customer.since": feel.DATE,
    "application.amount": feel.NUMBER,
    "limit.amount": feel.NUMBER,
}
LABELS = {
    "customer.age": {"en": "age", "zh": "年龄"},
    "customer.class": {"en": "class", "zh": "企业类型"},
    "customer.class=micro": {"en": "micro enterprise", "zh": "微型企业"},
    "customer.abroad": {"en": "lives abroad", "zh": "常住境外"},
    "limit.amount": {"en": "credit limit", "zh": "测算额度"},
    "application.amount": {"en": "amount", "zh": "申请金额"},
}
WITH_ROWS = (
    "customer.age < 18",
    "customer.age >= 18 and application.amount <= 50000",
    'customer.class = "micro" or customer.abroad',
    "not(customer.abroad)",
    'customer.class in ("micro", "small")',
    'not(customer.class in ("micro", "small"))',
    "application.amount > limit.amount",
    'customer.since >= @"2020-01-31"',
    "customer.age = null or customer.since != null",
    "application.amount < -5.5",
    "customer.age between 18 and 60",
    'customer.since between @"2020-01-31" and @"2021-01-31"',
    "customer.age in [18..60)",
    "customer.age in (-18..60] or application.amount in (0.5..limit.amount)",
    'customer.since in (@"2020-01-31"..@"2021-01-31")',
    "customer.age < 18 and (customer.abroad or application.amount > 5)",
    "customer.abroad or customer.age < 18 and application.amount > 5",
    'customer.abroad and (customer.age < 18 or customer.class = "micro" and customer.age between 20 and 30)',
)
WITHOUT = (
    "customer.age + 1 < 18",
    "customer.abroad and (customer.abroad or customer.age < 3 and (customer.abroad or customer.age > 5 and "
    "(customer.abroad or customer.age = 7)))",
    "not(customer.abroad or customer.age < 18)",
    "count(guarantors) > 2",
    "customer.age in [18..60), customer.abroad",
    "customer.age in [18..customer.age + 1)",
    "customer.age between 18 and customer.age + 1",
    "18 < customer.age",
    "customer.age <",
    "",
    "not(customer.age < 18)",
)


@pytest.mark.parametrize("source", WITH_ROWS)
def test_what_has_rows_comes_back_the_same(source: str) -> None:
    rows = rows_of(source)
    assert rows is not None
    assert text_of(rows, TYPES) == source
    said = sentence(rows, LABELS)
    assert said["en"] and said["zh"]


@pytest.mark.parametrize("source", WITHOUT)
def test_what_is_more_than_rows_stays_text(source: str) -> None:
    assert rows_of(source) is None


def test_a_sentence_names_facts_and_codes() -> None:
    rows = rows_of('customer.class in ("micro") and customer.age < 18 and application.amount > limit.amount')
    assert rows is not None
    said = sentence(rows, LABELS)
    assert said["en"] == "class is one of micro enterprise and age is less than 18 and amount is more than credit limit"
    assert said["zh"] == "企业类型属于微型企业，且年龄小于18，且申请金额大于测算额度"


def test_a_span_is_between_and_brackets_are_read_as_brackets() -> None:
    rows = rows_of("(customer.abroad or application.amount > 5) and customer.age in [18..60]")
    assert rows == Rows((Rows((Row("customer.abroad", "yes"), Row("application.amount", ">", ("5",))), "or"),
                         Row("customer.age", "between", ("18", "60"))))  # fmt: skip
    said = sentence(rows, LABELS)
    assert said["en"] == "(lives abroad holds or amount is more than 5) and age is between 18 and 60"
    assert said["zh"] == "（常住境外为是，或申请金额大于5），且年龄介于18与60之间"


def test_a_half_open_span_says_which_end_belongs_to_it() -> None:
    rows = rows_of("customer.age in [18..60) and application.amount in (0..5]")
    assert rows == Rows((Row("customer.age", "[)", ("18", "60")), Row("application.amount", "(]", ("0", "5"))))
    said = sentence(rows, LABELS)
    assert said["en"] == "age is at least 18 and is less than 60 and amount is more than 0 and is at most 5"
    assert said["zh"] == "年龄不低于18且小于60，且申请金额大于0且不超过5"


def test_lines_that_say_nothing_yet_are_left_out_with_their_brackets() -> None:
    age = Row("customer.age", ">", ("18",))
    rows = Rows((Row(""), Rows((Row(""), age), "or"), Rows((Rows((Row(""),)),))))
    assert rows.filled() == Rows((Rows((age,), "or"),)) and text_of(rows.filled(), TYPES) == "customer.age > 18"


def test_what_people_type_is_written_as_the_fact_needs_it() -> None:
    def said(path: str, value: str) -> str:
        return text_of(Rows((Row(path, "=", (value,)),)), TYPES)

    assert said("application.amount", "50,000") == "application.amount = 50000"
    assert said("application.amount", "12.5%") == "application.amount = 0.125"
    assert said("customer.class", "12") == 'customer.class = "12"'
    assert said("customer.class", 'a"b') == 'customer.class = "a\\"b"'
    assert said("customer.since", "2026-02-30") == 'customer.since = "2026-02-30"'


@pytest.mark.parametrize(("source", "said"), [("customer.abroad = true", "yes"), ("customer.abroad = false", "no")])
def test_yes_and_no_may_be_compared_with_true_and_false(source: str, said: str) -> None:
    assert rows_of(source) == Rows((Row("customer.abroad", said),))
    assert rows_of("customer.abroad != true") is None, "holds for nothing said too, which no row says"


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("application.amount > 50000", "amount is more than 50,000"),
        ("application.amount between 10000.5 and 2000000", "amount is between 10,000.5 and 2,000,000"),
        ("application.amount < -50000", "amount is less than -50,000"),
        ("customer.since_year >= 2015", "customer.since_year is at least 2015"),
        ('customer.postcode in ("100000", "200000")', "customer.postcode is one of 100000, 200000"),
        ('not(customer.postcode in ("100000", 200000))', "customer.postcode is none of 100000, 200000"),
    ],
)
def test_figures_stand_in_groups_and_codes_and_years_do_not(source: str, english: str) -> None:
    assert sentence(rows_of(source), LABELS)["en"] == english
