"""A definition's text in the editor: help inside its expressions as one types, problems marked at their words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

RULES = "/studio/definitions/ruleset/eligibility-farmer/?view=text"
TABLE = "/studio/definitions/ruleset/five-classes/?view=text"
OPTIONS = ".cm-tooltip-autocomplete li"
MARK = ".cm-lintRange-error"
CONTENT = ".editor .cm-content"


@pytest.fixture
def admin(staff: Callable[..., str]) -> str:
    return staff("text-admin", "business-administrator")


def go_to(page: Page, words: str) -> None:
    """Put the cursor behind words that stand once in the text."""
    page.locator(".editor .cm-line", has_text=words).first.click()
    page.keyboard.press("End")


def pick(page: Page, words: str) -> None:
    """Take the first of what is offered, once it is this; at once after it came, the editor takes no key for it."""
    expect(page.locator(OPTIONS).first).to_contain_text(words)
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")


def text_of(page: Page) -> str:
    return str(page.locator("#source").input_value())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_name_is_picked_inside_an_expression(
    open_as: Callable[..., Page], admin: str, axe: Callable[[Page], list[str]], language: str
) -> None:
    page = open_as(admin, language=language)
    page.goto(RULES)
    before = text_of(page)
    go_to(page, "indicators.overdue_count >= 6")
    page.keyboard.type(" and customer.sin")
    first = page.locator(OPTIONS).first
    expect(first).to_contain_text("since_on")
    expect(first).to_contain_text("建档日期" if language == "zh" else "since")
    assert axe(page) == []
    pick(page, "since_on")
    line = "when: indicators.overdue_count >= 6"
    assert text_of(page) == before.replace(line, f"{line} and customer.since_on")
    page.keyboard.type(' = null or customer.kind = "far')
    pick(page, "farmer")
    done = f'{line} and customer.since_on = null or customer.kind = "farmer"'
    assert text_of(page) == before.replace(line, done)


def test_a_value_that_yaml_would_take_for_something_else_is_quoted(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto(RULES)
    before = text_of(page)
    go_to(page, "when: indicators.overdue_count >= 6")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.type("when: tru")
    pick(page, "true")
    assert text_of(page) == before.replace("when: indicators.overdue_count >= 6", "when: 'true'")


def test_a_cell_of_a_decision_table_in_quotes(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto(TABLE)
    cell = page.locator(".editor .cm-line", has_text="key: loss").get_by_text("> 360", exact=False).last
    box = cell.bounding_box()
    assert box is not None
    cell.dblclick(position={"x": box["width"] * 0.7, "y": box["height"] / 2})
    page.keyboard.press("ArrowRight")
    page.keyboard.type(", < loan.days")
    pick(page, "days_past_due")
    assert 'when: ["> 360, < loan.days_past_due"]' in text_of(page)


def test_outside_expressions_nothing_is_offered(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto(RULES)
    go_to(page, "key: overdue")
    with page.expect_response("**/studio/expressions/complete") as answered:
        page.keyboard.type("_customer")
    assert answered.value.json()["options"] == []
    expect(page.locator(OPTIONS)).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_name_is_marked_alone(open_as: Callable[..., Page], admin: str, language: str) -> None:
    page = open_as(admin, language=language)
    page.goto(RULES)
    go_to(page, "indicators.overdue_count >= 6")
    page.keyboard.type(' or "𠮷" = "x" and customer.knid = "farmer"')
    page.keyboard.press("Escape")
    mark = page.locator(MARK)
    expect(mark).to_have_text("knid")
    mark.hover()
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("没有" if language == "zh" else "Did you mean")


def test_pointing_at_a_name_tells_what_it_is(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="zh")
    page.goto(RULES)
    line = page.locator(".editor .cm-line", has_text="indicators.overdue_count >= 6")
    line.hover(position={"x": 150, "y": 8})
    hover = page.locator(".feel-hover")
    expect(hover).to_be_visible()
    expect(hover).to_contain_text("indicators")


def test_a_server_that_does_not_answer_is_no_trouble(open_as: Callable[..., Page], admin: str) -> None:
    page = open_as(admin, language="en")
    page.goto(RULES)
    page.route("**/studio/expressions/*", lambda route: route.fulfill(status=422, body="no"))
    go_to(page, "indicators.overdue_count >= 6")
    with page.expect_response("**/studio/expressions/complete"):
        page.keyboard.type(" and customer.since")
    expect(page.locator(OPTIONS)).to_have_count(0)
    assert text_of(page).count("and customer.since") == 1
