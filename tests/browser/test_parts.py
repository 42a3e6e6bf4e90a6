"""A rule set changed part by part by the keyboard, a condition line by line, and both on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.looks import picture


@pytest.fixture
def rules(model_company, staff) -> str:
    staff("designer", "business-administrator", unit="head-office", name="李敏（演示）")
    found = (one for one in model_company.registry.all("ruleset") if one.at("/rules") and not one.builtin)
    return f"/studio/definitions/ruleset/{next(found).key}/"


def test_items_move_by_the_keyboard_and_a_condition_reads_as_a_sentence(rules, open_as, axe) -> None:
    page = open_as("designer", language="en")
    page.goto(rules)
    assert axe(page) == []
    second = page.locator("#c-rules .part.is-item").nth(1).get_attribute("aria-label")
    first = page.get_by_role("button", name=f"Move up: {second}")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#c-rules .part.is-item").first).to_have_attribute("aria-label", second)
    expect(page.get_by_role("button", name=f"Move down: {second}")).to_be_enabled()
    picture(page, "parts-1440-en")
    page.get_by_role("button", name="Undo change").click()
    expect(page.locator("#c-rules .part.is-item").nth(1)).to_have_attribute("aria-label", second)
    page.goto(f"{rules}condition?pointer=/rules/0/when")
    assert axe(page) == []
    picture(page, "condition-1440-en")
    page.goto(f"{rules}?view=whole")
    expect(page.get_by_role("textbox", name="Text of the definition")).to_be_visible()
    picture(page, "whole-1440-en")


def test_parts_and_conditions_fit_a_phone(rules, open_as, axe) -> None:
    phone = open_as("designer", width=390)
    for where, name in ((rules, "parts"), (f"{rules}condition?pointer=/rules/0/when", "condition"),
                        (f"{rules}?view=whole", "whole")):  # fmt: skip
        phone.goto(where)
        wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        picture(phone, f"{name}-390-zh")
        assert wide <= 1, name
    assert axe(phone) == []
