"""What a form costs the database: statements for each request, whatever the machine."""

from __future__ import annotations

from flask.testing import FlaskClient
from tests.services.money.house import counted
from tests.services.origination.conftest import ASKED
from tests.web.origination.test_screens import begin, hidden, manager, text

from loanloom.testing.postgres import TestDatabase

__all__ = ["manager"]

OPEN, REFRESH, SUBMIT = 6, 4, 13


def test_a_form_is_opened_with_few_statements(manager: FlaskClient, model_database: TestDatabase) -> None:
    url = f"/applications/{begin(manager)}/fill"
    manager.get(url)
    with counted(model_database.database) as sent:
        assert manager.get(url).status_code == 200
    assert len(sent) <= OPEN, "\n".join(sent)


def test_a_change_on_the_form_costs_few_statements(manager: FlaskClient, model_database: TestDatabase) -> None:
    url = f"/applications/{begin(manager)}/fill"
    marks = hidden(text(manager.get(url)))
    with counted(model_database.database) as sent:
        manager.post(url, data={**marks, "_action": "refresh", **ASKED}, headers={"HX-Request": "true"})
    assert len(sent) <= REFRESH, "\n".join(sent)


def test_a_form_is_handed_in_with_few_statements(manager: FlaskClient, model_database: TestDatabase) -> None:
    url = f"/applications/{begin(manager)}/fill"
    marks = hidden(text(manager.get(url)))
    with counted(model_database.database) as sent:
        assert manager.post(url, data={**marks, "_action": "submit", **ASKED}).status_code == 302
    assert len(sent) <= SUBMIT, "\n".join(sent)
    assert sum(one.count('INSERT INTO "audit_log"') for one in sent) == 1, "the audit is written together"
