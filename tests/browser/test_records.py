"""Records of one's own under a real keyboard and on a phone: entered, found, made a customer with a location."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from tests.browser.looks import no_sideways, picture

PHONE = {"width": 390, "height": 844}


CHOOSE = """box => {
    const chosen = new DataTransfer();
    chosen.items.add(new File(["x"], "card.pdf", {type: "application/pdf"}));
    box.files = chosen.files;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    box.insertAdjacentHTML("afterend", '<div class="signature-pad" id="half-drawn" data-stays></div>');
}"""


def chosen_while_the_server_answers(page: Page) -> None:
    """A file that is chosen while an earlier change is on its way is still chosen when the answer is in the page, and
    what a script has put in to be drawn on is still there."""
    box, url = page.locator('input[type=file][name="customer.identity_copy"]'), "**/customers/new**"
    page.route(url, lambda route: (box.evaluate(CHOOSE), route.continue_()))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator('[name="customer.address"]').fill("青禾县（演示）")
        page.locator('[name="customer.name"]').focus()
    page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")
    assert box.evaluate("box => box.files.length") == 1
    expect(page.locator("#half-drawn")).to_be_attached()
    page.unroute(url)


def test_a_prospect_becomes_a_customer_where_the_phone_stands(
    staff: Callable[..., str], open_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = open_as(staff("records-rm", "relationship-manager", unit="east-lending"))
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.274151, "longitude": 120.15515, "accuracy": 12})
    page.goto("/records/prospect/")
    assert axe(page) == []
    page.goto("/records/prospect/new")
    page.locator('[name="prospect.name"]').fill("陈静茶庄（演示）")
    page.locator('[name="prospect.kind"]').select_option("sole_trader")
    page.locator('[name="prospect.phone"]').fill("19900000101")
    page.locator('[name="prospect.interest"]').select_option("b")
    picture(page, "record-form")
    assert axe(page) == []
    page.locator('button[value="submit"]').press("Enter")
    page.wait_for_url("**/records/prospect/*")
    picture(page, "record-page")
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    no_sideways(page)
    picture(page, "record-page-phone")
    page.locator('a[href^="/customers/new?from="]').press("Enter")
    expect(page.locator('[name="customer.name"]')).to_have_value("陈静茶庄（演示）")
    chosen_while_the_server_answers(page)
    locate = page.locator("button[data-locate]")
    expect(locate).to_be_visible()  # it shows itself once it works
    locate.press("Enter")
    expect(page.locator('[name="customer.premises_location.latitude"]')).to_have_value("30.274151")
    expect(page.locator('[name="customer.premises_location.accuracy"]')).to_have_value("12")
    note = page.locator('[name="customer.profile"]')
    note.fill("稳定")
    note.select_text()
    page.locator(".rich-marks button").first.press("Enter")
    expect(note).to_have_value("**稳定**")
    page.locator('[name="customer.emergency_contact.name"]').fill("林小妹（演示）")
    page.locator('[name="customer.emergency_contact.name"]').press("Tab")  # what is typed is sent when one goes on
    expect(page.locator('[id="w-customer.emergency_contact.phone"] .required')).to_be_visible()
    no_sideways(page)
    picture(page, "customer-form-phone")
    assert axe(page) == []
