"""A flow of three levels made from an empty one: by the mouse alone, then by the keyboard alone; and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.looks import no_sideways, picture

from loanloom.engines import flows
from loanloom.services.definitions import beginning, catalogue
from loanloom.services.definitions.beginning import Asked

ROLES = ("risk-officer", "approver-1", "approver-2")


@pytest.fixture
def empty(model_company, staff) -> str:
    staff("designer", "business-administrator", unit="head-office", name="李敏（演示）")
    for role in ROLES:  # or the drawing would say that nobody could do its steps
        staff(f"one-{role}", role, unit="east-branch", name="王立（演示）")
    title = {"en": "Three levels", "zh": "三级审批"}
    beginning.begin(model_company, "flow", Asked(title=title, key="three-levels"))
    return "/studio/definitions/flow/three-levels/?view=flow"


def made(ctx) -> list[str | None]:
    """The roles of the levels, of a flow that is fit to go live."""
    page = catalogue.page(ctx, "flow", "three-levels")
    compiled = flows.compile_flow(page.shown, page.registry)
    assert compiled.flow is not None, compiled.problems
    return [one.assign[0].role for one in compiled.flow if one.human]


def middle(page: Page, thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, thing: Locator, place: Locator) -> None:
    """Press, move, let go: as a hand does it."""
    thing.scroll_into_view_if_needed()
    page.mouse.move(*middle(page, thing))
    page.mouse.down()
    page.mouse.move(*middle(page, place), steps=6)
    page.mouse.up()


def way(page: Page, name: str) -> Locator:
    return page.locator(f'.flow-picture:visible .flow-way[data-where="way:{name}"]')


def box(page: Page, step: str) -> Locator:
    return page.locator(f'.flow-picture:visible [data-where="at:{step}"]')


def test_three_levels_by_the_mouse_alone(empty, model_company, open_as, axe) -> None:
    page = open_as("designer", language="en")
    page.goto(empty)
    before = "start:next"
    for number, role in enumerate(ROLES, 1):
        step = "approval" if number == 1 else f"approval_{number}"
        drag(page, page.locator("#add-approval"), way(page, before))
        expect(box(page, step).locator(".flow-node.is-chosen.has-problems")).to_be_visible()
        page.locator(".flow-who-line .ts-control").first.click()
        page.locator(f'.ts-dropdown [data-value="role:{role}"]').first.click()
        page.locator("#save-step").click()
        expect(box(page, step).locator(".has-problems")).to_have_count(0)
        before = f"{step}:next"
    drag(page, box(page, "approval").locator(".flow-port"), box(page, "refused"))
    expect(way(page, "approval:routes/0")).to_be_attached()
    picture(page, "flow-editor-1440-en")
    page.locator("#undo").click()
    expect(way(page, "approval:routes/0")).to_have_count(0)
    assert axe(page) == []
    assert made(model_company) == list(ROLES)


def test_three_levels_by_the_keyboard_alone(empty, model_company, open_as) -> None:
    page = open_as("designer", language="en")
    page.goto(empty)
    press = page.keyboard.press
    for number, role in enumerate(ROLES, 1):
        step = "approval" if number == 1 else f"approval_{number}"
        page.locator("#add-approval").focus()
        press("Enter")
        expect(box(page, step).locator(".flow-node.is-chosen")).to_be_visible()
        expect(page.locator("#add-approval")).to_be_focused()
        page.locator("#who-0-ts-control").focus()
        page.keyboard.insert_text(model_company.registry.require("role", role).title["en"])
        press("Enter")  # at once: what is searched or opened later would choose another, or take the next key
        page.locator("#save-step").focus()
        press("Enter")
        expect(box(page, step).locator(".has-problems")).to_have_count(0)
    page.locator("#s-approval_2").focus()
    press("Enter")
    expect(page.locator("#s-approval_2")).to_have_attribute("aria-current", "step")
    page.locator("#s-approval_3").focus()
    press("Enter")
    expect(page.locator("#s-approval_3")).to_have_attribute("aria-current", "step")
    press("Delete")
    expect(box(page, "approval_3")).to_have_count(0)
    press("Control+z")
    expect(box(page, "approval_3")).to_be_visible()
    assert made(model_company) == list(ROLES)


def test_it_fits_a_phone(model_company, staff, open_as, axe) -> None:
    staff("designer", "business-administrator", unit="head-office", name="李敏（演示）")
    phone = open_as("designer", width=390)
    phone.goto("/studio/definitions/flow/business-approval/?view=flow&at=approval_1")
    expect(phone.locator("#step-form")).to_be_visible()
    picture(phone, "flow-editor-390-zh")
    no_sideways(phone)
    assert axe(phone) == []
