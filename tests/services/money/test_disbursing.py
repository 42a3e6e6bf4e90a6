"""Paying out: once, by the right person, with everything booked; refused with a reason otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from tests.services.money.house import MAKER, PREPARER, House, counted

from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.money import disbursements
from loanloom.store import tables

D = Decimal


def codes(raised: pytest.ExceptionInfo) -> set[str]:
    return {problem.code for problem in raised.value.problems}


def test_a_contract_becomes_a_loan_with_schedule_voucher_and_entry(house: House) -> None:
    contract = house.contract()
    assert [row["id"] for row in disbursements.waiting(house.ctx())] == [contract]
    seen = disbursements.review(house.ctx(), contract)
    assert not seen.problems
    made = disbursements.disburse(house.ctx(), contract)
    assert (made.loan_number, made.voucher_number) == ("L2026-00001", "V2026-00001")
    (loan,) = house.rows(tables.loan)
    assert (loan.principal_outstanding, loan.next_due_on, loan.matures_on) == (
        D("100000.00"), date(2026, 2, 5), date(2027, 1, 5),
    )  # fmt: skip
    rows = house.rows(tables.instalment)
    assert [(row.due_on, row.principal, row.interest) for row in rows] == [
        (each.due_on, each.principal, each.interest) for each in seen.preview.schedule.instalments
    ]
    assert house.balances() == {"1301": D(100000), "1002": D(-100000)}
    (event,) = house.rows(tables.loan_event)
    assert (event.kind, event.sequence, event.actor_id) == ("loan_disbursed", 1, 51)
    audit = [row for row in house.rows(tables.audit_log) if row.action == "loan.loan_disbursed"]
    assert len(audit) == 1
    assert audit[0].actor_id == 51
    assert any(row.topic == "application.loan_disbursed" for row in house.rows(tables.outbox))
    assert disbursements.waiting(house.ctx()) == []


def test_twice_is_once(house: House) -> None:
    contract = house.contract()
    first = disbursements.disburse(house.ctx(), contract, idempotency_key="k1")
    again = disbursements.disburse(house.ctx(), contract, idempotency_key="k1")
    assert again.replayed
    assert (again.loan_id, again.voucher_number) == (first.loan_id, first.voucher_number)
    with pytest.raises(Conflict) as refused:
        disbursements.disburse(house.ctx(), contract, idempotency_key="k2")
    assert codes(refused) == {"disbursement.already_disbursed"}
    assert len(house.rows(tables.loan)) == 1


@pytest.mark.parametrize(
    ("user", "code"),
    [
        (51, "disbursement.not_signed"),
        (PREPARER, "disbursement.same_person"),
        (MAKER, "disbursement.same_person"),
        (51, "disbursement.not_as_sanctioned"),
        (51, "disbursement.customer_blocked"),
    ],
)
def test_the_review_stops_what_must_not_go_out(house: House, user: int, code: str) -> None:
    contract = house.contract()
    with house.database.transaction(house.company.id) as connection:
        if code == "disbursement.not_signed":
            connection.execute(tables.contract.update().values(state="prepared"))
        if code == "disbursement.not_as_sanctioned":
            connection.execute(tables.sanction.update().values(amount=D(99999)))
        if code == "disbursement.customer_blocked":
            connection.execute(tables.customer.update().values(state="blocked"))
    with pytest.raises(Refused) as refused:
        disbursements.disburse(house.ctx(user), contract)
    assert codes(refused) == {code}
    assert house.rows(tables.loan) == []
    assert house.rows(tables.journal_line) == []


def test_security_must_be_signed_too(house: House) -> None:
    contract = house.contract()
    (main,) = house.rows(tables.contract)
    same = {name: value for name, value in main._mapping.items() if name not in ("id", "company_id")}
    other = {"number": "G1", "kind": "guarantee", "state": "prepared", "main_contract_id": contract}
    with house.database.transaction(house.company.id) as connection:
        connection.execute(tables.contract.insert().values(**same | other))
    with pytest.raises(Refused) as refused:
        disbursements.disburse(house.ctx(), contract)
    assert "G1" in refused.value.problems[0].in_words("zh")


def test_only_finance_and_only_what_exists(house: House) -> None:
    contract = house.contract()
    stranger = house.ctx().as_actor(house.ctx().actor.__class__(user_id=3, username="x", name="x", scope="all"))
    with pytest.raises(Forbidden):
        disbursements.disburse(stranger, contract)
    with pytest.raises(NotFound):
        disbursements.disburse(house.ctx(), 999_999)


def test_many_cost_the_same_statements_as_one(house: House) -> None:
    ids = house.contracts([{"product_key": "plain", "amount": D(10_000 + place)} for place in range(60)])
    with counted(house.database) as few:
        disbursements.disburse_many(house.ctx(), ids[:2])
    with counted(house.database) as many:
        made, refused = disbursements.disburse_many(house.ctx(), ids[2:])
    assert len(many) == len(few) <= 30
    assert (len(made), refused) == (58, {})
    assert len({each.loan_number for each in made}) == 58
    again, refused = disbursements.disburse_many(house.ctx(), ids)
    assert (again, refused) == ([], {})
    with house.database.transaction(house.company.id) as connection:
        total = connection.execute(select(func.sum(tables.journal_line.c.debit))).scalar_one()
    assert total == sum(10_000 + place for place in range(60))


def test_who_signed_a_contract_does_not_pay_it_out(house: House) -> None:
    contract = house.contract(10_000)
    with house.database.transaction(house.company.id) as connection:
        connection.execute(tables.contract.update().values(signed_by=51))
    with pytest.raises(Refused) as refused:
        disbursements.disburse(house.ctx(51), contract)
    assert "disbursement.same_person" in {problem.code for problem in refused.value.problems}
    assert disbursements.disburse(house.ctx(52), contract).loan_id


def test_money_leaves_by_a_known_channel(house: House) -> None:
    contract = house.contract(10_000)
    with pytest.raises(Refused):
        disbursements.disburse(house.ctx(), contract, channel="pigeon")
    assert house.rows(tables.loan) == []
