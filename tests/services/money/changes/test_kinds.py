"""Every kind of change on a real loan: what was shown is what is booked, the books stay true, undoing puts all back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.services.money.changes.test_life import person
from tests.services.money.house import House, settle
from tests.settled import Settled

from loanloom.core.lending.decisions import COMMANDS
from loanloom.core.lending.events import EVENTS
from loanloom.services.context import Company
from loanloom.services.money import changes, disbursements, loan_rows, repayments
from loanloom.services.money.changes import comparing, field_words, words
from loanloom.services.money.page import event_words, loans
from loanloom.store import tables
from loanloom.store.database import Database

D = Decimal
ASKS, AGREES, CASHES = 61, 62, 63


def test_every_command_of_the_core_is_offered_or_known_to_be_elsewhere():
    assert set(COMMANDS) - set(words.KINDS) - words.ELSEWHERE == set()


def test_every_kind_parameter_and_event_has_words_in_both_languages():
    for kind in changes.kinds().values():
        assert kind.words.group in words.GROUPS
        for field in kind.fields:
            assert field.name in field_words.FIELDS, (kind.key, field.name)
    assert set(EVENTS) - set(event_words.EVENTS) == set()
    spoken = [
        *field_words.FIELDS.values(),
        *event_words.EVENTS.values(),
        *(kind.title for kind in words.KINDS.values()),
    ]
    assert all(said["en"] and said["zh"] for said in spoken)


def late(database: Database, company: Company) -> House:
    """A loan of 120,000 over 12 months: one instalment paid, the second 40 days late."""
    house = settle(database, company)
    made = disbursements.disburse(house.ctx(), house.contract(120_000, "keeping"))
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), made.loan_id, loan_rows.due_today(_loan(house, made.loan_id), date(2026, 2, 5)))
    house.close_until(date(2026, 4, 14))
    return house


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    """A small lender with one loan in arrears."""
    with settled.by(late) as made:
        yield made


@pytest.fixture
def loan_id(house: House) -> int:
    """Its number."""
    (row,) = house.rows(tables.loan)
    return int(row.id)


def _loan(house: House, loan_id: int) -> Any:
    with house.database.transaction(house.company.id) as connection:
        (kept,) = loan_rows.load(house.ctx(), connection, [loan_id], lock=False)
    return kept.loan


def carry_out(house: House, loan_id: int, kind: str, written: dict[str, Any]) -> tuple[changes.Preview, changes.Step]:
    """The whole way by three people."""
    asks = person(house, ASKS, "loan.change")
    shown = changes.preview(asks, loan_id, kind, written)
    assert shown.problems == (), [problem.in_words() for problem in shown.problems]
    asked = changes.request(asks, loan_id, kind, written, reason="test", digest=shown.digest)
    done = changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=shown.digest)
    assert done.state == ("approved" if shown.money_in else "booked")
    if shown.money_in:
        done = changes.book(person(house, CASHES, "money.receive"), asked.id)
    assert done.state == "booked"
    return shown, done


def check_books(house: House, loan_id: int) -> None:
    """The books balance, hold the loan's principal, and the stored loan is the sum of its events."""
    lines = house.rows(tables.journal_line)
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines)
    ctx = house.ctx()
    with house.database.transaction(house.company.id) as connection:
        (kept,) = loan_rows.load(ctx, connection, [loan_id], lock=False)
        replayed = loans.replayed(connection, kept)
    assert replayed.accounts == kept.loan.accounts
    assert replayed.circumstances == kept.loan.circumstances
    assert (replayed.surplus, replayed.settled_on) == (kept.loan.surplus, kept.loan.settled_on)


WRITTEN: dict[str, dict[str, Any]] = {
    "prepay_partially": {"amount": "20000", "keep": "term"},
    "extend": {"months": 3},
    "restructure": {"months": 6, "annual_rate": "0.1", "observation_days": 180},
    "capitalise_interest": {},
    "accelerate": {"reason": "insolvent"},
    "reduce_interest": {"amount": "500"},
    "waive": {"shares": {"penalty": "0.5", "compound": "0.5"}},
    "misuse": {"amount": "50000"},
    "guarantor_pays": {"amount": "5000", "guarantor": "Demo Guarantor"},
    "take_assets": {"amount": "5000", "asset": "a lorry"},
    "receive_repayment": {"amount": "1000", "on": "2026-03-20"},
    "change_rate": {"annual_rate": "0.1"},
    "pause_interest": {"from_on": "2026-05-01", "to_on": "2026-05-31"},
    "reschedule": {"due_on": "2026-05-05", "new_due": "2026-05-20"},
    "reamortise": {},
    "re_age": {"first_due": "2026-05-05", "instalments": 10},
    "chargeback": {"amount": "500"},
    "charge_off": {"reason": "lost"},
    "write_off": {"reason": "lost"},
    "terminate_contract": {"reason": "broken"},
}
NEEDS_CLEAN = {"prepay_partially"}
"""Kinds that want nothing overdue."""


