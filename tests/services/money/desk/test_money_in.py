"""Money in: unidentified receipts, claims with their reasons, deposits, items, refunds; and each of them taken back."""

from __future__ import annotations

from datetime import date

import pytest
from tests.services.money.desk.lender import DUE, INSTALMENT, D, Desk

from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money.cashier import claims, deposits, items, orders, payouts
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.parties import partners
from loanloom.store import tables


def unidentified(desk: Desk, amount: str = "8884.88", **more: object) -> int:
    made = desk.enter("unidentified", amount=D(amount), currency="CNY", **more)
    return int(made.result["suspense_id"])


def test_an_unidentified_receipt_waits_in_suspense_and_is_claimed_in_parts(desk: Desk) -> None:
    first, second = desk.lent(), desk.lent(amount=50_000)
    desk.close_until(DUE)
    before = desk.balances()
    waiting = unidentified(desk, "10000.00", payer_name="某公司")
    assert desk.balances()["224102"] == D("-10000.00")
    desk.enter("claim", suspense_id=waiting, loan_id=first, amount=INSTALMENT)
    rest = desk.enter("claim", suspense_id=waiting, loan_id=second, amount=D("1115.12"))
    after = desk.balances()
    assert "224102" not in after and after["1002"] == before["1002"] + D("10000.00")
    (row,) = desk.rows(tables.suspense)
    assert (row.state, row.open_amount) == ("claimed", D(0))
    assert {one.receipt_id for one in desk.rows(tables.repayment)} == {row.receipt_id}
    with pytest.raises(Refused) as refused:
        desk.enter("claim", suspense_id=waiting, loan_id=second, amount=D("1.00"))
    assert refused.value.problems[0].code == "claim.not_enough_left"
    desk.reverse(rest)
    (row,) = desk.rows(tables.suspense)
    assert (row.state, row.open_amount) == ("open", D("1115.12"))
    assert desk.balances()["224102"] == D("-1115.12")
    desk.close()


def test_suggestions_say_why(desk: Desk) -> None:
    mine, other = desk.lent(), desk.lent(amount=70_000)
    desk.close_until(DUE)
    desk.enter("repayment", loan_id=other, amount=D("10.00"), payer_account="6222888800001111")
    named = next(row for row in desk.rows(tables.customer) if row.id == desk.rows(tables.loan)[0].customer_id)
    number = desk.rows(tables.loan)[1].number
    by_name = claims.read(desk.cashier(), unidentified(desk, payer_name=named.name)).suggestions
    assert (by_name[0].loan["id"], by_name[0].reasons) == (mine, ("name", "due"))
    by_account = claims.read(
        desk.cashier(), unidentified(desk, "5.00", payer_account="6222 8888 0000 1111")
    ).suggestions
    assert (by_account[0].loan["id"], by_account[0].reasons) == (other, ("account",))
    by_number = claims.read(desk.cashier(), unidentified(desk, "5.00", note=f"还款 {number}")).suggestions
    assert (by_number[0].loan["id"], by_number[0].reasons) == (other, ("number",))
    by_amount = claims.read(desk.cashier(), unidentified(desk)).suggestions
    assert [(one.loan["id"], one.reasons) for one in by_amount] == [(mine, ("due",))]
    assert not claims.read(desk.cashier(), unidentified(desk, "1.23")).suggestions


def test_what_nobody_claims_goes_back_to_the_payer_and_only_with_approval(desk: Desk) -> None:
    waiting = unidentified(desk, "500.00", payer_name="某公司")
    asked = desk.enter("receipt_return", suspense_id=waiting, payee_name="某公司", account="6222000011112222")
    assert asked.is_waiting
    desk.approve("receipt_return", asked)
    (payout,) = desk.rows(tables.payout)
    assert (payout.state, payout.amount, payout.account_masked) == ("planned", D("500.00"), "622*********2222")
    desk.enter("payout", payout_id=payout.id, reference="bank 9")
    assert desk.balances() == {}
    assert desk.rows(tables.suspense)[0].state == "returned"


def test_a_deposit_is_received_held_applied_and_given_back(desk: Desk) -> None:
    loan = desk.lent()
    owner = desk.rows(tables.loan)[0].customer_id
    received = desk.enter(
        "deposit_receive", kind="security", amount=D("10000.00"), currency="CNY", customer_id=owner, hold=True
    )
    deposit = received.result["deposit_id"]
    assert desk.balances()["2002"] == D("-10000.00")
    with pytest.raises(Refused) as refused:
        desk.enter("deposit_release", deposit_id=deposit, amount=D("1.00"))
    assert refused.value.problems[0].code == "deposit.not_enough"
    desk.close_until(DUE)
    applied = desk.enter("deposit_apply", deposit_id=deposit, loan_id=loan, amount=INSTALMENT)
    shown = deposits.statement(desk.cashier(), deposit)
    assert (shown.row["balance"], shown.row["held"], shown.free) == (D("1115.12"), D("1115.12"), D(0))
    deposits.hold(desk.cashier(), deposit, D("-1115.12"))
    given = desk.enter("deposit_release", deposit_id=deposit, amount=D("1115.12"))
    (payout,) = [row for row in desk.rows(tables.payout) if row.kind == "deposit_release"]
    desk.enter("payout", payout_id=payout.id)
    assert "2002" not in desk.balances() and "224103" not in desk.balances()
    shown = deposits.statement(desk.cashier(), deposit)
    assert [one["kind"] for one in shown.entries] == ["received", "applied", "freed", "released"]
    assert [one["balance"] for one in shown.entries] == [D("10000.00"), D("1115.12"), D("1115.12"), D(0)]
    with pytest.raises(Conflict):  # the cashier has paid it
        desk.reverse(given)
    desk.reverse(applied)
    assert desk.balances()["2002"] == -INSTALMENT
    desk.close()


