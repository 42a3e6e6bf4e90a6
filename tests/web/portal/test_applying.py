"""A customer applies in the portal: the form of staff with the customer's own fields, nobody else's application."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from tests.services.origination.conftest import PDF, TRADER
from tests.web.pages import page, post

from loanloom.services.approval import approvals
from loanloom.services.flows import cases
from loanloom.services.origination import applications, uploads
from loanloom.services.parties import customers
from loanloom.services.reading import portal_products
from loanloom.store import tables

from .conftest import publish

PRODUCT = "/portal/products/consumer-instalment/"
WANTED = {
    "application.amount": "1,169",
    "application.term_months": "6",
    "application.method": "equal_instalment",
    "application.purpose": "consumption",
    "application.credit_purpose": "A43",
    "application.employment": "A75",
    "application.german_housing": "A152",
    "application.property": "A121",
    "application.savings": "A65",
    "application.checking_account": "A11",
    "application.credit_history": "A34",
    "application.other_plans": "A143",
    "application.other_debtors": "A101",
    "application.instalment_share": "4",
}


CLOSE = {
    **WANTED,
    "application.amount": "2,100",
    "application.term_months": "18",
    "application.checking_account": "A13",
    "application.credit_history": "A32",
    "application.savings": "A61",
    "application.employment": "A73",
    "application.other_debtors": "A102",
    "application.other_plans": "A142",
}
"""Close to the line: a person decides."""


@pytest.fixture
def manager(model_company, acting) -> Any:
    return acting(model_company, "relationship-manager", unit="east-lending")


@pytest.fixture
def customer(manager) -> int:
    """A private person without anything yet."""
    return customers.create(manager, {**TRADER, "customer.kind": "person"}, although_similar=True)


@pytest.fixture
def other(manager) -> int:
    """Somebody else."""
    typed = {**TRADER, "customer.kind": "person", "customer.id_number": "330000198206060053"}
    return customers.create(manager, typed, although_similar=True)


def begun(me: Any) -> str:
    """Apply for the product; the address of the form."""
    answer = post(me, PRODUCT, idempotency_key="begin")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def marks(shown: str) -> dict[str, str]:
    """The page's own fields, as a browser sends them back."""
    names = ("_version", "_editor", "_seen", "idempotency_key")
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[-1] for name in names}


def row_of(ctx: Any, filling: str) -> Any:
    number = int(re.findall(r"/applications/(\d+)/", filling)[0])
    with ctx.transaction() as connection:
        return connection.execute(tables.application.select().where(tables.application.c.id == number)).one()


def open_item(ctx: Any) -> Any:
    table = tables.work_item
    with ctx.transaction() as connection:
        return connection.execute(table.select().where(table.c.status == "open")).one()


def hand_in_papers(me: Any, filling: str, name: str = "id.pdf") -> None:
    sent = {"csrf_token": me.csrf(), "material": "identity", "from": "fill", "file": (io.BytesIO(PDF), name)}
    assert me.post(filling.replace("/fill", "/papers"), data=sent).status_code == 302


def test_only_what_is_open_to_customers_is_on_offer(customer, borrower) -> None:
    me = borrower(customer)
    shown = page(me, "/portal/products/")
    assert "Consumer instalment credit" in shown and "For: Private person" in shown and "3 to 72 months" in shown
    assert "200 – 20,000 CNY" in shown and "sme-working-capital" not in shown
    assert "个人消费分期贷" in page(borrower(customer, language="zh"), "/portal/products/")
    page(me, "/portal/products/sme-working-capital/", 404)
    assert post(me, "/portal/products/sme-working-capital/").location == "/portal/products/"
    assert "applied for with us, not here" in page(me, "/portal/products/")
    assert "No application yet" in page(me, "/portal/")


