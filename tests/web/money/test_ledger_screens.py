"""The ledger over HTTP: trial balance, an account line by line, the journal, periods; as pages and as Excel."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from tests.services.money.house import House
from tests.web.pages import page

from loanloom.services.money import disbursements
from loanloom.services.money.books import ledger
from loanloom.store import tables


@pytest.fixture
def house(model_company) -> House:
    """The model company at the turn of a month: a loan of 100,000 paid out on 28 January, closed until 2 February."""
    with model_company.database.transaction() as connection:
        connection.execute(tables.company.update().values(business_date=date(2026, 1, 28)))
    made = House(model_company.database, model_company.company)
    disbursements.disburse(made.ctx(), made.contract(100_000, "sole-trader-loan"))
    made.close_until(date(2026, 2, 2))
    return made


def sheet(client, url: str) -> list[tuple]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
    return [row for row in load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True) if any(row)]


def test_from_trial_balance_to_the_lines_of_an_account(house, person) -> None:
    finance = person("finance")
    shown = page(finance, "/ledger/?from=2026-01-01&to=2026-01-31")
    assert "100,000.00" in shown
    assert "/ledger/accounts/113201/?from=2026-01-01" in shown.replace("&amp;", "&")
    lines = page(finance, "/ledger/accounts/113201/?from=2026-01-01&to=2026-01-31")
    assert [f"{amount}" in lines for amount in ("33.33", "66.67", "100.00", "133.33")] == [True] * 4
    assert "Interest accrued" in lines
    chinese = page(person("finance", language="zh"), "/ledger/accounts/113201/")
    assert "科目明细" in chinese and "期末余额" in chinese


def test_excel_says_what_the_page_says(house, person) -> None:
    finance = person("finance")
    rows = sheet(finance, "/ledger/trial-balance.xlsx?from=2026-01-01&to=2026-01-31")
    by_account = {row[0]: row for row in rows}
    assert by_account["113201"][3:6] == (133.33, 0, 133.33)
    assert by_account["Total"][3] == by_account["Total"][4]
    statement = sheet(finance, "/ledger/accounts/130301/statement.xlsx?from=2026-01-01&to=2026-01-31")
    assert statement[-1][5:] == (100000, 0, 100000)
    journal = sheet(finance, "/ledger/entries.xlsx")
    lines = [row for row in journal if isinstance(row[0], date)]
    debits, credited = (round(sum(row[place] or 0 for row in lines), 2) for place in (6, 7))
    assert debits == credited > 100_000


def test_nothing_there_yet_says_so(house, person) -> None:
    finance = person("finance")
    assert "Nothing moved on this account" in page(finance, "/ledger/accounts/130301/?from=2026-02-01&to=2026-02-02")
    page(finance, "/ledger/accounts/9876/", 404)
    assert "ends before it begins" in page(finance, "/ledger/accounts/130301/?from=2026-02-02&to=2026-02-01", 422)


def test_a_month_is_closed_on_screen(house, person) -> None:
    finance = person("finance")
    listed = page(finance, "/ledger/periods/")
    assert "2026-01" in listed
    assert "Close softly" in listed
    done = finance.post("/ledger/periods/2026-01/close", data={"csrf_token": finance.csrf()})
    assert done.status_code == 302
    assert "Close for good" in page(finance, "/ledger/periods/")
    finished = finance.post("/ledger/periods/2026-01/finish", data={"csrf_token": finance.csrf()})
    assert finished.status_code == 302
    refused = finance.post(
        "/ledger/periods/2026-01/open", data={"csrf_token": finance.csrf(), "reason": "late invoice"}
    )
    assert refused.status_code == 422
    assert "closed for good" in refused.get_data(as_text=True)
    assert person("relationship-manager").get("/ledger/periods/").status_code == 403
    assert finance.post("/ledger/periods/2026-13/close", data={"csrf_token": finance.csrf()}).status_code == 404


def test_long_statements_are_read_page_by_page(house) -> None:
    whole = ledger.statement(house.ctx(), "113201", limit=None, first=date(2026, 1, 1))
    start, balances = 0, []
    while start is not None:
        part = ledger.statement(house.ctx(), "113201", limit=2, start=start, first=date(2026, 1, 1))
        balances += [line.balance for line in part.lines]
        start = part.after
    assert balances == [line.balance for line in whole.lines]
    assert balances[-1] == whole.closing
