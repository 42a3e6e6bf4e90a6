"""What stands beside what one edits, in a browser by the keyboard: bands over real cases, a template and its paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looks import no_sideways, picture

from loanloom.services.definitions.releases import drafts
from loanloom.services.origination import imports

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def designer(model_company, staff):
    staff("designer", "business-administrator", unit="head-office", name="李敏（演示）")
    return model_company


def words(page: Page) -> str:
    return page.locator("#band-1 tbody tr").first.inner_text()


def test_counts_follow_a_border_and_enter_keeps_it(designer, open_as, axe) -> None:
    data = (ROOT / "metadata" / "demo" / "german-credit" / "german.csv").read_bytes().splitlines(keepends=True)[:61]
    assert imports.bring(designer, "german-credit", b"".join(data), "german.csv").created == 60
    page = open_as("designer")
    page.goto("/studio/definitions/scorecard/consumer-german/?view=bands")
    assert axe(page) == []
    before = words(page)
    border = page.get_by_label("第 1 档的上限").first
    border.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("13")
    expect(page.locator("#band-1 .border-name").first).to_have_text("13")
    expect(border).to_be_focused()
    assert words(page) != before
    expect(page.locator("#band-grades")).to_contain_text("现行：")
    picture(page, "bands-zh")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("草稿")
    assert "{to: 13, points: 15}" in drafts.text_of(designer, "scorecard", "consumer-german")


def test_a_field_goes_in_where_one_wrote_and_the_paper_follows(designer, open_as, axe) -> None:
    page = open_as("designer", width=390)
    page.goto("/studio/definitions/template/loan-note/?view=words")
    assert axe(page) == []
    no_sideways(page)
    paper = page.locator("#paper img").first.get_attribute("src")
    text = page.locator("#w-blocks-1-paragraph")
    text.focus()
    page.keyboard.press("Control+End")
    page.get_by_label("按名称或拼音查找字段").fill("customer.phone")
    button = page.locator("[data-found-by]:not([hidden]) button").first
    button.focus()
    page.keyboard.press("Enter")
    expect(text).to_be_focused()
    assert text.input_value().endswith("{{ customer.phone }}")
    expect(page.locator("#paper img").first).not_to_have_attribute("src", paper or "")
    text.fill("{{ customer.phnoe }}")
    expect(page.locator("#paper")).to_contain_text("phnoe")
    picture(page, "template-words-390")
