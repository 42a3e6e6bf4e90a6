"""Fields that are more than a box - level by level, several files, look-ups, totals - by full posts, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.services.origination.conftest import ASKED, PDF, TRADER
from tests.web.origination.test_screens import begin, hidden, new_customer, text

from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.parties import customers
from loanloom.store import tables

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SHOP = {
    "customer.premises.level1": "33",
    "customer.premises.level2": "3301",
    "customer.premises.level3": "330106",
    "customer.premises.detail": "文三路1号",
    "customer.premises_lease.start": "2025-01-01",
    "customer.premises_lease.end": "2027-12-31",
    "customer.payout_card": "4111 1111 1111 1111",
    "customer.cooperation": "4",
}
CONTACT = "customer.emergency_contact"
NEAR = {CONTACT: "0", f"{CONTACT}.name": "林小妹（演示）", f"{CONTACT}.phone": "19900000055"}
OTHER = {
    "customer.name": "介绍人甲（演示）", "customer.id_number": "330000198206060053", "customer.phone": "19900000009",
}  # fmt: skip


@pytest.fixture
def manager(person: Callable[..., FlaskClient]) -> FlaskClient:
    """A relationship manager's browser."""
    return person("relationship-manager", unit="east-lending")


def press(browser: FlaskClient, button: str, **typed: Any) -> str:
    """A button of the new customer's form that only changes the page."""
    page = text(browser.get("/customers/new"))
    return text(browser.post("/customers/new", data={**hidden(page), **TRADER, **typed, "_action": button}))


def known_of(ctx: Context, customer_id: int) -> dict[str, Any]:
    with ctx.transaction() as connection:
        return facts.of_customer(ctx, customers.read(ctx, connection, customer_id), ctx.registry)


def test_what_was_filled_in_is_kept_typed_shown_and_closed(manager: FlaskClient, model_company: Context) -> None:
    made = new_customer(manager, **SHOP)
    assert made.status_code == 302, text(made)
    customer_id = int(made.location.rpartition("/")[2])
    known = known_of(model_company, customer_id)
    assert known["premises"]["text"] == "浙江省杭州市西湖区文三路1号"
    assert known["premises_lease"] == {"start": date(2025, 1, 1), "end": date(2027, 12, 31)}
    assert known["payout_card"] == "4111111111111111"
    page = text(manager.get(made.location))
    assert "浙江省杭州市西湖区文三路1号" in page and "2025-01-01 to 2027-12-31" in page and 'aria-label="4 / 5"' in page
    with model_company.transaction() as connection:
        kept = repr(
            connection.execute(select(tables.customer)).all() + connection.execute(select(tables.audit_log)).all()
        )
    assert "4111111111111111" not in kept
    again = text(manager.get(f"{made.location}/edit"))
    assert '<option value="330106" selected>' in again and 'value="2027-12-31"' in again


def test_levels_open_by_full_posts_and_an_unfinished_one_is_told_at_the_end(manager: FlaskClient) -> None:
    assert "customer.premises.level2" not in press(manager, "refresh")
    opened = press(manager, "refresh", **{"customer.premises.level1": "33"})
    assert 'name="customer.premises.level2"' in opened and "customer.premises.level3" not in opened
    assert "Choose down to the last level" not in opened, "nobody is told off on the way"
    refused = new_customer(manager, **{"customer.premises.level1": "33", "customer.premises.detail": "文三路1号"})
    assert refused.status_code == 422 and "Choose down to the last level" in text(refused)


def test_several_images_come_in_one_by_one_and_go_out_again(manager: FlaskClient, model_company: Context) -> None:
    name = "customer.premises_photos"
    page = press(manager, "refresh", **{name: [(BytesIO(PNG), "门面.png"), (BytesIO(PNG + b"1"), "店内.png")]})
    kept = re.findall(rf'name="{name}" value="(\d+)"', page)
    assert len(kept) == 2 and page.count('class="thumb"') == 2
    fewer = press(manager, f"drop:{name}:{kept[0]}", **{name: kept})
    assert re.findall(rf'name="{name}" value="(\d+)"', fewer) == [kept[1]]
    lied = press(manager, "refresh", **{name: [(BytesIO(PDF), "假.png")]})
    assert "is none of JPG, PNG" in lied and f'name="{name}" value=' not in lied
    made = new_customer(manager, **{name: kept})
    customer_id = int(made.location.rpartition("/")[2])
    assert known_of(model_company, customer_id)["premises_photos"] == kept
    assert manager.get(f"/uploads/{kept[0]}").status_code == 200
    assert text(manager.get(made.location)).count('class="thumb"') == 2
    stolen = new_customer(manager, **OTHER, **{name: kept})
    assert stolen.status_code == 422 and "Choose the file again" in text(stolen)


