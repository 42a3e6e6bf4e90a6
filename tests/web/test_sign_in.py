"""Signing in: who gets in, who is locked out, what ends a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.web.conftest import PASSWORD, sign_in, token

from loanloom.services.access import users
from loanloom.services.access.sign_in import ab_user
from loanloom.services.access.sign_in_guard import BY_NAME
from loanloom.store import tables


@pytest.fixture
def alice(model_company):
    return users.create(
        model_company,
        username="alice",
        name="Alice",
        email="alice@example.org",
        password=PASSWORD,
        roles=["auditor"],
        unit="head-office",
    )


def test_a_stranger_is_sent_to_the_log_in_page_and_back_afterwards(client, alice):
    answer = client.get("/audit/?actor=alice")
    assert answer.status_code == 302
    assert answer.location.startswith("/login/?next=/audit/")
    done = client.post(
        "/login/",
        data={"username": "alice", "password": PASSWORD, "csrf_token": token(client), "next": "/audit/?actor=alice"},
    )
    assert done.location == "/audit/?actor=alice"
    assert client.get("/audit/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\n//evil.example", "javascript:alert(1)"],
)
def test_the_way_back_never_leaves_the_house(client, alice, elsewhere):
    form = {"username": "alice", "password": PASSWORD, "csrf_token": token(client), "next": elsewhere}
    assert client.post("/login/", data=form).location == "/"


def test_a_wrong_password_says_the_same_as_a_wrong_name(client, alice):
    one = sign_in(client, "alice", "wrong password")
    other = sign_in(client, "nobody", "wrong password")
    assert one.status_code == other.status_code == 401
    words = "用户名或密码错误"
    assert words in one.get_data(as_text=True)
    assert words in other.get_data(as_text=True)


def test_guessing_locks_the_name_even_for_the_right_password(client, alice):
    for _ in range(BY_NAME.failures):
        sign_in(client, "alice", "wrong password")
    answer = sign_in(client, "alice")
    assert answer.status_code == 401
    assert "错误次数过多" in answer.get_data(as_text=True)


def test_a_lock_ends_by_itself(client, alice, model_company):
    for _ in range(BY_NAME.failures):
        sign_in(client, "alice", "wrong password")
    past = datetime.now(UTC) - timedelta(seconds=1)
    with model_company.database.transaction() as connection:
        connection.execute(tables.sign_in_guard.update().values(locked_until=past))
    assert sign_in(client, "alice").status_code == 302


def test_failed_log_ins_are_in_the_audit(client, alice, model_company):
    sign_in(client, "alice", "wrong password")
    with model_company.database.transaction() as connection:
        query = select(tables.audit_log.c.actor, tables.audit_log.c.ip).where(
            tables.audit_log.c.action == "user.sign_in_failed"
        )
        assert connection.execute(query).one() == ("alice", "127.0.0.1")


def test_changing_the_password_ends_other_sessions(app, client, alice):
    other = app.test_client()
    sign_in(client, "alice")
    sign_in(other, "alice")
    fresh = "Another-long-password-9"
    form = {"present": PASSWORD, "password": fresh, "again": fresh, "csrf_token": token(client, "/account/password/")}
    assert client.post("/account/password/", data=form).status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "至少需要10位"),
        ("alice-is-my-name", "不能包含用户名"),
        ("aaaaaaaaaaaa", "过于简单"),
        ("2026-1234567", "过于简单"),
        ("Password2026!", "过于简单"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(client, alice, password, words):
    sign_in(client, "alice")
    form = {"present": PASSWORD, "password": password, "again": password}
    answer = client.post("/account/password/", data={**form, "csrf_token": token(client, "/account/password/")})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_first_password_must_be_changed_before_anything_else(person):
    browser = person("auditor", must_change=True)
    assert browser.get("/audit/").location == "/account/password/"
    fresh = "Another-long-password-9"
    form = {"present": PASSWORD, "password": fresh, "again": fresh, "csrf_token": browser.csrf()}
    assert browser.post("/account/password/", data=form).status_code == 302
    assert browser.get("/audit/").status_code == 200


def test_what_is_kept_of_a_password_costs_much_to_try(alice, model_company):
    with model_company.database.transaction() as connection:
        kept = connection.execute(select(ab_user.c.password).where(ab_user.c.id == alice)).scalar_one()
    method, rounds, size, _ = kept.partition("$")[0].split(":")
    assert method == "scrypt" and int(rounds) * int(size) >= 2**18  # 32 MB for each guess
    assert PASSWORD not in kept


def test_a_closed_account_is_out_at_the_next_click(person, model_company):
    browser = person("auditor")
    assert browser.get("/account/").status_code == 200
    user = users.read(model_company, browser.user_id)
    users.change(
        model_company,
        user.id,
        name=user.name,
        email=user.email,
        roles=user.roles,
        unit=None,
        position=None,
        active=False,
    )
    assert browser.get("/account/").status_code in (302, 403)


def test_a_right_taken_away_is_gone_at_the_next_click(person, model_company):
    browser = person("auditor")
    assert browser.get("/audit/").status_code == 200
    user = users.read(model_company, browser.user_id)
    users.change(
        model_company,
        user.id,
        name=user.name,
        email=user.email,
        roles=["relationship-manager"],
        unit=None,
        position=None,
        active=True,
    )
    assert browser.get("/audit/").status_code == 403


def test_the_first_password_is_not_chosen_again(person):
    browser = person("auditor", must_change=True)
    form = {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD, "csrf_token": browser.csrf()}
    answer = browser.post("/account/password/", data=form)
    assert answer.status_code == 422
    assert "is the present one" in answer.get_data(as_text=True)
