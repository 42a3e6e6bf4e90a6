"""The ledger in a real browser: from the trial balance into an account, and a month closed by hand."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page
from tests.browser.looks import picture
from tests.services.money.house import House

from loanloom.services.money import disbursements
from loanloom.store import tables


@pytest.fixture
def house(model_company) -> House:
    """The model company at the turn of a month, with one loan."""
    with model_company.database.transaction() as connection:
        connection.execute(tables.company.update().values(business_date=date(2026, 1, 28)))
    made = House(model_company.database, model_company.company)
    disbursements.disburse(made.ctx(), made.contract(100_000, "sole-trader-loan"))
    made.close_until(date(2026, 2, 2))
    return made


def looked_at(page: Page, name: str, axe) -> None:
    """Wide and narrow: nothing sticks out, nothing that a screen reader cannot read."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        picture(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), width
    page.set_viewport_size({"width": 1440, "height": 900})
    assert axe(page) == []


def test_from_the_trial_balance_to_a_closed_month(house, staff, open_as, axe) -> None:
    page = open_as(staff("qian", "finance"))
    page.goto("/ledger/?from=2026-01-01&to=2026-01-31")
    looked_at(page, "trial-balance", axe)
    page.get_by_role("link", name="113201").click()
    assert "133.33" in page.locator("main").inner_text()
    looked_at(page, "account", axe)
    page.goto("/ledger/entries/")
    looked_at(page, "entries", axe)
    page.goto("/ledger/periods/")
    looked_at(page, "periods", axe)
    page.get_by_role("button", name="预结账").first.click()
    page.locator("#soft-2026-01").get_by_role("button", name="预结账").click()
    page.get_by_role("button", name="最终结账").first.click()
    page.locator("#hard-2026-01").get_by_role("button", name="最终结账").click()
    row = page.locator("tbody tr", has_text="2026-01")
    assert "已最终结账" in row.inner_text()
    looked_at(page, "periods-closed", axe)
