"""The proof of the studio: a product with its form, its flow of three levels, its score card and its contract, each
from an empty draft; reviewed and published by a second person; and lent with. By the mouse, then by the keyboard alone.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from tests.browser.hands import Hand, Keys, Mouse, quiet, seen, settled
from tests.browser.test_new_product import PERSON

from loanloom.services.parties import customers
from loanloom.store import tables

NAMES = {
    "form": "夜市贷申请表",
    "flow": "夜市贷审批",
    "scorecard": "夜市贷评分卡",
    "template": "夜市贷合同",
    "product": "夜市贷",
}
MENU = ".side a[href='/studio/definitions/{}/']"
FIELDS = ("amount", "term_months", "method", "purpose")
LEVELS = (("risk-officer", "风险审查岗"), ("approver-1", "一级审批人"), ("approver-2", "二级审批人"))
STAFF = (
    ("designer", "business-administrator", "head-office", "李敏（演示）"),
    ("risk", "risk-officer", "risk", "王强（演示）"),
    ("manager", "relationship-manager", "east-lending", "陈立（演示）"),
    ("first", "approver-1", "east-branch", "赵云（演示）"),
    ("second", "approver-2", "management", "孙倩（演示）"),
    ("cashier", "finance", "head-office", "钱丽（演示）"),
)


@pytest.fixture
def office(model_company, staff, acting):
    """Who designs, who reviews, who lends; and a customer."""
    for username, role, unit, name in STAFF:
        staff(username, role, unit=unit, name=name)
    with model_company.transaction() as connection:
        table = tables.membership
        manager = connection.execute(select(table.c.user_id).where(table.c.unit == "east-lending")).scalar_one()
    extra = {"unit": "east-lending", "manager_user_id": manager}
    customers.create(acting(model_company, "relationship-manager", unit="east-lending"), PERSON, extra=extra)
    return model_company


@pytest.mark.parametrize("hand", [Mouse(), Keys()], ids=lambda one: one.name)
def test_from_empty_drafts_to_a_loan(office, open_as, hand: Hand) -> None:
    designer = Designer(open_as("designer"), hand)
    designer.form()
    designer.flow()
    designer.card()
    designer.contract()
    designer.product()
    where = designer.proposes()
    publish(open_as("risk"), hand, where)
    lend(office, open_as, hand)


class Designer:
    """Whoever makes the product, on one page, with one pair of hands."""

    def __init__(self, page: Page, hand: Hand) -> None:
        self.page, self.hand = page, hand
        self.keys: dict[str, str] = {}

    def begin(self, kind: str) -> None:
        """From the menu to an empty draft."""
        page, hand = self.page, self.hand
        quiet(page)
        if not page.locator(MENU.format("product")).count():
            hand.press(page.locator("a[href='/studio/']").first)
        hand.press(page.locator(MENU.format(kind)))
        hand.press(page.locator("a.btn-primary[href^='/studio/new']"))
        hand.write(page.locator("#f-title_zh"), NAMES[kind])
        hand.press(page.locator("main form button.btn-primary"))
        page.wait_for_url(re.compile(f"/definitions/{kind}/[^/]+/"))
        self.keys[kind] = page.url.split(f"/definitions/{kind}/")[1].split("/")[0]

    def cell(self, pointer: str, value: str, words: str = "", shown: str | None = None) -> None:
        """Open a place of the sheet, say something else, save, and see it said."""
        page, hand, place = self.page, self.hand, self.page.locator(f"#c-{pointer}")
        missing = page.locator(f"details.cells-missing:not([open]):has(#c-{pointer}) > summary")
        if missing.count():
            hand.press(missing)
        hand.press(place.locator("summary").first)
        box = place.locator("[name=value], [name='value.zh']").first
        if box.evaluate("one => one.tagName") == "SELECT":
            hand.choose(box, value, words)
        elif box.get_attribute("type") == "checkbox":
            hand.press(place.locator(f"[name=value][value='{value}']"))
        else:
            hand.write(box, value)
        hand.press(place.locator("form button.btn-primary"))
        seen(page.locator(f"#c-{pointer}:not([open]) > summary .cell-words", has_text=shown or words or value))
        settled(page)

    def made_here(self, pointer: str, kind: str) -> None:
        """Name one of those begun before."""
        self.cell(pointer, self.keys[kind], NAMES[kind])

    def form(self) -> None:
        """Four fields, all required."""
        self.begin("form")
        page, hand = self.page, self.hand
        for number, name in enumerate(FIELDS):
            hand.put(page.locator(f"[id='p-application.{name}']"), page.locator(".design-end").last)
            seen(page.locator("#c-sections-0 .design-title").nth(number))
            settled(page)
            hand.press(page.locator("#rule-required-yes"))
            seen(page.locator("#rule-required-yes[aria-pressed=true]"))
            settled(page)

    def flow(self) -> None:
        """Three levels, one behind the other."""
        self.begin("flow")
        page, hand, before = self.page, self.hand, "start:next"
        for number, (role, words) in enumerate(LEVELS, 1):
            step = "approval" if number == 1 else f"approval_{number}"
            hand.put(page.locator("#add-approval"), drawn(page, f"way:{before}"))
            seen(drawn(page, f"at:{step}").locator(".flow-node.is-chosen"))
            settled(page)
            hand.choose(page.locator("#who-0"), f"role:{role}", words)
            hand.choose(page.locator("#scope-0"), "all", "全公司")
            hand.press(page.locator("#save-step"))
            drawn(page, f"at:{step}").locator(".has-problems").first.wait_for(state="detached")
            settled(page)
            before = f"{step}:next"

    def card(self) -> None:
        """The shorter the term the better: two bands, two grades."""
        self.begin("scorecard")
        page, hand = self.page, self.hand
        self.cell("characteristics-0-reason", "期限过长")
        self.cell("characteristics-0-indicator", "term_months", "期限")
        self.cell("grades-0-key", "A")
        self.cell("grades-0-title", "合格")
        quiet(page)
        hand.press(page.get_by_role("link", name="分档").first)
        hand.press(page.get_by_role("button", name="拆分第 1 档"))
        hand.write(page.get_by_label("第 1 档的上限").first, "12")
        hand.write(page.get_by_label("第 1 档的分值"), "60")
        hand.press(page.locator("#band-0 .bands-foot button"))
        expect(page.get_by_label("第 1 档的分值")).to_have_value("60")

    def contract(self) -> None:
        """A heading and a sentence with the borrower in it."""
        self.begin("template")
        page, hand = self.page, self.hand
        hand.press(page.locator("#block-0 .part-add > summary"))
        hand.press(page.locator("button[value='add:paragraph:/blocks/0']"))
        text = page.locator("#w-blocks-1-paragraph")
        hand.write(text, "借款人：")
        hand.write(page.locator("[data-filter=fields-list]"), "customer.name")
        hand.press(page.locator("[data-found-by]:not([hidden]) button").first)
        expect(text).to_have_value(re.compile(r"customer\.name"))
        hand.press(page.locator(".words-foot button"))
        expect(page.locator("h1 + *, .page-head").first).to_be_visible()

    def product(self) -> None:
        """The terms, and what was made for it."""
        self.begin("product")
        self.cell("amount-max", "50000", shown="50,000")
        self.cell("amount-min", "1000", shown="1,000")
        self.cell("term-max", "24")
        self.cell("term-min", "3")
        self.cell("rate-fixed", "12", shown="12%")
        self.made_here("forms-application", "form")
        self.made_here("flows-application", "flow")
        self.made_here("scorecard", "scorecard")
        self.cell("indicators", "term_months", shown="期限")
        self.made_here("templates-contract", "template")

    def proposes(self) -> str:
        """All five together, up for review; the address of the change."""
        page, hand = self.page, self.hand
        quiet(page)
        hand.press(page.locator("a[href='/studio/']").first)
        hand.press(page.locator("a.btn-primary[href='/studio/changes/new']"))
        expect(page.locator("main")).to_contain_text(NAMES["product"])
        hand.write(page.locator("#f-name"), "夜市贷上线")
        hand.press(page.locator("form.stack button.btn-primary"))
        page.wait_for_url(re.compile(r"/studio/changes/\d+$"))
        return page.url


def drawn(page: Page, where: str) -> Locator:
    """A step or a way of the drawing that one sees."""
    return page.locator(f'.flow-picture:visible [data-where="{where}"]')


def dialog(page: Page, hand: Hand, name: str) -> None:
    """Press what opens a dialog, and what confirms it."""
    hand.press(page.locator(f"button[data-dialog={name}]").first)
    hand.press(page.locator(f"#{name} button[type=submit]"))


def publish(page: Page, hand: Hand, where: str) -> None:
    """By somebody else: approved, then put into effect."""
    page.goto(where)
    hand.write(page.locator("#f-opinion"), "定价合规")
    hand.press(page.locator("#review button.btn-primary"))
    expect(page.locator("h1")).to_contain_text("已批准")
    dialog(page, hand, "activate")
    expect(page.locator("h1")).to_contain_text("已生效")


def lend(office, open_as, hand: Hand) -> None:
    """Applied for, approved on three levels, signed, paid out."""
    manager = open_as("manager")
    apply(manager, hand)
    for who in ("risk", "first", "second"):
        page = open_as(who)
        page.goto("/to-do/")
        hand.press(page.locator("a.row-link"))
        hand.press(page.locator("input[name=decision][value=approve]"))
        hand.write(page.locator("[name=opinion]"), "同意")
        hand.press(page.locator("#decide .decide-foot button"))
        page.wait_for_url(re.compile(r"/(to-do|sanctions)/"))
    manager.reload()
    expect(manager.locator("h1")).to_contain_text("已通过")
    manager.goto(re.sub(r"\?.*", "?tab=contract", manager.url))
    dialog(manager, hand, "prepare")
    manager.wait_for_url(re.compile(r"/contracts/\d+"))
    signer = open_as("first")
    signer.goto(manager.url)
    dialog(signer, hand, "sign")
    expect(signer.locator("h1")).to_contain_text("已签")
    cashier = open_as("cashier")
    cashier.goto(manager.url.replace("/contracts/", "/disbursements/"))
    dialog(cashier, hand, "pay-out")
    cashier.wait_for_url(re.compile(r"/loans/\d+"))
    with office.transaction() as connection:
        loan = connection.execute(select(tables.loan)).one()
        application = connection.execute(select(tables.application)).one()
    assert (loan.product_key, str(loan.annual_rate).rstrip("0")) == ("ye-shi-dai", "0.12")
    assert (application.score_points, application.score_grade) == (60, "A")


def apply(page: Page, hand: Hand) -> None:
    """What the new form asks, filled in and handed in."""
    page.goto("/applications/new")
    hand.press(page.get_by_role("link", name=re.compile("周晓梅")))
    hand.press(page.locator("form.product-card", has_text="夜市贷").get_by_role("button"))
    page.wait_for_url(re.compile(r"/fill$"))
    for name, value in {"amount": "10000", "term_months": "6"}.items():
        hand.write(page.locator(f"[name='application.{name}']"), value)
    for name, value, words in (("method", "equal_instalment", "等额本息"), ("purpose", "consumption", "消费")):
        field = page.locator(f"select[name='application.{name}']")
        if field.count():
            hand.choose(field, value, words)
        else:
            hand.press(page.locator(f"input[name='application.{name}'][value='{value}']"))
    settled(page)
    hand.press(page.locator("button[name=_action][value=submit]"))
    page.wait_for_url(re.compile(r"/applications/\d+\?tab="))
