"""A request in a real browser: a dialog that was refused comes back as it was left, with script and without."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.looks import no_sideways, picture
from tests.services.origination.conftest import TRADER

from loanloom.services.access.sign_in import ab_user
from loanloom.services.parties import customers

TYPED = {"amount": "90000", "months": "12", "grounds": "库存周转"}
LONG = "法院来函 " * 1000


def asked(page: Page) -> str:
    """A request for a credit grant, on its way; the address of its case."""
    page.goto("/cases/new/credit-grant")
    for name, words in TYPED.items():
        page.locator(f"[name='credit_grant.{name}']").fill(words)
    page.locator("[name='_find.credit_grant.customer_number']").fill("linxiuzhen")
    page.locator("[value='find:credit_grant.customer_number']").click()
    page.locator("[value^='pick:credit_grant.customer_number=']").click()
    expect(page.locator("[id$=customer_number-named]")).to_contain_text("林秀珍")
    page.locator("[name='credit_grant.guarantee_mode']").select_option("credit")
    page.locator("[name='credit_grant.related_party'][value=false]").check()
    page.locator("button[value=submit]").click()
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    return page.url


def test_a_dialog_that_was_refused_comes_back_as_it_was_left(model_company, acting, staff, open_as, axe) -> None:
    maker, risk = staff("asks-grant", "relationship-manager"), staff("sees-grant", "risk-officer")
    with model_company.transaction() as connection:
        manager = connection.scalar(select(ab_user.c.id).where(ab_user.c.username == maker))
    customers.create(acting(model_company, "relationship-manager"), TRADER, extra={"manager_user_id": manager})
    url = asked(open_as(maker))
    for script, width in ((True, 390), (False, 1440)):
        page = open_as(risk, width=width, script=script)
        page.goto(url)
        page.locator("[data-dialog=p-suspend]").click()
        page.locator("#p-suspend [name=reason]").fill(LONG)
        page.locator("#p-suspend").get_by_role("button", name="挂起").click()
        dialog = page.locator("dialog[open]")
        expect(dialog.locator(".problems")).to_be_focused() if script else expect(dialog).to_be_visible()
        expect(dialog.locator("[name=reason]")).to_have_value(LONG)
        no_sideways(page)
        if script:
            assert axe(page) == []
            picture(page, "dialog-refused")
            dialog.locator("[data-close]").click()
            expect(dialog).to_have_count(0)
