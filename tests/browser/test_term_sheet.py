"""A product's sheet with one loan tried beside it: schedule, cost, caps and disclosure follow what one types."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looks import picture

TRIED = ("sme-lpr-loan", "sme-quarterly-interest", "merchant-instalment", "sole-trader-line", "farmer-group")


def figure(page: Page, number: int) -> str:
    return page.locator("#trial .figure-value").nth(number).inner_text()


@pytest.fixture
def designer(model_company, staff):
    staff("designer", "business-administrator", unit="head-office", name="李敏（演示）")
    return model_company


def test_what_one_types_changes_schedule_cost_and_sheet(designer, open_as, axe) -> None:
    page = open_as("designer")
    page.goto("/studio/definitions/product/merchant-instalment/")
    assert axe(page) == []
    before = figure(page, 2)
    expect(page.locator("#trial")).to_contain_text("不超过 24.00% 的上限")
    expect(page.locator("#trial")).to_contain_text("自 2027-12-31 起将超过")
    expect(page.locator("#trial .disclosure h3")).to_contain_text("贷款明白纸")
    expect(page.locator("#trial .disclosure")).to_contain_text("商户手续费")
    page.locator("#f-rate").fill("30")
    page.locator("#f-rate").press("Tab")
    expect(page.locator("#trial .figure-value").nth(2)).not_to_have_text(before)
    expect(page.locator("#trial .cap.is-bad")).to_contain_text("超过 24.00% 的上限")
    picture(page, "trial-flat-zh")
    page.locator("#f-amount").fill("much")
    page.locator("#f-amount").press("Tab")
    expect(page.locator("#trial #problems")).to_contain_text("不是有效内容")


def test_every_new_way_can_be_tried_on_a_phone_and_in_english(designer, open_as, axe) -> None:
    page = open_as("designer", language="en", width=390)

    def on_the_phone(path: str, name: str) -> None:
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, name
        picture(page, f"{name}-390-en")

    def at_the_desk(name: str) -> None:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.wait_for_function("innerWidth === 1440")
        picture(page, f"{name}-1440-en")

    for key in TRIED:
        on_the_phone(f"/studio/definitions/product/{key}/", f"trial-{key}")
        expect(page.locator("#trial tbody tr").first).to_be_visible()
        if key == TRIED[-1]:
            assert axe(page) == []
        at_the_desk(f"trial-{key}")
        table = page.locator("#trial .table-scroll")
        assert table.evaluate("(it) => it.scrollWidth - it.clientWidth") <= 1, key  # every column is seen
    on_the_phone("/studio/prices/", "prices")
    at_the_desk("prices")
    assert axe(page) == []
    expect(page.locator("main")).to_contain_text("too dear from")


def test_the_trial_works_without_script(designer, open_as) -> None:
    plain = open_as("designer", script=False)
    plain.goto("/studio/definitions/product/sole-trader-loan/?amount=60000&term=12&method=equal_principal&due_day=5")
    expect(plain.locator("#trial tbody tr").nth(4)).to_be_visible()
    assert plain.locator("#f-amount").input_value() == "60000"
    expect(plain.locator("#trial tfoot").last).to_contain_text("60,000.00")
