"""The screen of a renaming: every change is shown before anything is kept; what was shown is what is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest

from loanloom.services.definitions import uses, working
from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"
ASKED = {"what": "field", "old": "customer.farming_years", "new": "customer.years_farming"}


def html(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def shown(browser: Any, **asked: str) -> str:
    answer = browser.get("/studio/rename/", query_string=asked)
    assert answer.status_code == 200
    return html(answer)


def digest(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found is not None
    return found[1]


def keep(browser: Any, seen: str, **asked: str) -> Any:
    return browser.post("/studio/rename/", data={**asked, "digest": seen, "csrf_token": browser.csrf()})


@pytest.fixture
def admin(person: Any) -> Any:
    return person(ADMIN)


def test_what_would_change_is_shown_and_then_kept_as_drafts(admin: Any, model_company: Any) -> None:
    page = shown(admin, **ASKED)
    assert "<del>-        - {field: customer.farming_years, required: true}</del>" in page
    assert "<ins>+        - {field: customer.years_farming, required: true}</ins>" in page
    assert not drafts.listing(model_company)
    answer = keep(admin, digest(page), **ASKED)
    assert answer.status_code == 302 and answer.location.endswith("/studio/changes/")
    made = {one.identity for one in drafts.listing(model_company)}
    assert {("entity", "customer"), ("form", "customer"), ("indicator", "farming_years")} <= made
    registry = working.registry_of(model_company)
    assert uses.of_fact(registry, "customer.years_farming") and not uses.of_fact(registry, "customer.farming_years")
    prepared = html(admin.get("/studio/changes/new"))
    assert "disabled" not in prepared.split('action="/studio/changes/new"')[1].split("</form>")[0]


def test_what_moved_since_is_not_overwritten(admin: Any, model_company: Any) -> None:
    seen = digest(shown(admin, **ASKED))
    text = drafts.text_of(model_company, "form", "customer")
    drafts.save(model_company, "form", "customer", text + "\n# somebody else was here\n", None)
    answer = keep(admin, seen, **ASKED)
    assert answer.status_code == 409 and "have changed since" in html(answer)
    assert [one.identity for one in drafts.listing(model_company)] == [("form", "customer")]


def test_an_indicator_moves_to_its_new_key(admin: Any, model_company: Any) -> None:
    asked = {"what": "indicator", "old": "farming_years", "new": "years_farming"}
    assert keep(admin, digest(shown(admin, **asked)), **asked).status_code == 302
    found = {one.identity: one for one in drafts.listing(model_company)}
    assert found["indicator", "farming_years"].retire
    assert "renamed_from: farming_years" in found["indicator", "years_farming"].source


def test_what_cannot_be_renamed_is_said(person: Any) -> None:
    browser = person(ADMIN, language="zh")
    page = shown(browser, what="field", old="customer.name", new="customer.full_name")
    assert "系统内置字段" in page and "digest" not in page
    assert keep(browser, "x", what="field", old="customer.name", new="customer.n").status_code == 422
    assert "代码表" in shown(browser, what="code", old="", new="")


def test_the_uses_of_fields_are_shown_with_a_way_to_rename(admin: Any) -> None:
    page = html(admin.get("/studio/definitions/entity/customer/?view=used"))
    assert "customer.farming_years" in page and "what=field&amp;old=customer.farming_years" in page
    assert "/studio/definitions/form/customer/" in page


def test_only_who_may_edit_gets_there(person: Any) -> None:
    assert person("risk-officer").get("/studio/rename/").status_code == 403
