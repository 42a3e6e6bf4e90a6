"""The page of what leaves the house, with everything on it that it can show."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert
from tests.browser.looks import no_sideways, picture

from loanloom.services.running import subscribers
from loanloom.services.running.subscribers import Wanted
from loanloom.store import tables


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_addresses_and_what_was_given_up(open_as, axe, staff, model_company, language, width):
    wanted = Wanted(
        title="Credit register", url="https://hooks.example.org/cases/in", events=("case.moved", "case.ended")
    )
    made = subscribers.add(model_company, wanted)
    with model_company.transaction() as connection:
        given = {"webhook_id": made.id, "event": "case.ended", "event_id": 1, "at": "2026-03-02T00:00:00Z", "data": {}}
        dead = {"topic": "webhook", "payload": given, "state": "dead", "attempts": 8, "problem": "It answered 500."}
        connection.execute(insert(tables.outbox).values(dead))
    page = open_as(staff("keeper", "system-administrator"), language=language, width=width)
    page.goto("/admin/outgoing/")
    picture(page, f"outgoing-{language}")
    no_sideways(page)
    assert axe(page) == []
    page.locator("[name=title]").first.fill("Archive")
    page.locator("[name=url]").first.fill("https://127.0.0.1/in")
    page.get_by_role("button", name="登记地址" if language == "zh" else "Add the address").click()
    expect(page.locator("main .alert").first).to_contain_text(
        "无法向该地址" if language == "zh" else "Nothing can be sent"
    )
    assert page.locator("[name=title]").first.input_value() == "Archive"
    picture(page, f"outgoing-refused-{language}")
