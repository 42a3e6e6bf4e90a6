"""Pages for people who have no account, as they see them on a phone: their application's progress, one question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.looks import no_sideways, picture
from tests.browser.server import serving
from tests.services.flows.conftest import house
from tests.web.people import application

from loanloom.services.flows import cases, outside
from loanloom.store import tables

__all__ = ["house"]
PHONE = 390


@pytest.fixture
def address(house: Any) -> Iterator[str]:
    """The application over this lender."""
    with serving(application(house.database)) as found:
        yield found


@pytest.fixture
def number(house: Any) -> str:
    """An application on its way, whose applicant has an identity number."""
    made, ctx = house.case(state="submitted"), house.ctx("manager")
    closed = ctx.database.vault.encrypt(ctx.company.id, "customer.id_number", "330000198503140033")
    with ctx.transaction() as connection:
        cases.start(ctx, connection, "partnered-loan", ("application", made))
        connection.execute(tables.customer.update().values(id_number_cipher=closed))
    return str(house.one(tables.application, id=made).number)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_applicant_asks_on_a_phone(open_as, axe, number, language):
    page = open_as(None, language=language, width=PHONE)
    page.goto("/progress/")
    picture(page, f"progress-asked-{language}")
    no_sideways(page)
    assert axe(page) == []
    page.locator("[name=number]").fill(number)
    page.locator("[name=proof]").fill("000000")
    page.locator(".door-card button[type=submit]").click()
    expect(page.locator(".door-card .alert")).to_be_visible()
    assert page.locator("[name=number]").input_value() == number and page.locator("[name=proof]").input_value() == ""
    page.locator("[name=proof]").fill("140033")
    page.locator(".door-card button[type=submit]").click()
    expect(page.locator(".door-card")).to_contain_text("合作机构意见" if language == "zh" else "Consent of the partner")
    picture(page, f"progress-told-{language}")
    no_sideways(page)
    assert axe(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_party_answers_on_a_phone(open_as, axe, house, language):
    case = house.start("partnered", partner="青禾县融资担保中心（演示）")
    token = outside.issue(house.ctx("manager", now=datetime.now(UTC)), house.item(case).id).token
    page = open_as(None, language=language, width=PHONE)
    page.goto(f"/outside/{token}")
    picture(page, f"outside-{language}")
    no_sideways(page)
    assert axe(page) == []
    page.locator("label.is-refuse").click()
    page.locator("[name=opinion]").fill("额度不足")
    page.locator(".door-card button[type=submit]").last.click()
    expect(page.locator(".door-card")).to_contain_text("请选择原因" if language == "zh" else "Choose a reason")
    assert page.locator("[name=opinion]").input_value() == "额度不足"
    picture(page, f"outside-refused-{language}")
    page.locator("[name=reason_refuse]").select_option("no-quota")
    page.locator(".door-card button[type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text("谢谢" if language == "zh" else "Thank you")
    assert house.kept(case).outcome == "refused"
