"""Help while one writes: completion, hover, signatures and ranges of problems, on whole and on broken texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import DATE, NUMBER, STRING, context, enumeration, list_of, number, optional
from loanloom.feel.help.completion import Completion, complete
from loanloom.feel.help.hover import hover, ranged, signature

KINDS = enumeration(("farmer", "person"))
SCOPE = context(
    {
        "as_of": DATE,
        "customer": optional(context({"income": number(unit="CNY"), "kind": KINDS, "since_on": optional(DATE)})),
        "application": context({"monthly_income": optional(NUMBER), "amount": NUMBER}),
        "guarantors": list_of(context({"amount": NUMBER, "name": STRING})),
        "monthly income": NUMBER,
        "月收入": NUMBER,
    }
)
LABELS = {
    "customer.income": {"en": "Income", "zh": "收入"},
    "application.monthly_income": {"en": "Monthly income", "zh": "每月收入"},
    "customer.kind=farmer": {"en": "Farmer", "zh": "农户"},
    "guarantors.amount": {"en": "Guaranteed", "zh": "担保金额"},
}
SOUNDS = {"application.monthly_income": ("meiyueshouru", "mysr")}


def at(marked: str) -> tuple[str, list[Completion]]:
    """The text and what is offered where `|` stands."""
    offset = marked.index("|")
    text = marked.replace("|", "", 1)
    return text, complete(text, offset, SCOPE, labels=LABELS, sounds=SOUNDS)


def labels(marked: str) -> list[str]:
    return [one.label for one in at(marked)[1]]


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("cus|", ["customer", "customer.income", "customer.kind", "customer.since_on"]),
        ("customer.|", ["income", "kind", "since_on"]),
        ("customer.k| = 5", ["kind"]),
        ("customer.kind = |", ['"farmer"', '"person"']),
        ('customer.kind = "f|', ['"farmer"']),
        ('customer.kind in ("person", "|")', ['"farmer"', '"person"']),
        ('customer.kind = "农|', ['"farmer"']),
        ("some g in guarantors satisfies g.|", ["amount", "name"]),
        ("guarantors[am|] + 1", ["amount"]),
        ("{limit: 5, twice: li|", ["limit"]),
        ("收入|", ["customer.income", "application.monthly_income"]),
        ("mysr|", ["application.monthly_income"]),
        ("monthly inc|", ["monthly income"]),
        ("customer.since_on < |", ["today()", 'date("")']),
        ("customer.since_on.|", ["year", "month", "day"]),
        ("round half u|", ["round half up"]),
        ("if customer.income > 3 |", ["then", "and", "or"]),
        ("for g in guarantors |", ["return", "and", "or"]),
        ("1 instance of n|", ["number"]),
        ("customer.income bet|", ["between"]),
    ],
)
def test_what_fits_the_place_comes_first(marked: str, first: list[str]) -> None:
    assert labels(marked)[: len(first)] == first


@pytest.mark.parametrize("marked", ["1 // cus|", "/* cus|", '"some words|', "for g|", "customer.income|.", "12|"])
def test_nothing_is_offered_where_nothing_fits(marked: str) -> None:
    assert [one for one in labels(marked) if one not in ("customer.income", "income")] == []


def test_a_completion_says_what_it_replaces_and_where_the_cursor_goes() -> None:
    text, found = at('customer.kind = "f|" and true')
    one = found[0]
    assert text[: one.start] + one.apply + text[one.end :] == 'customer.kind = "farmer" and true'
    assert one.title == LABELS["customer.kind=farmer"]
    text, found = at("1 + su|")
    one = next(each for each in found if each.label == "sum")
    assert one.kind == "function" and (text[: one.start] + one.apply)[: one.start + one.cursor] == "1 + sum("


def test_a_fact_comes_with_type_and_title() -> None:
    one = at("customer.inc|")[1][0]
    assert one.kind == "member" and one.title == LABELS["customer.income"]
    assert one.type == {"en": "number, CNY, may be missing", "zh": "数字，CNY，可为空"}


def test_hover_says_type_title_and_codes() -> None:
    text = "some g in guarantors satisfies g.amount > customer.income"
    found = hover(text, text.index("amount"), SCOPE, labels=LABELS)
    assert found is not None and text[found.start : found.end] == "g.amount"
    assert (found.path, found.title) == ("guarantors.amount", LABELS["guarantors.amount"])
    kind = hover("customer.kind = ", 10, SCOPE, labels=LABELS)
    assert kind is not None and kind.codes is not None and kind.codes["zh"] == '"farmer" 农户、"person"'
    call = hover("1 + round half up(月收入, 2", 8, SCOPE)
    assert call is not None and call.usage == ("round half up(n, scale) → number",)
    whole = hover("customer.income > 5", 16, SCOPE)
    assert whole is not None and whole.type["zh"].startswith("是/否")


def test_signature_follows_the_argument() -> None:
    text = "1 + round half up(sum([1, 2]), "
    found = signature(text, len(text))
    assert found is not None and (found.name, found.argument) == ("round half up", 1)
    inner = signature(text, text.index("[1"))
    assert inner is not None and inner.name == "sum"
    assert signature("(1 + ", 5) is None


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("customer.incme > 5", "incme"),
        ("1 + incme", "incme"),
        ('customer.kind = "famer"', '"famer"'),
        ("1 + ", " "),
        ("(1 + 2", "("),
        ("1 # 2", "#"),
        ('1 + "abc', '"'),
    ],
)
def test_a_problem_has_a_range(text: str, marked: str) -> None:
    problem = feel.check(text, SCOPE).problems[0]
    start, end = ranged(problem, text)
    assert text[start:end] == marked


WORDS = (
    "customer . income kind = > + ( ) [ ] { } , : if then else for some in return satisfies and or not between 1 2.5 "
    '"farmer" " // /* monthly income 月收入 guarantors g function @ date( round half up( ? instance of 汉'
)
PIECES = st.sampled_from(WORDS.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=30), st.integers(0, 80))
def test_help_never_fails_and_stays_inside_the_text(text: str, offset: int) -> None:
    for one in complete(text, offset, SCOPE, labels=LABELS):
        assert 0 <= one.start <= one.end <= len(text)
        assert 0 <= one.cursor <= len(one.apply)
    found = hover(text, offset, SCOPE, labels=LABELS)
    assert found is None or 0 <= found.start <= found.end <= len(text)
    signature(text, offset)
    for problem in feel.check(text, SCOPE).problems:
        start, end = ranged(problem, text)
        assert 0 <= start <= end <= len(text) and (start < end or not text)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=8).map(" ".join))
def test_every_offered_name_is_known_where_it_is_offered(text: str) -> None:
    """A fact or local put in place of the cursor is never an unknown name."""
    for one in complete(text, len(text), SCOPE)[:5]:
        if one.kind in ("fact", "local", "member") and one.label != "?":
            written = text[: one.start] + one.apply
            for problem in feel.check(written, SCOPE).problems:
                about = written[slice(*ranged(problem, written))]
                assert not (problem.code == "feel.unknown_name" and about == one.apply), written


def test_help_comes_at_once() -> None:
    """Within a scope of five hundred facts, as large as the model company's."""
    fields = {f"field_{at}": optional(NUMBER) for at in range(100)}
    scope = context({name: optional(context(fields)) for name in ("customer", "application", "loan", "contract", "x")})
    text = "some g in [1, 2] satisfies g > 1 and customer.field_7 > application.field_9 * 2 and fie"
    complete(text, len(text), scope)
    taken = []
    for _ in range(10):
        begun = time.process_time()
        complete(text, len(text), scope)
        hover(text, 50, scope)
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.01
