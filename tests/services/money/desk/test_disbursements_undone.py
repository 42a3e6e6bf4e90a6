"""What hangs on a disbursement at the desk when it is taken back: payees, payouts that came back, the order itself."""

from __future__ import annotations

import pytest
from tests.services.money.changes.test_kinds import ASKS, carry_out, person
from tests.services.money.desk.lender import D, Desk
from tests.services.money.desk.test_payees import split

from loanloom.services.errors import Conflict
from loanloom.services.money import changes, disbursements
from loanloom.services.money.cashier import orders, payouts
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.cashier.payees import Payee
from loanloom.store import tables

KIND = "undo_disbursement"
WRITTEN = {"money_back": "returned", "mistake": "wrong_amount"}


def test_partners_money_comes_back_first_and_the_plan_waits_again(desk: Desk) -> None:
    merchant = desk.merchant()
    contract = split(desk, Payee(amount=D(60_000), payee_kind="merchant", party_id=merchant), Payee(amount=D(40_000)))
    order = desk.enter("disbursement", contract_id=contract)
    loan_id = order.result["loan_id"]
    (waiting,) = payouts.waiting(desk.cashier())
    desk.enter("payout", payout_id=waiting["id"], reference="bank 1")
    desk.close(3)
    (problem,) = changes.preview(person(desk, ASKS, "loan.change"), loan_id, KIND, WRITTEN).problems
    assert problem.code == "change.stands_in_the_way" and waiting["number"] in problem.message["en"]
    desk.enter("payout_back", payout_id=waiting["id"], problem="account closed")
    carry_out(desk, loan_id, KIND, WRITTEN)
    assert desk.balances() == {}
    (done,) = desk.rows(tables.cash_order, tables.cash_order.c.kind == "disbursement")
    assert (done.state, done.answer) == ("undone", "test")
    old = desk.rows(tables.payout, tables.payout.c.loan_id == loan_id)
    assert {row.state for row in old} == {"reversed"}
    planned = desk.rows(tables.payout, tables.payout.c.loan_id.is_(None))
    assert [(row.payee_kind, row.amount, row.state) for row in planned] == [
        ("merchant", D(60_000), "planned"), ("borrower", D(40_000), "planned"),
    ]  # fmt: skip
    assert not payouts.waiting(desk.cashier())
    again = desk.enter("disbursement", contract_id=contract)
    (waiting,) = payouts.waiting(desk.cashier())
    assert (waiting["fee"], waiting["loan_id"]) == (D("1800.00"), again.result["loan_id"])
    assert desk.balances() == {"130301": D(100_000), "1002": D(-40_000), "224103": D(-60_000)}
    desk.close()


def test_a_payout_marked_as_sent_back_by_mistake_is_paid_as_before(desk: Desk) -> None:
    contract = split(desk, Payee(amount=D(100_000), payee_kind="supplier", name="钢材厂", account="6222111122223333"))
    desk.enter("disbursement", contract_id=contract)
    (waiting,) = payouts.waiting(desk.cashier())
    desk.enter("payout", payout_id=waiting["id"], reference="bank 7")
    before, books = payouts.read(desk.cashier(), waiting["id"]), desk.moved()
    back = desk.enter("payout_back", payout_id=waiting["id"], problem="account closed")
    desk.close()
    desk.reverse(back, "another payee's")
    now = payouts.read(desk.cashier(), waiting["id"])
    for name in ("state", "paid_on", "paid_by", "reference", "problem"):
        assert now[name] == before[name], name
    assert desk.moved() == books
    again = desk.enter("payout_back", payout_id=waiting["id"], problem="really")
    desk.enter("payout", payout_id=waiting["id"])
    with pytest.raises(Conflict):
        desk.reverse(again)  # the money has gone out once more meanwhile
    desk.close()


def test_a_disbursement_that_waits_for_its_second_person_is_taken_back(desk: Desk) -> None:
    contract = desk.contract()
    careful = desk.cashier(roles=("careful",))
    order = desk.enter("disbursement", by=careful, contract_id=contract)
    assert order.is_waiting
    assert orders.refuse(careful, KINDS["disbursement"], order.id, "wrong contract").state == "refused"
    with pytest.raises(Conflict):
        desk.approve("disbursement", order)
    assert not desk.rows(tables.loan) and disbursements.waiting(desk.cashier())[0]["id"] == contract
