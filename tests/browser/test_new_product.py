"""A new product in a real browser: copied, changed, reviewed by a second person, live, and lent to the last yuan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.looks import picture

from loanloom.services.parties import customers
from loanloom.store import tables

PAPER = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"}
PERSON = {
    "customer.kind": "person",
    "customer.name": "周晓梅（演示）",
    "customer.id_number": "330000198503140033",
    "customer.phone": "19900000011",
    "customer.province": "zhejiang",
    "customer.address": "青禾县城东街道解放路20号（演示）",
    "customer.housing": "owned",
}
ANSWERS = {
    "method": "equal_instalment", "purpose": "consumption", "checking_account": "A11", "credit_history": "A34",
    "credit_purpose": "A43", "savings": "A65", "employment": "A75", "other_debtors": "A101", "property": "A121",
    "other_plans": "A143", "german_housing": "A152",
}  # fmt: skip


@pytest.fixture
def office(model_company, staff, acting):
    """The two who change products, the staff who lend, and a customer."""
    for username, role, unit, name in (
        ("designer", "business-administrator", "head-office", "李敏（演示）"),
        ("reviewer", "risk-officer", "risk", "王强（演示）"),
        ("manager", "relationship-manager", "east-lending", "陈立（演示）"),
        ("signer", "approver-1", "east-branch", "赵云（演示）"),
        ("cashier", "finance", "head-office", "钱丽（演示）"),
    ):
        staff(username, role, unit=unit, name=name)
    with model_company.transaction() as connection:
        table = tables.membership
        manager = connection.execute(select(table.c.user_id).where(table.c.unit == "east-lending")).scalar_one()
    extra = {"unit": "east-lending", "manager_user_id": manager}
    customers.create(acting(model_company, "relationship-manager", unit="east-lending"), PERSON, extra=extra)
    return model_company


def cell(page: Page, pointer: str, value: str) -> None:
    """Open a cell of the term sheet, write, save, and wait for the sheet to follow."""
    place = page.locator(f"#c-{pointer}")
    place.locator("summary").click()
    place.locator("input[name=value]").fill(value)
    place.get_by_role("button", name="保存").click()
    expect(page.locator(f"#c-{pointer} > summary .cell-words")).to_contain_text(value)


def settled(page: Page) -> None:
    """Wait until the form has asked the server what follows from the last change."""
    page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")


def confirm(page: Page, button: str, dialog: str) -> None:
    """Press a button that opens a dialog, and its confirming button."""
    page.locator(f"button[data-dialog={dialog}]").click()
    page.locator(f"#{dialog}").get_by_role("button", name=button).click()


def test_copied_changed_reviewed_and_lent_with(office, open_as, axe) -> None:
    designer = open_as("designer")
    design(designer, axe)
    where = propose(designer)
    review(open_as("reviewer"), where, axe)
    designer.goto("/studio/definitions/product/bright-loan/?view=history")
    expect(designer.get_by_text("亮灯贷上线").first).to_be_visible()
    lend(office, open_as)


def design(page: Page, axe) -> None:
    page.goto("/studio/definitions/product/consumer-instalment/")
    assert axe(page) == []
    page.locator("button[data-dialog=copy]").click()
    dialog = page.locator("#copy")
    dialog.locator("[name=title_zh]").fill("亮灯贷")
    dialog.locator("[name=title_en]").fill("Bright loan")
    dialog.locator("[name=key]").fill("bright-loan")
    dialog.get_by_role("button", name="复制").click()
    page.wait_for_url(re.compile("/product/bright-loan/"))
    first = page.locator("#trial .figure-value").nth(2).inner_text()
    cell(page, "rate-by_grade-A", "6")
    cell(page, "amount-max", "30,000.00")
    expect(page.locator("#trial .figure-value").nth(2)).not_to_have_text(first)
    expect(page.locator("#problems-of-draft")).to_contain_text("未定价的等级不予放款")
    picture(page, "studio-sheet")
    page.goto("/studio/definitions/product/bright-loan/?view=text")
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nspecc: 1")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    picture(page, "studio-text")
    page.goto("/studio/definitions/product/bright-loan/")


def propose(page: Page) -> str:
    page.get_by_role("link", name="提交复核").click()
    page.wait_for_url(re.compile("/studio/changes/new"))
    expect(page.get_by_text("个案例全部符合预期")).to_be_visible()
    page.locator("#f-name").fill("亮灯贷上线")
    page.locator("#f-note").fill("夜间经济客户需求")
    page.get_by_role("button", name="提交复核").click()
    page.wait_for_url(re.compile(r"/studio/changes/\d+$"))
    assert page.locator("#review").count() == 0
    return page.url


def review(page: Page, where: str, axe) -> None:
    page.goto("/messages/")
    expect(page.get_by_text("有变更待您复核：亮灯贷上线")).to_be_visible()
    page.goto(where)
    assert axe(page) == []
    picture(page, "studio-change")
    expect(page.locator("main")).to_contain_text("亮灯贷")
    page.locator("#f-opinion").fill("定价合规")
    page.locator("#review button.btn-primary").click()
    expect(page.locator("h1")).to_contain_text("已批准")
    confirm(page, "发布生效", "activate")
    expect(page.locator("h1")).to_contain_text("已生效")


def lend(office, open_as) -> None:
    manager = open_as("manager")
    manager.goto("/applications/new")
    manager.get_by_role("link", name=re.compile("周晓梅")).click()
    manager.locator("form.product-card", has_text="亮灯贷").get_by_role("button").click()
    manager.wait_for_url(re.compile(r"/fill$"))
    with manager.expect_navigation():
        manager.locator("[id='paper-identity']").set_input_files(PAPER)
    for name, value in ANSWERS.items():
        field = manager.locator(f"select[name='application.{name}']")
        if field.count():
            field.select_option(value, force=True)
        else:
            manager.locator(f"input[name='application.{name}'][value='{value}']").check(force=True)
    settled(manager)
    for name, value in {"amount": "1169", "term_months": "6", "instalment_share": "4"}.items():
        manager.locator(f"[name='application.{name}']").fill(value)
    settled(manager)
    manager.locator("button[name=_action][value=submit]").click()
    manager.wait_for_url(re.compile(r"/applications/\d+\?tab="))
    expect(manager.locator("h1")).to_contain_text("已通过")
    manager.goto(re.sub(r"\?.*", "?tab=contract", manager.url))
    confirm(manager, "制作合同", "prepare")
    manager.wait_for_url(re.compile(r"/contracts/\d+"))
    expect(manager.locator("main")).to_contain_text("6.00%")
    signer = open_as("signer")
    signer.goto(manager.url)
    signer.locator("button[data-dialog=sign]").click()
    signer.locator("#sign button[type=submit]").click()
    expect(signer.locator("h1")).to_contain_text("已签")
    cashier = open_as("cashier")
    cashier.goto("/disbursements/")
    cashier.goto(manager.url.replace("/contracts/", "/disbursements/"))
    cashier.locator("button[data-dialog=pay-out]").first.click()
    cashier.locator("#pay-out button[type=submit]").click()
    cashier.wait_for_url(re.compile(r"/loans/\d+"))
    with office.transaction() as connection:
        loan = connection.execute(select(tables.loan)).one()
    assert (loan.product_key, str(loan.annual_rate).rstrip("0")) == ("bright-loan", "0.06")


def test_the_studio_on_a_phone_and_without_script(office, open_as) -> None:
    phone = open_as("designer", language="en", width=390)
    for path in ("", "definitions/product/", "definitions/product/sole-trader-loan/", "changes/",
                 "definitions/flow/business-approval/", "definitions/scorecard/sole-trader/?view=text"):  # fmt: skip
        phone.goto(f"/studio/{path}")
        phone.wait_for_load_state("networkidle")
        wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, path
    plain = open_as("designer", script=False)
    plain.goto("/studio/definitions/product/sole-trader-loan/")
    plain.locator("#c-penalty-grace_days summary").click()
    plain.locator("#v-penalty-grace_days").fill("3")
    plain.locator("#c-penalty-grace_days button").first.click()
    expect(plain.locator("#c-penalty-grace_days > summary del")).to_have_text("0")
