"""Vouchers by hand over HTTP: made by one person, registered by another, seen in the journal, taken back; API too."""

from __future__ import annotations

import re

import pytest
from tests.services.money.house import House
from tests.web.money.test_desk import only, post
from tests.web.pages import page

from loanloom.store import tables


@pytest.fixture
def house(model_company) -> House:
    """The model company."""
    return House(model_company.database, model_company.company)


LINES = {
    "memo": "三月工资",
    "dated": "2026-03-02",
    "currency": "CNY",
    "account.0": "6602",
    "debit.0": "12,000.00",
    "account.1": "1002",
    "credit.1": "12,000.00",
}


def test_a_voucher_from_the_form_to_the_journal_and_back(house, person) -> None:
    finance, head = person("finance"), person("finance-head")
    form = page(finance, "/ledger/vouchers/new")
    assert "6602" in form and "130301" not in form, "what loans owe is not offered"
    wrong = post(finance, "/ledger/vouchers/new", 422, **{**LINES, "credit.1": "11,000.00", "account.2": "6602"})
    assert "differ by 1000" in wrong and "三月工资" in wrong and "One" not in wrong
    there = post(finance, "/ledger/vouchers/new", **LINES)
    order = only(house, tables.cash_order)
    assert there == f"/cashier/orders/{order.id}" and not house.rows(tables.journal_entry)
    assert "6602" in page(head, there) and "三月工资" in page(head, there)
    assert f"/cashier/orders/{order.id}" in page(head, "/ledger/vouchers/")
    assert finance.post(f"{there}/register", data={"csrf_token": finance.csrf()}).status_code == 403
    post(head, f"{there}/register")
    number = only(house, tables.journal_entry).number
    assert number == "SG202603-0001"
    assert number in page(finance, "/ledger/entries/") and number in page(finance, "/ledger/vouchers/")
    back = post(finance, "/cashier/do/reversal", order_id=order.id, why="twice")
    post(head, f"{back}/register")
    assert [entry.number for entry in house.rows(tables.journal_entry)] == ["SG202603-0001", "SG202603-0002"]
    assert house.balances() == {}
    chinese = person("finance", language="zh")
    assert "手工凭证" in page(chinese, "/ledger/vouchers/") and "凭证分录" in page(chinese, "/ledger/vouchers/new")


def test_who_takes_one_back_without_saying_why_reads_it_beside_the_field(house, person) -> None:
    finance = person("finance")
    there = post(finance, "/ledger/vouchers/new", **LINES)
    asked = post(finance, f"{there}/refuse", 422, _dialog="refuse", answer="")
    assert "Take this entry back?" in asked and "Say why." in asked
    (box,) = re.findall(r'<textarea[^>]*name="answer"[^>]*>', asked)
    assert 'aria-invalid="true"' in box
    assert only(house, tables.cash_order).state == "entered"


def test_a_program_makes_one_and_every_fault_names_its_line(house, person) -> None:
    finance = person("finance")

    def send(body: dict, key: str):
        headers = {"X-CSRFToken": finance.csrf(), "Idempotency-Key": key}
        return finance.post("/api/v1/cash/orders/voucher", json=body, headers=headers)

    good = [{"account": "6602", "debit": "5"}, {"account": "1002", "credit": "5.00"}]
    answer = send({"memo": "bank charges", "lines": good}, "a")
    assert answer.status_code == 202 and answer.json["state"] == "entered"
    bad = [{"account": "6602", "debit": "many"}, {"credit": "5"}]
    answer = send({"memo": "bank charges", "lines": bad}, "b")
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json["problems"]} == {"lines.0.debit", "lines.1.account"}
    assert send({"memo": "x", "lines": "all"}, "c").status_code == 422
    assert len(house.rows(tables.cash_order)) == 1


def test_who_may_not_make_vouchers_has_no_form(person) -> None:
    assert person("relationship-manager").get("/ledger/vouchers/new").status_code == 403
    assert person("relationship-manager").get("/ledger/vouchers/").status_code == 403
    assert person("auditor").get("/ledger/vouchers/new").status_code == 403
