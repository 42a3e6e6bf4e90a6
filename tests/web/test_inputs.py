"""Days that people type: the same answer at every door, in both languages, and nothing is done by half."""

from __future__ import annotations

import pytest
from tests.services.money.house import House

from loanloom.services.money import disbursements
from loanloom.store import tables

NO_DAYS = ("2026-02-30", "0206-01-31", "9999-12-31", "next week")


@pytest.fixture
def house(model_company) -> House:
    """The model company with a loan, the first of its database."""
    made = House(model_company.database, model_company.company)
    disbursements.disburse(made.ctx(), made.contract(100_000, "sole-trader-loan"))
    return made


@pytest.fixture
def addresses(house) -> tuple[str, ...]:
    """Every page and file that takes a day."""
    loan = house.rows(tables.loan)[0].id
    return (
        f"/loans/{loan}?on=DAY",
        f"/loans/{loan}?tab=statement&since=DAY",
        f"/loans/{loan}/statement.pdf?until=DAY",
        "/ledger/?from=DAY",
        "/ledger/trial-balance.xlsx?to=DAY",
        "/ledger/accounts/130301/?to=DAY",
        "/ledger/accounts/130301/statement.xlsx?from=DAY",
        "/ledger/entries/?on=DAY",
        "/ledger/entries.xlsx?on=DAY",
        "/audit/?first=DAY",
        f"/api/v1/loans/{loan}?on=DAY",
        f"/api/v1/loans/{loan}/schedule?on=DAY",
        f"/api/v1/loans/{loan}/quote?on=DAY",
        f"/api/v1/loans/{loan}/statement?since=DAY",
    )


@pytest.mark.parametrize(("language", "words"), [("en", "Enter a date such as"), ("zh", "请输入日期")])
def test_every_address_says_that_this_is_no_day(addresses, person, language, words) -> None:
    browser = person("finance", "auditor", language=language)
    for address in addresses:
        for written in NO_DAYS:
            answer = browser.get(address.replace("DAY", written))
            assert answer.status_code == 422, (address, written)
            assert words in answer.get_data(as_text=True), (address, written)


def test_every_address_takes_the_days_that_people_write(house, addresses, person) -> None:
    browser, day = person("finance", "auditor"), house.ctx().business_date
    for address in addresses:
        for written in (f"{day}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", ""):
            assert browser.get(address.replace("DAY", written)).status_code == 200, (address, written)


def test_a_change_with_no_day_is_refused_by_form_and_program(house, person) -> None:
    loan = house.rows(tables.loan)[0].id
    browser = person("finance")
    headers = {"X-CSRFToken": browser.csrf()}
    for written in (*NO_DAYS, 20260131, ["2026-01-31"], True):
        asked = {"loan_id": loan, "kind": "accelerate", "parameters": {"on": written}}
        shown = browser.post("/api/v1/loan-changes/preview", json=asked, headers=headers)
        assert [problem["field"] for problem in shown.json["problems"]] == ["on"], (written, shown.json)
    for written in NO_DAYS:
        page = browser.get(f"/loans/{loan}/changes/new/accelerate", query_string={"preview": "1", "on": written})
        assert page.status_code == 200
        assert "a date such as" in page.get_data(as_text=True), written
