"""Borrowers are asked to accept what is newly in force; staff see it, and can note a paper, on the customer's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.services.origination.conftest import TRADER
from tests.web.pages import page, post

from loanloom.services.definitions.releases import candidate, drafts
from loanloom.services.origination import applications
from loanloom.services.parties import customers
from loanloom.store import tables

from .conftest import publish

HERE = "/portal/agreements/"
LINE = "agreements wait for you"


@pytest.fixture
def trader(model_company, acting) -> int:
    """A customer without anything yet."""
    return customers.create(acting(model_company, "relationship-manager", unit="east-lending"), TRADER)


def boxes(text: str) -> list[str]:
    return re.findall(r'name="accept" value="([^"]+)"', text)


def test_a_borrower_is_asked_on_every_page_until_each_was_accepted(trader: int, borrower: Any) -> None:
    me = borrower(trader)
    for url in ("/portal/", "/portal/profile/", "/help/"):
        assert LINE in page(me, url), url
    asked = page(me, HERE)
    assert LINE not in asked and "We keep who you are" in asked and "Your log-in is yours alone." in asked
    found = boxes(asked)
    assert [one.partition(":")[0] for one in found] == ["privacy", "registration"]
    nothing = post(me, HERE)
    assert nothing.status_code == 422 and "Tick what is accepted." in nothing.get_data(as_text=True)
    assert post(me, HERE, accept=["privacy:0"]).status_code == 409
    assert post(me, HERE, accept=found[:1]).status_code == 302
    assert "An agreement waits for you" in page(me, "/portal/")
    assert post(me, HERE, accept=found).status_code == 302  # a second click, and the other one
    assert "waits for you" not in page(me, "/portal/") and boxes(page(me, HERE)) == []
    (link, *_more) = re.findall(r'href="(/portal/agreements/\d+)"', page(me, HERE))
    assert "accepted on" in page(me, link)
    assert "已同意" in page(borrower(trader, language="zh"), HERE)


def test_nobody_reads_what_somebody_else_accepted(trader: int, borrower: Any, model_company, acting, person) -> None:
    me = borrower(trader)
    post(me, HERE, accept=boxes(page(me, HERE)))
    (link, *_more) = re.findall(r"/portal/agreements/(\d+)", page(me, HERE))
    manager = acting(model_company, "relationship-manager", unit="east-lending")
    other = customers.create(manager, {**TRADER, "customer.id_number": "330000198206060053"}, although_similar=True)
    page(borrower(other), f"{HERE}{link}", 404)
    staff = person("auditor")
    page(staff, f"/customers/{other}/agreements/{link}", 404)
    assert page(staff, f"/customers/{trader}/agreements/{link}")
    assert me.get(f"/customers/{trader}?tab=agreements").status_code == 403


def test_a_new_version_is_asked_for_again_and_the_old_words_stay(
    trader: int, borrower: Any, model_company, acting, person
) -> None:
    me = borrower(trader)
    post(me, HERE, accept=boxes(page(me, HERE)))
    studio, admin = "/studio/definitions/agreement/privacy/", person("business-administrator")
    assert "1 customer has accepted these words." in page(admin, studio)
    words = {"/spec/text/en": "New words.", "/spec/text/zh": "新的正文。"}
    publish(model_company, acting, "agreement", "privacy", words)
    assert "0 customers have accepted these words." in page(admin, studio)
    assert "An agreement waits for you" in page(me, "/portal/")
    asked = page(me, HERE)
    assert "New words." in asked and "You accepted the version of" in asked and len(boxes(asked)) == 1
    post(me, HERE, accept=boxes(asked))
    links = re.findall(r'href="(/portal/agreements/\d+)"', page(me, HERE))
    assert len(links) == 3
    shown = [page(me, one) for one in links]
    assert sum("New words." in one for one in shown) == 1
    assert sum("We keep who you are" in one for one in shown) == 1


def test_the_day_it_is_in_force_from_is_set_on_the_form(person: Any, model_company) -> None:
    admin, here = person("business-administrator"), "/studio/definitions/agreement/privacy/"
    shown = page(admin, here)
    assert 'name="v:/effective_from" value="2026-01-01"' in shown
    typed = {"version": "", "v:/effective_from": "2026-05-01", "v:/asked": "application"}
    assert post(admin, f"{here}plain", **typed).status_code == 302
    found, _problems = candidate.read_draft(
        "agreement", "privacy", drafts.text_of(model_company, "agreement", "privacy")
    )
    assert (found.effective_from, found.spec["asked"]) == ("2026-05-01", "application")
    assert post(admin, f"{here}plain", **{"version": "1", "v:/effective_from": "soon"}).status_code == 422


def test_staff_are_told_before_they_hand_in(trader: int, person: Any, model_company, acting) -> None:
    manager = acting(model_company, "relationship-manager", unit="east-lending")
    made = applications.begin(manager, "sole-trader-loan", trader)
    staff = person("relationship-manager", unit="east-lending")
    with model_company.transaction() as connection:
        for table in (tables.customer, tables.application):
            mine = {"created_by" if table is tables.application else "manager_user_id": staff.user_id}
            connection.execute(table.update().values(**mine))
    filling = f"/applications/{made}/fill"
    assert "Not to be handed in yet" not in page(staff, filling)
    publish(model_company, acting, "agreement", "privacy", {"/spec/asked": "application"})
    told = page(staff, filling)
    assert "Not to be handed in yet" in told and "has not accepted “How we treat personal data”" in told
    assert f"/customers/{trader}?tab=agreements" in told
    shown = page(staff, f"/customers/{trader}?tab=agreements")
    post(staff, f"/customers/{trader}/agreements", accept=boxes(shown), note="Folder 7")
    assert "Not to be handed in yet" not in page(staff, filling)


def test_staff_see_how_a_customer_stands_and_note_a_paper(trader: int, person: Any, model_company) -> None:
    staff = person("relationship-manager", unit="east-lending")
    with model_company.transaction() as connection:
        connection.execute(tables.customer.update().values(manager_user_id=staff.user_id))
    here = f"/customers/{trader}?tab=agreements"
    shown = page(staff, here)
    assert shown.count("not accepted") == 2 and "Note a signed paper" in shown
    refused = post(staff, f"/customers/{trader}/agreements", accept=boxes(shown), note=" ", _dialog="note-paper")
    assert refused.status_code == 422 and "Say where the signed paper is" in refused.get_data(as_text=True)
    assert post(staff, f"/customers/{trader}/agreements", accept=boxes(shown), note="Folder 7").status_code == 302
    done = page(staff, here)
    assert "not accepted" not in done and "Folder 7" in done and "Note a signed paper" not in done
    assert "Signed agreement noted" in page(staff, f"/customers/{trader}?tab=history")
    with model_company.transaction() as connection:
        rows = connection.execute(tables.agreement_acceptance.select()).all()
    assert {(row.way, row.note, row.ip) for row in rows} == {("office", "Folder 7", "127.0.0.1")}
    reader = page(person("auditor"), here)
    assert "Folder 7" in reader
