"""Subsidised interest from the night before the due date to the money of who bears it: items, batches, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.services.money.desk import lender
from tests.services.money.desk.borne_by_others import FIRST, SECOND, THIRD, claimed, items_of, loan_of, office
from tests.services.money.desk.lender import Desk
from tests.services.money.house import START, counted, files
from tests.settled import Settled

from loanloom.core.lending.owing.arrears import position
from loanloom.services.context import Company
from loanloom.services.errors import Refused
from loanloom.services.money import disbursements, loan_rows
from loanloom.services.money.cashier import claim_batches
from loanloom.services.money.page import loans as loan_pages
from loanloom.store import tables
from loanloom.store.database import Database

D = Decimal
HELPED = "{payer: government, party: 区财政局, share: 0.5, stops_after_days: 45}"
REPAID = "{payer: employer, party: 区财政局, share: 0.5, settled: refunded}"


def subsidised(database: Database, company: Company) -> Desk:
    """The small lender with two subsidised products: not billed, and refunded."""
    plain, more = files()["metadata/products/plain.yaml"], {}
    for key, said in (("helped", HELPED), ("repaid", REPAID)):
        more[f"metadata/products/{key}.yaml"] = plain.replace("key: plain", f"key: {key}").replace(
            "  draw: once", f"  subsidies: [{said}]\n  draw: once"
        )
    return lender.settle(database, company, more)


@pytest.fixture
def desk(settled: Settled) -> Iterator[Desk]:
    """That lender."""
    with settled.by(subsidised) as made:
        yield made


def lent(desk: Desk, product: str = "helped", **more: Any) -> int:
    """12,000 at 12 % with equal principal: interest 120.00, 110.00, 100.00 ..."""
    return desk.lent(product, amount=12_000, method="equal_principal", **more)


def test_the_night_before_the_due_date_the_part_of_others_becomes_their_item(desk: Desk) -> None:
    party, loan = office(desk), lent(desk)
    desk.close_until(date(2026, 2, 4))
    assert not items_of(desk)
    assert loan_pages.quote(desk.cashier(), loan, date(2026, 2, 4)).position.next_payment == D(1060)
    desk.close()
    (item,) = items_of(desk)
    assert (item.kind, item.amount, item.due_on, item.party_id, item.loan_id) == (
        "interest_subsidy", D(60), FIRST, party, loan,
    )  # fmt: skip
    assert position(loan_of(desk, loan), FIRST).due_total == D(1060)
    assert desk.balances()["122102"] == D(60)
    assert desk.balances()["113201"] == D(60)
    desk.enter("repayment", loan_id=loan, amount=D(1060))
    assert "113201" not in desk.balances()
    desk.close()  # the night's check holds the books against the loans


def test_a_batch_is_settled_by_one_receipt_and_taken_back_with_it(desk: Desk) -> None:
    party = office(desk)
    for _ in range(2):
        lent(desk)
    desk.close_until(FIRST)
    batch = claimed(desk, party)
    view = claim_batches.read(desk.cashier(), batch)
    assert (len(view.items), view.row["amount"], view.open) == (2, D(120), D(120))
    with pytest.raises(Refused, match=r"nothing to claim|没有可申领"):
        claimed(desk, party)
    with pytest.raises(Refused, match="Only 120"):
        desk.enter("batch_receive", batch_id=batch, amount=D("120.01"))
    part = desk.enter("batch_receive", batch_id=batch, amount=D(90))
    view = claim_batches.read(desk.cashier(), batch)
    assert ([row["settled"] for row in view.items], view.row["state"]) == ([D(60), D(30)], "sent")
    rest = desk.enter("batch_receive", batch_id=batch, amount=D(30))
    view = claim_batches.read(desk.cashier(), batch)
    assert (view.row["state"], view.open) == ("settled", D(0))
    assert "122102" not in desk.balances()
    desk.reverse(rest)
    desk.reverse(part)
    view = claim_batches.read(desk.cashier(), batch)
    assert (view.row["state"], view.open) == ("sent", D(120))
    assert desk.balances()["122102"] == D(120)


def test_a_late_loan_is_not_subsidised_and_a_receipt_backdated_brings_the_part_back(desk: Desk) -> None:
    office(desk)
    loan = lent(desk)
    desk.close_until(THIRD)
    assert [item.amount for item in items_of(desk, state="open")] == [D(60), D(55)]
    assert position(loan_of(desk, loan), THIRD).due["interest"] == D(60) + D(55) + D(100), "59 days: the third is his"
    desk.enter("repayment", loan_id=loan, amount=D(1060), received_on=FIRST)
    assert [item.amount for item in items_of(desk, state="open")] == [D(60), D(55), D(50)], "31 days late by then"
    assert desk.balances()["122102"] == D(165)
    desk.close()
    made = desk.rows(tables.cash_order)[-1]
    desk.enter("reversal", order_id=made.id, why="not his money")
    assert [item.amount for item in items_of(desk, state="open")] == [D(60), D(55)]
    assert [item.amount for item in items_of(desk, state="cancelled")] == [D(50)]
    assert desk.balances()["122102"] == D(115)
    desk.close()


def test_a_loan_settled_early_is_subsidised_to_the_day(desk: Desk) -> None:
    office(desk)
    loan = lent(desk)
    desk.close_until(FIRST)
    desk.enter("repayment", loan_id=loan, amount=D(1060))
    desk.close_until(date(2026, 2, 20))
    quote = loan_pages.quote(desk.cashier(), loan, date(2026, 2, 20)).payoff
    assert quote.total == D(11000) + D("27.50"), "15 days of 11,000 at 12 %: 55.00, half of it"
    desk.enter("repayment", loan_id=loan, amount=quote.total, purpose="settle")
    assert [item.amount for item in items_of(desk)] == [D(60), D("27.50")]
    assert not {"113201", "130301"} & desk.balances().keys()
    desk.close()


def test_what_was_paid_and_is_not_owed_after_all_goes_back_to_who_paid_it(desk: Desk) -> None:
    party, loan = office(desk), lent(desk)
    desk.close_until(SECOND)
    desk.enter("batch_receive", batch_id=claimed(desk, party), amount=D(115))
    owed = position(loan_of(desk, loan), FIRST)
    assert owed.due_total
    settle = {"loan_id": loan, "purpose": "settle", "received_on": date(2026, 2, 20)}
    desk.enter("repayment", amount=D(1060) + D(11000) + D("27.50") + penalty(desk, loan, date(2026, 2, 20)), **settle)
    (back,) = items_of(desk, direction="payable")
    assert (back.kind, back.amount, back.party_id) == ("interest_subsidy", D(55) - D("27.50"), party)
    desk.enter("item_pay", item_id=back.id, amount=back.amount)
    assert "122102" not in desk.balances()
    desk.close()


def penalty(desk: Desk, loan_id: int, on: date) -> Decimal:
    ctx = desk.ctx()
    return loan_pages.page(ctx, loan_id, on).position.penalty


@pytest.mark.parametrize(("falls_on", "lost"), [("borrower", D(0)), ("lender", D(60))])
def test_a_refused_claim_falls_back_on_the_borrower_or_is_lost(desk: Desk, falls_on: str, lost: Decimal) -> None:
    party, loan = office(desk), lent(desk)
    desk.close_until(FIRST)
    desk.enter("repayment", loan_id=loan, amount=D(1060))
    batch = claimed(desk, party)
    (item,) = items_of(desk)
    asked = desk.enter("item_refused", item_id=item.id, falls_on=falls_on, why="not in the programme")
    assert asked.is_waiting, "a second person decides it"
    booked = desk.approve("item_refused", asked)
    assert items_of(desk)[0].state == "cancelled"
    assert claim_batches.read(desk.cashier(), batch).row["state"] == "settled"
    assert "122102" not in desk.balances()
    assert desk.balances().get("671101", D(0)) == lost
    desk.close()
    next_payment = position(loan_of(desk, loan), desk.ctx().business_date).next_payment
    assert next_payment == D(1000) + D(55) + (D(60) - lost)
    desk.reverse(booked)
    assert items_of(desk)[0].state == "open"
    assert desk.balances()["122102"] == D(60)
    desk.close()


def test_what_the_borrower_paid_himself_is_passed_on_to_him_when_it_comes_in(desk: Desk) -> None:
    party, loan = office(desk), lent(desk, "repaid")
    desk.close_until(FIRST)
    assert position(loan_of(desk, loan), FIRST).due_total == D(1120)
    desk.enter("repayment", loan_id=loan, amount=D(1120))
    (item,) = items_of(desk)
    assert (item.kind, item.amount) == ("subsidy_refund", D(60))
    assert "122102" not in desk.balances(), "it is nobody's asset until it comes"
    got = desk.enter("batch_receive", batch_id=claimed(desk, party), amount=D(60))
    (due,) = items_of(desk, direction="payable")
    assert (due.kind, due.amount, due.customer_id, due.party_id) == ("subsidy_refund", D(60), item.customer_id, None)
    assert desk.balances()["224104"] == D(-60)
    desk.reverse(got)
    assert items_of(desk, direction="payable")[0].state == "cancelled"
    desk.enter("item_receive", item_id=item.id, amount=D(60))
    (due,) = items_of(desk, direction="payable", state="open")
    desk.enter("item_pay", item_id=due.id, amount=D(60))
    assert "224104" not in desk.balances()
    desk.close()


def test_items_written_before_the_partner_was_entered_are_claimed_from_it(desk: Desk) -> None:
    lent(desk)
    desk.close_until(FIRST)
    assert items_of(desk)[0].party_id is None
    party = office(desk)
    assert claim_batches.read(desk.cashier(), claimed(desk, party)).open == D(60)


def test_the_statements_of_a_night_do_not_grow_with_subsidised_loans(desk: Desk) -> None:
    """Two loans fall due one night and thirty the next; nobody is late."""
    office(desk)
    seen, found = [], []
    for count in (2, 30):
        wanted = [{"product_key": "helped", "amount": D(12_000), "method": "equal_principal"} for _ in range(count)]
        made, _refused = disbursements.disburse_many(desk.ctx(), desk.contracts(wanted))
        found.append([each.loan_id for each in made])
        desk.close()
    desk.close_until(date(2026, 2, 4))
    for loans in found:
        before = len(items_of(desk))
        with counted(desk.database) as statements:
            desk.close()
        seen.append((len(items_of(desk)) - before, len(statements)))
        for loan in loans:
            desk.enter("repayment", loan_id=loan, amount=D(1060))
    assert [items for items, _ in seen] == [2, 30]
    assert seen[1][1] <= seen[0][1], seen


def test_books_equal_loans_through_subsidised_lives(desk: Desk) -> None:
    """Some pay, some late, some settle, some are undone: every night's check holds, items are what the loans say."""
    office(desk)
    loans = [lent(desk, product) for product in ("helped", "helped", "repaid", "helped")]
    desk.close_until(FIRST)
    first = desk.enter("repayment", loan_id=loans[0], amount=D(1060))
    desk.enter("repayment", loan_id=loans[2], amount=D(1120))
    desk.close_until(SECOND)
    desk.reverse(first)
    quote = loan_pages.quote(desk.cashier(), loans[3], SECOND).payoff
    desk.enter("repayment", loan_id=loans[3], amount=quote.total, purpose="settle")
    desk.close_until(date(2026, 3, 8))
    ctx = desk.ctx()
    with ctx.transaction() as connection:
        found = loan_rows.load(ctx, connection, loans, lock=False)
        item = tables.cash_item.c
        rows = connection.execute(select(item.loan_id, item.amount).where(item.state != "cancelled")).all()
    for kept in found:
        said = sum((sum(account.subsidised, D(0)) for account in kept.loan.accounts), D(0))
        assert sum((row.amount for row in rows if row.loan_id == kept.id), D(0)) == said
    assert ctx.business_date > START