def test_a_look_up_finds_names_and_is_checked(manager: FlaskClient, model_company: Context) -> None:
    referrer = new_customer(manager, **OTHER)
    assert referrer.status_code == 302, text(referrer)
    found = press(manager, "find:customer.referred_by", **{"_find.customer.referred_by": "jsrj"})
    (key,) = re.findall(r'value="pick:customer\.referred_by=([^"]+)"', found)
    assert "介绍人甲" in found
    picked = press(manager, f"pick:customer.referred_by={key}")
    assert f'name="customer.referred_by" value="{key}"' in picked and f"介绍人甲（演示） · {key}" in picked
    nothing = press(manager, "find:customer.referred_by", **{"_find.customer.referred_by": "<b>nobody"})
    assert "Nothing was found." in nothing and "<b>nobody" not in nothing
    forged = new_customer(manager, **{"customer.referred_by": "C999999"})
    assert forged.status_code == 422 and "Nothing is found under" in text(forged)
    made = new_customer(manager, **{"customer.referred_by": key})
    assert made.status_code == 302
    assert f"介绍人甲（演示） · {key}" in text(manager.get(made.location))


def test_totals_follow_the_rows_on_the_form_and_the_sheet(manager: FlaskClient) -> None:
    application_id = begin(manager)
    url = f"/applications/{application_id}/fill"
    debts = {
        "application.existing_debt": "30,000", "application.other_debts": "0,1",
        "application.other_debts.0.lender": "青禾农商行", "application.other_debts.0.balance": "20,000.50",
        "application.other_debts.0.runs.start": "2025-01-01", "application.other_debts.0.runs.end": "2026-12-31",
        "application.other_debts.1.lender": "亲友", "application.other_debts.1.balance": "9,999.50",
    }  # fmt: skip
    marks = hidden(text(manager.get(url)))
    page = text(manager.post(url, data={**marks, **ASKED, **debts, "_action": "refresh"}))
    assert re.search(r"<dt>Total: Balance</dt><dd>30,000.00</dd>", page)
    htmx, more = {"HX-Request": "true"}, {"application.other_debts.1.balance": "10,000.00", "_action": "refresh"}
    part = text(manager.post(url, data={**marks, **ASKED, **debts, **more}, headers=htmx))
    assert part.lstrip().startswith('<div class="fill-body"'), "what is typed draws the inside alone"
    assert re.search(r"<dt>Total: Balance</dt><dd>30,000.50</dd>", part)
    fewer = {**debts, "_action": "remove:application.other_debts.0"}
    part = text(manager.post(url, data={**marks, **ASKED, **fewer}, headers=htmx))
    assert re.search(r"<dt>Total: Balance</dt><dd>9,999.50</dd>", part)
    done = manager.post(url, data={**marks, **ASKED, **debts, "_action": "submit"})
    assert done.status_code == 302, text(done)
    shown = text(manager.get(f"/applications/{application_id}?tab=form"))
    assert "30,000.00" in shown and "2025-01-01 to 2026-12-31" in shown


def test_who_reads_chinese_reads_chinese(person: Callable[..., FlaskClient]) -> None:
    page = press(person("relationship-manager", unit="east-lending", language="zh"), "refresh")
    for words in ("开始日期", "结束日期", "街道、门牌号", "编号、名称或拼音", "显示下一级"):
        assert words in page


def test_a_group_is_filled_in_kept_closed_and_read_again(manager: FlaskClient, model_company: Context) -> None:
    half = new_customer(manager, **{CONTACT: "0", f"{CONTACT}.name": "林小妹（演示）"})
    assert half.status_code == 422 and f'id="f-{CONTACT}.phone-error"' in text(half)
    own = new_customer(manager, **NEAR | {f"{CONTACT}.phone": TRADER["customer.phone"]})
    assert own.status_code == 422 and "own number" in text(own), "rules within see the group and the whole form"
    made = new_customer(manager, **NEAR)
    assert made.status_code == 302, text(made)
    known = known_of(model_company, int(made.location.rpartition("/")[2]))
    assert known["emergency_contact"] == {"name": "林小妹（演示）", "relation": None, "phone": "19900000055"}
    page = text(manager.get(made.location))
    assert "In an emergency" in page and "林小妹（演示）" in page and "19900000055" not in page
    with model_company.transaction() as connection:
        kept = connection.execute(select(tables.customer.c.extra)).scalar_one()
    assert "19900000055" not in repr(kept), "what is closed is closed within a group"
    assert f'name="{CONTACT}.name"' in text(manager.get(f"{made.location}/edit"))


def test_a_location_and_a_formatted_note(manager: FlaskClient, model_company: Context) -> None:
    place, note = "customer.premises_location", "customer.profile"
    wrong = new_customer(manager, **{f"{place}.latitude": "91", f"{place}.longitude": "120"})
    assert wrong.status_code == 422 and "between -90 and 90" in text(wrong)
    measured = {f"{place}.latitude": "30.274151", f"{place}.longitude": "120.15515", f"{place}.accuracy": "12"}
    made = new_customer(manager, **measured, **{note: "**稳定**\n- 一<script>alert(1)</script>"})
    assert made.status_code == 302, text(made)
    page = text(manager.get(made.location))
    assert "30.274151, 120.155150 (within 12 m)" in page
    assert "<strong>稳定</strong>" in page and "<li>一&lt;script&gt;" in page and "<script>alert" not in page
    assert known_of(model_company, int(made.location.rpartition("/")[2]))["profile"].startswith("**稳定**")


def test_where_the_browser_may_ask_for_the_place(manager: FlaskClient) -> None:
    allowed = manager.get("/customers/new").headers["Permissions-Policy"]
    assert "geolocation=(self)" in allowed and "camera=()" in allowed
