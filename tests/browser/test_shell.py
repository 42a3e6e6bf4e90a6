"""The frame of every page, in a real browser: log-in, language, keyboard, phone width, dark mode, no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PAGES = (
    "/",
    "/customers/",
    "/applications/",
    "/loans/",
    "/reports/",
    "/audit/",
    "/admin/users/",
    "/admin/roles/",
    "/account/",
)
EVERYTHING = (
    "system-administrator",
    "auditor",
    "business-administrator",
    "relationship-manager",
    "finance",
    "risk-officer",
)


@pytest.fixture
def wang(staff):
    return staff("wang", *EVERYTHING, name="王会计（演示）")


def test_signing_in_out_and_in_another_language(open_as, wang):
    page = open_as("wang")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好，王会计")
    page.locator("summary", has_text="语言").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("summary[data-menu=me]").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_keyboard_reaches_search_pages_and_help(open_as, wang):
    page = open_as("wang", language="en")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")


@pytest.mark.parametrize(("language", "dark"), [("zh", False), ("en", True)])
def test_no_page_is_wider_than_the_screen_and_axe_finds_nothing_serious(open_as, wang, axe, language, dark):
    page = open_as("wang", language=language, width=390, dark=dark)
    found = []
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        found += [f"{path} at 390: {problem}" for problem in axe(page)]
        page.set_viewport_size({"width": 1440, "height": 900})
        page.wait_for_function("innerWidth === 1440")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440, path
        found += [f"{path} at 1440: {problem}" for problem in axe(page)]
        page.set_viewport_size({"width": 390, "height": 900})
    assert not found, "\n".join(found)


def test_the_menu_opens_on_a_phone_even_without_script(open_as, wang):
    page = open_as("wang", width=390, script=False)
    expect(page.locator("#side")).not_to_be_visible()
    page.locator(".nav-button").click()
    page.locator("#side").get_by_text("客户", exact=True).click()
    page.wait_for_url("**/customers/")


def test_chinese_letters_are_drawn_by_a_font_that_has_them(open_as, wang):
    page = open_as("wang")
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate("() => [...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)")
    assert any("Noto Sans SC" in family for family in loaded) or page.evaluate(
        "() => document.fonts.check('14px \"PingFang SC\"', '贷')"
    )


def test_the_log_in_page_is_accessible(open_as, axe, model_company):
    page = open_as(None)
    page.goto("/login/")
    assert axe(page) == []


def test_a_double_click_makes_one_user(open_as, wang):
    page = open_as("wang", language="en")
    page.goto("/admin/users/new")
    page.get_by_label("Full name").fill("Double Click")
    page.get_by_label("E-mail").fill("double@example.org")
    page.get_by_label("User name").fill("double")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Double Click")
    expect(page.get_by_text("The user is made")).to_be_visible()
