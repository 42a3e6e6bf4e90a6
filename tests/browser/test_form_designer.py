"""The form designer by mouse and by keyboard alone, the preview while one types, access on a phone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from tests.browser.looks import picture

FORM = "/studio/definitions/form/consumer-application/?view="


def drag(page: Page, thing: Locator, to: Locator, *, late: bool = False) -> None:
    """From the middle of a thing into the first or the second half of a place."""
    begin, goal = thing.bounding_box(), to.bounding_box()
    assert begin is not None and goal is not None
    page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(goal["x"] + goal["width"] * (0.9 if late else 0.1), goal["y"] + goal["height"] / 2, steps=6)
    expect(page.locator(".is-drop, .is-drop-after")).to_have_count(1)
    page.mouse.up()


def titles(page: Page, section: int) -> Locator:
    return page.locator(f"#c-sections-{section} .design-title")


def test_a_field_is_dragged_onto_the_form_into_another_section_and_off_again(staff, open_as, axe) -> None:
    staff("designer", "business-administrator", name="李敏（演示）")
    page = open_as("designer", language="en")
    page.goto(f"{FORM}design")
    assert axe(page) == []
    page.locator("#palette-q").fill("wtr")
    trustor = page.locator('[data-what="application.trustor"]')
    expect(page.locator(".palette-field")).to_have_count(1)
    drag(page, trustor, page.locator("#c-sections-0-fields-0"), late=True)
    expect(titles(page, 0).nth(1)).to_have_text("Trustor")
    drag(page, page.locator("#c-sections-0-fields-1"), page.locator("#c-sections-1-fields-0"))
    expect(titles(page, 1).first).to_have_text("Trustor")
    expect(page.locator("#side h2")).to_have_text("Trustor")
    picture(page, "form-designer-1440-en")
    drag(page, page.locator("#c-sections-1-fields-0"), page.locator("#palette-title"))
    expect(titles(page, 1).first).not_to_have_text("Trustor")
    expect(page.locator('[data-what="application.trustor"]')).to_be_visible()


def test_the_same_by_the_keyboard_alone_and_seen_at_once(staff, open_as, axe) -> None:
    staff("designer", "business-administrator", name="李敏（演示）")
    page = open_as("designer", language="en")
    page.goto(f"{FORM}design&q=trustor")
    page.locator('[id="p-application.trustor"]').focus()
    page.keyboard.press("Enter")
    expect(titles(page, 2).last).to_have_text("Trustor")
    up = page.locator('[id="up-application.trustor"]')
    up.focus()
    for place in (3, 2):
        page.keyboard.press("Enter")
        expect(titles(page, 2).nth(place)).to_have_text("Trustor")
        expect(up).to_have_attribute("value", f"/sections/2/fields/{place}>/sections/2/fields/{place - 1}")
        expect(up).to_be_focused()
        expect(page.locator(".htmx-settling")).to_have_count(0)
    page.locator("#rule-required-yes").focus()
    page.keyboard.press("Space")
    expect(page.locator("#rule-required-yes")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{FORM}preview&_with=sample")
    assert axe(page) == []
    field = page.locator('[id="f-application.trustor"]')
    expect(field).to_have_attribute("aria-required", "true")
    page.locator('[id="f-application.amount"]').fill("12,345.678")
    expect(page.locator('[id="f-application.amount-error"]')).to_be_visible()


def test_designer_preview_and_access_fit_a_phone(staff, open_as, axe) -> None:
    staff("designer", "business-administrator", name="李敏（演示）")
    phone = open_as("designer", width=390)
    for view in ("design&at=/sections/0/fields/0", "preview&_with=sample&_paper=yes", "access"):
        phone.goto(f"{FORM}{view}")
        wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        picture(phone, f"form-{view.partition('&')[0]}-390-zh")
        assert wide <= 1 and axe(phone) == [], view
