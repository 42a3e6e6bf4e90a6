"""The REST API: tokens, rights, exact amounts, problems as JSON, a repeated request answered once."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from tests.web.people import PASSWORD, signs_in


@pytest.fixture
def bearer(app, model_company):
    """`bearer("finance")`: a client with a token of a new user with these roles."""
    count = 0

    def make(*roles: str):
        nonlocal count
        count += 1
        name = f"program-{count}"
        signs_in(model_company, name, name=name, roles=roles, unit="head-office")
        client = app.test_client()
        given = {"username": name, "password": PASSWORD, "provider": "db"}
        answer = client.post("/api/v1/security/login", json=given)
        assert answer.status_code == 200, answer.json
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['access_token']}"
        return client

    return make


def test_a_wrong_password_gets_no_token_and_counts(client, model_company, person):
    person("auditor")
    for _ in range(6):
        answer = client.post(
            "/api/v1/security/login", json={"username": "test-1", "password": "wrong one here", "provider": "db"}
        )
        assert answer.status_code == 401
    right = {"username": "test-1", "password": PASSWORD, "provider": "db"}
    assert client.post("/api/v1/security/login", json=right).status_code == 401


def test_without_a_token_the_answer_is_401_json(client):
    answer = client.get("/api/v1/loans/")
    assert answer.status_code == 401
    assert answer.json["problems"][0]["code"] == "web.not_signed_in"


def test_a_forged_token_is_refused(client):
    answer = client.get("/api/v1/loans/", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."})
    assert answer.status_code in (401, 422)


def test_rights_are_those_of_the_screens(bearer):
    assert bearer("auditor").get("/api/v1/loans/").status_code == 200
    assert bearer("system-administrator").get("/api/v1/loans/").status_code == 403


def test_a_cookie_session_needs_a_csrf_token(person):
    browser = person("relationship-manager")
    assert browser.get("/api/v1/applications/").status_code == 200
    assert browser.post("/api/v1/applications/", json={"product": "farmer-loan"}).status_code == 400


def test_unknown_records_are_404_with_both_languages(bearer):
    answer = bearer("auditor").get("/api/v1/loans/999999")
    assert answer.status_code == 404
    assert set(answer.json["problems"][0]["message"]) == {"en", "zh"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("not json", "api.bad_json"),
        ("[]", "api.no_object"),
        ('{"amount": NaN}', "api.bad_json"),
        ('{"amount": "1e400"}', "api.bad_amount"),
        ('{"amount": "-5"}', "api.bad_amount"),
        ('{"amount": true}', "api.bad_amount"),
        ('{"amount": "5", "purpose": "steal"}', "api.bad_purpose"),
    ],
)
def test_a_bad_repayment_is_refused_with_its_code(bearer, body, code):
    client = bearer("finance")
    answer = client.post(
        "/api/v1/loans/1/repayments",
        data=body,
        headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json["problems"][0]["code"] == code


def test_a_repayment_needs_an_idempotency_key(bearer):
    answer = bearer("finance").post("/api/v1/loans/1/repayments", json={"amount": "5"})
    assert answer.json["problems"][0]["code"] == "api.no_key"


def test_amounts_travel_as_text(app):
    with app.app_context():
        assert app.json.dumps({"amount": Decimal("100.10")}) == '{"amount": "100.10"}'


def test_openapi_describes_every_resource(bearer):
    answer = bearer("auditor").get("/api/v1/_openapi")
    assert answer.status_code == 200
    assert {"/api/v1/applications/", "/api/v1/loans/{loan_id}/repayments", "/api/v1/security/login"} <= set(
        answer.json["paths"]
    )


def test_openapi_describes_every_part_of_an_address_and_nothing_twice(bearer):
    described = bearer("auditor").get("/api/v1/_openapi").json
    known = described["components"]["parameters"]
    ours = (
        "/api/v1/loans/",
        "/api/v1/loan-changes/",
        "/api/v1/cash/",
        "/api/v1/credit-lines/",
        "/api/v1/applications/",
    )
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if not path.startswith(ours):
                continue
            parameters = [
                known[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in operation["parameters"]
            ]
            named = [one["name"] for one in parameters]
            assert len(named) == len(set(named)), (path, method)
            in_path = {one["name"] for one in parameters if one["in"] == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path)), (path, method)
    key = [
        one for one in described["paths"]["/api/v1/loans/{loan_id}/repayments"]["post"]["parameters"] if "$ref" in one
    ]
    assert known[key[0]["$ref"].rsplit("/", 1)[1]]["name"] == "Idempotency-Key"
