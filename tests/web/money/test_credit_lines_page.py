"""Credit lines over HTTP: the page and the API, asked by one person and decided by another."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import update
from tests.services.money.house import House
from tests.services.money.test_credit_lines import DECIDES, by

from loanloom.services.papers import contracts
from loanloom.store import tables


@pytest.fixture
def mine(model_company):
    """Put a line into somebody's care."""

    def given(line: int, browser) -> None:
        table = tables.credit_line
        with model_company.database.transaction(model_company.company.id) as connection:
            connection.execute(update(table).where(table.c.id == line).values(manager_user_id=browser.user_id))

    return given


@pytest.fixture
def line(model_company) -> int:
    """A line of the model company's product for sole traders."""
    house = House(model_company.database, model_company.company)
    contract = house.contract(100_000, "sole-trader-line", method="pay_as_you_draw")
    with house.database.transaction(house.company.id) as connection:
        values = {"kind": "line", "state": "prepared", "signed_on": None, "prepared_on": date(2026, 1, 5)}
        table = tables.contract
        connection.execute(update(table).where(table.c.id == contract).values(values))
    ctx = by(house, DECIDES)
    contracts.sign(ctx, contract, ctx.business_date, version=1)
    return int(house.rows(tables.credit_line)[0].id)


def text_of(browser, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def post(browser, url: str, **fields) -> str:
    answer = browser.post(url, data={"csrf_token": browser.csrf(), **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def test_a_draw_is_asked_for_by_one_and_approved_by_another(person, mine, line: int) -> None:
    asks, decides = person("relationship-manager"), person("approver-2")
    mine(line, asks)
    url = f"/credit-lines/{line}"
    assert "100,000.00" in text_of(asks, "/credit-lines/")
    page = post(asks, f"{url}/draws", amount="30,000", term_months="6", method="pay_as_you_draw", purpose="stock")
    assert "the amount is reserved" in page
    assert "70,000.00" in page
    too_much = post(asks, f"{url}/draws", amount="70000.01", term_months="6", method="pay_as_you_draw")
    assert "Only 70,000.00 of the line is free" in too_much
    draw = re.search(rf"{url}/draws/(\d+)", page)
    assert draw
    decided = post(decides, draw.group(0), action="approve", version="1")
    assert "it can be paid out now" in decided


def test_the_page_speaks_chinese(person, mine, line: int) -> None:
    browser = person("relationship-manager", language="zh")
    mine(line, browser)
    page = text_of(browser, f"/credit-lines/{line}")
    assert "授信额度" in page
    assert "申请提款" in page
    assert "可用额度" in page
    assert "额度测算" not in page  # that is a calculation of an application


def test_the_api_asks_once_and_tells_what_is_free(person, mine, line: int) -> None:
    browser = person("relationship-manager")
    mine(line, browser)
    headers = {"X-CSRFToken": browser.csrf(), "Idempotency-Key": "d1"}
    wanted = {"amount": "20000", "term_months": 6, "method": "pay_as_you_draw"}
    url = f"/api/v1/credit-lines/{line}"
    first = browser.post(f"{url}/draws", json=wanted, headers=headers)
    assert first.status_code == 201, first.get_data(as_text=True)
    assert browser.post(f"{url}/draws", json=wanted, headers=headers).get_json() == first.get_json()
    seen = browser.get(url).get_json()
    assert (D(seen["frozen"]), D(seen["free"]), len(seen["draws"])) == (20_000, 80_000, 1)
    taken = browser.post(
        f"/api/v1/credit-lines/draws/{first.get_json()['draw_id']}/cancel", json={"version": 1}, headers=headers
    )
    assert taken.status_code == 200
    assert D(browser.get(url).get_json()["free"]) == 100_000


def test_parts_of_members_on_the_page_and_by_program(person, mine, line: int, model_company) -> None:
    house = House(model_company.database, model_company.company)
    browser = person("relationship-manager", "approver-2")
    mine(line, browser)
    other = house.rows(tables.contract, tables.contract.c.id == house.contract(50_000, "sole-trader-loan"))[0]
    number = house.rows(tables.customer, tables.customer.c.id == other.customer_id)[0].number
    url, headers = f"/credit-lines/{line}", {"X-CSRFToken": browser.csrf()}
    assert "Only the line of a group has parts" in post(
        browser, f"{url}/parts", customer_number=number, limit_amount="1"
    )
    with house.database.transaction(house.company.id) as connection:
        table = tables.credit_line
        connection.execute(update(table).where(table.c.id == line).values(sharing="group"))
    assert "There is no such customer" in post(browser, f"{url}/parts", customer_number="nobody", limit_amount="1")
    shown = post(browser, f"{url}/parts", customer_number=number, limit_amount="40,000")
    assert "part was set" in shown and "40,000.00" in shown
    given = {"customer_id": other.customer_id, "limit_amount": "30000"}
    answer = browser.post(f"/api/v1{url}/parts", json=given, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    (part,) = browser.get(f"/api/v1{url}").get_json()["parts"]
    assert (part["customer_id"], D(part["limit_amount"]), D(part["free"])) == (other.customer_id, 30_000, 30_000)
