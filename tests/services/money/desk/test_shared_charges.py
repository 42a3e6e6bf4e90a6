"""Parts of charges that others bear when they fall due: items and income of that day, claims, refusals, other lives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
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
SERVICE = (
    "{event: instalment, amount: 100, shares: [{payer: subsidy, party: 区财政局, share: 0.4, stops_after_days: 45}]}"
)
SALES = "{event: instalment, amount: 30, payer: merchant, in_cost: false}"
UPFRONT = "{event: disbursement, amount: 50, payer: subsidy, settled: invoiced, in_cost: false}"


def shared(database: Database, company: Company) -> Desk:
    """The small lender with a charge that is shared, one that merchants pay, and one that is paid with the money."""
    plain, more = files()["metadata/products/plain.yaml"], {}
    for key, spec in (("service", SERVICE), ("sales", SALES), ("upfront", UPFRONT)):
        charge = f"apiVersion: loanloom/v1\nkind: charge\nkey: {key}\ntitle: {{en: {key}, zh: {key}}}\nspec: {spec}\n"
        more[f"metadata/charges/{key}.yaml"] = charge
        more[f"metadata/products/{key}-loan.yaml"] = plain.replace("key: plain", f"key: {key}-loan").replace(
            "  draw: once", f"  charges: [{key}]\n  draw: once"
        )
    return lender.settle(database, company, more)


@pytest.fixture
def desk(settled: Settled) -> Iterator[Desk]:
    """That lender."""
    with settled.by(shared) as made:
        yield made


def lent(desk: Desk, product: str = "service-loan", **more: Any) -> int:
    """12,000 at 12 % with equal principal: interest 120.00, 110.00 ...; 60.00 of the fee is the borrower's."""
    return desk.lent(product, amount=12_000, method="equal_principal", **more)


def test_a_part_of_a_charge_becomes_item_and_income_on_its_due_day(desk: Desk) -> None:
    party, loan = office(desk), lent(desk)
    desk.close_until(date(2026, 2, 4))
    assert not items_of(desk), "nothing of what falls due later is there at the start"
    assert "6021" not in desk.balances()
    desk.close()
    (item,) = items_of(desk)
    assert (item.kind, item.amount, item.due_on, item.party_id, item.loan_id) == (
        "charge_share", D(40), FIRST, party, loan,
    )  # fmt: skip
    balances = desk.balances()
    assert (balances["122102"], balances["122101"], balances["6021"]) == (D(40), D(60), D(-100))
    assert position(loan_of(desk, loan), FIRST).due_total == D(1180)
    desk.enter("repayment", loan_id=loan, amount=D(1180))
    desk.enter("batch_receive", batch_id=claimed(desk, party), amount=D(40))
    assert not {"122101", "122102"} & desk.balances().keys()
    assert desk.balances()["6021"] == D(-100), "income when due, not again when it comes"
    desk.close()  # the night's check holds the books against the loans


def test_what_others_pay_with_the_money_is_an_item_from_the_start(desk: Desk) -> None:
    lent(desk, "upfront-loan")
    (item,) = items_of(desk)
    assert (item.kind, item.amount, item.due_on) == ("subsidy", D(50), START)
    assert "122102" not in desk.balances()
    desk.close_until(SECOND)
    assert len(items_of(desk)) == 1


def test_a_late_loan_bears_it_and_a_receipt_backdated_brings_the_part_back(desk: Desk) -> None:
    office(desk)
    loan = lent(desk)
    desk.close_until(THIRD)
    assert [item.amount for item in items_of(desk, state="open")] == [D(40), D(40)]
    assert [account.fee for account in loan_of(desk, loan).accounts[:4]] == [D(60), D(60), D(100), D(60)]
    assert position(loan_of(desk, loan), THIRD).due["fee"] == D(220)
    desk.enter("repayment", loan_id=loan, amount=D(1180), received_on=FIRST)
    assert [item.amount for item in items_of(desk, state="open")] == [D(40)] * 3, "31 days late by then"
    assert loan_of(desk, loan).accounts[2].fee == D(60)
    assert desk.balances()["122102"] == D(120)
    desk.close()
    desk.enter("reversal", order_id=desk.rows(tables.cash_order)[-1].id, why="not his money")
    assert [item.amount for item in items_of(desk, state="open")] == [D(40), D(40)]
    assert (desk.balances()["122102"], desk.balances()["6021"]) == (D(80), D(-300))
    desk.close()


def test_what_was_paid_and_is_not_owed_after_all_goes_back_to_who_paid_it(desk: Desk) -> None:
    party, loan = office(desk), lent(desk)
    desk.close_until(FIRST)
    first = desk.enter("repayment", loan_id=loan, amount=D(1180))
    desk.close_until(THIRD)
    desk.enter("batch_receive", batch_id=claimed(desk, party), amount=D(120))
    desk.reverse(first)
    assert [account.fee for account in loan_of(desk, loan).accounts[:3]] == [D(60), D(60), D(100)]
    (back,) = items_of(desk, direction="payable")
    assert (back.kind, back.amount, back.party_id, back.state) == ("charge_share", D(40), party, "open")
    assert desk.balances()["122102"] == D(-40)
    desk.enter("item_pay", item_id=back.id, amount=D(40))
    assert "122102" not in desk.balances()
    desk.close()


