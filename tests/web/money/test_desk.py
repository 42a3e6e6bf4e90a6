"""The cashier's desk over HTTP: search to receipt, second person, claims, statements, payouts, deposits."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

from tests.services.money.house import House
from tests.web.pages import page

from loanloom.services.money import disbursements
from loanloom.store import tables

D = Decimal


def post(client, url: str, status: int = 302, **fields) -> str:
    answer = client.post(url, data={"csrf_token": client.csrf(), **fields})
    assert answer.status_code == status, (url, answer.status_code, answer.get_data(as_text=True)[:3000])
    return answer.location if status == 302 else answer.get_data(as_text=True)


def lent(house: House, amount: int = 100_000) -> int:
    return disbursements.disburse(house.ctx(), house.contract(amount, "sole-trader-loan")).loan_id


def until_due(house: House) -> date:
    """Close days until the first instalment is due."""
    due = house.rows(tables.instalment)[0].due_on
    house.close_until(due)
    return due


def only(house: House, table, **wanted):
    (row,) = [row for row in house.rows(table) if all(getattr(row, name) == value for name, value in wanted.items())]
    return row


def test_every_page_of_the_desk_opens_in_both_languages_when_empty(house, person) -> None:
    for language in ("en", "zh"):
        finance = person("finance", "relationship-manager", language=language)
        for url in (
            "/cashier/", "/cashier/?q=nobody", "/cashier/claims/", "/cashier/statements/", "/cashier/unidentified/new",
            "/cashier/payouts/waiting", "/cashier/deposits/new", "/cashier/items/new", "/parties/", "/parties/new",
            "/groups/", "/groups/new", "/lists/items/", "/lists/receipts/", "/lists/payouts/", "/lists/orders/",
            "/lists/deposits/",
        ):  # fmt: skip
            page(finance, url)


def test_receiving_from_the_search_to_the_receipt_and_back(house, person) -> None:
    loan = lent(house)
    until_due(house)
    finance, head = person("finance"), person("finance-head")
    number, customer = only(house, tables.loan).number, only(house, tables.customer)
    found = page(finance, f"/cashier/?q={customer.number}")
    assert number in found and customer.name in found and f"/loans/{loan}/repay" in found and "8,884.88" in found
    there = post(
        finance,
        f"/loans/{loan}/repay",
        amount="8,884.88",
        channel="cash",
        payer_name="王姐",
        payer_account="6222888800001111",
    )
    assert there == f"/loans/{loan}"
    receipt = only(house, tables.receipt)
    shown = page(finance, f"/cashier/receipts/{receipt.id}")
    assert "王姐" in shown and "622*********1111" in shown and "6222888800001111" not in shown
    assert "捌仟捌佰捌拾肆元捌角捌分" in shown
    desk = page(finance, "/cashier/")
    assert "8,884.88" in desk and "Cash" in desk
    order = only(house, tables.cash_order)
    there = post(finance, "/cashier/do/reversal", order_id=order.id, why="wrong loan")
    assert "Entered" in page(finance, there) and not house.rows(tables.receipt_reversal)
    waiting = only(house, tables.cash_order, kind="reversal")
    answer = finance.post(f"/cashier/orders/{waiting.id}/register", data={"csrf_token": finance.csrf()})
    assert answer.status_code == 403
    assert "Register and book" in page(head, f"/cashier/orders/{waiting.id}")
    post(head, f"/cashier/orders/{waiting.id}/register")
    assert only(house, tables.receipt_reversal).reason == "wrong loan"
    assert "Reversed" in page(finance, f"/cashier/orders/{order.id}")
    assert only(house, tables.loan).principal_outstanding == D(100_000)


def test_wrong_input_comes_back_with_what_was_typed(house, person) -> None:
    finance = person("finance", language="zh")
    shown = post(
        finance, "/cashier/do/unidentified", 422, amount="abc", currency="CNY", payer_name="某公司", channel="bank"
    )
    assert "请输入数字金额" in shown and "某公司" in shown and 'aria-invalid="true"' in shown
    shown = post(finance, "/cashier/do/unidentified", 422, currency="CNY")
    assert "此项必填" in shown
    assert not house.rows(tables.receipt)
    assert finance.post("/cashier/do/nothing", data={"csrf_token": finance.csrf()}).status_code == 404


def test_an_unidentified_receipt_is_claimed_by_its_suggestion(house, person) -> None:
    loan = lent(house)
    until_due(house)
    finance = person("finance")
    customer = only(house, tables.customer)
    post(
        finance, "/cashier/do/unidentified", amount="8884.88", currency="CNY", channel="bank", payer_name=customer.name
    )
    waiting = only(house, tables.suspense)
    assert customer.name in page(finance, "/cashier/claims/")
    shown = page(finance, f"/cashier/claims/{waiting.id}")
    assert "the payer is its borrower" in shown and "exactly what is due today" in shown
    shown = page(finance, f"/cashier/claims/{waiting.id}?loan_id={loan}")
    assert "7,884.88" in shown and "Book the claim" in shown
    post(finance, "/cashier/do/claim", suspense_id=waiting.id, loan_id=loan, amount="8884.88", purpose="due")
    assert only(house, tables.suspense).state == "claimed"
    assert "Claimed so far" in page(finance, f"/cashier/claims/{waiting.id}")
    shown = post(finance, "/cashier/do/claim", 422, suspense_id=waiting.id, loan_id=loan, amount="1", purpose="due")
    assert "is left to claim" in shown


def test_a_bank_statement_is_previewed_corrected_and_booked(house, person) -> None:
    lent(house)
    day = until_due(house)
    finance, number = person("finance"), only(house, tables.loan).number
    rows = [
        "基本户交易明细,,,,,,",
        "交易流水号,交易日期,收入金额,支出金额,对方户名,对方账号,摘要",
        f"T1,{day},8884.88,,李四,6222000011112222,还款 {number}",
        f"T2,{day},55.00,,无名,,",
        f"T3,{day},,9.00,电力,,电费",
    ]
    fields = {"csrf_token": finance.csrf(), "mapping": "bank-statement"}
    answer = finance.post(
        "/cashier/statements/", data={**fields, "file": (io.BytesIO("\n".join(rows).encode()), "feb.csv")}
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    shown = page(finance, answer.location)
    assert number in shown and "its number is in the bank" in shown and "Book the statement" in shown
    assert not house.rows(tables.repayment)
    line = only(house, tables.bank_line, bank_reference="T2")
    post(finance, f"/cashier/statements/lines/{line.id}", action="leave_out", statement_id=line.bank_statement_id)
    post(finance, "/cashier/do/bank_statement", statement_id=line.bank_statement_id)
    assert len(house.rows(tables.repayment)) == 1 and not house.rows(tables.suspense)
    assert "Book the statement" not in page(finance, answer.location)
    empty = finance.post("/cashier/statements/", data=fields)
    assert empty.status_code == 422 and "Choose a file" in empty.get_data(as_text=True)


def test_a_draw_is_split_and_the_merchant_paid(house, person) -> None:
    finance = person("finance")
    party = post(finance, "/parties/new", kind="merchant", name="灯具商行", account="6222020200012345678", fee_rate="3")
    merchant = only(house, tables.party)
    assert merchant.fee_rate == D("0.03") and party == f"/parties/{merchant.id}"
    shown = page(finance, party)
    assert "622************5678" in shown and "Fee rate" in shown
    assert '<th scope="row">fee_rate' not in shown  # its record speaks in words
    contract = house.contract(100_000, "sole-trader-loan")
    wrong = {"amount.1": "60000", "payee_kind.1": "merchant", "party_id.1": merchant.id}
    assert "is missing" in post(finance, f"/contracts/{contract}/payees", 422, **wrong)
    post(finance, f"/contracts/{contract}/payees", **wrong, **{"amount.2": "40,000", "payee_kind.2": "borrower"})
    assert "灯具商行" in page(finance, f"/disbursements/{contract}")
    post(finance, f"/disbursements/{contract}", channel="bank")
    payout = only(house, tables.payout, payee_kind="merchant")
    assert "58,200.00" in page(finance, f"/cashier/payouts/{payout.id}")
    post(finance, "/cashier/do/payout", payout_id=payout.id, channel="bank", reference="B1")
    post(finance, "/cashier/do/payout_back", payout_id=payout.id, problem="account closed")
    assert "account closed" in page(finance, f"/cashier/payouts/{payout.id}")
    post(finance, f"/cashier/payouts/{payout.id}/account", name="灯具商行", account="6222000099998888")
    there = post(finance, "/cashier/do/payout", payout_id=payout.id, channel="bank")
    assert "another person" in page(finance, there)  # whoever corrected the account does not pay alone
    post(person("finance-head"), f"{there}/register")
    assert only(house, tables.payout, id=payout.id).state == "paid"
    listed = page(finance, "/lists/items/?item.kind=payout_disbursement")
    assert "灯具商行" in listed and "Settled" in listed


def test_a_deposit_from_receipt_to_release(house, person) -> None:
    loan = lent(house)
    finance = person("finance")
    customer, number = only(house, tables.customer).number, only(house, tables.loan).number
    fields = {"kind": "security", "amount": "9,000", "currency": "CNY", "channel": "bank"}
    assert "There is no customer" in post(finance, "/cashier/deposits/new", 422, customer_number="NOBODY", **fields)
    post(finance, "/cashier/deposits/new", customer_number=customer, **fields)
    deposit = only(house, tables.deposit)
    until_due(house)
    post(finance, f"/cashier/deposits/{deposit.id}/apply", loan_number=number, amount="8884.88", purpose="due")
    assert only(house, tables.repayment).loan_id == loan
    post(finance, "/cashier/do/deposit_release", deposit_id=deposit.id, amount="115.12", payee_name="x")
    shown = page(finance, f"/cashier/deposits/{deposit.id}")
    for words in ("Received", "Applied to a loan", "Given back"):
        assert words in shown
    assert only(house, tables.deposit).balance == D(0)


def test_a_refund_is_asked_for_approved_and_told(house, person) -> None:
    loan = lent(house)
    until_due(house)
    finance, head = person("finance"), person("finance-head")
    assert "Goodwill" in page(finance, f"/loans/{loan}/refund")
    there = post(finance, "/cashier/do/refund", kind="goodwill", loan_id=loan, amount="100", reason="late advice")
    order = only(house, tables.cash_order)
    assert order.state == "entered" and "late advice" in page(finance, there)
    assert f"/cashier/orders/{order.id}" in page(head, "/cashier/")
    post(head, f"/cashier/orders/{order.id}/register")
    assert only(house, tables.repayment).kind == "goodwill"


def test_the_list_of_items_holds_everything_owed_and_to_be_paid(house, person) -> None:
    lent(house)
    finance, day = person("finance"), house.ctx().business_date
    listed = page(finance, "/lists/items/")
    assert "13" in re.sub(r"<[^>]+>", " ", listed)  # twelve instalments and the payout to the borrower
    only_open = page(finance, "/lists/items/?item.direction=receivable&item.state=item_open")
    assert "Instalment" in only_open
    sheet = finance.get("/lists/items/export.xlsx?item.direction=receivable")
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"
    merchant = post(finance, "/parties/new", kind="subsidiser", name="区就业局").rsplit("/", 1)[1]
    for amount in ("100", "50"):
        post(
            finance, "/cashier/do/item_raise", direction="receivable", kind="subsidy", amount=amount, currency="CNY",
            due_on=str(day), party_id=merchant,
        )  # fmt: skip
    batch = post(finance, f"/parties/{merchant}/claim", to=str(day))
    assert "150.00" in page(finance, batch)
    item = house.rows(tables.cash_item)[0]
    post(finance, "/cashier/do/item_receive", item_id=item.id, amount="100", channel="bank")
    assert only(house, tables.cash_item, id=item.id).state == "settled"


def test_groups_and_their_members(house, person) -> None:
    contract = house.contract(100_000, "sole-trader-loan")
    finance = person("finance")
    there = post(finance, "/groups/new", name="向阳村联保小组", liability="joint", limit_amount="300,000")
    customer = only(house, tables.customer)
    post(finance, f"{there}/members/{customer.id}", action="leader")
    shown = page(finance, there)
    assert customer.name in shown and "leader" in shown and "No member has a loan yet" in shown
    post(finance, f"/disbursements/{contract}", channel="bank")
    loan, shown = only(house, tables.loan), page(finance, there)
    assert loan.number in shown and "Principal outstanding together" in shown
    refused = finance.post(
        f"{there}/members/{customer.id}", data={"csrf_token": finance.csrf(), "action": "leave"}, follow_redirects=True
    )
    assert "still has a loan" in refused.get_data(as_text=True)


def test_who_owes_nothing_may_leave_a_group(house, person) -> None:
    house.contract(100_000, "sole-trader-loan")
    finance = person("finance")
    there = post(finance, "/groups/new", name="向阳村联保小组", liability="joint", limit_amount="300,000")
    customer = only(house, tables.customer)
    post(finance, f"{there}/members/{customer.id}", action="member")
    post(finance, f"{there}/members/{customer.id}", action="leave")
    assert only(house, tables.group_member).left_on is not None


def test_those_without_the_right_see_and_do_nothing_here(house, person) -> None:
    manager = person("relationship-manager")
    for url in ("/cashier/", "/cashier/claims/", "/cashier/statements/", "/parties/new"):
        page(manager, url, 403)
    answer = manager.post("/cashier/do/repayment", data={"csrf_token": manager.csrf()})
    assert answer.status_code == 403


def test_a_merchants_product_pays_the_merchant_alone_net_of_its_charge(house, person) -> None:
    contract = house.contract(12_000, "merchant-instalment", method="flat")
    finance = person("finance")
    assert "Name the payees first" in page(finance, f"/disbursements/{contract}")
    assert "Name the payees first" in post(finance, f"/disbursements/{contract}", 422, channel="bank")
    post(finance, "/parties/new", kind="merchant", name="灯具商行", account="6222020200012345678")
    merchant = only(house, tables.party)
    fields = {"amount.1": "12000", "payee_kind.1": "merchant", "party_id.1": merchant.id}
    post(finance, f"/contracts/{contract}/payees", **fields)
    post(finance, f"/disbursements/{contract}", channel="bank")
    payout = only(house, tables.payout, state="planned")
    assert (payout.fee, payout.party_id) == (D("240.00"), merchant.id)  # 2 % of 12,000
    assert only(house, tables.loan).principal_outstanding == D(12_000)
    post(finance, "/cashier/do/payout", payout_id=payout.id, channel="bank")
    balances = house.balances()
    assert (balances["1002"], balances["6021"]) == (D("-11760.00"), D("-240.00"))
    assert not house.rows(tables.cash_item)


def test_the_same_by_api_once_and_with_a_second_person(house, person) -> None:
    loan = lent(house, 1_000_000)
    until_due(house)
    finance, head = person("finance"), person("finance-head")

    def ask(client, url: str, body: dict, key: str = "") -> tuple[int, dict]:
        headers = {"X-CSRFToken": client.csrf()} | ({"Idempotency-Key": key} if key else {})
        answer = client.post(f"/api/v1/cash{url}", json=body, headers=headers)
        return answer.status_code, answer.get_json()

    asked = {"loan_id": loan, "amount": "88848.79", "payer_name": "某公司"}
    assert ask(finance, "/orders/repayment", asked)[0] == 422  # no key
    status, first = ask(finance, "/orders/repayment", asked, "a")
    assert status == 201 and ask(finance, "/orders/repayment", asked, "a")[1] == {**first, "replayed": True}
    status, refused = ask(finance, "/orders/repayment", {"loan_id": loan, "amount": "x"}, "b")
    assert status == 422 and refused["problems"][0]["field"] == "amount"
    status, waiting = ask(finance, "/orders/reversal", {"order_id": first["order_id"], "why": "wrong"}, "c")
    assert (status, waiting["state"]) == (202, "entered")
    assert ask(finance, f"/orders/{waiting['order_id']}/register", {})[0] == 403
    assert ask(head, f"/orders/{waiting['order_id']}/register", {})[1]["state"] == "booked"
    assert ask(finance, "/orders/nonsense", {}, "d")[0] == 404
    listed = finance.get("/api/v1/cash/receipts").get_json()
    assert listed["count"] == 1 and listed["rows"][0]["receipt.state"] == "reversed"
    assert finance.get("/api/v1/cash/items?item.kind=instalment").get_json()["count"] == 12
    assert finance.get("/api/v1/cash/customers").status_code == 404


def test_a_form_opened_in_one_language_first_speaks_the_other_afterwards(house, person) -> None:
    """Words of a page are those of its reader, whoever made the server compile the template."""
    for language, active, other in (
        ("zh", ">正常<", ">active<"),
        ("en", ">Active<", ">正常<"),
        ("zh", ">正常<", ">Active<"),
    ):
        reader = person("finance", language=language)
        for url in ("/parties/new", "/groups/new"):
            assert active in page(reader, url)
            assert other not in page(reader, url)
