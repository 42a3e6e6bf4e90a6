"""Orders of the desk: booked at once or by a second person, once only, refused, reversed."""

from __future__ import annotations

from datetime import date

import pytest
from tests.services.money.desk.lender import DUE, INSTALMENT, OTHER, D, Desk

from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money.cashier import orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.store import tables

REPAYMENT = KINDS["repayment"]


def test_a_small_repayment_is_booked_at_once_and_twice_is_once(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    careful = desk.cashier(roles=("careful",))
    first = desk.enter("repayment", by=careful, key="k", loan_id=loan, amount=INSTALMENT)
    again = desk.enter("repayment", by=careful, key="k", loan_id=loan, amount=INSTALMENT)
    assert first.state == "booked" and again.replayed and again.result == first.result
    (row,) = desk.rows(tables.cash_order)
    assert (row.kind, row.state, row.amount, row.checked_by) == ("repayment", "booked", INSTALMENT, None)
    assert len(desk.rows(tables.repayment)) == 1
    with pytest.raises(Conflict) as refused:
        desk.enter("repayment", by=careful, key="k", loan_id=loan, amount=D("1.00"))
    assert refused.value.problems[0].code == "service.key_reused"


def test_a_large_one_waits_for_another_person_and_moves_nothing_until_then(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    before = desk.balances()
    careful = desk.cashier(roles=("careful",))
    entered = desk.enter("repayment", by=careful, loan_id=loan, amount=D("88848.79"))
    assert entered.is_waiting
    assert desk.balances() == before and not desk.rows(tables.repayment) and not desk.rows(tables.receipt)
    with pytest.raises(Forbidden):
        orders.register(careful, REPAYMENT, entered.id)
    with pytest.raises(Forbidden):
        orders.register(desk.cashier(OTHER), REPAYMENT, entered.id)  # may not check
    done = desk.approve("repayment", entered)
    assert done.state == "booked" and len(desk.rows(tables.repayment)) == 1
    (row,) = desk.rows(tables.cash_order)
    assert (row.entered_by, row.checked_by, row.booked_on) == (51, 60, DUE)
    with pytest.raises(Conflict):
        desk.approve("repayment", entered)


def test_who_checks_may_not_be_who_entered(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    chief = desk.chief()
    careful = chief.as_actor(desk.cashier(60, roles=("careful",)).actor)
    entered = desk.enter("repayment", by=careful, loan_id=loan, amount=D("88848.79"))
    with pytest.raises(Forbidden) as refused:
        orders.register(chief, REPAYMENT, entered.id)
    assert refused.value.problems[0].code == "order.same_person"


def test_what_could_not_be_booked_is_refused_on_entry(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    careful = desk.cashier(roles=("careful",))
    with pytest.raises(Refused) as refused:
        desk.enter("repayment", by=careful, loan_id=loan, amount=D("2000000"))
    assert refused.value.problems[0].code == "lending.more_than_due"
    assert not desk.rows(tables.cash_order)


def test_an_entry_registered_the_next_day_counts_from_the_day_of_the_money(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    careful = desk.cashier(roles=("careful",))
    entered = desk.enter("repayment", by=careful, loan_id=loan, amount=D("88848.79"), received_on=DUE)
    desk.close(3)
    (kept,) = desk.rows(tables.loan)
    assert kept.days_past_due == 3
    desk.approve("repayment", entered)
    (kept,) = desk.rows(tables.loan)
    assert (kept.days_past_due, kept.penalty_outstanding) == (0, D(0))
    (receipt,) = desk.rows(tables.receipt)
    assert receipt.received_on == DUE
    assert "113202" not in desk.balances()  # penalties accrued meanwhile are taken back
    desk.close()


def test_an_entry_is_refused_with_its_reason_and_then_final(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    careful = desk.cashier(roles=("careful",))
    entered = desk.enter("repayment", by=careful, loan_id=loan, amount=D("88848.79"))
    with pytest.raises(Refused):
        orders.refuse(desk.chief(), REPAYMENT, entered.id, "  ")
    orders.refuse(desk.chief(), REPAYMENT, entered.id, "no such money on the account")
    (row,) = desk.rows(tables.cash_order)
    assert (row.state, row.answer) == ("refused", "no such money on the account")
    with pytest.raises(Conflict):
        desk.approve("repayment", entered)


def test_a_wrong_receipt_is_reversed_and_everything_is_as_before(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    before, (state,) = desk.balances(), desk.rows(tables.loan)
    made = desk.enter("repayment", loan_id=loan, amount=INSTALMENT, payer_name="王姐", payer_account="6222888800001111")
    desk.reverse(made)
    assert desk.balances() == before
    (after,) = desk.rows(tables.loan)
    for column in ("principal_outstanding", "status", "days_past_due", "overdue_amount", "surplus"):
        assert getattr(after, column) == getattr(state, column), column
    assert [row.state for row in desk.rows(tables.cash_order)] == ["undone", "booked"]
    (reversal,) = desk.rows(tables.receipt_reversal)
    assert reversal.reason == "wrong loan"
    with pytest.raises(Conflict) as refused:
        desk.reverse(made)
    assert refused.value.problems[0].code == "order.not_booked"
    desk.close()  # the day's check finds books and loans equal


def test_the_payer_is_kept_masked_and_closed(desk: Desk) -> None:
    loan = desk.lent(amount=1_000_000)
    desk.close_until(DUE)
    careful = desk.cashier(roles=("careful",))
    said = {"payer_name": "王姐", "payer_account": "6222888800001111"}
    entered = desk.enter("repayment", by=careful, loan_id=loan, amount=D("88848.79"), **said)
    (row,) = desk.rows(tables.cash_order)
    assert "6222888800001111" not in str(row.parameters)
    desk.approve("repayment", entered)
    (receipt,) = desk.rows(tables.receipt)
    assert (receipt.payer_name, receipt.payer_account_masked) == ("王姐", "622*********1111")
    vault = desk.database.vault
    assert vault.decrypt(desk.company.id, "receipt.payer_account", receipt.payer_account_cipher) == "6222888800001111"


def test_undoing_an_earlier_receipt_decides_the_later_one_anew_on_its_own_receipt(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(DUE)
    first = desk.enter("repayment", loan_id=loan, amount=D("3000.00"))
    desk.close(2)
    second = desk.enter("repayment", loan_id=loan, amount=D("5000.00"), channel="cash")
    before = desk.balances()
    desk.reverse(first)
    after = desk.balances()
    assert after["1002"] == before["1002"] - D("3000.00")
    assert after["1001"] == before["1001"] == D("5000.00")  # the later receipt is still cash
    repaid = [row for row in desk.rows(tables.repayment) if row.receipt_id == second.result["receipt_id"]]
    assert [row.amount for row in repaid] == [D("5000.00")] * len(repaid) and len(repaid) == 2
    desk.reverse(second)  # followed to the event it is now
    assert "1001" not in desk.balances()
    desk.close()


def test_a_receipt_reaches_back_as_far_as_its_product_says(desk: Desk) -> None:
    loan = desk.lent()
    desk.close_until(date(2026, 4, 20))
    with pytest.raises(Refused) as refused:
        desk.enter("repayment", loan_id=loan, amount=INSTALMENT, received_on=date(2026, 1, 19))
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == ("receipt.too_far_back", "received_on")
    made = desk.enter("repayment", loan_id=loan, amount=D("100.00"), received_on=date(2026, 2, 6))
    assert made.state == "booked"
