"""The money screens over HTTP: what finance sees and does, what others may not, both languages, nothing twice."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.web.pages import page, post

from loanloom.store import tables

D = Decimal


def test_paying_out_from_list_to_loan(house, person) -> None:
    contract = house.contract(100_000, "sole-trader-loan")
    finance = person("finance")
    listed = page(finance, "/disbursements/")
    assert f"/disbursements/{contract}" in listed
    assert "100,000.00" in listed
    shown = page(finance, f"/disbursements/{contract}")
    assert "壹拾万元整" in shown
    assert "8,884.88" in shown
    assert 'name="idempotency_key"' in shown
    key = re.search(r'name="idempotency_key" value="([^"]+)"', shown).group(1)
    first = post(finance, f"/disbursements/{contract}", idempotency_key=key, channel="bank")
    again = post(finance, f"/disbursements/{contract}", idempotency_key=key, channel="bank")
    assert first.status_code == again.status_code == 302
    assert first.location == again.location
    assert len(house.rows(tables.loan)) == 1
    assert "Nothing to pay out" in page(finance, "/disbursements/")
    assert finance.get(f"/disbursements/{contract}").location == first.location
    for tab in ("schedule", "transactions", "journal", "history", "why"):
        assert "Loan" in page(finance, f"{first.location}?tab={tab}")


def test_the_voucher_is_filled_once_and_drawn_as_pdf(house, person) -> None:
    finance = person("finance")
    loan = post(finance, f"/disbursements/{house.contract(100_000, 'sole-trader-loan')}", channel="bank").location
    first = finance.get(f"{loan}/voucher")
    assert first.status_code == 302, first.get_data(as_text=True)[:2000]
    assert finance.get(f"{loan}/voucher").location == first.location
    drawn = finance.get(first.location)
    assert drawn.status_code == 200
    words = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(drawn.data)).pages)
    assert "壹拾万元整" in words
    assert "8,884.88" in words


def test_a_contract_that_is_not_ready_says_why(house, person) -> None:
    contract = house.contract(50_000, "sole-trader-loan")
    with house.database.transaction(house.company.id) as connection:
        connection.execute(tables.contract.update().values(state="prepared"))
    finance = person("finance", language="zh")
    shown = page(finance, f"/disbursements/{contract}")
    assert "尚未签订" in shown
    assert 'popovertarget="pay-out"' not in shown
    refused = post(finance, f"/disbursements/{contract}", channel="bank")
    assert refused.status_code == 422
    assert house.rows(tables.loan) == []


def test_receiving_shows_the_allocation_before_it_books(house, person) -> None:
    contract = house.contract(100_000, "sole-trader-loan")
    finance = person("finance")
    loan = post(finance, f"/disbursements/{contract}", channel="bank").location
    house.close_until(date(2026, 4, 5))
    shown = page(finance, f"{loan}/repay")
    assert "8,884.88" in shown
    assert "3 days past due" in shown
    part = page(finance, f"{loan}/repay?amount=1%2C500.00&purpose=due")
    assert "488.17" in part  # left for principal after 11.83 of penalty and 1,000.00 of interest
    key = re.search(r'name="idempotency_key" value="([^"]+)"', part).group(1)
    fields = {"amount": "1500.00", "purpose": "due", "channel": "bank", "reference": "=1+1", "idempotency_key": key}
    assert post(finance, f"{loan}/repay", **fields).status_code == 302
    assert post(finance, f"{loan}/repay", **fields).status_code == 302
    assert len(house.rows(tables.receipt)) == 1
    assert "1,500.00" in page(finance, f"{loan}?tab=transactions")
    too_much = post(finance, f"{loan}/repay", amount="999999.00", purpose="due", channel="bank", idempotency_key="x")
    assert too_much.status_code == 422
    assert "more than" in too_much.get_data(as_text=True)
    nonsense = post(finance, f"{loan}/repay", amount="many", purpose="due", channel="bank", idempotency_key="y")
    assert nonsense.status_code == 422
    assert "Enter an amount" in nonsense.get_data(as_text=True)
    settle = page(finance, f"{loan}/repay?purpose=settle")
    amount = re.search(r'name="amount" value="([0-9.]+)"', settle).group(1)
    done = post(finance, f"{loan}/repay", amount=amount, purpose="settle", channel="bank", idempotency_key="z")
    assert done.status_code == 302
    assert "Settled" in page(finance, loan)
    assert "is settled" in page(finance, f"{loan}/repay")


def test_a_loan_on_any_day_of_its_life(house, person) -> None:
    contract = house.contract(100_000, "sole-trader-loan")
    finance = person("finance")
    loan = post(finance, f"/disbursements/{contract}", channel="bank").location
    house.close_until(date(2026, 4, 7))
    today = page(finance, loan)
    assert "Special mention" in today
    before = page(finance, f"{loan}?on=2026-03-17")
    assert "As it stood on 17 Mar 2026" in before
    assert "500.00" in before  # 15 days of interest
    assert "Special mention" not in before
    assert "Choose a day from" in page(finance, f"{loan}?on=2026-03-01", 422)
    assert "Enter a date" in page(finance, f"{loan}?on=soon", 422)
    history = page(person("finance", language="zh"), f"{loan}?tab=history")
    assert "关注" in history and "第 2 行" in history, "the row of the decision table that put the loan into its class"


def test_the_ledger_balances_on_screen(house, person) -> None:
    finance = person("finance")
    assert "Nothing booked yet" in page(finance, "/ledger/")
    paid = post(finance, f"/disbursements/{house.contract(100_000, 'sole-trader-loan')}", channel="bank")
    assert paid.status_code == 302, paid.get_data(as_text=True)
    house.close(2)
    shown = page(finance, "/ledger/")
    assert "100,066.67" in shown, house.balances()
    assert "balanced" in shown
    assert "130301" in shown
    assert "Interest accrued" in page(finance, "/ledger/entries/?account=113201")
    assert "100,000.00" in page(finance, "/ledger/entries/?on=2026-03-02")
    assert page(finance, "/ledger/?from=2026-05-01&to=2026-01-01", 422)


def test_the_day_is_begun_once_and_shows_how_far_it_is(house, person) -> None:
    operator = person("finance")
    if operator.get("/day/").status_code == 403:
        operator = person("system-administrator")
    assert "No day has been closed yet" in page(operator, "/day/")
    assert post(operator, "/day/close", until="month_end", idempotency_key="d1").status_code == 302
    assert post(operator, "/day/close", until="month_end", idempotency_key="d2").status_code == 302
    jobs = [row for row in house.rows(tables.job_run) if row.kind == "end_of_day"]
    assert [row.arguments for row in jobs] == [{"until": "2026-04-01"}]
    assert "hx-get" in page(operator, "/day/")
    assert operator.get("/day/progress").status_code == 200
    with house.database.transaction(house.company.id) as connection:
        connection.execute(tables.job_run.update().values(state="done"))
    assert operator.get("/day/progress").headers["HX-Refresh"] == "true"
    house.close(2)
    assert "2 Mar 2026" in page(operator, "/day/")


@pytest.mark.parametrize("role", ["relationship-manager", "auditor", "approver-1"])
def test_nobody_else_moves_money(house, person, role) -> None:
    contract = house.contract(50_000, "sole-trader-loan")
    other = person(role)
    assert post(other, f"/disbursements/{contract}", channel="bank").status_code == 403
    assert post(other, "/loans/1/repay", amount="1", purpose="due").status_code == 403
    assert post(other, "/day/close", until="next").status_code == 403
    assert house.rows(tables.loan) == []
