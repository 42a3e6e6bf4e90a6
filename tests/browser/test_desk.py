"""The cashier's desk in a real browser: wide and narrow, both languages, readable for everybody; twice is once."""

from __future__ import annotations

import re
from decimal import Decimal

from tests.browser.looks import no_sideways, picture
from tests.services.money.house import House

from loanloom.services.context import system_actor
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import orders, payees
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.cashier.payees import Payee
from loanloom.services.parties import partners
from loanloom.store import tables

D = Decimal


def day_at_the_desk(house: House) -> dict[str, int]:
    """A loan due today, a split draw, an unidentified receipt, a refund that waits, contracts to pay out."""
    loan = disbursements.disburse(house.ctx(), house.contract(100_000, "sole-trader-loan")).loan_id
    house.close_until(house.rows(tables.instalment)[0].due_on)
    ctx = house.ctx()
    desk = ctx.as_actor(system_actor())

    def enter(what: str, **given: object) -> orders.Order:
        return orders.enter(desk, KINDS[what], KINDS[what].parameters(**given))

    details = partners.Details(
        kind="merchant", name="向阳灯具商行（演示）", account="6222020200012345678", fee_rate=D("0.03")
    )
    merchant = partners.create(desk, details)
    contract = house.contract(80_000, "sole-trader-loan")
    payees.plan(
        desk, contract, [Payee(amount=D(50_000), payee_kind="merchant", party_id=merchant), Payee(amount=D(30_000))]
    )
    enter("disbursement", contract_id=contract)
    house.contract(60_000, "sole-trader-loan")
    receipt = enter("unidentified", amount=D("8884.88"), currency="CNY", payer_name=house.rows(tables.customer)[0].name)
    enter("refund", kind="goodwill", loan_id=loan, amount=D("100"))
    enter("repayment", loan_id=loan, amount=D("500"), channel="cash")
    owner = house.rows(tables.customer)[0].id
    deposit = enter("deposit_receive", kind="security", amount=D("9000"), currency="CNY", customer_id=owner)
    return {
        "loan": loan, "contract": house.contract(40_000, "sole-trader-loan"), "merchant": merchant,
        "suspense": receipt.result["suspense_id"], "deposit": deposit.result["deposit_id"],
        "payout": next(row.id for row in house.rows(tables.payout) if row.state == "planned"),
    }  # fmt: skip


def test_the_desk_reads_well_wide_and_narrow(house, staff, open_as, axe) -> None:
    made = day_at_the_desk(house)
    finance = staff("qian", "finance", "relationship-manager")
    pages = {
        "desk": "/cashier/",
        "found": f"/cashier/?q={house.rows(tables.customer)[0].number}",
        "claim": f"/cashier/claims/{made['suspense']}?loan_id={made['loan']}",
        "payout": f"/cashier/payouts/{made['payout']}",
        "payees": f"/contracts/{made['contract']}/payees",
        "deposit": f"/cashier/deposits/{made['deposit']}",
        "refund": f"/loans/{made['loan']}/refund",
        "order": f"/cashier/orders/{house.rows(tables.cash_order)[0].id}",
        "items": "/lists/items/",
        "statements": "/cashier/statements/",
        "party": f"/parties/{made['merchant']}",
        "groups": "/groups/",
        "receipt": f"/cashier/receipts/{house.rows(tables.receipt)[0].id}",
        "repay": f"/loans/{made['loan']}/repay?amount=500",
    }
    for language, width in (("zh", 1440), ("en", 390)):
        page = open_as(finance, language=language, width=width)
        for name, url in pages.items():
            page.goto(url)
            no_sideways(page)
            picture(page, f"{name}-{language}-{width}")
            assert axe(page) == [], (name, language, width)


def test_a_receipt_is_found_booked_once_and_reversed_by_two(house, staff, open_as) -> None:
    loan = disbursements.disburse(house.ctx(), house.contract(100_000, "sole-trader-loan")).loan_id
    house.close_until(house.rows(tables.instalment)[0].due_on)
    page = open_as(staff("qian", "finance"))
    page.goto("/cashier/")
    page.locator("#f-q").fill(house.rows(tables.loan)[0].number)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="收款", exact=True).last.click()
    page.wait_for_url(re.compile(rf"/loans/{loan}/repay"))
    page.get_by_role("button", name="确认入账").first.click()
    page.locator("#book").get_by_role("button", name="确认入账").dblclick()
    page.wait_for_url(re.compile(rf"/loans/{loan}$"))
    assert len(house.rows(tables.repayment)) == 1
    page.goto(f"/cashier/orders/{house.rows(tables.cash_order)[0].id}")
    page.get_by_role("button", name="冲正").first.click()
    page.locator("#reverse textarea").fill("记错借据")
    page.locator("#reverse").get_by_role("button", name="冲正").click()
    page.wait_for_url(re.compile(r"/cashier/orders/\d+"))
    assert "待复核" in page.locator("h1").inner_text()
    waiting = page.url
    head = open_as(staff("he", "finance-head"))
    head.goto(waiting)
    head.get_by_role("button", name="复核入账").first.click()
    head.locator("#register").get_by_role("button", name="复核入账").click()
    head.wait_for_selector("text=已入账")
    assert len(house.rows(tables.receipt_reversal)) == 1
    assert house.ctx().business_date == house.rows(tables.receipt_reversal)[0].reversed_on
