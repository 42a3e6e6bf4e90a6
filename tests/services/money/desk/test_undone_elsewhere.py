"""What the desk booked is taken back at the desk alone: a change of the loan would leave the money behind it lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.services.money.desk.lender import DUE, INSTALMENT, D, Desk

from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import changes
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
