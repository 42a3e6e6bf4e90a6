"""A loan in the cashier's hands in a real browser: paid out, overdue, repaid, settled; the day closed; the books."""

from __future__ import annotations

import re
from datetime import date

from tests.browser.looks import no_sideways, picture

from loanloom.store import tables


def test_a_loan_through_the_cashiers_hands(house, staff, open_as, axe) -> None:
    contract = house.contract(100_000, "sole-trader-loan")
    house.contract(60_000, "sole-trader-loan", method="equal_principal")
    page = open_as(staff("qian", "finance"))
    page.goto("/disbursements/")
    picture(page, "waiting")
    page.goto(f"/disbursements/{contract}")
    picture(page, "review")
    assert axe(page) == []
    page.get_by_role("button", name="放款", exact=True).first.click()
    dialog = page.locator("#pay-out")
    assert "壹拾万元整" in dialog.inner_text()
    picture(page, "review-dialog")
    dialog.get_by_role("button", name="放款").dblclick()
    page.wait_for_url(re.compile(r"/loans/\d+"))
    loan = page.url
    assert len(house.rows(tables.loan)) == 1
    picture(page, "loan-new")
    house.close_until(date(2026, 4, 5))
    page.goto(f"{loan}/repay")
    page.locator("#f-amount").fill("1500")
    page.get_by_role("button", name="试算入账").click()
    picture(page, "repay-typed")
    assert "488.17" in page.locator("table").inner_text()
    picture(page, "repay")
    page.get_by_role("button", name="确认入账").first.click()
    picture(page, "repay-dialog")
    page.locator("#book").get_by_role("button", name="确认入账").click()
    page.wait_for_url(loan)
    for tab in ("schedule", "transactions", "statement", "changes", "journal", "history", "related", "why"):
        page.goto(f"{loan}?tab={tab}")
        no_sideways(page)
        picture(page, f"loan-{tab}")
    assert axe(page) == []
    page.goto(f"{loan}/repay?purpose=settle")
    page.get_by_role("button", name="确认入账").first.click()
    page.locator("#book").get_by_role("button", name="确认入账").click()
    page.wait_for_url(loan)
    assert "已结清" in page.locator("h1").inner_text()
    page.goto("/ledger/")
    assert "平衡" in page.locator("h1").inner_text()
    picture(page, "ledger")
    page.goto("/ledger/entries/")
    picture(page, "entries")


def test_the_day_and_the_loan_on_a_phone(house, staff, open_as) -> None:
    contract = house.contract(100_000, "sole-trader-loan")
    page = open_as(staff("qian", "finance", "system-administrator"), language="en", width=390)
    page.goto(f"/disbursements/{contract}")
    no_sideways(page)
    picture(page, "phone-review")
    page.get_by_role("button", name="Pay out").first.click()
    page.locator("#pay-out").get_by_role("button", name="Pay out").click()
    page.wait_for_url(re.compile(r"/loans/\d+"))
    no_sideways(page)
    picture(page, "phone-loan")
    house.close(3)
    page.goto("/day/")
    no_sideways(page)
    picture(page, "phone-day")
    page.get_by_role("button", name="Next day").first.click()
    page.locator("#next-day").get_by_role("button", name="Next day").click()
    page.wait_for_selector("#day-progress .panel")
    picture(page, "phone-day-running")
    for row in house.rows(tables.job_run):
        assert row.arguments == {"until": "2026-03-06"}
