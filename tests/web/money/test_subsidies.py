"""A subsidised loan over HTTP: its schedule, the item of the finance office, the claim as Excel, its money."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from tests.services.money.house import House

from loanloom.services.money import disbursements
from loanloom.store import tables

D = Decimal


@pytest.fixture
def house(model_company) -> House:
    """The model company with contracts made by hand."""
    return House(model_company.database, model_company.company)


def page(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def post(client, url: str, **fields: object) -> str:
    answer = client.post(url, data={"csrf_token": client.csrf(), **fields})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    return str(answer.location)


def test_from_the_schedule_to_the_money_of_the_finance_office(house, person) -> None:
    """12,000 at 12 %, three points of it subsidised: interest 120.00, of it 30.00."""
    contract = house.contract(12_000, "startup-loan", method="equal_principal")
    loan = disbursements.disburse(house.ctx(), contract).loan_id
    finance = person("finance", "relationship-manager")
    shown = page(finance, f"/loans/{loan}")
    assert "of it subsidised" in shown
    assert "30.00" in shown and "1,090.00" in shown
    assert "government: 3% a year" in shown
    chinese = page(person("finance", language="zh"), f"/loans/{loan}")
    assert "其中：贴息" in chinese and "财政：年利率 3%" in chinese
    due = house.rows(tables.instalment)[0].due_on
    house.close_until(due)
    party = post(finance, "/parties/new", kind="subsidiser", name="区财政局").rsplit("/", 1)[1]
    batch = post(finance, f"/parties/{party}/claim", to=due.isoformat())
    assert "30.00" in page(finance, batch)
    sheet = finance.get(f"{batch}/claim.xlsx")
    cells = [cell for row in load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True) for cell in row]
    assert 30 in cells and "区财政局" in cells
    (item,) = house.rows(tables.cash_item)
    assert "Not paid" in page(finance, f"/cashier/items/{item.id}")
    post(finance, "/cashier/do/batch_receive", batch_id=batch.rsplit("/", 1)[1], amount="30", channel="bank")
    assert house.rows(tables.cash_item)[0].state == "settled"
    assert "settled" in page(finance, batch)
