"""Nobody opens, finds or exports a record that is not theirs to see, by whatever address they try."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.web.portal.conftest import borrower, lent, paper

from loanloom.store import tables

__all__ = ["borrower"]


@pytest.fixture
def records(house) -> Mapping[str, int]:
    """The loan and what hangs on it, by the names addresses give them."""
    loan = lent(house)
    with house.database.transaction(house.company.id) as connection:
        found = connection.execute(tables.contract.select().where(tables.contract.c.id == loan.contract_id)).one()
        values = {
            "subject_kind": "application", "subject_id": loan.application_id, "name": "x.pdf", "size": 1,
            "blob_id": 1, "media_type": "application/pdf", "created_by": 1,
        }  # fmt: skip
        values["blob_id"] = _blob(house, connection)
        upload = connection.execute(tables.upload.insert().values(values).returning(tables.upload.c.id)).scalar_one()
    return {
        "loan_id": loan.id, "application_id": loan.application_id, "customer_id": loan.customer_id,
        "contract_id": loan.contract_id, "sanction_id": found.sanction_id, "upload_id": upload,
        "document_id": paper(house, ("contract", loan.contract_id), "Secret"),
    }  # fmt: skip


def _blob(house, connection) -> int:
    from loanloom.services.papers import blobs

    return blobs.keep(house.ctx(), connection, b"%PDF-1.7 upload", name="x.pdf", media_type="application/pdf", by=1)


def addresses(app, records, method):
    for rule in app.url_map.iter_rules():
        asked = rule.arguments & records.keys()
        if method in rule.methods and asked and "user_id" not in rule.arguments:
            url = rule.rule
            for name in rule.arguments:
                value = str(records.get(name, "pdf" if name == "kind" else 1))
                url = url.replace(f"<int:{name}>", value).replace(f"<{name}>", value)
            yield rule, url


@pytest.mark.parametrize("roles", [("relationship-manager",), ("approver-1",), ("relationship-manager", "approver-1")])
def test_a_record_of_another_unit_is_not_there(app, person, records, roles):
    browser = person(*roles, unit="east-branch")
    checked = 0
    for rule, url in addresses(app, records, "GET"):
        assert browser.get(url).status_code in (403, 404), (rule.endpoint, url)
        part = browser.get(url, headers={"HX-Request": "true"})
        assert part.status_code in (403, 404), (rule.endpoint, url)
        checked += 1
    assert checked >= 15
    given = browser.csrf()
    for rule, url in addresses(app, records, "POST"):
        sent = {"csrf_token": given, "signed_on": "2026-03-02", "version": 1, "_action": "submit", "amount": "1"}
        if "Api." not in rule.endpoint:
            assert browser.post(url, data=sent).status_code in (403, 404, 409), (rule.endpoint, url)
            continue
        body = {"values": {}, "version": 1, "amount": "1"}
        headers = {"X-CSRFToken": given, "Idempotency-Key": "k"}
        assert browser.post(url, json=body, headers=headers).status_code in (403, 404), (rule.endpoint, url)


def test_a_borrower_opens_no_record_of_another(app, borrower, house, records):
    other = lent(house)
    browser = borrower(other.customer_id)
    for rule, url in addresses(app, records, "GET"):
        assert browser.get(url).status_code in (403, 404), (rule.endpoint, url)
    assert browser.get(f"/portal/loans/{other.id}").status_code == 200


def test_lists_searches_and_exports_leave_out_what_is_not_mine(person, house, records):
    browser, everything = person("relationship-manager", unit="east-branch"), person("auditor")
    (customer,) = house.rows(tables.customer)
    (loan,) = house.rows(tables.loan)
    for url in (
        "/customers/",
        "/applications/",
        "/loans/",
        "/contracts/",
        f"/search/?q={customer.name}",
        "/",
        "/work/",
    ):
        page = browser.get(url, follow_redirects=True).get_data(as_text=True)
        assert f"/customers/{customer.id}" not in page, url
        assert loan.number not in page, url
    assert loan.number in everything.get("/loans/").get_data(as_text=True)
    for key in ("customers", "loans"):
        mine = browser.get(f"/lists/{key}/export.xlsx").data
        assert len(mine) < len(everything.get(f"/lists/{key}/export.xlsx").data)
