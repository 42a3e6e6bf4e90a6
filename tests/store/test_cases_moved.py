"""Migration 0017: applications that were in their flow have a case after it, with their items and their story."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from loanloom.store import migrate

STATE = {"status": "running", "code": "A2", "path": ["submitted", "risk_review"], "tokens": [], "items": []}
BEFORE = f"""
INSERT INTO company (id, key, name, business_date) OVERRIDING SYSTEM VALUE VALUES (1, 'one', 'One', '2026-03-02');
INSERT INTO definition (company_id, id, kind, key, digest, source_digest, title, source, content)
    OVERRIDING SYSTEM VALUE VALUES (1, 5, 'product', 'shop-loan', 'd', 's', '{{"en": "Shop loan"}}', '',
    '{{"spec": {{"flows": {{"application": "business-approval"}}}}}}');
INSERT INTO release (company_id, id, number, state, digest) OVERRIDING SYSTEM VALUE VALUES (1, 3, 1, 'live', 'd');
INSERT INTO release_item (company_id, release_id, definition_id, kind, key) VALUES (1, 3, 5, 'product', 'shop-loan');
INSERT INTO customer (company_id, id, number, kind, name, since_on)
    OVERRIDING SYSTEM VALUE VALUES (1, 7, 'C1', 'person', 'Demo', '2026-01-01');
INSERT INTO application (company_id, id, number, customer_id, product_key, release_id, amount, term_months, method,
    applied_on, state, flow_state, unit, created_by, version) OVERRIDING SYSTEM VALUE VALUES
    (1, 11, 'A1', 7, 'shop-loan', 3, 5000, 12, 'x', '2026-03-01', 'submitted', '{json.dumps(STATE)}', 'east', 21, 4),
    (1, 12, 'A2', 7, 'shop-loan', 3, 6000, 12, 'x', '2026-03-01', 'draft', '{{}}', 'east', 21, 1);
INSERT INTO work_item (company_id, id, application_id, number, node, role)
    OVERRIDING SYSTEM VALUE VALUES (1, 31, 11, 1, 'risk_review', 'risk-officer');
INSERT INTO flow_history (company_id, application_id, node, event) VALUES
    (1, 11, 'submitted', 'started'), (1, 11, 'risk_review', 'opened');
"""


@pytest.fixture
def earlier(cluster):
    """A database as it was before cases, with two applications."""
    made = cluster.clone("cases_moved")
    owner = cluster.as_owner(made.name)
    migrate.downgrade(owner, "0016")
    with owner.engine.begin() as connection:
        connection.exec_driver_sql(BEFORE.replace("%", "%%"))
    yield owner
    owner.close()
    made.close()
    cluster.drop(made.name)


def rows(owner, query):
    with owner.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_what_was_in_a_flow_becomes_a_case_with_its_work_and_its_story(cluster, earlier):
    assert migrate.upgrade(earlier, cluster.worker)
    (case,) = rows(
        earlier,
        "SELECT id, number, flow_key, subject_kind, subject_id, customer_id, product_key, title ->> 'en', amount, unit,"
        " status, code, started_by, state -> 'path' ->> 1 FROM flow_case",
    )
    assert case[1:] == (
        "A1", "business-approval", "application", 11, 7, "shop-loan", "Shop loan", 5000, "east", "running", "A2", 21,
        "risk_review",
    )  # fmt: skip
    assert rows(earlier, "SELECT id, case_id, status FROM work_item") == [(31, case[0], "open")]
    assert rows(earlier, "SELECT case_id, event FROM flow_history ORDER BY id") == [
        (case[0], "started"), (case[0], "opened"),
    ]  # fmt: skip
    with pytest.raises(Exception, match="never changed or removed"):
        rows(earlier, "UPDATE flow_history SET node = 'x' RETURNING id")


def test_the_way_back_loses_nothing_of_applications(cluster, earlier):
    migrate.upgrade(earlier, cluster.worker)
    with earlier.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO flow_case (company_id, id, number, flow_key, release_id, subject_kind)"
            " OVERRIDING SYSTEM VALUE VALUES (1, 900, 'R1', 'seal', 3, 'request');"
            "INSERT INTO work_item (company_id, case_id, number, node) VALUES (1, 900, 1, 'review')"
        )
    migrate.downgrade(earlier, "0016")
    assert rows(earlier, "SELECT id, application_id FROM work_item") == [(31, 11)]
    assert rows(earlier, "SELECT application_id, event FROM flow_history ORDER BY id") == [
        (11, "started"), (11, "opened"),
    ]  # fmt: skip
    assert rows(earlier, "SELECT flow_state FROM application ORDER BY id") == [(STATE,), ({},)]