def test_products_for_other_customers_are_left_out_and_taken_by_no_address(customer, borrower, manager) -> None:
    typed = {**TRADER, "customer.id_number": "330000198206060053"}
    trader = customers.create(manager, typed, although_similar=True)
    person, other = borrower(customer), borrower(trader)
    assert "Sole-trader business loan" not in page(person, "/portal/products/")
    shown = page(other, "/portal/products/")
    assert "Sole-trader business loan" in shown and "For: Sole trader" in shown
    assert "Consumer instalment" not in shown and "Farmer loan" not in shown
    page(other, PRODUCT, 404)
    assert post(other, PRODUCT).location == "/portal/products/"
    assert "This product is for other customers: Private person." in page(other, "/portal/products/")
    assert "No application yet" in page(other, "/portal/")


def test_what_was_begun_is_gone_on_with_when_the_product_is_for_others_by_now(
    customer, other, borrower, model_company, acting
) -> None:
    me = borrower(customer)
    filling = post(me, PRODUCT).location
    publish(model_company, acting, "product", "consumer-instalment", {"/spec/customer_kinds": ["farmer"]})
    shown = page(me, "/portal/products/")
    assert f'href="{filling}"' in shown and "Consumer instalment" not in page(borrower(other), "/portal/products/")


def test_two_clicks_at_once_begin_one_application(customer, borrower, manager, app, monkeypatch) -> None:
    me, looked = borrower(customer), Barrier(2, timeout=30)
    read = portal_products._drafts

    def drafts_of_both(*given: Any) -> Any:
        found = read(*given)
        looked.wait()  # both have seen that nothing is begun yet
        return found

    monkeypatch.setattr(portal_products, "_drafts", drafts_of_both)
    given, cookie = me.csrf(), me.get_cookie("loanloom").value

    def click(key: str) -> Any:
        browser = app.test_client()
        browser.set_cookie("loanloom", cookie)
        return browser.post(PRODUCT, data={"csrf_token": given, "idempotency_key": key}).location

    with ThreadPoolExecutor(2) as at_once:
        one, another = at_once.map(click, ("first", "second"))
    assert one == another and one.endswith("/fill")
    with manager.transaction() as connection:
        assert len(connection.execute(tables.application.select()).all()) == 1


def test_applying_from_the_product_to_the_decision(customer, borrower, manager) -> None:
    me = borrower(customer)
    assert "Fill in the form" in page(me, PRODUCT)
    filling = begun(me)
    assert begun(me) == filling  # a second click, and whoever comes back later
    row = row_of(manager, filling)
    assert (row.customer_id, row.channel, row.state, row.created_by) == (customer, "portal", "draft", me.user_id)
    assert row.manager_user_id == manager.actor.user_id, "their account manager sees it"
    shown = page(me, filling)
    assert 'name="application.amount"' in shown and 'class="side"' not in shown and "Site visits" not in shown
    part = me.post(
        filling, data={"csrf_token": me.csrf(), **marks(shown), **WANTED, "_action": "refresh"},
        headers={"HX-Request": "true"},
    ).get_data(as_text=True)  # fmt: skip
    assert "Draft kept" in part and "<html" not in part and "All instalments" in part
    again = page(me, filling)
    assert 'value="1,169' in again and "Not handed in yet" in page(me, "/portal/")
    early = post(me, filling, **marks(again), **WANTED, _action="submit")
    assert early.status_code == 422 and "Add “Identity document”" in early.get_data(as_text=True)
    hand_in_papers(me, filling)
    sent = {**marks(page(me, filling)), **WANTED, "_action": "submit"}
    first, second = post(me, filling, **sent), post(me, filling, **sent)
    assert (first.status_code, second.status_code) == (302, 302) and first.location == second.location
    row = row_of(manager, filling)
    assert (row.state, row.amount, row.score_grade) == ("approved", 1169, "A")
    assert "Approved" in page(me, first.location) and "Go on" not in page(me, first.location)
    assert post(me, filling, **{**sent, "idempotency_key": "other"}).status_code == 409