@pytest.mark.parametrize(("falls_on", "lost"), [("borrower", D(0)), ("lender", D(40))])
def test_a_refused_part_falls_back_on_the_borrower_or_is_lost(desk: Desk, falls_on: str, lost: Decimal) -> None:
    party, loan = office(desk), lent(desk)
    desk.close_until(FIRST)
    desk.enter("repayment", loan_id=loan, amount=D(1180))
    batch = claimed(desk, party)
    (item,) = items_of(desk)
    asked = desk.enter("item_refused", item_id=item.id, falls_on=falls_on, why="not in the programme")
    assert asked.is_waiting, "a second person decides it"
    booked = desk.approve("item_refused", asked)
    assert items_of(desk)[0].state == "cancelled"
    assert claim_batches.read(desk.cashier(), batch).row["state"] == "settled"
    assert "122102" not in desk.balances()
    assert desk.balances().get("671101", D(0)) == lost
    assert loan_of(desk, loan).accounts[1].fee == D(100) - lost
    desk.close()
    desk.reverse(booked)
    assert items_of(desk)[0].state == "open"
    assert desk.balances()["122102"] == D(40)
    assert loan_of(desk, loan).accounts[1].fee == D(60)
    desk.close()


def test_a_merchants_charge_is_the_merchants_and_never_falls_on_the_borrower(desk: Desk) -> None:
    loan = lent(desk, "sales-loan")
    desk.close_until(THIRD)
    found = items_of(desk)
    assert [(item.kind, item.amount, item.due_on) for item in found] == [
        ("charge_share", D(30), day) for day in (FIRST, SECOND, THIRD)
    ]  # fmt: skip
    assert desk.balances()["6021"] == D(-90)
    asked = desk.enter("item_refused", item_id=found[0].id, falls_on="lender", why="closed down")
    desk.approve("item_refused", asked)
    with pytest.raises(Refused, match=r"for the borrower|借款人"):
        desk.approve("item_refused", desk.enter("item_refused", item_id=found[1].id, falls_on="borrower", why="closed"))
    assert all(account.fee == 0 for account in loan_of(desk, loan).accounts)
    desk.close()


def test_a_loan_settled_early_shares_the_charge_that_falls_due_with_it(desk: Desk) -> None:
    office(desk)
    loan = lent(desk)
    desk.close_until(FIRST)
    desk.enter("repayment", loan_id=loan, amount=D(1180))
    desk.close_until(date(2026, 2, 20))
    quote = loan_pages.quote(desk.cashier(), loan, date(2026, 2, 20)).payoff
    assert quote.total == D(11000) + D(55) + D(60), "15 days of 11,000 at 12 %, and his part of the second fee"
    settled = desk.enter("repayment", loan_id=loan, amount=quote.total, purpose="settle")
    assert [item.amount for item in items_of(desk)] == [D(40), D(40)]
    assert desk.balances()["6021"] == D(-200)
    desk.close_until(date(2026, 3, 6))
    desk.reverse(settled)
    assert [item.amount for item in items_of(desk, state="open")] == [D(40)], "the second is undecided again"
    desk.close()
    assert [item.amount for item in items_of(desk, state="open")] == [D(40), D(40)], "and made up for at night"
    assert desk.balances()["6021"] == D(-200)
    desk.close()


def test_items_written_before_the_partner_was_entered_are_claimed_from_it(desk: Desk) -> None:
    lent(desk)
    desk.close_until(FIRST)
    assert items_of(desk)[0].party_id is None
    party = office(desk)
    assert claim_batches.read(desk.cashier(), claimed(desk, party)).open == D(40)


def test_the_statements_of_a_night_do_not_grow_with_shared_charges(desk: Desk) -> None:
    """Two loans fall due one night and thirty the next; nobody is late."""
    office(desk)
    seen, found = [], []
    for count in (2, 30):
        wanted = [{"product_key": "service-loan", "amount": D(12_000), "method": "equal_principal"}] * count
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
            desk.enter("repayment", loan_id=loan, amount=D(1180))
    assert [items for items, _ in seen] == [2, 30]
    assert seen[1][1] <= seen[0][1], seen


def test_books_equal_loans_through_lives_with_shared_charges(desk: Desk) -> None:
    """Some pay, some late, some settle, some are undone: every night's check holds, items are what the loans say."""
    office(desk)
    loans = [lent(desk, product) for product in ("service-loan", "service-loan", "sales-loan", "service-loan")]
    desk.close_until(FIRST)
    first = desk.enter("repayment", loan_id=loans[0], amount=D(1180))
    desk.enter("repayment", loan_id=loans[2], amount=D(1120))
    desk.close_until(SECOND)
    desk.reverse(first)
    quote = loan_pages.quote(desk.cashier(), loans[3], SECOND).payoff
    desk.enter("repayment", loan_id=loans[3], amount=quote.total, purpose="settle")
    desk.close_until(date(2026, 4, 8))
    ctx = desk.ctx()
    with ctx.transaction() as connection:
        found = loan_rows.load(ctx, connection, loans, lock=False)
    said = 0
    for kept in found:
        parts = [sum(charge.borne, D(0)) for charge in kept.loan.circumstances.shared if charge.borne]
        rows = items_of(desk, loan_id=kept.id)
        assert sum((row.amount for row in rows if row.state != "cancelled"), D(0)) == sum(parts, D(0))
        said += sum(parts, D(0))
    assert desk.balances()["122102"] == said, "the books hold what the items say"
