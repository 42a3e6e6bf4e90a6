"""Tokens and log-ins of programs: what ends them, and what is no way round the lock against guessing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from tests.web.people import PASSWORD, signs_in

from loanloom.services.access import users
from loanloom.services.access.sign_in_guard import BY_NAME
from loanloom.store import tables

NEW = "another-long-password-8"


@pytest.fixture
def program(model_company):
    return signs_in(model_company, "program", name="Program", roles=["finance"], unit="head-office")


def log_in(client, username="program", password=PASSWORD, provider="db"):
    given = {"username": username, "password": password, "provider": provider, "refresh": True}
    sent = json.dumps(given)  # written in plain ASCII, as half a surrogate pair cannot be sent otherwise
    return client.post("/api/v1/security/login", data=sent, content_type="application/json")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_new_password_ends_tokens_and_their_renewal(client, model_company, program):
    tokens = log_in(client).json
    assert client.get("/api/v1/loans/", headers=bearer(tokens["access_token"])).status_code == 200
    assert client.post("/api/v1/security/refresh", headers=bearer(tokens["refresh_token"])).status_code == 200
    users.set_password(model_company, program, NEW, must_change=False)
    assert client.get("/api/v1/loans/", headers=bearer(tokens["access_token"])).status_code == 401
    assert client.post("/api/v1/security/refresh", headers=bearer(tokens["refresh_token"])).status_code == 401
    fresh = log_in(client, password=NEW).json
    renewed = client.post("/api/v1/security/refresh", headers=bearer(fresh["refresh_token"])).json
    assert client.get("/api/v1/loans/", headers=bearer(renewed["access_token"])).status_code == 200


def test_a_token_for_renewal_opens_nothing_itself(client, program):
    assert client.get("/api/v1/loans/", headers=bearer(log_in(client).json["refresh_token"])).status_code in (401, 422)


def test_a_first_password_is_not_enough_for_the_api(client, model_company, program):
    users.set_password(model_company, program, NEW, must_change=True)
    answer = client.get("/api/v1/loans/", headers=bearer(log_in(client, password=NEW).json["access_token"]))
    assert answer.status_code == 403
    assert answer.json["problems"][0]["code"] == "web.own_password_first"


def test_neither_mail_address_nor_directory_is_a_second_way_in(client, program):
    assert log_in(client, "program@example.org").status_code == 401
    assert log_in(client, provider="ldap").status_code in (400, 401)
    for _ in range(BY_NAME.failures):
        log_in(client, password="wrong password")
    assert log_in(client).status_code == 401


@pytest.mark.parametrize(("username", "password"), [("a\0b", "x"), ("a\ud800", "x"), ("program", "\ud800" * 10)])
def test_odd_letters_are_no_defect(client, program, username, password):
    assert log_in(client, username, password).status_code == 400


def test_a_body_without_an_end_is_only_wrong(client):
    for sent in ('{"username": ' + "[" * 100_000, '["' + "x" * 2_000_000 + '"]'):
        answer = client.post("/api/v1/security/login", data=sent, content_type="application/json")
        assert answer.status_code == 400


def test_a_log_in_of_a_program_is_told_to_the_audit(client, model_company, program):
    log_in(client)
    with model_company.database.transaction() as connection:
        told = select(tables.audit_log.c.action).where(tables.audit_log.c.actor_id == program)
        assert "user.signed_in" in connection.execute(told).scalars().all()
