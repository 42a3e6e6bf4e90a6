"""The log-in page of a demonstration offers its people; any other installation's page does not."""

from __future__ import annotations

import re

import pytest
from tests.web.conftest import PASSWORD

from loanloom.services.access import users
from loanloom.services.running.demonstration import LogIn
from loanloom.web.app import create_app

AUDITOR = LogIn(
    username="yan",
    password=PASSWORD,
    name="严查（演示）",
    role={"en": "Auditor", "zh": "审计"},
    words="sees everything",
)


@pytest.fixture
def demonstration(model_database, model_company):
    users.create(
        model_company,
        username="yan",
        name=AUDITOR.name,
        email="yan@example.org",
        password=PASSWORD,
        roles=["auditor"],
        unit="audit",
    )
    app = create_app(
        model_database.database, secret_key="a secret for tests, longer than thirty-two bytes", log_ins=[AUDITOR]
    )
    return app.test_client()


def test_one_press_signs_in_as_somebody_of_the_demonstration(demonstration) -> None:
    page = demonstration.get("/login/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    offered = page[page.index('class="demo-log-ins"') :]
    assert "All people are invented" in offered
    assert "Auditor" in offered
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', offered))
    assert demonstration.post("/login/", data=fields).status_code == 302
    assert demonstration.get("/audit/").status_code == 200


def test_it_is_marked_in_chinese_too(demonstration) -> None:
    page = demonstration.get("/login/", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "演示" in page
    assert "人物均为虚构" in page


def test_an_installation_in_earnest_offers_nobody(client) -> None:
    page = client.get("/login/").get_data(as_text=True)
    assert "demo-log-ins" not in page
