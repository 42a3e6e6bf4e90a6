"""The session's cookie: how long it holds, and when it is sent again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import itsdangerous
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.web.conftest import sign_in, token
from tests.web.people import PASSWORD, signs_in

from loanloom.services.access import sessions
from loanloom.store import tables

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
Ago = Callable[[int], None]


@pytest.fixture
def ago(monkeypatch: pytest.MonkeyPatch) -> Ago:
    """`ago(90)`: cookies signed from here on were signed 90 seconds ago; `ago(0)`: now."""

    def signed(seconds: int) -> None:
        monkeypatch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda _signer: int(time.time()) - seconds)

    return signed


def signed_in(browser: FlaskClient) -> bool:
    return browser.get("/account/").status_code == 200


def test_a_session_lasts_from_its_last_request(person, ago):
    browser = person("auditor")
    browser.get("/account/")  # its CSRF token is in the cookie now
    for _ in range(3):  # five hours each, eight are allowed
        with browser.session_transaction() as session:
            ago(5 * 3600)
            session.modified = True
        ago(0)
        assert signed_in(browser)


def test_a_session_ends_after_its_hours_without_a_request(person, ago):
    browser = person("auditor")
    with browser.session_transaction() as session:
        ago(8 * 3600 + 60)
        session.modified = True
    ago(0)
    assert not signed_in(browser)


def test_the_cookie_is_sent_again_when_it_is_a_minute_old(person, ago):
    browser = person("auditor")
    browser.get("/account/")
    assert "Set-Cookie" not in browser.get("/account/").headers
    with browser.session_transaction() as session:
        ago(70)
        session.modified = True
    ago(0)
    assert "Expires=" in browser.get("/account/").headers["Set-Cookie"]


def test_a_forged_cookie_is_nobody(person):
    browser = person("auditor")
    cookie = browser.get_cookie("loanloom")
    assert cookie is not None
    browser.set_cookie("loanloom", cookie.value[:-2] + ("aa" if cookie.value[-2:] != "aa" else "bb"))
    assert not signed_in(browser)


def copied(browser: FlaskClient, app) -> FlaskClient:
    """Another browser with the same cookie, as of somebody who has copied it."""
    cookie = browser.get_cookie("loanloom")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("loanloom", cookie.value)
    return other


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app, person):
    browser, somebody = person("auditor"), person("finance")
    thief = copied(browser, app)
    assert signed_in(thief)
    browser.post("/logout/", data={"csrf_token": browser.csrf()})
    assert not signed_in(browser) and not signed_in(thief)
    assert signed_in(somebody)


def test_signing_out_ends_one_session_and_on_all_devices_every_one(app, model_company):
    signs_in(model_company, "here", name="Here", roles=["auditor"], unit="head-office")
    desk, phone, tablet = (app.test_client() for _ in range(3))
    for browser in (desk, phone, tablet):
        assert sign_in(browser, "here").status_code == 302
    given = {"username": "here", "password": PASSWORD, "provider": "db"}
    access = {"Authorization": f"Bearer {desk.post('/api/v1/security/login', json=given).json['access_token']}"}
    assert app.test_client().get("/api/v1/loans/", headers=access).status_code == 200
    desk.post("/logout/", data={"csrf_token": token(desk, "/account/")})
    assert not signed_in(desk) and signed_in(phone) and signed_in(tablet)
    phone.post("/logout/everywhere/", data={"csrf_token": token(phone, "/account/")})
    assert not signed_in(phone) and not signed_in(tablet)
    assert app.test_client().get("/api/v1/loans/", headers=access).status_code == 401
    assert sign_in(phone, "here").status_code == 302 and signed_in(phone)


def test_only_sessions_whose_cookie_may_still_come_are_remembered(model_company):
    with model_company.database.transaction() as connection:
        for hour in (0, 5, 10):
            now = NOW + timedelta(hours=hour)
            sessions.end(connection, 7, f"at-{hour}", now, lasting=timedelta(hours=8))
        query = select(tables.user_profile.c.ended_sessions).where(tables.user_profile.c.user_id == 7)
        assert set(connection.execute(query).scalar_one()) == {"at-5", "at-10"}
