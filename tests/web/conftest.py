"""The web application over a real database with the model company, and people signed in to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.services.money.house import House
from tests.web.people import PASSWORD, application, signs_in

from loanloom.services.context import Context
from loanloom.testing.postgres import TestDatabase

Person = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def app(model_database: TestDatabase) -> Flask:
    """The application; a defect fails the test instead of becoming a page."""
    return application(model_database.database)


@pytest.fixture
def client(app: Flask, model_company: Context) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


def token(client: FlaskClient, path: str = "/login/") -> str:
    """The CSRF token that a page of this browser carries."""
    page = client.get(path, follow_redirects=True).get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found, page[:500]
    return found.group(1)


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD):
    """Fill in and send the log-in page."""
    return client.post("/login/", data={"username": username, "password": password, "csrf_token": token(client)})


@pytest.fixture
def house(model_company: Context) -> House:
    """The model company with contracts made by hand."""
    return House(model_company.database, model_company.company)


@pytest.fixture
def person(app: Flask, model_company: Context) -> Iterator[Person]:
    """`person("finance")`: a signed-in browser of a new user with these roles; `.user_id` and `.csrf()` help."""
    made: list[str] = []

    def with_roles(
        *roles: str, unit: str = "head-office", language: str = "en", must_change: bool = False
    ) -> FlaskClient:
        username = f"test-{len(made) + 1}"
        made.append(username)
        browser = app.test_client()
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        browser.user_id = signs_in(  # type: ignore[attr-defined]
            model_company, username, name=f"Person {len(made)}", roles=roles, unit=unit, must_change=must_change
        )
        assert sign_in(browser, username).status_code == 302
        browser.csrf = lambda: token(browser, "/account/password/")  # type: ignore[attr-defined]
        return browser

    yield with_roles
