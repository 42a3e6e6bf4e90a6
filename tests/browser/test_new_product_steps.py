"""A new product by somebody who has read nothing: every click and field counted, from studio to review."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect
from sqlalchemy import select
from tests.browser.looks import picture

from loanloom.store import tables

CLICKS, FIELDS = 6, 3
"""The studio, new product, which one, next, next, up for review; and a name, an amount, a rate."""


class Counted:
    """Does what a person does, and counts it."""

    def __init__(self) -> None:
        self.clicks = self.fields = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def write(self, what: Locator, words: str) -> None:
        what.fill(words)
        self.fields += 1


def test_a_new_product_takes_four_pages_and_a_handful_of_steps(model_company, staff, open_as, axe) -> None:
    staff("designer", "business-administrator", name="李敏（演示）")
    page, hand = open_as("designer"), Counted()
    hand.click(page.get_by_role("link", name="配置中心").first)
    hand.click(page.get_by_role("navigation").get_by_role("link", name="新建产品"))
    expect(page.locator("h1")).to_contain_text("与哪个产品最相近")
    assert axe(page) == []
    hand.click(page.get_by_role("link", name=re.compile("个体户经营贷")).first)
    hand.write(page.get_by_label("中文名称"), "亮灯贷")
    hand.click(page.get_by_role("button", name="下一步"))
    expect(page.locator("h1")).to_contain_text("亮灯贷 有哪些不同")
    cost = page.locator("#trial .figure-value").nth(2)
    expect(cost).to_contain_text("12.00%")
    hand.write(page.get_by_label("贷款金额 · 最高金额"), "200000")
    hand.write(page.get_by_label("年利率 · 按等级定价 · A"), "11")
    expect(cost).to_contain_text("11.00%")
    assert axe(page) == []
    picture(page, "new-product-terms")
    hand.click(page.get_by_role("button", name="下一步"))
    expect(page.locator("main")).to_contain_text("检查通过")
    expect(page.locator("ins").filter(has_text="200,000")).to_be_visible()
    assert axe(page) == []
    hand.click(page.get_by_role("button", name="提交复核"))
    page.wait_for_url(re.compile(r"/studio/changes/\d+$"))
    expect(page.locator("main")).to_contain_text("亮灯贷")
    assert (hand.clicks, hand.fields) == (CLICKS, FIELDS)
    with model_company.transaction() as connection:
        made = connection.execute(select(tables.release).order_by(tables.release.c.id.desc())).first()
    assert (made.state, made.name) == ("proposed", "新产品：亮灯贷")