@pytest.mark.parametrize("kind", [kind for kind in changes.kinds() if kind in WRITTEN])
def test_shown_booked_undone(house, loan_id, kind):
    if kind in NEEDS_CLEAN:
        today = house.ctx().business_date
        repayments.receive(house.ctx(), loan_id, loan_rows.due_today(_loan(house, loan_id), today))
    written = dict(WRITTEN[kind])
    before, day = _loan(house, loan_id), house.ctx().business_date
    shown, _ = carry_out(house, loan_id, kind, written)
    after = _loan(house, loan_id)
    assert after.accounts == shown.loan.accounts, "what was shown is what was booked"
    assert comparing.figures(after, day) == shown.after
    check_books(house, loan_id)
    taken_back, _ = carry_out(house, loan_id, "undo", {"sequence": house.rows(tables.loan_change)[-1].sequences[0]})
    assert _loan(house, loan_id).accounts == before.accounts, "undone, the loan is as it was"
    assert comparing.figures(_loan(house, loan_id), day) == comparing.figures(before, day) == taken_back.after
    check_books(house, loan_id)


def test_a_guarantors_money_has_its_receipt_and_shows_with_its_allocation(house, loan_id):
    carry_out(house, loan_id, "guarantor_pays", {"amount": "5000", "guarantor": "Demo Guarantor"})
    paid = loans.page(house.ctx(), loan_id).transactions[-1]
    assert paid.kind == "guarantor_paid"
    assert paid.receipt_number
    assert sum(part.amount for part in paid.applied) == D(5000)
    (receipt,) = house.rows(tables.receipt, tables.receipt.c.amount == D(5000))
    assert receipt.number == paid.receipt_number


def test_a_backdated_receipt_works_out_again_what_followed(house, loan_id):
    today = house.ctx().business_date
    repayments.receive(house.ctx(), loan_id, D(2000))
    before = _loan(house, loan_id)
    carry_out(house, loan_id, "receive_repayment", {"amount": "3000", "on": "2026-03-20"})
    after = _loan(house, loan_id)
    late, early = comparing.figures(before, today), comparing.figures(after, today)
    assert late.due - early.due > D(3000), "less penalty interest as well"
    check_books(house, loan_id)
    shown = loans.page(house.ctx(), loan_id).transactions
    assert [one.superseded_by is not None for one in shown if one.amount == D(2000)] == [True, False]
    assert {one.receipt_number for one in shown if one.amount == D(2000)} == {shown[-1].receipt_number}
    assert len(house.rows(tables.receipt)) == 3


def test_undoing_what_an_earlier_undo_moved_finds_it_under_its_new_number(house, loan_id):
    _, first = carry_out(house, loan_id, "receive_repayment", {"amount": "100", "on": "2026-03-20"})
    carry_out(house, loan_id, "waive", {"shares": {"penalty": "1"}})
    carry_out(house, loan_id, "receive_repayment", {"amount": "50", "on": "2026-03-25"})
    asked = changes.undo(person(house, ASKS, "loan.change"), first.id, reason="wrong loan")
    opened = changes.opened(person(house, AGREES, "loan.approve_change"), loan_id, asked.id)
    assert opened.preview is not None and opened.preview.problems == ()
    done = changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=opened.preview.digest)
    assert done.state == "booked"
    states = {row.id: row.state for row in house.rows(tables.loan_change)}
    assert states[first.id] == "undone"
    check_books(house, loan_id)


def test_a_new_loan_of_the_same_customer_pays_the_old_one(house, loan_id):
    ctx = house.ctx()
    (old,) = house.rows(tables.loan)
    contract = house.contract(200_000, "plain")
    with house.database.transaction(house.company.id) as connection:
        for table in (tables.contract, tables.application, tables.sanction):
            connection.execute(table.update().values(customer_id=old.customer_id))
    new = disbursements.disburse(ctx, contract)
    quote = loans.quote(ctx, loan_id, ctx.business_date).payoff.total
    stranger = changes.preview(
        person(house, ASKS, "loan.change"), loan_id, "top_up", {"amount": str(quote), "by": old.number}
    )
    assert [problem.code for problem in stranger.problems] == ["change.not_there"], "a loan does not pay itself"
    shown, _ = carry_out(house, loan_id, "top_up", {"amount": str(quote), "by": new.loan_number})
    assert shown.after.settled
    assert shown.money_in == 0, "the money comes from the new loan"
    assert {row.id: row.status for row in house.rows(tables.loan)} == {loan_id: "settled", new.loan_id: "active"}
    check_books(house, loan_id)