def test_what_is_asked_for_afterwards_is_answered_in_the_portal(
    customer, borrower, manager, person, model_company, acting
) -> None:
    actions = {"/spec/nodes/2/actions": ["approve", "refuse", "return", "ask_material"]}
    publish(model_company, acting, "flow", "consumer-approval", actions)
    me = borrower(customer)
    risk = acting(model_company, "risk-officer", user_id=person("risk-officer").user_id)
    filling = begun(me)
    hand_in_papers(me, filling)
    url = post(me, filling, **marks(page(me, filling)), **CLOSE, _action="submit").location
    assert row_of(manager, filling).state == "submitted" and "Being looked at" in page(me, url)
    item = open_item(manager)
    cases.act(risk, item.id, "ask_material", {"reason": "Your last payslip"}, expected_version=item.version)
    asked = page(me, url)
    assert "Material is asked for" in asked and "Your last payslip" in asked and "/remove" not in asked
    hand_in_papers(me, filling, "payslip.pdf")
    assert "payslip.pdf" in page(me, url)
    assert post(me, f"{url}/supplied", version=open_item(manager).version).status_code == 302
    assert "Material is asked for" not in page(me, url)
    item = open_item(manager)
    approvals.decide(
        risk, item.id, "return", expected_version=item.version, reason="documents_missing", return_to="submitted"
    )
    told = page(me, url)
    assert "Documents missing" in told and "Go on filling in" in told
    shown = page(me, filling)
    assert "This application was returned" in shown and 'value="2,100' in shown
    assert post(me, filling, **marks(shown), **CLOSE, _action="submit").status_code == 302
    assert row_of(manager, filling).state == "submitted"


def test_a_newer_form_is_offered_and_taken_on(customer, borrower, manager, model_company, acting) -> None:
    me = borrower(customer)
    filling = begun(me)
    post(me, filling, **marks(page(me, filling)), **WANTED, _action="leave")
    before = row_of(manager, filling)
    publish(model_company, acting, "form", "consumer-application", {"/spec/sections/2/fields/3/hint/en": "New words"})
    shown = page(me, filling)
    assert "A newer version of this form is in force" in shown and "New words" not in shown
    newer = filling.replace("/fill", "/newer")
    assert "Go on with the newer form" in page(me, newer) and 'class="side"' not in page(me, newer)
    assert post(me, newer, version=before.version).location == filling
    shown = page(me, filling)
    assert "New words" in shown and 'value="1,169' in shown and "A newer version" not in shown
    assert row_of(manager, filling).release_id > before.release_id


def test_a_draft_is_taken_back_by_whoever_began_it(customer, borrower, manager) -> None:
    me = borrower(customer)
    filling = begun(me)
    shown = page(me, filling.replace("/fill", ""))
    assert "Go on" in shown and "Withdraw this application?" in shown
    assert post(me, filling.replace("/fill", "/withdraw"), version="1").status_code == 302
    assert row_of(manager, filling).state == "withdrawn"
    again = post(me, PRODUCT, idempotency_key="another")
    assert again.location.endswith("/fill") and again.location != filling


def test_what_is_accepted_first_is_told_and_keeps_one_from_handing_in(
    customer, borrower, model_company, acting
) -> None:
    publish(model_company, acting, "agreement", "privacy", {"/spec/asked": "application"})
    me = borrower(customer)
    assert "Not to be handed in yet" in page(me, PRODUCT) and "/portal/agreements/" in page(me, PRODUCT)
    filling = begun(me)
    hand_in_papers(me, filling)
    refused = post(me, filling, **marks(page(me, filling)), **WANTED, _action="submit")
    assert refused.status_code == 422 and "How we treat personal data" in refused.get_data(as_text=True)
    asked = re.findall(r'name="accept" value="([^"]+)"', page(me, "/portal/agreements/"))
    post(me, "/portal/agreements/", accept=asked)
    assert "Not to be handed in yet" not in page(me, filling)
    assert post(me, filling, **marks(page(me, filling)), **WANTED, _action="submit").status_code == 302


