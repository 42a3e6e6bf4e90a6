"""Identity and telephone numbers are shown masked wherever they are read: pages, parts, exports, API, audit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from tests.services.origination.conftest import ASKED, TRADER, hand_in_papers

from loanloom.services.origination import applications, submissions
from loanloom.services.parties import customers
from loanloom.store import tables

SECRETS = (
    "330000198503140033", "19900000002", "330000198206060053", "19900000003", "19900000055", "4111111111111111",
    "lin.xiu@example.cn",
)  # fmt: skip
MORE = {
    "customer.email": "lin.xiu@example.cn",
    "customer.payout_card": "4111111111111111",
    "customer.emergency_contact": {"name": "林小妹（演示）", "phone": "19900000055"},
}
"""Secrets of further types, one of them within a group."""


@pytest.fixture
def case(model_company, acting):
    """A case handed in: the numbers of its records."""
    manager = acting(model_company, "relationship-manager", unit="east-branch")
    with manager.transaction() as connection:
        live = connection.execute(text("SELECT live_release_id FROM company")).scalar_one()
    manager = replace(manager, company=replace(manager.company, release_id=live))
    customer_id = customers.create(manager, {**TRADER, **MORE})
    application_id = applications.begin(manager, "sole-trader-loan", customer_id)
    hand_in_papers(manager, application_id)
    applications.save_draft(manager, application_id, ASKED, editor="page-1", seen="")
    submissions.submit(manager, application_id, ASKED, version=1)
    return customer_id, application_id


def test_no_page_export_or_answer_tells_a_whole_number(case, person):
    customer_id, application_id = case
    browser = person("auditor", "risk-officer", "business-administrator", "finance")
    urls = [
        *(f"/customers/{customer_id}?tab={tab}" for tab in ("facts", "applications", "loans", "history", "exposure")),
        *(f"/applications/{application_id}?tab={tab}" for tab in ("form", "assessment", "flow", "papers", "history")),
        f"/applications/{application_id}/approval-sheet", f"/api/v1/applications/{application_id}",
        "/api/v1/applications/", "/customers/", "/audit/", "/to-do/", "/search/?q=330000198503140033",
        "/search/?q=19900000002",
    ]  # fmt: skip
    for url in urls:
        answer = browser.get(url, follow_redirects=True)
        assert answer.status_code == 200, url
        found = answer.get_data(as_text=True)
        if "search" in url:
            found = found.replace(url.partition("q=")[2], "")
        assert not [secret for secret in SECRETS if secret in found], url
    shown = browser.get(f"/customers/{customer_id}").get_data(as_text=True)
    assert "199****0002" in shown and "199****0055" in shown
    sheet = browser.get(f"/applications/{application_id}/approval-sheet").get_data(as_text=True)
    assert "林小妹（演示）" in sheet and "199****0055" in sheet


def test_no_row_of_the_database_holds_a_whole_number(case, model_company):
    with model_company.transaction() as connection:
        for table in tables.metadata.sorted_tables:
            query = text(f"SELECT count(*) FROM {table.name} t WHERE t::text ~ :secrets")
            assert connection.execute(query, {"secrets": "|".join(SECRETS)}).scalar() == 0, table.name
