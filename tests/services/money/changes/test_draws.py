"""Further draws of a running loan: reviewed, agreed by another, paid by a third, partly to a partner; undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.services.money.changes.test_kinds import AGREES, ASKS, CASHES, check_books, person
from tests.services.money.house import House, settle
from tests.settled import Settled

from loanloom.services.context import Company
from loanloom.services.errors import Forbidden, Refused
from loanloom.services.money import changes, disbursements
from loanloom.services.money.page import loans
from loanloom.store import tables
from loanloom.store.database import Database

D = Decimal


def drawn(database: Database, company: Company) -> House:
    """100,000 were agreed, 60,000 drawn; ten days ago."""
    house = settle(database, company)
    disbursements.disburse(house.ctx(), house.contract(100_000, "staged"))
    house.close_until(date(2026, 1, 15))
    return house


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    """A small lender with one loan that may be drawn further."""
    with settled.by(drawn) as made:
        yield made


@pytest.fixture
def loan_id(house: House) -> int:
    """Its number."""
    (row,) = house.rows(tables.loan)
    return int(row.id)


@pytest.fixture
def partner(house: House) -> int:
    """A supplier that may be paid."""
    with house.database.transaction(house.company.id) as connection:
        values = {"number": "P1", "kind": "supplier", "name": "Demo Supplier", "unit": "branch"}
        return int(connection.execute(insert(tables.party).values(values).returning(tables.party.c.id)).scalar_one())


def ask(house: House, loan_id: int, written: dict[str, Any]) -> tuple[changes.Preview, changes.Step]:
    asks = person(house, ASKS, "loan.change")
    shown = changes.preview(asks, loan_id, "draw_tranche", written)
    assert shown.problems == (), [problem.in_words() for problem in shown.problems]
    return shown, changes.request(asks, loan_id, "draw_tranche", written, reason="roof", digest=shown.digest)


def test_a_tranche_goes_to_borrower_and_partner_by_three_pairs_of_hands(house, loan_id, partner):
    before = loans.page(house.ctx(), loan_id, parts=frozenset())
    written = {"amount": "30000", "payees": [{"party_id": partner, "amount": "12000", "purpose": "timber"}]}
    shown, asked = ask(house, loan_id, written)
    assert shown.money_out == D(30_000)
    assert all(check.passed for check in shown.checks)
    agreed = changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=shown.digest)
    assert agreed.state == "approved", "the cashier pays it out"
    with pytest.raises(Forbidden):
        changes.book(person(house, ASKS, "money.disburse"), asked.id)
    with pytest.raises(Forbidden):
        changes.book(person(house, CASHES, "money.receive"), asked.id)
    paid = changes.book(person(house, CASHES, "money.disburse"), asked.id, channel="cash")
    assert paid.state == "booked"
    _, second = house.rows(tables.disbursement)
    assert (second.number, second.amount, second.sequence) == (paid.receipt_number, D(30_000), 2)
    assert [check["key"] for check in second.checks]
    now = loans.page(house.ctx(), loan_id, parts=frozenset())
    assert now.position.principal_outstanding == before.position.principal_outstanding + D(30_000)
    payouts = {row.payee_kind: row for row in house.rows(tables.payout, tables.payout.c.amount < D(60_000))}
    assert (payouts["borrower"].amount, payouts["borrower"].state) == (D(18_000), "paid")
    assert (payouts["supplier"].amount, payouts["supplier"].state) == (D(12_000), "planned")
    check_books(house, loan_id)


def test_taking_a_tranche_back_cancels_what_was_not_paid(house, loan_id, partner):
    before = loans.page(house.ctx(), loan_id, parts=frozenset()).position
    balances = house.balances()
    written = {"amount": "30000", "payees": [{"party_id": partner, "amount": "12000"}]}
    shown, asked = ask(house, loan_id, written)
    changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=shown.digest)
    changes.book(person(house, CASHES, "money.disburse"), asked.id)
    undo = changes.undo(person(house, ASKS, "loan.change"), asked.id, reason="not built")
    agrees = person(house, AGREES, "loan.approve_change")
    opened = changes.opened(agrees, loan_id, undo.id)
    with house.database.transaction(house.company.id) as connection:
        supplier = tables.payout.c.payee_kind == "supplier"
        connection.execute(update(tables.payout).where(supplier).values(state="paid"))
    with pytest.raises(Refused) as still_out:
        changes.approve(agrees, undo.id, digest=opened.preview.digest)
    assert still_out.value.problems[0].code == "change.money_is_out"
    with house.database.transaction(house.company.id) as connection:
        connection.execute(update(tables.payout).where(supplier).values(state="planned"))
    assert changes.approve(agrees, undo.id, digest=opened.preview.digest).state == "booked"
    assert loans.page(house.ctx(), loan_id, parts=frozenset()).position == before
    assert house.balances() == balances
    states = {row.payee_kind: row.state for row in house.rows(tables.payout, tables.payout.c.amount < D(60_000))}
    assert states == {"borrower": "reversed", "supplier": "cancelled"}
    check_books(house, loan_id)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"amount": "40000.01"}, "lending.over_the_limit"),
        ({"amount": "4999"}, "disbursement.too_small"),
        ({"amount": "0"}, "disbursement.too_small"),
        ({"amount": "20000", "payees": [{"party_id": 999, "amount": "1"}]}, "change.not_there"),
    ],
)
def test_what_may_not_go_out(house, loan_id, written, code):
    shown = changes.preview(person(house, ASKS, "loan.change"), loan_id, "draw_tranche", written)
    assert code in {problem.code for problem in shown.problems}
    assert shown.money_out == 0


def test_late_borrowers_and_late_draws_wait(house, loan_id, partner):
    too_much = {"amount": "10000", "payees": [{"party_id": partner, "amount": "10001"}]}
    shown = changes.preview(person(house, ASKS, "loan.change"), loan_id, "draw_tranche", too_much)
    assert [problem.code for problem in shown.problems] == ["disbursement.wrong_payees"]
    house.close_until(date(2026, 4, 10))
    late = changes.preview(person(house, ASKS, "loan.change"), loan_id, "draw_tranche", {"amount": "10000"})
    assert {problem.code for problem in late.problems} == {"disbursement.overdue", "disbursement.too_late"}
