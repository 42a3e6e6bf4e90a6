"""The session's cookie: how long it holds, and when it is sent again."""

from __future__ import annotations

import time
from collections.abc import Callable

import itsdangerous
import pytest
from flask.testing import FlaskClient

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
