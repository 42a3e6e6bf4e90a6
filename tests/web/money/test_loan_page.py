"""The page of a loan over HTTP: any day, the why of transactions, statements, changes by two people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from tests.web.pages import page, post

from loanloom.core.lending.agreed.terms import DrawTerms
from loanloom.core.lending.decisions import Disburse
from loanloom.services.money import disbursements, repayments
from loanloom.store import tables

D = Decimal


@pytest.fixture
def loan(house) -> str:
    """The address of a loan of 100,000 that paid most of its first instalment four days late."""
    made = disbursements.disburse(house.ctx(), house.contract(100_000, "sole-trader-loan"))
    house.close_until(date(2026, 4, 6))
    repayments.receive(house.ctx(), made.loan_id, D("8000"), reference="A-1")
    return f"/loans/{made.loan_id}"


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found, text[:2000]
    return found[1]


TABS = ("schedule", "transactions", "statement", "changes", "journal", "history", "related", "why")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_tab_in_both_languages(house, person, loan, language) -> None:
    finance = person("finance", language=language)
    for tab in TABS:
        assert "<main" in page(finance, f"{loan}?tab={tab}")
    assert ("Settle early" if language == "en" else "提前结清") in page(finance, loan)
    assert "Settle early" not in page(person("auditor", language="en"), loan), "who may not ask sees no buttons"


def test_owed_on_a_day_to_come_and_on_a_day_gone(person, loan) -> None:
    finance = person("finance")
    gone = page(finance, f"{loan}?on=2026-03-17")
    assert "As it stood on 17 Mar 2026" in gone
    ahead = page(finance, f"{loan}?on=2026-05-10")
    assert "As it will stand on 10 May 2026 if nothing more is paid" in ahead
    assert "38 days past due" in ahead, "since 2 April, for the first instalment was paid in part"
    assert "Choose a day from" in page(finance, f"{loan}?on=2040-01-01", 422)


def test_a_transaction_says_why(house, person, loan) -> None:
    finance = person("finance")
    listed = page(finance, f"{loan}?tab=transactions")
    assert "A-1" in listed
    told = page(finance, f"{loan}/transactions/2")
    assert "1,000.00" in told
    assert "100,000.00 at 12% a year" in told
    assert "× 18% ×" in told
    assert "The money did not reach for all of it" in told
    assert "年利率 12%" in page(person("finance", language="zh"), f"{loan}/transactions/2")
    page(finance, f"{loan}/transactions/99", 404)


def test_the_statement_as_pdf_and_sheet_says_the_same(person, loan) -> None:
    finance = person("finance")
    shown = page(finance, f"{loan}?tab=statement")
    owed = re.search(r"<tfoot>.*?([\d,.]+)</th></tr>", shown, re.DOTALL)[1]
    drawn = finance.get(f"{loan}/statement.pdf")
    assert drawn.mimetype == "application/pdf"
    words = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(drawn.data)).pages)
    assert owed in words
    assert "Account statement" in words
    sheet = load_workbook(BytesIO(finance.get(f"{loan}/statement.xlsx").data)).active
    last = [cell.value for cell in list(sheet.rows)[-1]]
    assert f"{D(str(last[-1])):,.2f}" == owed
    part = page(finance, f"{loan}?tab=statement&since=2026-04-06&until=2026-04-06")
    assert "Balance brought forward" in part
    assert "Choose a first day" in page(finance, f"{loan}?tab=statement&since=2026-05-06&until=2026-04-06", 422)
    page(finance, f"{loan}/statement.doc", 404)


def test_a_change_by_two_people_on_screen(house, person, loan) -> None:
    asks, agrees, cash = person("relationship-manager"), person("approver-2"), person("finance")
    with house.database.transaction(house.company.id) as connection:
        connection.execute(tables.loan.update().values(manager_user_id=asks.user_id))
    form = page(asks, f"{loan}/changes/new/settle_early")
    assert "No preview yet" in form
    wrong = page(asks, f"{loan}/changes/new/settle_early?preview=yes&amount=1")
    wanted = re.search(r"takes exactly ([\d,.]+),", wrong)[1]
    shown = page(asks, f"{loan}/changes/new/settle_early?preview=yes&amount={wanted}")
    assert "exactly what will be booked" in shown
    assert "goes" in shown
    fields = {"amount": hidden(shown, "amount"), "digest": hidden(shown, "digest"), "idempotency_key": "k"}
    silent = post(asks, f"{loan}/changes/new/settle_early", **fields)
    assert silent.status_code == 422
    assert "Say why" in silent.get_data(as_text=True)
    asked = post(asks, f"{loan}/changes/new/settle_early", **(fields | {"why": "sold", "idempotency_key": "k2"}))
    again = post(asks, f"{loan}/changes/new/settle_early", **(fields | {"why": "sold", "idempotency_key": "k2"}))
    assert asked.location == again.location
    assert len(house.rows(tables.loan_change)) == 1
    assert "sold" in page(agrees, "/loan-changes/")
    assert "Approve this change?" not in page(asks, asked.location)
    sheet = page(agrees, asked.location)
    stale = post(agrees, f"{asked.location}/approve", digest="something else")
    assert stale.status_code == 409
    assert "has moved" in stale.get_data(as_text=True)
    digest = re.search(r'changes/\d+/approve".*?name="digest" value="([^"]+)"', sheet, re.DOTALL)[1]
    assert post(agrees, f"{asked.location}/approve", digest=digest).status_code == 302
    assert "Book this change?" in page(cash, asked.location)
    assert post(agrees, f"{asked.location}/book", channel="bank").status_code == 403
    assert post(cash, f"{asked.location}/book", channel="cash", idempotency_key="b").status_code == 302
    assert "Settled" in page(cash, loan)
    assert "Booked by" in page(cash, asked.location)
    assert "Nothing waits" in page(agrees, "/loan-changes/")


def test_a_change_of_another_loan_is_not_found_under_this_one(house, person, loan) -> None:
    finance = person("finance")
    other = disbursements.disburse(house.ctx(), house.contract(50_000, "sole-trader-loan"))
    page(finance, f"/loans/{other.loan_id}/changes/1", 404)
    page(finance, f"{loan}/changes/new/nothing-like-it", 404)
    page(person("auditor"), f"{loan}/changes/new/settle_early", 403)


def test_a_transfer_hands_the_loan_over_and_its_undoing_hands_it_back(house, person, loan) -> None:
    asks, agrees, takes = person("finance"), person("risk-officer"), person("relationship-manager")
    (before,) = house.rows(tables.loan)
    form = page(asks, f"{loan}/changes/new/transfer_loan")
    assert f'<option value="{takes.user_id}"' in form
    fields = {"manager_user_id": str(takes.user_id), "why": "leaves the branch", "idempotency_key": "t"}
    stranger = post(asks, f"{loan}/changes/new/transfer_loan", **(fields | {"manager_user_id": "999999"}))
    assert stranger.status_code == 422
    assert "choose one of the list" in stranger.get_data(as_text=True)
    change = post(asks, f"{loan}/changes/new/transfer_loan", **fields).location

    def agree(address: str) -> None:
        digest = re.search(r'/approve".*?name="digest" value="([^"]+)"', page(agrees, address), re.DOTALL)[1]
        assert post(agrees, f"{address}/approve", digest=digest).status_code == 302

    agree(change)
    assert house.rows(tables.loan)[0].manager_user_id == takes.user_id
    assert "Person" in page(takes, loan), "who looks after it sees it now"
    undo = post(asks, f"{change}/undo", why="stays after all", idempotency_key="u").location
    agree(undo)
    assert house.rows(tables.loan)[0].manager_user_id == before.manager_user_id
    assert "Undone" in page(asks, change)


def test_a_change_that_would_break_the_price_cap_is_refused(house, person, loan) -> None:
    shown = page(person("finance"), f"{loan}/changes/new/change_rate?preview=yes&annual_rate=30")
    assert "No preview yet" in shown
    assert "at most" in shown
    cheaper = page(person("finance"), f"{loan}/changes/new/change_rate?preview=yes&annual_rate=10")
    assert "exactly what will be booked" in cheaper


def test_a_further_draw_is_asked_for_agreed_and_paid_out_on_screen(house, person, monkeypatch) -> None:
    in_tranches = DrawTerms(pattern="tranches", limit=D("100000"))
    monkeypatch.setattr(
        disbursements,
        "Disburse",
        lambda *, terms, **more: Disburse(terms=replace(terms, draws=in_tranches), **more),
    )
    made = disbursements.disburse(house.ctx(), house.contract(60_000, "sole-trader-loan"))
    here = f"/loans/{made.loan_id}"
    asks, agrees, cash = person("relationship-manager"), person("approver-2"), person("finance")
    with house.database.transaction(house.company.id) as connection:
        connection.execute(tables.loan.update().values(manager_user_id=asks.user_id))
    assert "Still to be drawn" in page(asks, here)
    new = f"{here}/changes/new/draw_tranche"
    empty = re.search(r'<select[^>]*name="payees.0.party_id"[^>]*>', page(asks, new))[0]
    assert "required" not in empty, "the spare row may stay empty"
    shown = page(asks, f"{new}?preview=yes&amount=30000")
    assert "Review before paying out" in shown
    assert "To be paid out" in shown
    fields = {"amount": "30000", "digest": hidden(shown, "digest"), "idempotency_key": "k", "why": "roof"}
    asked = post(asks, new, **fields)
    sheet = page(agrees, asked.location)
    assert "It is booked when the cashier pays it out." in sheet
    digest = re.search(r'changes/\d+/approve".*?name="digest" value="([^"]+)"', sheet, re.DOTALL)[1]
    assert post(agrees, f"{asked.location}/approve", digest=digest).status_code == 302
    assert "Pay this money out?" in page(cash, asked.location)
    assert post(agrees, f"{asked.location}/book", channel="bank").status_code == 403
    assert post(cash, f"{asked.location}/book", channel="bank", idempotency_key="b").status_code == 302
    assert "90,000.00" in page(cash, here)
    assert house.rows(tables.disbursement)[-1].sequence == 2


def test_a_disbursement_is_taken_back_by_two_people_on_screen(house, person) -> None:
    made = disbursements.disburse(house.ctx(), house.contract(80_000, "sole-trader-loan"))
    house.close(4)
    asks, agrees, loan = person("finance"), person("risk-officer"), f"/loans/{made.loan_id}"
    assert "changes/new/undo_disbursement" in page(asks, loan)
    assert "changes/new/undo_disbursement" in page(asks, f"{loan}/transactions/1"), "the disbursement itself has it too"
    form = page(asks, f"{loan}/changes/new/undo_disbursement")
    assert "came back from the bank" in form and "wrong payee or account" in form
    zh = page(person("finance", language="zh"), f"{loan}/changes/new/undo_disbursement")
    assert "撤销放款" in zh and "未实际划出" in zh and "收款人或账号有误" in zh
    fields = {"money_back": "returned", "mistake": "wrong_account", "reference": "BOC 9", "idempotency_key": "d"}
    missing = post(asks, f"{loan}/changes/new/undo_disbursement", why="x", mistake="other", idempotency_key="m")
    assert missing.status_code == 422
    change = post(asks, f"{loan}/changes/new/undo_disbursement", **fields, why="account of a namesake").location
    assert "account of a namesake" in page(agrees, change)
    digest = re.search(r'/approve".*?name="digest" value="([^"]+)"', page(agrees, change), re.DOTALL)[1]
    assert post(agrees, f"{change}/approve", digest=digest).status_code == 302
    for tab in TABS:
        assert "The disbursement was undone on" in page(asks, f"{loan}?tab={tab}")
    assert "Cancelled" in page(asks, "/loans/") and "放款已于" in page(person("finance", language="zh"), loan)
    assert "Receive repayment" not in page(asks, loan) and f"{change}/undo" not in page(asks, change)
    for sequence in (1, 2):
        assert "<main" in page(asks, f"{loan}/transactions/{sequence}")
    assert asks.get(f"{loan}/statement.pdf").status_code == 200
    (contract,) = {row.contract_id for row in house.rows(tables.loan)}
    waits = page(asks, "/disbursements/")
    assert f"/disbursements/{contract}" in waits
    assert f"/loans/{made.loan_id}" not in page(asks, f"/contracts/{contract}")
    again = disbursements.disburse(house.ctx(), contract)
    assert again.loan_number != made.loan_number
    assert f"/loans/{again.loan_id}" in page(asks, f"/contracts/{contract}")
