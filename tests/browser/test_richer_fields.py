"""Fields that are more than a box, under a real keyboard: levels open at once, Enter in a look-up searches."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_levels_ratings_and_look_ups_by_keyboard_on_a_phone(
    staff: Callable[..., str], open_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = open_as(staff("field-rm", "relationship-manager", unit="east-lending"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/customers/new")

    def field(name: str):
        return page.locator(f'[name="customer.{name}"]')

    field("kind").select_option("sole_trader")
    field("premises.level1").select_option("33")
    field("premises.level2").select_option("3301")
    field("premises.level3").select_option("330106")
    field("premises.detail").fill("文三路1号")
    field("premises.level1").select_option("11")
    expect(field("premises.level2")).to_have_count(0)
    expect(field("premises.detail")).to_have_value("文三路1号")
    page.locator('[id="f-customer.cooperation-1"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[id="f-customer.cooperation-2"]')).to_be_checked()
    page.locator('[id="f-customer.referred_by-find"]').fill("nobody")
    page.keyboard.press("Enter")
    expect(page.locator('[id="f-customer.referred_by-found"]')).to_be_visible()
    expect(field("premises.detail")).to_have_value("文三路1号")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(page) == []
