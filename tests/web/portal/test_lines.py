"""A borrower's own credit line: seen, drawn on, taken back; nobody else's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal as D

from sqlalchemy import update
from tests.services.money.house import House
from tests.services.money.test_credit_lines import DECIDES, by

from loanloom.services.money import disbursements, repayments
from loanloom.services.money.lines import credit_draws
from loanloom.services.papers import contracts
from loanloom.store import tables


def opened(house: House) -> tuple[int, int]:
    """A line of 100,000 and whose it is."""
    contract = house.contract(100_000, "sole-trader-line", method="pay_as_you_draw")
    with house.database.transaction(house.company.id) as connection:
        values = {"kind": "line", "state": "prepared", "signed_on": None, "prepared_on": date(2026, 1, 5)}
        table = tables.contract
        connection.execute(update(table).where(table.c.id == contract).values(values))
    ctx = by(house, DECIDES)
    contracts.sign(ctx, contract, ctx.business_date, version=1)
    (row,) = house.rows(tables.credit_line, tables.credit_line.c.contract_id == contract)
    return int(row.id), int(row.customer_id)


def test_a_borrower_draws_and_repays_at_will(house: House, borrower) -> None:
    line, customer = opened(house)
    browser, url = borrower(customer), f"/portal/lines/{line}"
    assert "100,000.00" in browser.get("/portal/").get_data(as_text=True)
    fields = {"csrf_token": browser.csrf(), "amount": "40000", "term_months": "6", "method": "pay_as_you_draw"}
    asked = browser.post(f"{url}/draws", data=fields, follow_redirects=True).get_data(as_text=True)
    assert "Asked for. We tell you" in asked
    assert "60,000.00" in asked
    (draw,) = house.rows(tables.credit_line_draw)
    contract = credit_draws.approve(by(house, DECIDES), draw.id, version=1)
    loan = disbursements.disburse(house.ctx(), contract).loan_id
    repayments.receive(house.ctx(), loan, D(15_000))
    seen = browser.get(url).get_data(as_text=True)
    assert f"/portal/loans/{loan}" in seen
    assert "75,000.00" in seen


def test_a_draw_is_taken_back_and_nobody_else_sees_the_line(house: House, borrower) -> None:
    line, customer = opened(house)
    browser, url = borrower(customer, "zh"), f"/portal/lines/{line}"
    fields = {"csrf_token": browser.csrf(), "amount": "5000", "term_months": "6", "method": "pay_as_you_draw"}
    page = browser.post(f"{url}/draws", data=fields, follow_redirects=True).get_data(as_text=True)
    cancel = re.search(rf"{url}/draws/\d+/cancel", page)
    assert cancel
    back = {"csrf_token": browser.csrf(), "version": "1"}
    assert "额度已释放" in browser.post(cancel.group(0), data=back, follow_redirects=True).get_data(as_text=True)
    _, other = opened(house)
    stranger = borrower(other)
    assert stranger.get(url).status_code == 404
    taking = {**fields, "csrf_token": stranger.csrf()}
    assert stranger.post(f"{url}/draws", data=taking).status_code == 404
