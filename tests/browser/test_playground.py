"""Trying an expression out, as somebody does who has never written one: pick, see what is wrong, fill in, run, read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

PAGE = "/studio/expressions/"


@pytest.fixture
def admin(staff: Callable[..., str]) -> str:
    return staff("playground-admin", "business-administrator")


def write(page: Page, text: str) -> None:
    editor = page.locator(".editor.expression .cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_from_a_name_to_a_reason(
    open_as: Callable[..., Page], admin: str, axe: Callable[[Page], list[str]], language: str, width: int
) -> None:
    page = open_as(admin, language=language, width=width)
    page.goto(PAGE)
    write(page, "金额" if language == "zh" else "amount")
    options = page.locator(".cm-tooltip-autocomplete li")
    expect(options.first).to_be_visible()
    write(page, "application.amuont > 50000")
    problem = page.locator("[data-pg=problems] li")
    expect(problem).to_contain_text("amount")
    expect(page.locator(".cm-lintRange-error")).to_have_text("amuont")
    expect(page.locator("[data-pg=run]")).to_be_disabled()
    write(page, 'application.amount > 50000 and customer.kind = "farmer"')
    page.keyboard.press("Escape")
    amount = page.locator("[id='pg-fact-application.amount']")
    amount.fill("60,000")
    page.locator("[id='pg-fact-customer.kind']").select_option("farmer")
    page.locator(".editor.expression .cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".playground-value")).to_have_text("是" if language == "zh" else "Yes")
    expect(page.locator(".playground-why")).to_contain_text("60,000")
    expect(page.locator(".playground-tree")).to_contain_text("application.amount > 50000")
    assert "amount" in page.url and "60000" not in page.url and "60,000" not in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []


def test_what_is_left_when_only_some_facts_are_known(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto(PAGE)
    write(page, 'application.amount > 50000 and customer.kind = "farmer"')
    page.keyboard.press("Escape")
    page.locator("[id='pg-fact-application.amount']").fill("60000")
    page.locator("[id='pg-fact-application.amount']").press("Enter")
    expect(page.locator(".playground-rest")).to_have_text('customer.kind = "farmer"')


def test_an_example_by_keyboard_and_its_link(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto(PAGE)
    expect(page.locator(".editor.expression .cm-content")).to_be_visible()
    page.locator(".example").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-pg=run]")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".playground-value")).to_have_text("100")
    link = page.url
    other = open_as(admin, language="zh")
    other.goto(link)
    expect(other.locator(".editor.expression .cm-content")).to_contain_text("round half up")
    other.locator("[data-pg=run]").click()
    expect(other.locator(".playground-value")).to_have_text("100")


def test_a_cell_of_a_definition_has_the_same_help(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto("/studio/definitions/indicator/debt_service_ratio/")
    cell = page.locator("details.cell", has=page.locator("textarea[data-expression]")).first
    cell.locator("summary").click()
    expect(cell.locator(".editor.expression .cm-content")).to_be_visible()
    write(page, "application.amuont")
    expect(cell.locator(".cm-lintRange-error")).to_have_text("amuont")