def test_what_staff_began_or_took_part_in_is_not_the_customers_to_change(
    customer, borrower, manager, model_company, acting
) -> None:
    me = borrower(customer)
    theirs = applications.begin(manager, "consumer-instalment", customer)
    mine = begun(me)
    number = int(mine.split("/")[-2])
    applications.save_draft(manager, number, {"application.amount": "900"}, editor="x", seen="")
    before = row_of(manager, mine).draft
    for one in (theirs, number):
        url = f"/portal/applications/{one}"
        page(me, f"{url}/fill", 409)
        assert "Go on" not in page(me, url) and "Being prepared" in page(me, url)
        for tail in ("fill", "withdraw", "newer", "papers/1/remove"):
            assert post(me, f"{url}/{tail}", version="1", _action="refresh").status_code in (404, 409), tail
    assert row_of(manager, mine).draft == before


def test_nobody_reaches_an_application_of_somebody_else(customer, other, borrower, person) -> None:
    me, them = borrower(customer), borrower(other)
    filling = begun(me)
    hand_in_papers(me, filling)
    url = filling.removesuffix("/fill")
    for tail in ("", "/fill", "/newer"):
        page(them, f"{url}{tail}", 404)
    for tail in ("/fill", "/newer", "/papers", "/papers/1/remove", "/withdraw", "/supplied"):
        assert post(them, f"{url}{tail}", material="identity", version="1").status_code == 404, tail
    staff = person("relationship-manager", unit="east-lending")
    assert staff.get(filling).status_code == 403
    assert me.get(filling.replace("/portal", "")).status_code == 403


def test_fields_of_staff_are_neither_shown_nor_taken(borrower, manager) -> None:
    me = borrower(customers.create(manager, TRADER, although_similar=True))
    filling = str(post(me, "/portal/products/sole-trader-loan/").location)
    shown = page(me, filling)
    assert 'name="application.amount"' in shown
    for name in ("overdue_count", "visit_rating", "visit_note"):
        assert name not in shown, name
    forged = post(me, filling, **marks(shown), **{"application.visit_rating": "good"}, _action="submit")
    assert forged.status_code == 422
    assert row_of(manager, filling).extra.get("visit_rating") is None


ODD = ("\0", "9" * 30, "-1", "١٢٣", "'%\\<script>\u202e\ufffe", "x" * 3000)


def test_no_odd_input_is_a_defect(customer, borrower) -> None:
    me = borrower(customer)
    filling = begun(me)
    url, given = filling.removesuffix("/fill"), me.csrf()
    names = ("_version", "_editor", "_seen", "version", "material", "application.amount", "guarantors.0.name", "reason")
    for odd in ODD:
        assert me.get("/portal/products/", query_string={"q": odd}).status_code < 500
        for tail in ("/fill", "/papers", "/newer", "/supplied", "/withdraw"):
            for action in ("refresh", "submit", "add:guarantors", "step:x", "find:x"):
                sent = dict.fromkeys(names, odd) | {"csrf_token": given, "_action": action}
                answer = me.post(url + tail, data=sent)
                assert answer.status_code < 500, (tail, odd[:20], action, answer.get_data(as_text=True)[:500])


def test_a_lying_file_is_refused_and_nothing_of_staff_is_listed(customer, borrower, manager) -> None:
    me = borrower(customer)
    filling = begun(me)
    number = int(filling.split("/")[-2])
    with manager.transaction() as connection:
        uploads.keep(manager, connection, ("application", number), "secret.pdf", PDF, material="identity")
    assert "secret.pdf" not in page(me, filling)
    sent = {"csrf_token": me.csrf(), "material": "identity", "from": "fill", "file": (io.BytesIO(b"<html>"), "id.pdf")}
    assert me.post(filling.replace("/fill", "/papers"), data=sent).status_code == 302
    told = page(me, filling)
    assert "“id.pdf” is none of PDF" in told and "/remove" not in told
