"""What the desk booked is taken back at the desk alone: a change of the loan would leave the money behind it lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.services.money.desk.lender import DUE, INSTALMENT, D, Desk

from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money import changes
from loanloom.services.money.cashier import payees
from loanloom.store import tables


def asker(desk: Desk) -> Context:
    ctx = desk.ctx(71)
    return ctx.as_actor(replace(ctx.actor, functions=frozenset({"loan.read", "loan.change"})))


def refusal(desk: Desk, loan: int, sequence: int) -> str:
    with pytest.raises(Refused) as refused:
        changes.request(asker(desk), loan, "undo", {"sequence": sequence}, reason="wrong")
    return refused.value.problems[0].code


def test_a_claim_is_not_undone_as_a_change_of_the_loan(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    money = desk.enter("unidentified", amount=INSTALMENT, currency="CNY")
    claim = desk.enter("claim", suspense_id=money.result["suspense_id"], loan_id=loan, amount=INSTALMENT)
    assert refusal(desk, loan, claim.result["sequence"]) == "change.booked_at_the_desk"
    desk.reverse(claim)
    (row,) = desk.rows(tables.suspense)
    assert (row.state, row.open_amount) == ("open", INSTALMENT)


def test_nor_a_receipt_that_was_decided_anew_meanwhile(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    first = desk.enter("repayment", loan_id=loan, amount=D("3000.00"))
    desk.close(2)
    desk.enter("repayment", loan_id=loan, amount=D("5000.00"))
    desk.reverse(first)
    (now,) = {row.sequence for row in desk.rows(tables.loan_event) if row.superseded_by is None} & {
        row.sequence for row in desk.rows(tables.repayment)
    }
    assert refusal(desk, loan, now) == "change.booked_at_the_desk"


def person(desk: Desk, user_id: int, *functions: str, **more: object) -> Context:
    ctx = desk.ctx(user_id)
    return ctx.as_actor(replace(ctx.actor, functions=frozenset({"loan.read", *functions}), **more))


def test_money_of_a_change_is_not_booked_alone_and_undoing_the_change_reverses_its_receipt(desk: Desk) -> None:
    loan = desk.lent()
    amount = {"amount": "100000"}  # on the day of the draw, without interest yet
    asked = changes.request(asker(desk), loan, "settle_early", amount, reason="sold the shop")
    agreeing = person(desk, 72, "loan.approve_change")
    changes.approve(agreeing, asked.id, digest=changes.opened(agreeing, loan, asked.id).preview.digest)
    with pytest.raises(Forbidden) as refused:
        changes.book(person(desk, 73, "money.receive", roles=("careful",)), asked.id)
    assert refused.value.problems[0].code == "change.needs_other_hands"
    changes.book(person(desk, 73, "money.receive"), asked.id)
    undo = changes.undo(asker(desk), asked.id, reason="cheque bounced")
    changes.approve(agreeing, undo.id, digest=changes.opened(agreeing, loan, undo.id).preview.digest)
    (reversal,) = desk.rows(tables.receipt_reversal)
    assert reversal.reason == "cheque bounced" and desk.rows(tables.loan)[0].status == "active"
    desk.close()


def test_payees_stay_as_they_are_while_the_payment_waits_for_its_second_person(desk: Desk) -> None:
    contract = desk.contract(100_000)
    entered = desk.enter("disbursement", by=desk.cashier(roles=("careful",)), contract_id=contract)
    assert entered.is_waiting
    with pytest.raises(Conflict):
        payees.plan(desk.cashier(), contract, [payees.Payee(amount=D(100_000), payee_kind="other", name="甲")])
    desk.approve("disbursement", entered)
