"""A disbursement taken back: nothing is owed, the books are as before it, the contract can be paid out again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.money import house as small
from tests.services.money.changes.test_kinds import AGREES, ASKS, carry_out, check_books, person
from tests.services.money.house import House

from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money import changes, disbursements, loan_rows, repayments
from loanloom.services.money.page import loan_related, loans, transaction_page
from loanloom.services.papers import loan_papers, loan_statements
from loanloom.services.parties import exposure
from loanloom.store import tables

D = Decimal
KIND = "undo_disbursement"
WRITTEN = {"money_back": "returned", "mistake": "wrong_account", "reference": "BOC 4711"}


def row_of(house: House, loan_id: int):
    return house.rows(tables.loan, tables.loan.c.id == loan_id)[0]


def against(house: House, loan_id: int) -> list[tuple[str, str]]:
    shown = changes.preview(person(house, ASKS, "loan.change"), loan_id, KIND, WRITTEN)
    return [(problem.code, problem.message["en"]) for problem in shown.problems]


@pytest.mark.parametrize(
    ("product", "until"),
    [
        ("plain", None),
        ("even", date(2026, 1, 19)),
        ("following", date(2026, 3, 2)),
        ("keeping", date(2026, 5, 11)),
        ("staged", date(2026, 2, 5)),
    ],
)
def test_whatever_has_grown_since_goes_with_it(house, product, until):
    other = disbursements.disburse(house.ctx(), house.contract(50_000, product)).loan_id
    before = house.balances()
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, product)).loan_id
    if until is not None:
        house.close_until(until)
    _, done = carry_out(house, loan_id, KIND, WRITTEN)
    row = row_of(house, loan_id)
    assert (row.status, row.principal_outstanding, row.overdue_amount, row.days_past_due) == ("cancelled", 0, 0, 0)
    assert {one.status for one in house.rows(tables.instalment, tables.instalment.c.loan_id == loan_id)} == {
        "cancelled"
    }
    events = house.rows(tables.loan_event, tables.loan_event.c.loan_id == loan_id)
    assert [one.kind for one in events if one.superseded_by is None] == ["disbursement_undone"]
    check_books(house, loan_id)
    # What is left in the books is the other loan alone: undoing that one too leaves nothing.
    carry_out(house, other, KIND, WRITTEN)
    assert house.balances() == {}
    if until is None:
        assert before
    house.close(3)
    assert done.state == "booked"


def test_the_contract_is_paid_out_again_under_a_new_number(house):
    contract = house.contract(100_000, "plain")
    first = disbursements.disburse(house.ctx(), contract)
    house.close_until(date(2026, 1, 20))
    assert not disbursements.waiting(house.ctx())
    carry_out(house, first.loan_id, KIND, WRITTEN)
    (waits,) = disbursements.waiting(house.ctx())
    assert waits["id"] == contract
    assert disbursements.review(house.ctx(), contract).problems == ()
    again = disbursements.disburse(house.ctx(), contract)
    assert again.loan_number != first.loan_number and again.loan_id != first.loan_id
    with pytest.raises(Conflict):
        disbursements.disburse(house.ctx(), contract)
    assert [one.status for one in house.rows(tables.loan)] == ["cancelled", "active"]
    check_books(house, again.loan_id)
    house.close(2)


def test_people_undo_what_they_booked_first(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(120_000, "keeping")).loan_id
    house.close_until(date(2026, 2, 5))
    repayments.receive(
        house.ctx(), loan_id, loan_rows.due_today(loans.page(house.ctx(), loan_id).loan, date(2026, 2, 5))
    )
    carry_out(house, loan_id, "change_rate", {"annual_rate": "0.1"})
    codes = against(house, loan_id)
    assert [code for code, _ in codes] == ["change.stands_in_the_way"] * 2
    assert "Change the rate" in codes[0][1] and "Repayment received" in codes[1][1]
    sequences = [one.sequence for one in house.rows(tables.loan_event) if one.data["asked"]]
    for sequence in reversed(sequences):
        carry_out(house, loan_id, "undo", {"sequence": sequence})
    assert against(house, loan_id) == []
    carry_out(house, loan_id, KIND, WRITTEN)
    assert house.balances() == {}
    house.close()


def test_a_draw_is_taken_back_before_the_disbursement(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, "staged")).loan_id
    asks, pays = person(house, ASKS, "loan.change"), person(house, 63, "money.disburse")
    shown = changes.preview(asks, loan_id, "draw_tranche", {"amount": "10000"})
    asked = changes.request(asks, loan_id, "draw_tranche", {"amount": "10000"}, reason="x", digest=shown.digest)
    changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=shown.digest)
    changes.book(pays, asked.id)
    ((code, said),) = against(house, loan_id)
    assert code == "change.stands_in_the_way" and said.startswith("Drawn")
    undo = changes.undo(asks, asked.id, reason="too early")
    agrees = person(house, AGREES, "loan.approve_change")
    changes.approve(agrees, undo.id, digest=changes.opened(agrees, loan_id, undo.id).preview.digest)
    carry_out(house, loan_id, KIND, WRITTEN)
    assert house.balances() == {}
    house.close()


def test_nobody_takes_a_payout_back_alone(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, "keeping")).loan_id
    asks = person(house, ASKS, "loan.change", "loan.approve_change")
    shown = changes.preview(asks, loan_id, KIND, WRITTEN)
    asked = changes.request(asks, loan_id, KIND, WRITTEN, reason="wrong account", digest=shown.digest)
    assert asked.state == "requested"
    with pytest.raises(Forbidden):
        changes.approve(asks, asked.id, digest=shown.digest)
    repayments.receive(house.ctx(), loan_id, D(100))  # the borrower pays meanwhile
    with pytest.raises((Conflict, Refused)):
        changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=shown.digest)
    assert row_of(house, loan_id).status == "active"


def test_a_second_click_gets_the_first_answer(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, "plain")).loan_id
    asks, agrees = person(house, ASKS, "loan.change"), person(house, AGREES, "loan.approve_change")
    shown = changes.preview(asks, loan_id, KIND, WRITTEN)
    asked = changes.request(asks, loan_id, KIND, WRITTEN, reason="x", digest=shown.digest)
    first = changes.approve(agrees, asked.id, digest=shown.digest, idempotency_key="click")
    second = changes.approve(agrees, asked.id, digest=shown.digest, idempotency_key="click")
    assert (first.replayed, second.replayed) == (False, True) and second.state == "booked"
    with pytest.raises(Conflict):
        changes.approve(agrees, asked.id, digest=shown.digest, idempotency_key="other click")
    assert house.balances() == {}


def test_nothing_more_is_booked_on_it_and_its_pages_still_open(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, "following")).loan_id
    house.close_until(date(2026, 2, 20))
    _, done = carry_out(house, loan_id, KIND, WRITTEN)
    with pytest.raises(Refused) as refused:
        repayments.receive(house.ctx(), loan_id, D(100))
    assert refused.value.problems[0].code == "lending.disbursement_undone"
    with pytest.raises(Refused):
        loan_papers.voucher(house.ctx(), loan_id)
    for kind, written in (
        ("receive_repayment", {"amount": "100", "on": "2026-02-01"}),
        ("draw_tranche", {"amount": "100", "on": "2026-01-06"}),
        ("undo", {"sequence": 1}),
        ("close_loan", {}),
        (KIND, WRITTEN),
    ):
        shown = changes.preview(person(house, ASKS, "loan.change"), loan_id, kind, written)
        assert shown.problems, kind
    asks = person(house, ASKS, "loan.change")
    with pytest.raises(Refused) as again:
        changes.undo(asks, done.id, reason="no")
    assert again.value.problems[0].code == "lending.disbursement_undone"
    page = loans.page(house.ctx(), loan_id)
    assert page.schedule == () and page.position.principal_outstanding == 0 and page.payoff.problems
    assert loans.page(house.ctx(), loan_id, date(2026, 1, 20)).schedule == ()
    assert loans.quote(house.ctx(), loan_id, date(2026, 3, 1)).due == 0
    assert not any(action.allowed for action in changes.actions(asks, page.kept))
    for one in page.transactions:
        assert transaction_page.explained(house.ctx(), loan_id, one.sequence).transaction.sequence == one.sequence
    assert loan_related.related(house.ctx(), loan_id).payouts[0]["state"] == "reversed"
    assert loan_statements.read(house.ctx(), loan_id).statement.lines == ()
    opened = changes.opened(asks, loan_id, done.id)
    assert opened.row["state"] == "booked"
    ctx = house.ctx()
    with ctx.transaction() as connection:
        assert not list(exposure._loans(connection, page.row["customer_id"]))
        assert [one.kind for one in exposure._contracts(connection, page.row["customer_id"], None)] == ["contract"]


CHARGE = """
kind: charge
key: {key}
spec: {{event: disbursement, percent: 0.01, base: disbursed, settled: {settled}}}"""
CHARGED = {
    "opening-fee": CHARGE.format(key="opening-fee", settled="added"),
    "survey-fee": CHARGE.format(key="survey-fee", settled="invoiced"),
}


@pytest.fixture
def charging(database, company, monkeypatch) -> House:
    """The small lender with two products more: interest that becomes principal, charges on the day of disbursement."""
    more = {
        "capitalising": "  grace: {interest_payment: 2, capitalises: true}\n",
        "charged": "  charges: [opening-fee, survey-fee]\n",
    }
    products = [small._PRODUCT.format(key=key, **(small._USUAL | {"more": said})) for key, said in more.items()]
    products = [product.replace("month, min: 1,", "month, min: 6,") for product in products]
    monkeypatch.setattr(small, "DOCUMENTS", [*small.DOCUMENTS, *products, *CHARGED.values()])
    return small.settle(database, company)


def test_interest_that_became_principal_and_fees_charged_go_with_it(charging):
    loan_id = disbursements.disburse(charging.ctx(), charging.contract(100_000, "capitalising")).loan_id
    fee_loan = disbursements.disburse(charging.ctx(), charging.contract(100_000, "charged")).loan_id
    charging.close_until(date(2026, 2, 20))
    assert row_of(charging, loan_id).principal_outstanding > 100_000
    assert charging.balances()["1301"] > 200_000 and charging.balances()["1133"] == D(1_000)
    assert len(charging.rows(tables.cash_item)) == 1
    for one in (loan_id, fee_loan):
        carry_out(charging, one, KIND, WRITTEN)
        check_books(charging, one)
    assert charging.balances() == {}
    assert [row.state for row in charging.rows(tables.cash_item)] == ["cancelled"]
    other = disbursements.disburse(charging.ctx(), charging.contract(100_000, "charged")).loan_id
    settled = charging.rows(tables.cash_item, tables.cash_item.c.loan_id == other)[0]
    with charging.database.transaction(charging.company.id) as connection:
        connection.execute(tables.cash_item.update().where(tables.cash_item.c.id == settled.id).values(settled=D(1)))
    ((code, said),) = against(charging, other)
    assert code == "change.stands_in_the_way" and settled.number in said


def test_closed_months_stay_as_they_were(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, "plain")).loan_id
    house.close_until(date(2026, 3, 3))
    kept = [tuple(row) for row in house.rows(tables.account_month)]
    lines = len(house.rows(tables.journal_line))
    carry_out(house, loan_id, KIND, WRITTEN)
    assert [tuple(row) for row in house.rows(tables.account_month)][: len(kept)] == kept
    new = house.rows(tables.journal_line)[lines:]
    assert {row.business_date for row in new} == {date(2026, 3, 3)}
    (principal,) = [row for row in house.rows(tables.journal_entry) if row.reverses_id is not None]
    assert principal.event == "loan_disbursed"
    assert house.balances() == {}
    house.close_until(date(2026, 4, 2))
