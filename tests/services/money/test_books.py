"""The books follow the loan: whatever happens, what they hold afterwards is what is owed, and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.services.money.house import House

from loanloom.core.lending.decisions import (
    CapitaliseInterest,
    ChargeOff,
    RecoverWrittenOff,
    TransferLoan,
    WriteOff,
    decide,
    payoff,
)
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.owing.arrears import position
from loanloom.core.lending.owing.receivable import receivable
from loanloom.services.money import disbursements, loan_rows, repayments
from loanloom.services.money.books import amending, booking
from loanloom.services.money.end_of_day.suspense import stands
from loanloom.services.money.loan_rows import Change
from loanloom.store import tables

D = Decimal
START = date(2026, 1, 5)


@pytest.fixture
def house(model_company) -> House:
    """The model company with its own chart and rules, on a Monday."""
    with model_company.database.transaction() as connection:
        connection.execute(tables.company.update().values(business_date=START))
    return House(model_company.database, model_company.company)


def lend(house: House, amount: int = 100_000, product: str = "sole-trader-loan") -> int:
    return disbursements.disburse(house.ctx(), house.contract(amount, product)).loan_id


def loan_of(house: House, loan_id: int):
    ctx = house.ctx()
    with ctx.transaction() as connection:
        return loan_rows.load(ctx, connection, [loan_id], lock=False)[0]


def claims(house: House, loan_id: int) -> dict[str, Decimal]:
    found = receivable(loan_of(house, loan_id).loan, house.ctx().business_date)
    return {name: amount for name, amount in found.items() if amount}


def undo(house: House, loan_id: int, sequence: int) -> None:
    ctx = house.ctx()
    with ctx.transaction() as connection:
        booking.open_day(ctx, connection)
        amending.undo_event(ctx, connection, loan_id, sequence)


def test_cash_and_bank_are_different_accounts(house: House) -> None:
    loan = lend(house)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), loan, D("8884.88"), channel="cash")
    books = house.balances()
    assert books["1002"] == -100_000
    assert books["1001"] == D("8884.88")
    assert books["130301"] == claims(house, loan)["principal"]


def test_a_receipt_undone_weeks_later_leaves_what_would_have_been(house: House) -> None:
    paid, never = lend(house), lend(house)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), paid, D("8884.88"), channel="cash")
    house.close_until(date(2026, 2, 20))
    undo(house, paid, loan_of(house, paid).row["event_count"])
    assert claims(house, paid) == claims(house, never)
    books = house.balances()
    assert "1001" not in books
    together = {name: amount * 2 for name, amount in claims(house, never).items()}
    assert (books["130301"], books["113201"], books["113202"]) == tuple(
        together[name] for name in ("principal", "interest", "penalty")
    )
    mirrored = [row for row in house.rows(tables.journal_entry) if row.reverses_id]
    assert len(mirrored) == 1
    house.close(2)


def test_interest_leaves_the_balance_sheet_after_90_days_and_comes_back_when_paid(house: House) -> None:
    loan = lend(house)
    house.close_until(date(2026, 5, 6))
    assert loan_of(house, loan).row["days_past_due"] == 90
    assert loan_of(house, loan).row["accounting"] == "performing"
    house.close()
    row = loan_of(house, loan).row
    assert (row["days_past_due"], row["accounting"]) == (91, "suspended")
    owed, books = claims(house, loan), house.balances()
    noted = owed["interest"] + owed["penalty"]
    assert books["9001"] == noted == -books["9099"]
    assert not {"113201", "113202", "601101", "601102"} & set(books), "no income, nothing receivable"
    house.close()
    assert house.balances()["9001"] > noted, "what accrues from now on is noted too"
    due = sum(owed_now(house, loan).values())
    repayments.receive(house.ctx(), loan, due)
    books = house.balances()
    repaid = 100_000 - claims(house, loan)["principal"]
    assert -books["601101"] - books["601102"] == due - repaid
    house.close()
    assert loan_of(house, loan).row["accounting"] == "performing"
    books = house.balances()
    assert "9001" not in books
    assert books["113201"] == claims(house, loan)["interest"]


def owed_now(house: House, loan: int) -> dict[str, Decimal]:
    return position(loan_of(house, loan).loan, house.ctx().business_date).due


@pytest.mark.parametrize(
    ("before", "days", "after"),
    [
        ("performing", 90, "performing"),
        ("performing", 91, "suspended"),
        ("suspended", 1, "suspended"),
        ("suspended", 0, "performing"),
        ("charged_off", 400, "charged_off"),
    ],
)
def test_when_a_loan_earns_no_income(before: str, days: int, after: str) -> None:
    assert stands(before, days, 90) == after
    assert stands("performing", 9_999, None) == "performing"


def test_month_ends_of_every_loan_are_kept(house: House) -> None:
    late, settled = lend(house), lend(house, 50_000)
    house.close_until(date(2026, 1, 20))
    quote = payoff(loan_of(house, settled).loan, house.ctx().business_date).total
    repayments.receive(house.ctx(), settled, quote, "settle")
    house.close_until(date(2026, 3, 2))
    rows = {(row.loan_id, row.month_on): row for row in house.rows(tables.loan_month)}
    assert set(rows) == {(late, date(2026, 1, 31)), (settled, date(2026, 1, 31)), (late, date(2026, 2, 28))}
    february = rows[late, date(2026, 2, 28)]
    # first instalment of 5 February unpaid: 1,000.00 of interest, and 24 days of the second at 92,115.12 x 12 % / 360
    assert february.interest == D("1000.00") + D("736.92")
    assert february.days_past_due == 24
    assert february.principal == 100_000
    assert rows[settled, date(2026, 1, 31)].status == "settled"


def test_the_balances_kept_are_the_sums_of_the_lines(house: House) -> None:
    loan = lend(house)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), loan, D("8884.88"))
    house.close_until(date(2026, 3, 3))
    days = house.rows(tables.account_day)
    kept: dict[str, Decimal] = {}
    for row in days:
        kept[row.account_code] = kept.get(row.account_code, D(0)) + row.debits - row.credits
    assert {account: amount for account, amount in kept.items() if amount} == house.balances()
    opened = {row.account_code: row.opening for row in house.rows(tables.account_month) if row.month_on.month == 3}
    moved = {row.account_code for row in days if row.business_date >= date(2026, 3, 1)}
    assert all(opened[account] == amount for account, amount in house.balances().items() if account not in moved)
    assert house.ctx().business_date - timedelta(days=1) == house.rows(tables.ledger_day)[-1].business_date


# --- whatever happens ------------------------------------------------------------------------------------------------


def happens(house: House, loan_id: int, command, **facts: str) -> None:
    """A command on a loan, decided and booked as the services do."""
    ctx = house.ctx()
    with ctx.transaction() as connection:
        booking.open_day(ctx, connection)
        (kept,) = loan_rows.load(ctx, connection, [loan_id], lock=True)
        made = decide(kept.loan, command)
        assert not made.problems, [problem.in_words("en") for problem in made.problems]
        change = Change(kept, made.events, evolve_all(kept.loan, made.events))
        booking.book(ctx, connection, [change], facts or {"channel": "bank"})


def test_charged_off_claims_live_on_off_the_balance_sheet(house: House) -> None:
    loan, twin = lend(house), lend(house)
    house.close_until(date(2026, 3, 10))
    owed = claims(house, loan)
    happens(house, loan, ChargeOff(on=date(2026, 3, 10)))
    books = house.balances()
    assert books["1304"] == 100_000, "against the provision"
    assert books["9002"] == sum(owed.values())
    assert books["130301"] == 100_000, "the twin's"
    assert books["113201"] == claims(house, twin)["interest"]
    house.close()
    grown = sum(claims(house, loan).values())
    assert house.balances()["9002"] == grown > sum(owed.values())
    repayments.receive(house.ctx(), loan, D("8884.88"))
    books = house.balances()
    assert books["9002"] == grown - D("8884.88")
    assert books["1304"] == 100_000 - D("8884.88")
    house.close()


def test_a_charge_off_taken_back_is_as_if_it_had_not_been(house: House) -> None:
    loan, twin = lend(house), lend(house)
    house.close_until(date(2026, 3, 10))
    happens(house, loan, ChargeOff(on=date(2026, 3, 10)))
    sequence = loan_of(house, loan).row["event_count"]
    house.close(3)
    repayments.receive(house.ctx(), loan, D("1000"), channel="cash")
    house.close(2)
    undo(house, loan, sequence)
    assert loan_of(house, loan).row["accounting"] == "performing"
    repayments.receive(house.ctx(), twin, D("1000"), channel="cash")
    books = house.balances()
    assert books["1001"] == 2_000
    assert not {"1304", "9002", "9099"} & set(books)
    assert books["130301"] + books["113201"] + books["113202"] == sum(
        sum(claims(house, each).values()) for each in (loan, twin)
    )
    house.close()


def test_written_off_and_recovered(house: House) -> None:
    loan = lend(house)
    house.close_until(date(2026, 3, 10))
    owed = claims(house, loan)
    happens(house, loan, WriteOff(on=date(2026, 3, 10)))
    assert not claims(house, loan)
    books = house.balances()
    assert (books["1304"], books["9002"]) == (100_000, sum(owed.values()))
    assert not {"130301", "113201", "113202", "601101", "601102"} & set(books)
    house.close()
    happens(house, loan, RecoverWrittenOff(on=house.ctx().business_date, amount=D(700)))
    books = house.balances()
    assert (books["1304"], books["9002"], books["1002"]) == (99_300, sum(owed.values()) - 700, -99_300)


def test_interest_that_becomes_principal_changes_accounts(house: House) -> None:
    loan = lend(house)
    house.close_until(date(2026, 2, 5))
    due = claims(house, loan)["interest"]
    happens(house, loan, CapitaliseInterest(on=date(2026, 2, 5)))
    owed = claims(house, loan)
    assert owed["principal"] == 100_000 + due
    books = house.balances()
    assert books["130301"] == owed["principal"]
    assert books.get("113201", D(0)) == owed.get("interest", D(0))
    house.close(2)


def test_a_loan_that_moves_takes_its_balances_to_the_other_branch(house: House) -> None:
    loan = lend(house)
    house.close_until(date(2026, 2, 10))
    owed = claims(house, loan)
    happens(house, loan, TransferLoan(on=date(2026, 2, 10), unit="east"))
    sums: dict[tuple[str, str], Decimal] = {}
    for row in house.rows(tables.journal_line):
        key = (row.account_code, row.unit or "")
        sums[key] = sums.get(key, D(0)) + row.debit - row.credit
    assert sums["130301", "east"] == owed["principal"]
    assert sums["113201", "east"] == owed["interest"]
    assert sums["113202", "east"] == owed["penalty"]
    assert {unit: amount for (code, unit), amount in sums.items() if code == "130301" and amount} == {
        "east": owed["principal"]
    }


def test_an_early_settlement_fee_is_booked_under_its_name(house: House) -> None:
    loan = lend(house, 100_000, "sme-working-capital")
    house.close_until(date(2026, 4, 10))
    due = sum(owed_now(house, loan).values())
    repayments.receive(house.ctx(), loan, due)
    quote = payoff(loan_of(house, loan).loan, house.ctx().business_date)
    assert quote.amounts["fee"] > 0
    repayments.receive(house.ctx(), loan, quote.total, "settle")
    fees = [row for row in house.rows(tables.journal_entry) if row.event == "fee_due"]
    assert [row.memo["facts"]["charge"] for row in fees] == ["early_settlement"]
    books = house.balances()
    assert books["6021"] == -quote.amounts["fee"]
    assert not {"122101", "130301", "113201", "113202"} & set(books), "a settled loan holds nothing"
    house.close()
