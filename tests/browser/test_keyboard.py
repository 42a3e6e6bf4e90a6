"""A to-do list by letters alone: along the lines, choosing two, a second look, only then a decision; on a phone too."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from tests.browser.looks import no_sideways

from loanloom.services.flows import starting
from loanloom.store import tables

ASKED = {"loan_number": "QHJ2026-00001", "kind": "settled", "purpose": "购房", "copies": "2"}


def test_two_of_three_are_approved_without_the_mouse(
    model_company, staff, acting, open_as: Callable[..., Page]
) -> None:
    staff("manager", "relationship-manager", unit="east-lending")
    manager = acting(model_company, "relationship-manager", unit="east-lending")
    raw = {f"loan_certificate.{name}": value for name, value in ASKED.items()}
    begun = [starting.request(manager, "loan-certificate", raw).case_id for _ in range(3)]
    page = open_as(staff("cashier", "finance", unit="finance"))
    page.goto("/to-do/?view=group")
    for key in ("j", "x", "j", "j", "k", "x"):
        page.keyboard.press(key)
    expect(page.locator("input[name=item]:checked")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    button = page.locator("form[action='/to-do/approve'] button[type=submit]")
    expect(button).to_be_visible()
    page.keyboard.press("a")
    assert standing(model_company, begun) == {"check": 3}, "a letter never decides"
    page.set_viewport_size({"width": 390, "height": 844})
    no_sideways(page)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".badge-good").first).to_be_visible()
    assert standing(model_company, begun) == {"issue": 2, "check": 1}
    page.goto("/to-do/?view=group")
    no_sideways(page)


def standing(ctx, case_ids) -> dict[str, int]:
    """Where open items of these cases stand."""
    found: dict[str, int] = {}
    with ctx.transaction() as connection:
        for row in connection.execute(tables.work_item.select().where(tables.work_item.c.status == "open")):
            if row.case_id in case_ids:
                found[row.node] = found.get(row.node, 0) + 1
    return found