def test_a_deposit_of_one_loan_pays_no_other(desk: Desk) -> None:
    loan, other = desk.lent(), desk.lent()
    owner = desk.rows(tables.loan)[0].customer_id
    made = desk.enter(
        "deposit_receive", kind="reserve", amount=D("9000.00"), currency="CNY", customer_id=owner, loan_id=loan
    )
    desk.close_until(DUE)
    with pytest.raises(Refused) as refused:
        desk.enter("deposit_apply", deposit_id=made.result["deposit_id"], loan_id=other, amount=D("5.00"))
    assert refused.value.problems[0].code == "deposit.other_loan"


def test_a_credit_balance_is_refunded_after_approval_and_paid_by_the_cashier(desk: Desk) -> None:
    loan = desk.lent(product="keeping")
    desk.close_until(DUE)
    desk.enter("repayment", loan_id=loan, amount=D("9500.00"))
    surplus = desk.rows(tables.loan)[0].surplus
    assert surplus > 0
    asked = desk.enter("refund", kind="credit_balance", loan_id=loan, amount=surplus, account="6222000011112222")
    assert asked.is_waiting and desk.rows(tables.loan)[0].surplus == surplus
    done = desk.approve("refund", asked)
    assert desk.rows(tables.loan)[0].surplus == D(0)
    assert desk.balances()["224103"] == -surplus
    (payout,) = payouts.waiting(desk.cashier())
    before = desk.balances()["1002"]
    paid = desk.enter("payout", payout_id=payout["id"], channel="bank")
    assert desk.balances()["1002"] == before - surplus and "224103" not in desk.balances()
    desk.reverse(paid)
    desk.reverse(done)
    assert desk.rows(tables.loan)[0].surplus == surplus
    assert [row.state for row in desk.rows(tables.payout) if row.kind == "surplus"] == ["cancelled"]
    with pytest.raises(Refused) as refused:
        desk.enter("refund", kind="credit_balance", loan_id=loan, amount=surplus + 1)
    assert refused.value.problems[0].code == "lending.more_than_kept"
    desk.close()


def test_goodwill_is_at_our_cost_and_needs_approval(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    bank = desk.balances()["1002"]
    asked = desk.enter("refund", kind="goodwill", loan_id=loan, amount=D("500.00"))
    with pytest.raises(Forbidden):
        orders.register(desk.cashier(), KINDS["refund"], asked.id)
    done = desk.approve("refund", asked)
    assert desk.balances()["671102"] == D("500.00") and desk.balances()["1002"] == bank
    assert not desk.rows(tables.receipt)
    desk.reverse(done)
    assert "671102" not in desk.balances()


def test_an_item_is_raised_once_received_in_parts_and_put_back(desk: Desk) -> None:
    merchant = desk.merchant()
    said = {
        "direction": "receivable", "kind": "merchant_fee", "amount": D("300.00"), "currency": "CNY",
        "due_on": date(2026, 1, 31), "party_id": merchant, "source_key": "fee:2026-01",
    }  # fmt: skip
    raised = desk.enter("item_raise", **said)
    again = desk.enter("item_raise", **said)
    assert again.result["item_id"] is None and len(desk.rows(tables.cash_item)) == 1
    item = raised.result["item_id"]
    assert desk.balances()["122102"] == D("300.00")
    part = desk.enter("item_receive", item_id=item, amount=D("100.00"), channel="cash")
    desk.enter("item_receive", item_id=item, amount=D("200.00"))
    assert items.read(desk.cashier(), item)["state"] == "settled" and "122102" not in desk.balances()
    with pytest.raises(Refused) as refused:
        desk.enter("item_receive", item_id=item, amount=D("0.01"))
    assert refused.value.problems[0].code == "item.not_so_much"
    desk.reverse(part)
    row = items.read(desk.cashier(), item)
    assert (row["state"], row["settled"], desk.balances()["122102"]) == ("open", D("200.00"), D("100.00"))


def test_a_payable_item_is_paid_to_the_partys_own_account(desk: Desk) -> None:
    merchant = desk.merchant()
    raised = desk.enter(
        "item_raise", direction="payable", kind="other", amount=D("80.00"), currency="CNY", due_on=date(2026, 1, 31),
        party_id=merchant,
    )  # fmt: skip
    desk.enter("item_pay", item_id=raised.result["item_id"], amount=D("80.00"))
    (payout,) = payouts.waiting(desk.cashier())
    assert (payout["payee_name"], payout["account_masked"]) == ("灯具商行（演示）", "622************5678")
    assert partners.read(desk.cashier(), merchant)["account_masked"] == "622************5678"
    desk.enter("payout", payout_id=payout["id"])
    assert set(desk.balances()) == {"1002", "6402"}


def test_money_is_held_once_however_often_the_form_is_sent(desk: Desk) -> None:
    loan = desk.lent()
    made = desk.enter("deposit_receive", kind="security", amount=D(500), currency="CNY", customer_id=owner(desk, loan))
    deposit = made.result["deposit_id"]
    for _ in range(2):
        deposits.hold(desk.cashier(), deposit, D(200), idempotency_key="one click")
    (row,) = desk.rows(tables.deposit)
    assert row.held == D(200)
    with pytest.raises(Conflict):
        deposits.hold(desk.cashier(), deposit, D(300), idempotency_key="one click")


def owner(desk: Desk, loan: int) -> int:
    return int(desk.rows(tables.loan, tables.loan.c.id == loan)[0].customer_id)
