"""What the desk is given from outside: sizes that would make money, records of others, odd currencies and digits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.services.money.desk.lender import DUE, D, Desk
from tests.services.money.desk.test_bank_statements import csv_of, line, read

from loanloom.services.errors import NotFound, Refused
from loanloom.services.money.cashier import bank_statements
from loanloom.store import tables

ITEM = {"direction": "receivable", "kind": "other", "amount": D("5.00"), "currency": "CNY", "due_on": date(2026, 3, 1)}


def refusal(desk: Desk, what: str, **parameters: object) -> str:
    with pytest.raises(Refused) as refused:
        desk.enter(what, **parameters)
    return refused.value.problems[0].code


def test_a_refund_is_no_larger_than_what_was_lent_and_goodwill_than_what_is_owed(desk: Desk) -> None:
    loan = desk.lent("keeping")
    desk.close_until(DUE)
    for kind, amount in (("goodwill", "150000.00"), ("merchant_refund", "100000.01")):
        assert refusal(desk, "refund", kind=kind, loan_id=loan, amount=D(amount)) == "refund.too_much"
    for _ in range(2):
        desk.approve("refund", desk.enter("refund", kind="merchant_refund", loan_id=loan, amount=D("40000.00")))
    assert refusal(desk, "refund", kind="merchant_refund", loan_id=loan, amount=D("20000.01")) == "refund.too_much"
    assert desk.rows(tables.loan)[0].surplus > 0


def test_an_item_is_of_the_loans_own_customer_and_currency_and_of_no_charge(desk: Desk) -> None:
    loan, other = desk.lent(), desk.lent()
    owner = {row.id: row.customer_id for row in desk.rows(tables.loan)}
    assert refusal(desk, "item_raise", **ITEM, customer_id=owner[other], loan_id=loan) == "item.other_loan"
    assert refusal(desk, "item_raise", **(ITEM | {"currency": "USD"}), customer_id=owner[loan], loan_id=loan) == (
        "item.other_loan"
    )
    assert refusal(desk, "item_raise", **(ITEM | {"currency": "?"}), customer_id=owner[loan]) == (
        "receipt.unknown_currency"
    )
    assert refusal(desk, "item_raise", **ITEM, customer_id=owner[loan], source_key="charge:1:0:a:b") == (
        "item.source_taken"
    )
    stranger = desk.cashier(99, scope="own")
    with pytest.raises(NotFound):
        desk.enter("item_raise", by=stranger, **ITEM, customer_id=owner[loan])


def test_a_line_of_a_statement_goes_to_a_loan_that_one_sees_and_holds_money(desk: Desk) -> None:
    desk.lent()
    number = desk.rows(tables.loan)[0].number
    statement = read(desk, csv_of(line("A1", "8884.88"), line("A2", "5.005")))
    shown = bank_statements.show(desk.cashier(), statement)
    assert [problem["code"] for problem in shown.row["problems"]] == ["statement.bad_amount"]
    (only,) = shown.lines
    ctx = desk.cashier(99)
    stranger = ctx.as_actor(replace(ctx.actor, scope="own"))
    with pytest.raises(Refused) as refused:
        bank_statements.choose(stranger, only["id"], number)
    assert refused.value.problems[0].code == "statement.no_loan"
    bank_statements.choose(desk.cashier(), only["id"], number)
