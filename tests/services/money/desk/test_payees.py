"""A draw split over payees: merchants net of their fee, entrusted payment, what comes back."""

from __future__ import annotations

import pytest
from tests.services.money.desk.lender import DUE, OTHER, D, Desk

from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.cashier import payees, payouts
from loanloom.services.money.cashier.payees import Payee
from loanloom.store import tables


def split(desk: Desk, *parts: Payee, amount: int = 100_000) -> int:
    contract = desk.contract(amount)
    payees.plan(desk.cashier(), contract, parts)
    return contract


def test_the_parts_add_up_to_the_draw_or_nothing_is_planned(desk: Desk) -> None:
    contract = desk.contract(100_000)
    for parts, code in (
        ([Payee(amount=D("99999.99"))], "payees.not_the_amount"),
        ([Payee(amount=D("100000.01")), Payee(amount=D("-0.01"))], "payees.bad_amount"),
        ([Payee(amount=D("99999.999")), Payee(amount=D("0.001"))], "payees.bad_amount"),
        ([Payee(amount=D(100_000), payee_kind="other")], "payees.no_name"),
        ([Payee(amount=D(100_000), fee=D(1))], "payees.bad_fee"),
        ([], "payees.none"),
    ):
        with pytest.raises(Refused) as refused:
            payees.plan(desk.cashier(), contract, parts)
        assert refused.value.problems[0].code == code
    assert not desk.rows(tables.payout)


def test_without_a_plan_everything_goes_to_the_borrower_at_once(desk: Desk) -> None:
    desk.lent()
    (payout,) = desk.rows(tables.payout)
    assert (payout.state, payout.payee_kind, payout.mode, payout.amount) == (
        "paid",
        "borrower",
        "self_managed",
        100_000,
    )
    assert not payouts.waiting(desk.cashier())


def test_the_merchants_part_is_paid_by_the_cashier_net_of_its_fee(desk: Desk) -> None:
    merchant = desk.merchant()
    contract = split(desk, Payee(amount=D(60_000), payee_kind="merchant", party_id=merchant), Payee(amount=D(40_000)))
    made = desk.enter("disbursement", contract_id=contract)
    assert desk.balances() == {"130301": D(100_000), "1002": D(-40_000), "224103": D(-60_000)}
    (waiting,) = payouts.waiting(desk.cashier())
    assert (waiting["mode"], waiting["fee"], waiting["payee_name"]) == ("entrusted", D("1800.00"), "灯具商行（演示）")
    desk.enter("payout", payout_id=waiting["id"], reference="bank 1")
    assert desk.balances() == {"130301": D(100_000), "1002": D(-98_200), "6021": D(-1_800)}
    (loan,) = desk.rows(tables.loan)
    assert loan.principal_outstanding == D(100_000)  # the borrower owes the whole draw
    assert made.result["loan_id"] == loan.id
    with pytest.raises(Conflict):
        payees.plan(desk.cashier(), contract, [Payee(amount=D(100_000))])
    desk.close()


def test_a_payout_that_the_bank_sends_back_is_corrected_and_paid_again(desk: Desk) -> None:
    contract = split(desk, Payee(amount=D(100_000), payee_kind="supplier", name="钢材厂", account="6222111122223333"))
    desk.enter("disbursement", contract_id=contract)
    (waiting,) = payouts.waiting(desk.cashier())
    desk.enter("payout", payout_id=waiting["id"])
    desk.enter("payout_back", payout_id=waiting["id"], problem="account closed")
    row = payouts.read(desk.cashier(), waiting["id"])
    assert (row["state"], row["problem"], row["paid_on"]) == ("failed", "account closed", None)
    assert desk.balances() == {"130301": D(100_000), "224103": D(-100_000)}
    payouts.change_account(desk.cashier(), row["id"], name="钢材厂", account="6222444455556666", bank_name="某银行")
    desk.enter("payout", by=desk.cashier(OTHER), payout_id=row["id"])
    row = payouts.read(desk.cashier(), row["id"])
    assert (row["state"], row["account_masked"], row["problem"]) == ("paid", "622*********6666", None)
    assert desk.balances() == {"130301": D(100_000), "1002": D(-100_000)}
    with pytest.raises(Conflict):
        desk.enter("payout", payout_id=row["id"])


def test_who_corrects_an_account_does_not_pay_to_it_alone_nor_change_it_under_a_colleagues_eyes(desk: Desk) -> None:
    contract = split(desk, Payee(amount=D(100_000), payee_kind="supplier", name="钢材厂", account="6222111122223333"))
    desk.enter("disbursement", contract_id=contract)
    (waiting,) = payouts.waiting(desk.cashier())
    said = {"name": "钢材厂", "bank_name": None}
    payouts.change_account(desk.cashier(), waiting["id"], account="6222444455556666", **said)
    entered = desk.enter("payout", payout_id=waiting["id"])
    assert entered.is_waiting and "1002" not in desk.balances()
    with pytest.raises(Conflict) as refused:
        payouts.change_account(desk.cashier(), waiting["id"], account="6222777788889999", **said)
    assert refused.value.problems[0].code == "order.waits_for_this"
    assert desk.approve("payout", entered).state == "booked"
    assert payouts.read(desk.cashier(), waiting["id"])["account_masked"] == "622*********6666"


def test_a_stopped_merchant_gets_no_money(desk: Desk) -> None:
    merchant = desk.merchant(state="stopped")
    with pytest.raises(Refused) as refused:
        split(desk, Payee(amount=D(100_000), payee_kind="merchant", party_id=merchant))
    assert refused.value.problems[0].code == "payees.party_stopped"


def test_planning_again_replaces_the_plan(desk: Desk) -> None:
    contract = split(desk, Payee(amount=D(100_000), payee_kind="other", name="甲"))
    payees.plan(desk.cashier(), contract, [Payee(amount=D(100_000))])
    desk.enter("disbursement", contract_id=contract)
    states = {(row.payee_name, row.state) for row in desk.rows(tables.payout)}
    assert ("甲", "cancelled") in states and len(states) == 2
    assert "224103" not in desk.balances()


def test_a_payout_that_came_back_onto_the_loan_waits_again_when_that_was_wrong(desk: Desk) -> None:
    parts = (
        Payee(amount=D(5_000), payee_kind="supplier", name="钢材厂", account="6222111122223333"),
        Payee(amount=D(95_000)),
    )
    contract = split(desk, *parts)
    loan = desk.enter("disbursement", contract_id=contract).result["loan_id"]
    (waiting,) = payouts.waiting(desk.cashier())
    desk.close_until(DUE)
    before = desk.balances()
    said = {"kind": "payout_refund", "loan_id": loan, "amount": D(5_000), "payout_id": waiting["id"]}
    refund = desk.approve("refund", desk.enter("refund", **said))
    assert not payouts.waiting(desk.cashier()) and "224103" not in desk.balances()
    desk.reverse(refund)
    assert [row["id"] for row in payouts.waiting(desk.cashier())] == [waiting["id"]] and desk.balances() == before
    desk.enter("payout", payout_id=waiting["id"])
    assert "224103" not in desk.balances()
