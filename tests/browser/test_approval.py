"""A loan through the office in a real browser: applied for, reviewed, approved by two, sanctioned; and returned."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.looks import no_sideways, picture
from tests.services.origination.conftest import TRADER

from loanloom.services.parties import customers
from loanloom.store import tables

PAPER = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"}
TYPED = {
    "application.amount": "150000",
    "application.term_months": "12",
    "application.purpose_detail": "更换蒸柜、冷柜各两台",
    "application.existing_debt": "0",
    "application.existing_monthly_payment": "0",
    "application.years_in_business": "6",
    "application.monthly_turnover": "92000",
    "application.monthly_cost": "43000",
    "application.other_income": "3000",
    "application.family_expenses": "7000",
    "application.bank_inflow": "71000",
    "application.visited_on": "2026-02-27",
    "application.visit_note": "凌晨五点实地走访，客流稳定。",
}
CHOSEN = {
    "application.method": "equal_instalment",
    "application.guarantee_mode": "guarantee",
    "application.purpose": "equipment",
    "application.channel": "visit",
    "application.visit_rating": "good",
}
GUARANTOR = {
    "name": "林国栋（演示）",
    "id_number": "330000198206060053",
    "phone": "19900000003",
    "amount": "150000",
    "employer": "青禾县自来水厂（演示）",
    "monthly_income": "6800",
}


@pytest.fixture
def office(model_company, staff, acting):
    """The staff of the east branch and of the head office, and a customer of the branch."""
    for username, role, unit in (
        ("manager", "relationship-manager", "east-lending"),
        ("risk", "risk-officer", "risk"),
        ("first", "approver-1", "east-branch"),
        ("second", "approver-2", "management"),
    ):
        staff(username, role, unit=unit)
    with model_company.transaction() as connection:
        table = tables.membership
        manager = connection.execute(
            select(table.c.user_id).where(table.c.roles.contains(["relationship-manager"]))
        ).scalar_one()
    extra = {"unit": "east-lending", "manager_user_id": manager}
    customers.create(acting(model_company, "relationship-manager", unit="east-lending"), TRADER, extra=extra)
    return model_company


def choose(page: Page, name: str, value: str) -> None:
    """Choose in a select box or among radio buttons."""
    field = page.locator(f"select[name='{name}']")
    if field.count():
        field.select_option(value)
    else:
        page.locator(f"input[name='{name}'][value='{value}']").check()


def settled(page: Page) -> None:
    """Wait until the form has asked the server what follows from the last change."""
    page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")


def apply(page: Page) -> None:
    """From the list of customers to the application handed in."""
    page.goto("/applications/new")
    page.get_by_role("link", name=re.compile("林秀珍")).click()
    page.locator("form.product-card", has_text="个体户经营贷").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/fill$"))
    for name, value in CHOSEN.items():
        choose(page, name, value)
    choose(page, "application.bureau_consent", "true")
    settled(page)
    for name, value in {**TYPED, "application.overdue_count": "0", "application.bureau_inquiries": "1"}.items():
        page.locator(f"[name='{name}']").fill(value)
    page.locator("button[name=_action][value='add:guarantors']").click()
    settled(page)
    for name, value in GUARANTOR.items():
        page.locator(f"[name='guarantors.0.{name}']").fill(value)
    choose(page, "guarantors.0.relation", "sibling")
    settled(page)
    for paper in page.locator("li.paper:has(.required)").all():
        key = (paper.get_attribute("id") or "").removeprefix("f-material.")
        with page.expect_navigation():
            page.locator(f"[id='paper-{key}']").set_input_files(PAPER)
    page.locator("button[name=_action][value=submit]").click()
    page.wait_for_url(re.compile(r"tab=flow"))


def open_first(page: Page) -> None:
    """From the to-do list to the sheet of the one case that waits."""
    page.goto("/to-do/")
    page.locator("a.row-link").click()
    page.wait_for_url(re.compile(r"/approvals/\d+"))


def decide(page: Page, action: str, opinion: str, **more: str) -> None:
    """Decide with the keyboard alone, as quick approvers do."""
    page.locator(f"input[name=decision][value={action}]").focus()
    page.keyboard.press("Space")
    for name, value in more.items():
        choose(page, name, value)
    page.locator("[name=opinion]").fill(opinion)
    page.locator("#decide .decide-foot button").focus()
    page.keyboard.press("Enter")


def one(office, table):
    """The one row of a table."""
    with office.transaction() as connection:
        return connection.execute(select(table)).one()


def test_applied_for_reviewed_approved_by_two_people_and_sanctioned(office, open_as, axe) -> None:
    manager = open_as("manager")
    apply(manager)
    expect(manager.locator(".flow-node.is-current:visible")).to_contain_text("风险审查")
    picture(manager, "approval-flow")
    risk = open_as("risk")
    open_first(risk)
    assert axe(risk) == []
    picture(risk, "approval-sheet")
    expect(risk.locator("h1")).to_contain_text("审批表")
    decide(risk, "approve", "现金流可覆盖还款，保证人有稳定收入。")
    risk.wait_for_url(re.compile("/to-do/"))
    first = open_as("first", language="en")
    first.goto("/to-do/")
    began = monotonic()
    open_first(first)
    expect(first.get_by_text("现金流可覆盖还款，保证人有稳定收入。").first).to_be_visible()
    decide(first, "approve", "Within the limit of the branch's advice")
    first.wait_for_url(re.compile("/to-do/"))
    assert monotonic() - began < 60, "a decision must be quick"
    second = open_as("second", width=390)
    open_first(second)
    no_sideways(second)
    picture(second, "approval-sheet-390")
    second.locator("input[name=decision][value=approve]").check(force=True)
    second.locator("[name=conditions]").fill("办理店铺财产保险\n在我司开立还款账户")
    second.locator("#decide .decide-foot button").dblclick()
    second.wait_for_url(re.compile(r"/sanctions/\d+"))
    expect(second.get_by_text("办理店铺财产保险").first).to_be_visible()
    no_sideways(second)
    picture(second, "sanction-390")
    sanction = one(office, tables.sanction)
    assert sanction.state == "in_force" and len(sanction.conditions) == 2 and 0 < sanction.amount <= 150_000
    manager.goto("/messages/")
    expect(manager.get_by_text("已获批准")).to_be_visible()
    manager.goto(f"/sanctions/{sanction.id}")
    expect(manager.get_by_role("link", name="制作合同")).to_be_visible()
    assert axe(manager) == []


def test_returned_with_a_reason_and_handed_in_again_without_script(office, open_as) -> None:
    apply(open_as("manager"))
    risk = open_as("risk", script=False)
    open_first(risk)
    risk.locator("input[name=decision][value=return]").check(force=True)
    risk.locator("#decide .decide-foot button").click()
    expect(risk.locator("#problems")).to_contain_text("请选择原因")
    risk.locator("input[name=decision][value=return]").check(force=True)
    risk.locator("select[name=reason_return]").select_option("documents_unclear")
    risk.locator("[name=opinion]").fill("流水单不清晰")
    risk.locator("#decide .decide-foot button").click()
    risk.wait_for_url(re.compile("/to-do/"))
    manager = open_as("manager", script=False)
    manager.goto("/to-do/")
    manager.locator("a.row-link").click()
    manager.goto(manager.url.split("?")[0].removesuffix("/fill") + "?tab=flow")
    expect(manager.get_by_text("流水单不清晰")).to_be_visible()
    manager.goto(manager.url.split("?")[0] + "/fill")
    manager.locator("button[name=_action][value=submit]").click()
    manager.wait_for_url(re.compile(r"tab=flow"))
    assert one(office, tables.application).state == "submitted"
