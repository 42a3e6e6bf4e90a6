"""The page of a loan and its changes in a real browser: two people, what differs is marked, on a phone too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page
from tests.browser.looks import no_sideways, picture
from tests.services.money.house import House
from tests.web.people import signs_in

from loanloom.services.money import disbursements, repayments
from loanloom.services.running.surroundings import context_of
from loanloom.store import tables
from loanloom.testing.postgres import TestDatabase

D = Decimal
TABS = ("schedule", "transactions", "statement", "changes", "journal", "history", "related", "why")


@pytest.fixture(scope="module")
def lent(model_database: TestDatabase) -> Iterator[str]:
    """A loan of 100,000 with one instalment paid late and the next one overdue, of the model company of this file."""
    ctx = context_of(model_database.database, "model-company", now=datetime(2026, 3, 2, 1, tzinfo=UTC))
    house = House(ctx.database, ctx.company)
    made = disbursements.disburse(house.ctx(), house.contract(100_000, "sole-trader-loan"))
    house.close_until(date(2026, 4, 6))
    repayments.receive(house.ctx(), made.loan_id, D("8000"), reference="A-1")
    house.close_until(date(2026, 5, 10))
    with model_database.keeping():
        yield f"/loans/{made.loan_id}"


@pytest.fixture
def loan(lent: str, house: House) -> str:
    """That loan, as it was made."""
    return lent


def look(page: Page, axe, name: str) -> None:
    """Nothing sticks out, nothing serious for axe, and a picture where asked for."""
    no_sideways(page)
    assert axe(page) == []
    picture(page, name)


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_every_tab_at_every_width(loan, staff, open_as, axe, language, width) -> None:
    page = open_as(staff("qian", "finance"), language=language, width=width)
    for tab in TABS:
        page.goto(f"{loan}?tab={tab}")
        look(page, axe, f"loan-{tab}-{language}-{width}")
    page.goto(f"{loan}?on=2026-06-20")
    look(page, axe, f"loan-ahead-{language}-{width}")
    page.goto(f"{loan}/transactions/2")
    look(page, axe, f"loan-why-{language}-{width}")
    page.goto("/loans/take-over/")
    look(page, axe, f"takeover-{language}-{width}")
    page.goto(f"{loan}/changes/new/restructure?preview=yes&months=6&annual_rate=10&observation_days=180")
    look(page, axe, f"restructure-{language}-{width}")


def test_an_extension_by_two_people(house, loan, staff, open_as, axe) -> None:
    page = open_as(staff("qian", "finance"))
    page.goto(loan)
    page.get_by_role("link", name="展期", exact=True).click()
    page.locator("#f-months").fill("3")
    page.get_by_role("button", name="试算").click()
    assert page.locator("tr.is-added").count() == 3
    assert page.locator("tr.is-changed del").count() > 10
    look(page, axe, "extension-preview")
    page.get_by_role("button", name="提交申请").first.click()
    dialog = page.locator("#ask")
    dialog.locator("textarea").fill("货款回笼推迟")
    picture(page, "extension-dialog")
    dialog.get_by_role("button", name="提交申请").dblclick()
    page.wait_for_url(re.compile(r"/loans/\d+/changes/\d+$"))
    change = page.url
    assert len(house.rows(tables.loan_change)) == 1
    look(page, axe, "extension-asked")
    boss = open_as(staff("zhao", "approver-2"))
    boss.goto("/loan-changes/")
    look(boss, axe, "changes-waiting")
    boss.goto(change)
    boss.get_by_role("button", name="同意").first.click()
    boss.locator("#approve").get_by_role("button", name="同意").click()
    boss.get_by_text("已入账").first.wait_for()
    look(boss, axe, "extension-booked")
    assert house.rows(tables.loan)[0].matures_on == date(2027, 6, 2), "twelve months from 2 March, and three more"


def test_the_borrower_asks_for_another_day(house, loan, model_company, open_as, axe) -> None:

    customer = house.rows(tables.loan)[0].customer_id
    signs_in(model_company, "lin", name="林", roles=("borrower",), customer_id=customer)
    page = open_as("lin", width=390)
    page.goto(f"/portal{loan}")
    page.locator("#f-on").fill("2026-06-20")
    page.get_by_role("button", name="显示").click()
    look(page, axe, "portal-quote")
    assert "当日提前结清应还" in page.content()
