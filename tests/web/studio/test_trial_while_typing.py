"""A product's loan follows a cell while somebody types into it: schedule and yearly cost, with nothing kept."""

from __future__ import annotations

import re

import pytest

from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"
PRODUCT = "/studio/definitions/product/sole-trader-loan/"
REQUEST = {"amount": "120000", "term": "12", "method": "equal_instalment", "grade": "A"}


def figures(answer) -> list[str]:
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    found = re.findall(r'class="figure-value">(.*?)</span>\s*(?:<span class="figure-note"|</)', page, re.DOTALL)
    return [re.sub(r"<[^>]+>|CNY|\s", "", one) for one in found]


def typed(browser, pointer: str, value: str, **more: str):
    fields = {"csrf_token": browser.csrf(), "pointer": pointer, "value": value, **REQUEST, **more}
    return browser.post(f"{PRODUCT}trial", data=fields)


@pytest.fixture
def admin(person):
    return person(ADMIN)


def test_the_loan_follows_what_is_typed_and_nothing_is_kept(admin, model_company) -> None:
    answer = typed(admin, "/rate/by_grade/A", "24")
    # 120,000 over 12 months at 2 % a month by the annuity formula: 11,347.15 each, 16,165.80 in all (a loan calculator)
    assert figures(answer)[0] == "11,347.15"
    assert figures(answer)[2] == "24.00%"
    assert "not saved yet" in answer.get_data(as_text=True)
    assert drafts.find(model_company, "product", "sole-trader-loan") is None


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/rate/by_grade/A", "2x"), ("/rate/by_grade/A", ""), ("/rate", "1"), ("/title/en", ""), ("/term/min", "1.5")],
)
def test_what_is_no_value_yet_leaves_the_loan_as_it_was(admin, pointer: str, value: str) -> None:
    assert typed(admin, pointer, value).status_code == 204


def test_what_makes_no_product_says_why_and_keeps_what_was_asked(admin) -> None:
    assert "cannot be tried yet" in typed(admin, "/nowhere/at/all", "1").get_data(as_text=True)
    page = typed(admin, "/amount/min", "900000").get_data(as_text=True)
    assert "cannot be tried yet" in page
    assert '<input type="hidden" name="amount" value="120000">' in page


def test_only_those_who_edit(person) -> None:
    assert typed(person("finance"), "/rate/by_grade/A", "24").status_code == 403
