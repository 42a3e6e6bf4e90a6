"""A change of a loan from the request to the reversal: two people, one outcome, nothing twice, nothing stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.services.money.house import House, settle
from tests.settled import Settled

from loanloom.services.context import Company, Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.money import changes, disbursements, repayments
from loanloom.store import tables
from loanloom.store.database import Database

D = Decimal
ASKS, AGREES, CASHES = 61, 62, 63


def person(house: House, user_id: int, *functions: str) -> Context:
    """Somebody with these functions besides reading."""
    ctx = house.ctx(user_id)
    return ctx.as_actor(replace(ctx.actor, functions=frozenset({"loan.read", *functions})))


def asker(house: House) -> Context:
    return person(house, ASKS, "loan.change")


def approver(house: House, user_id: int = AGREES) -> Context:
    return person(house, user_id, "loan.approve_change")


def cashier(house: House) -> Context:
    return person(house, CASHES, "money.receive")


def lent(database: Database, company: Company) -> House:
    """A loan of 100,000 over 12 months, ten days old."""
    house = settle(database, company)
    disbursements.disburse(house.ctx(), house.contract(100_000, "even"))
    house.close_until(date(2026, 1, 15))
    return house


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    """A small lender with one loan."""
    with settled.by(lent) as made:
        yield made


@pytest.fixture
def loan_id(house: House) -> int:
    """Its number."""
    (row,) = house.rows(tables.loan)
    return int(row.id)


def payoff_preview(house: House, loan_id: int) -> changes.Preview:
    wrong = changes.preview(asker(house), loan_id, "settle_early", {"amount": "1"})
    assert [problem.code for problem in wrong.problems] == ["lending.not_the_payoff_amount"]
    return changes.preview(asker(house), loan_id, "settle_early", {"amount": "101,328.77"})


def test_a_preview_shows_what_would_be_booked_and_books_nothing(house, loan_id):
    shown = payoff_preview(house, loan_id)
    assert shown.problems == ()
    assert shown.money_in == D("101328.77")  # 100,000 + 10 days of 12 % over 365 + 1 %
    assert shown.before.principal_outstanding == D(100_000)
    assert shown.after.settled
    assert [row.state for row in shown.rows] == ["changed", *["removed"] * 11]
    lines = [line for entry in shown.entries for line in entry.lines if line.account == "1002"]
    assert sum(line.debit for line in lines) == shown.money_in
    assert len(house.rows(tables.loan_event)) == 1
    assert house.rows(tables.loan_change) == []


def test_asked_by_one_agreed_by_another_booked_with_the_money(house, loan_id):
    shown = payoff_preview(house, loan_id)
    parameters = {"amount": "101328.77"}
    asked = changes.request(
        asker(house), loan_id, "settle_early", parameters, reason="sold the shop", digest=shown.digest
    )
    assert asked.state == "requested"
    with pytest.raises(Forbidden):
        changes.approve(person(house, ASKS, "loan.change", "loan.approve_change"), asked.id, digest=shown.digest)
    agreed = changes.approve(approver(house), asked.id, digest=shown.digest, reason="fine")
    assert agreed.state == "approved", "money has to come first"
    assert house.rows(tables.loan)[0].status == "active"
    booked = changes.book(cashier(house), asked.id, channel="cash", reference="A-1")
    assert booked.state == "booked"
    assert booked.receipt_number
    (row,) = house.rows(tables.loan_change)
    assert (row.state, row.requested_by, row.decided_by, row.booked_by) == ("booked", ASKS, AGREES, CASHES)
    assert len(row.sequences) == len(house.rows(tables.loan_event)) - 1
    (receipt,) = house.rows(tables.receipt)
    assert (receipt.amount, receipt.channel, receipt.reference) == (D("101328.77"), "cash", "A-1")
    assert house.rows(tables.loan)[0].status == "settled"
    assert house.balances()["1002"] == D("1328.77")
    said = {audit.action for audit in house.rows(tables.audit_log)}
    assert {"loan_change.requested", "loan_change.approved", "loan_change.booked"} <= said


def test_every_step_is_done_once_however_often_it_arrives(house, loan_id):
    shown = payoff_preview(house, loan_id)
    parameters = {"amount": "101328.77"}

    def ask() -> changes.Step:
        return changes.request(
            asker(house), loan_id, "settle_early", parameters, reason="x", digest=shown.digest, idempotency_key="k1"
        )

    first, again = ask(), ask()
    assert (first.id, first.replayed, again.replayed) == (again.id, False, True)
    for _ in range(2):
        changes.approve(approver(house), first.id, digest=shown.digest, idempotency_key="k2")
    receipts = {changes.book(cashier(house), first.id, idempotency_key="k3").receipt_number for _ in range(2)}
    assert len(receipts) == len(house.rows(tables.receipt)) == 1
    with pytest.raises(Conflict):
        changes.book(cashier(house), first.id)


def test_what_moved_meanwhile_is_not_agreed_to(house, loan_id):
    shown = payoff_preview(house, loan_id)
    asked = changes.request(asker(house), loan_id, "settle_early", {"amount": "101328.77"}, reason="x")
    changes.approve(approver(house), asked.id, digest=shown.digest)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), loan_id, D("100"))
    with pytest.raises(Conflict) as stale:
        changes.book(cashier(house), asked.id)
    assert stale.value.problems[0].code == "change.stale"
    opened = changes.opened(asker(house), loan_id, asked.id)
    assert opened.may_withdraw
    assert changes.withdraw(asker(house), asked.id).state == "withdrawn"
    with pytest.raises(Conflict):
        changes.request(
            asker(house), loan_id, "settle_early", {"amount": "1"}, reason="x", digest=shown.digest
        )  # fmt: skip


def test_no_needs_a_reason_and_one_request_at_a_time(house, loan_id):
    def ask() -> changes.Step:
        return changes.request(asker(house), loan_id, "settle_early", {"amount": "101328.77"}, reason="why not")

    asked = ask()
    with pytest.raises(Conflict) as second:
        ask()
    assert second.value.problems[0].code == "change.already_open"
    with pytest.raises(Refused):
        changes.refuse(approver(house), asked.id, reason=" ")
    assert changes.refuse(approver(house), asked.id, reason="too early").state == "refused"
    with pytest.raises(Conflict):
        changes.approve(approver(house), asked.id, digest="")
    assert [line.row["state"] for line in changes.waiting(approver(house))] == []
    assert ask().state == "requested"
    assert [line.row["customer_name"][:4] for line in changes.waiting(approver(house))] == ["Demo"]


@pytest.mark.parametrize(
    ("written", "code", "field"),
    [
        ({}, "change.missing", "amount"),
        ({"amount": "much"}, "change.wrong_type", "amount"),
        ({"amount": 1.5}, "change.wrong_type", "amount"),
        ({"amount": "1e99999999"}, "change.wrong_type", "amount"),
        ({"amount": "100", "colour": "red"}, "change.unknown_parameter", "colour"),
        ({"amount": "-5"}, "lending.amount_not_positive", "amount"),
        ({"amount": "101328.77", "on": "2026-01-16"}, "change.in_the_future", "on"),
        ({"amount": "101328.77", "on": "2025-01-01"}, "change.too_far_back", "on"),
        ({"amount": "101328.77", "on": "soon"}, "change.wrong_type", "on"),
    ],
)
def test_bad_parameters_are_told_in_both_languages_with_their_field(house, loan_id, written, code, field):
    shown = changes.preview(asker(house), loan_id, "settle_early", written)
    (problem,) = shown.problems
    assert (problem.code, problem.field) == (code, field)
    assert problem.message["en"] != problem.message["zh"]
    with pytest.raises(Refused):
        changes.request(asker(house), loan_id, "settle_early", written, reason="x")
    assert house.rows(tables.loan_change) == []


def test_sight_and_rights(house, loan_id):
    with pytest.raises(Forbidden):
        changes.preview(person(house, 70), loan_id, "settle_early", {})
    elsewhere = house.ctx(71)
    narrow = elsewhere.as_actor(replace(elsewhere.actor, scope="own", functions=frozenset({"loan.change"})))
    with pytest.raises(NotFound):
        changes.preview(narrow, loan_id, "settle_early", {})
    with pytest.raises(NotFound):
        changes.preview(asker(house), loan_id, "burn_the_papers", {})
    asked = changes.request(asker(house), loan_id, "settle_early", {"amount": "101328.77"}, reason="x")
    with pytest.raises(Forbidden):
        changes.withdraw(person(house, 75, "loan.change"), asked.id)
    assert not changes.opened(asker(house), loan_id, asked.id).may_approve
    assert changes.opened(approver(house), loan_id, asked.id).may_approve
    assert changes.opened(person(house, ASKS, "loan.approve_change"), loan_id, asked.id).why_not_approve
