"""Two people, or two pages of one person, over the same record: what the later one typed stays on the page beside what
was saved in between, and goes in once it was looked at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.services.origination.conftest import ASKED, TRADER
from tests.web.conftest import Person
from tests.web.origination.test_screens import begin, hand_in, hidden, new_customer, open_item, text
from tests.web.records.test_records import PROSPECT, send

from loanloom.services.context import Context

MEANWHILE = "Somebody has saved this in another place meanwhile"


@pytest.fixture
def manager(person: Person) -> FlaskClient:
    """A relationship manager's browser."""
    return person("relationship-manager", unit="east-lending")


def told_at(page: str, field: str) -> str:
    """What stands at a field as a problem."""
    found = re.search(rf'id="f-{re.escape(field)}-error"[^>]*>.*?<span>(.*?)</span>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip() if found else ""


def check(answer: Any, field: str, typed: str, saved: str) -> str:
    """The page with what was typed, and what is saved now beside it."""
    page = text(answer)
    assert answer.status_code == 409 and MEANWHILE in page
    assert f'value="{typed}"' in page
    assert told_at(page, field) == f"Saved now: {saved}."
    return page


def test_a_customer(manager: FlaskClient) -> None:
    url = f"{new_customer(manager).location}/edit"
    first, second = hidden(text(manager.get(url))), hidden(text(manager.get(url)))
    write = {"_action": "submit", **TRADER}
    assert manager.post(url, data={**first, **write, "customer.employees": "4"}).status_code == 302
    answer = manager.post(url, data={**second, **write, "customer.employees": "9"})
    page = check(answer, "customer.employees", "9", "4 persons")
    assert not told_at(page, "customer.name"), "it does not differ"
    again = manager.post(url, data={**hidden(page), **write, "customer.employees": "9"})
    assert again.status_code == 302
    assert 'value="9"' in text(manager.get(url))


def test_a_record(manager: FlaskClient) -> None:
    made = send(manager, "/records/prospect/new", **PROSPECT)
    url = f"{made.location}/edit"
    assert send(manager, url, _version="1", **PROSPECT, **{"prospect.purpose": "甲"}).status_code == 302
    page = check(
        send(manager, url, _version="1", **PROSPECT, **{"prospect.purpose": "乙"}),
        "prospect.purpose",
        "乙",
        "甲",
    )
    version = hidden(page)["_version"]
    assert send(manager, url, _version=version, **PROSPECT, **{"prospect.purpose": "乙"}).status_code == 302


def test_an_application_is_not_handed_in_over_what_another_page_has_saved(manager: FlaskClient) -> None:
    url = f"/applications/{begin(manager)}/fill"
    older, newer = hidden(text(manager.get(url))), hidden(text(manager.get(url)))
    typed = {**ASKED, "_action": "refresh", "application.years_in_business": "7"}
    assert manager.post(url, data={**newer, **typed}, headers={"HX-Request": "true"}).status_code == 200
    answer = manager.post(url, data={**older, **ASKED, "_action": "submit"})
    page = check(answer, "application.years_in_business", ASKED["application.years_in_business"], "7 years")
    assert manager.post(url, data={**hidden(page), **ASKED, "_action": "submit"}).status_code == 302


def test_a_page_that_saves_by_itself_keeps_what_was_typed_and_writes_over_nobody(manager: FlaskClient) -> None:
    url, script = f"/applications/{begin(manager)}/fill", {"HX-Request": "true"}
    older, newer = hidden(text(manager.get(url))), hidden(text(manager.get(url)))

    def typed(page: dict[str, str], years: str, action: str = "refresh", script: dict[str, str] = script) -> Any:
        post = {**page, **ASKED, "_action": action, "application.years_in_business": years}
        return manager.post(url, data=post, headers=script)

    assert typed(newer, "7").status_code == 200
    for years in ("8", "9"):  # going on typing is told each time
        part = check(typed(older, years), "application.years_in_business", years, "7 years")
        assert "<html" not in part and "Draft kept" not in part
    assert typed(newer, "6").status_code == 200, "the other page's draft was left alone"
    assert typed({**older, **hidden(part)}, "9", "leave", {}).status_code == 302, "one button once it was looked at"
    assert 'value="9"' in text(manager.get(url))
    check(typed(newer, "6"), "application.years_in_business", "6", "9 years")


def test_without_script_nothing_is_lost_either(manager: FlaskClient) -> None:
    url = f"/applications/{begin(manager)}/fill"
    older, newer = hidden(text(manager.get(url))), hidden(text(manager.get(url)))
    for page, years in ((newer, "7"), (older, "8")):
        answer = manager.post(url, data={**page, **ASKED, "_action": "refresh", "application.years_in_business": years})
    page = check(answer, "application.years_in_business", "8", "7 years")
    kept = manager.post(url, data={**hidden(page), **ASKED, "_action": "leave", "application.years_in_business": "8"})
    assert kept.status_code == 302
    assert 'value="8"' in text(manager.get(url))


def test_a_page_left_open_while_an_approver_asks_for_papers_says_that_it_is_closed(
    manager: FlaskClient, person: Person, model_company: Context
) -> None:
    application_id = begin(manager)
    url = f"/applications/{application_id}/fill"
    old = hidden(text(manager.get(url)))
    assert hand_in(manager, application_id).status_code == 302
    item, risk = open_item(model_company, application_id), person("risk-officer", unit="risk")
    asked = {**hidden(text(risk.get(f"/approvals/{item.id}"))), "version": item.version, "reason": "银行流水"}
    assert risk.post(f"/cases/items/{item.id}/ask_material", data=asked).status_code == 302
    typed = {**old, **ASKED, "_action": "refresh", "application.years_in_business": "7"}
    answer = manager.post(url, data=typed, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and MEANWHILE not in text(answer)
    assert "This application has been handed in" in text(answer)


def test_a_page_handed_in_before_is_handed_in_again_once_it_was_looked_at(
    manager: FlaskClient, person: Person, model_company: Context
) -> None:
    application_id = begin(manager)
    url = f"/applications/{application_id}/fill"
    page = {**hidden(text(manager.get(url))), **ASKED, "_action": "submit"}
    assert manager.post(url, data=page).status_code == 302
    item, risk = open_item(model_company, application_id), person("risk-officer", unit="risk")
    back = {**hidden(text(risk.get(f"/approvals/{item.id}"))), "version": item.version, "decision": "return"}
    back |= {"opinion": "请补充", "reason_return": "other"}
    assert risk.post(f"/approvals/{item.id}/decide", data=back).status_code == 302
    again = {**page, "application.years_in_business": "7"}  # the browser's own page of before, gone back to
    answer = manager.post(url, data=again)
    assert answer.status_code == 409
    done = manager.post(url, data={**again, **hidden(text(answer))})
    assert done.status_code == 302, text(done)[:2000]


def test_a_partner(person: Person) -> None:
    clerk = person("relationship-manager", "finance", unit="head-office")
    typed = {"kind": "merchant", "name": "家电城（演示）", "state": "active"}
    new = text(clerk.get("/parties/new"))
    url = clerk.post("/parties/new", data={**hidden(new), **typed}).location
    first, second = (hidden(text(clerk.get(f"{url}/change"))) for _ in range(2))
    assert clerk.post(f"{url}/change", data={**first, **typed, "note": "甲"}).status_code == 302
    answer = clerk.post(f"{url}/change", data={**second, **typed, "note": "乙"})
    page = text(answer)
    assert answer.status_code == 409 and MEANWHILE in page and ">乙</textarea>" in page
    assert clerk.post(f"{url}/change", data={**hidden(page), **typed, "note": "乙"}).status_code == 302
    assert "乙" in text(clerk.get(url))
