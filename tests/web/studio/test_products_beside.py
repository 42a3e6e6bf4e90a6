"""Two products, or two versions of one, side by side: what differs, and the same loan tried on both."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"
PRODUCT = "/studio/definitions/product/sole-trader-loan/"
BESIDE = f"{PRODUCT}?view=beside"


def html(answer) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def row(page: str, label: str) -> list[str]:
    """What stands in the cells of a row."""
    found = re.search(rf'<tr[^>]*><th scope="row">{re.escape(label)}</th>(.*?)</tr>', page, re.DOTALL)
    assert found, label
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found.group(1), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


@pytest.fixture
def admin(person):
    return person(ADMIN)


def test_a_draft_stands_beside_what_is_live(admin, model_company) -> None:
    drafts.change_values(model_company, "product", "sole-trader-loan", {"/spec/rate/by_grade/A": Decimal("0.24")}, None)
    page = html(admin.get(f"{BESIDE}&amount=120000&term=12&method=equal_instalment"))
    assert row(page, "Yearly rate") == ["24.00%", "12.00%", "-12.00%"]
    # 120,000 over 12 months: 24 % by the annuity formula 11,347.15, 12 % 10,661.85 (any loan calculator)
    assert row(page, "First instalment") == ["11,347.15", "10,661.85", "-685.30"]
    assert row(page, "In hand")[2] == "the same"
    assert "1 place differs" in page


def test_only_what_differs_is_shown_unless_asked(admin) -> None:
    chosen = f"{BESIDE}&with=product:entrusted-loan"
    few, all_of_them = html(admin.get(chosen)), html(admin.get(f"{chosen}&all=yes"))
    assert '<th scope="row">Class</th>' not in few  # both are of the same class
    assert row(all_of_them, "Class") == ["Business", "Business"]
    assert row(few, "Amount · Largest amount") == ["300,000.00", "5,000,000.00"]


def test_both_are_tried_with_what_both_lend(admin) -> None:
    page = html(
        admin.get(f"{BESIDE}&with=product:entrusted-loan")
    )  # one lends 5,000 to 300,000, the other from 100,000
    hand = row(page, "In hand")
    assert hand[0] == hand[1] != "–"
    assert "does not" not in page


def test_what_one_of_them_does_not_lend_is_said_beside_the_other(admin) -> None:
    page = html(admin.get(f"{BESIDE}&with=product:entrusted-loan&amount=50000&term=12"))
    assert row(page, "In hand")[1] == "–"
    assert row(page, "In hand")[0] == "50,000.00"
    assert "100,000.00" in page


@pytest.mark.parametrize("other", ["product:nothing", "version:99", "version:draft", "<b>", "product:"])
def test_what_there_is_not_is_not_found(admin, other: str) -> None:
    assert admin.get(PRODUCT, query_string={"view": "beside", "with": other}).status_code == 404


@pytest.mark.parametrize("typed", ["a lot", "1e99", "-5", "NaN", "<script>"])
def test_what_cannot_be_read_is_said(admin, typed: str) -> None:
    page = html(admin.get(PRODUCT, query_string={"view": "beside", "amount": typed}))
    assert "does not fit here" in page
    assert "<script>alert" not in page and '"<script>"' not in page


def test_every_product_stands_beside_every_other(person, model_company) -> None:
    browser = person(ADMIN, language="zh")
    keys = [one.key for one in model_company.registry.all("product")]
    for key, other in zip(keys, keys[1:] + keys[:1], strict=True):
        page = html(browser.get(f"/studio/definitions/product/{key}/?view=beside&with=product:{other}"))
        assert "同一笔贷款试算对照" in page, key
