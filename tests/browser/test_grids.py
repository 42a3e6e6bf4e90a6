"""Decision tables, code lists and menus as grids: typed, pasted, dragged and moved by the keyboard, on a phone too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.looks import no_sideways, picture

CLASSES = "/studio/definitions/ruleset/five-classes/?view=grid"
DECISION = "/studio/definitions/ruleset/decision-business/?view=grid"
MENU = "/studio/definitions/menu/workspace/?view=grid"
PASTE = """(box, words) => {
    box.focus();
    const held = new DataTransfer();
    held.setData("text/plain", words);
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true}));
}"""
AREAS = "/studio/definitions/code_list/area/?view=grid"


@pytest.fixture(autouse=True)
def designer(staff):
    staff("designer", "business-administrator", unit="head-office", name="李敏（演示）")


def test_a_decision_table_is_typed_into_pasted_into_and_tried(open_as, axe) -> None:
    page = open_as("designer", language="en")
    page.goto(CLASSES)
    assert axe(page) == []
    test = page.locator('[name="c:/table/rows/2/when/0"]')
    test.fill("80-270")
    test.press("Enter")
    expect(page.locator('[name="c:/table/rows/3/when/0"]')).to_be_focused()
    expect(test).to_have_value("[80..270]")
    expect(page.locator(".grid-said").first).to_contain_text("only one may")
    picture(page, "grid-overlap-1440-en")
    test.evaluate(PASTE, "91-270\tsubstandard\r\n271-360")
    expect(test).to_have_value("[91..270]")
    expect(page.locator(".grid-said")).to_have_count(0)
    page.locator("#grid-try").get_by_label("Days past due").fill("95")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#l-table-rows-2")).to_have_class(re.compile("is-hit"))
    expect(page.locator(".grid-check")).to_contain_text("fits together")
    assert axe(page) == []
    picture(page, "grid-tried-1440-en")


def test_a_new_line_is_typed_once_and_the_next_one_waits(open_as) -> None:
    page = open_as("designer")
    page.goto("/studio/definitions/authority/approval/")
    page.locator('[name="new:/role"]').select_option(label="一级审批人")
    amount = page.locator('[name="new:/limit"]')
    amount.fill("30万")
    amount.press("Enter")
    expect(page.locator('[name="c:/rows/2/limit"]')).to_have_value("300,000")
    expect(amount).to_have_value("")
    expect(page.locator('[name="new:/role"]')).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#l-rows-2")).to_have_count(1)
    expect(page.locator(".grid-said")).to_have_count(1)
    page.locator("#undo").click()
    expect(page.locator("#l-rows-2")).to_have_count(0)
    picture(page, "grid-limits-1440-zh")


def test_a_menu_is_rearranged_by_mouse_and_by_keyboard(open_as, axe) -> None:
    page = open_as("designer")
    page.goto(MENU)
    second = page.locator("#l-items-1")
    name = second.get_attribute("data-drag-title")
    second.locator("[data-drag-handle]").drag_to(page.locator("#l-items-0"), target_position={"x": 300, "y": 3})
    expect(page.locator("#l-items-0")).to_have_attribute("data-drag-title", name)
    box = page.locator('[name="c:/items/0/title/zh"]')
    box.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#l-items-1")).to_have_attribute("data-drag-title", name)
    page.locator('[name="c:/items/1/title/zh"]').focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#l-items-0-items-0")).to_have_attribute("data-drag-title", name)
    picture(page, "grid-menu-1440-zh")
    assert axe(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_grids_fit_a_phone(open_as, axe, language: str) -> None:
    phone = open_as("designer", language=language, width=390)
    for where, name in ((CLASSES, "table"), (DECISION, "decision"), (AREAS, "areas")):
        phone.goto(where)
        no_sideways(phone)
        picture(phone, f"grid-{name}-390-{language}")
    assert axe(phone) == []
