"""Whatever is in an address or a form, the answer is never a defect."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from tests.services.money.house import House

from loanloom.services.money import disbursements

ROLES = (
    "approver-2", "auditor", "business-administrator", "finance", "relationship-manager", "risk-officer",
    "system-administrator",
)  # fmt: skip
ODD = (
    "\0", "١٢٣", "-1", "9" * 30, "NaN", "1e-999999999", "0001-01-01", "9999-12-31", "2026-02-30",
    "'%\\<script>\u202e\ufffe", "x" * 3000,
)  # fmt: skip
DIGITS = ("²", "9" * 5000)
"""What a number is not made of although each calls itself a digit: mixed on one page, so that it costs one request."""
NAMES = (
    "q", "on", "tab", "after", "before", "sort", "page", "state", "view", "product", "role", "customer", "amount",
    "purpose", "months", "method", "column", "from", "to", "action", "actor", "kind", "as_of", "lang", "next", "month",
    "loan.principal.from", "loan.principal.to", "loan.disbursed_on.from", "loan.disbursed_on.to",
    "loan.annual_rate.from", "customer.name", "customer.since_on.to", "application.amount.from", "loan.overdue",
    "key", "number", "overdue",
)  # fmt: skip


@pytest.fixture
def house(model_company) -> House:
    """The model company with a loan."""
    made = House(model_company.database, model_company.company)
    disbursements.disburse(made.ctx(), made.contract(100_000, "sole-trader-loan"))
    return made


def pages(app, house: House, method: str = "GET"):
    """Every address that can be read, records filled in with some that exist and some that cannot."""
    existing = {"customer_id": 1, "application_id": 1, "contract_id": 1, "loan_id": 1}
    with house.database.transaction(house.company.id) as connection:
        from loanloom.store import tables

        for name in ("customer", "application", "contract", "loan"):
            existing[f"{name}_id"] = connection.execute(tables.metadata.tables[name].select()).first().id
    words = {"kind": "product", "key": "sole-trader-loan", "version": "v1", "name": "x"}
    for rule in app.url_map.iter_rules():
        if method not in rule.methods or rule.endpoint in ("assets.file",):
            continue
        url = rule.rule
        for argument in rule.arguments:
            converter = rule._converters[argument]
            value = existing.get(argument, 1) if "Number" in type(converter).__name__ else words.get(argument, "x")
            url = url.replace(f"<int:{argument}>", str(value)).replace(f"<{argument}>", str(value))
            url = url.replace(f"<path:{argument}>", str(value))
        yield rule, url


def test_no_query_is_a_defect(app, house, person):
    browser = person(*ROLES, unit="head-office")
    for rule, url in pages(app, house):
        for odd in ODD:
            asked = "&".join(f"{name}={quote(odd, safe='')}" for name in NAMES) if len(odd) < 100 else f"q={odd}"
            answer = browser.get(f"{url}?{asked}")
            assert answer.status_code < 500, (rule.endpoint, url, odd[:40])
        asked = "&".join(f"{name}={DIGITS[place % 2]}" for place, name in enumerate(NAMES))
        assert browser.get(f"{url}?{asked}").status_code < 500, (rule.endpoint, url, "digits")


FIELDS = (
    "username", "name", "email", "password", "unit", "position", "roles", "active", "version", "_version", "_editor",
    "_seen", "_step", "customer", "product", "amount", "purpose", "channel", "reference", "note", "decision", "opinion",
    "conditions", "return_to", "reason_approve", "signed_on", "material", "live_from", "definition", "plan_digest",
    "number", "source", "key", "kind", "title_en", "title_zh", "pointer", "value", "query", "next", "language",
    "company", "present", "again", "reason", "application.amount", "customer.name", "guarantors", "until", "text",
    "customer.id_number", "guarantors.0.name", "months", "method", "customer.kind", "typed", "cell", "row", "column",
)  # fmt: skip


def test_no_form_is_a_defect(app, house, person):
    browser = person(*ROLES, unit="head-office")
    given = browser.csrf()
    urls = {rule.endpoint: url for rule, url in pages(app, house, "POST")}
    del urls["account.sign_out"]
    for endpoint, url in urls.items():
        for odd in ODD:
            for action in ("submit", "add:guarantors", "step:x"):
                sent = dict.fromkeys(FIELDS, odd) | {"csrf_token": given, "_action": action}
                answer = browser.post(url, data=sent)
                assert answer.status_code < 500, (endpoint, url, odd[:40], action)
                if "_version" not in endpoint and "fill" not in endpoint:
                    break
        sent = {name: DIGITS[place % 2] for place, name in enumerate(FIELDS)}
        answer = browser.post(url, data={**sent, "csrf_token": given, "_action": "submit"})
        assert answer.status_code < 500, (endpoint, url, "digits")


def test_no_number_of_a_record_is_a_defect(app, house, person):
    browser = person(*ROLES)
    for rule in app.url_map.iter_rules():
        numbers = [name for name, converter in rule._converters.items() if type(converter).__name__ == "Number"]
        for number in ("0", "9223372036854775807", "9223372036854775808", "9" * 200, "٩" * 8):
            url = rule.rule
            for name in rule.arguments:
                url = url.replace(f"<int:{name}>", number).replace(f"<{name}>", "x").replace(f"<path:{name}>", "x")
            if numbers and "GET" in rule.methods:  # 405: no such number, but the address may be written to
                assert browser.get(url).status_code in (302, 400, 403, 404, 405), (rule.endpoint, number[:30])


BODIES = (
    [], "x", 5, None, {}, {"values": [], "version": 10**30}, {"values": {"application.amount": 10**4000}, "version": 1},
    {"product": "x" * 5000, "customer_id": 10**30}, {"product": "sole-trader-loan", "customer_id": True},
    {"amount": 1e300, "purpose": "due"}, {"amount": "1e-999999999"}, {"amount": {"a": 1}}, {"amount": "0.001"},
    {"amount": "1", "purpose": ["settle"]}, {"amount": "1", "channel": {"a": 1}}, {"amount": -5},
    b'{"amount": 1e99999999999999999999}', b'{"amount": ' + b"9" * 5000 + b"}",
    {"values": {"guarantors": {"a": [1, [2, [3]]]}, "\u0663": None, "application.amount": [[[1]]]}, "version": 1},
)  # fmt: skip


def test_no_body_is_a_defect(app, house, person):
    browser = person(*ROLES, unit="head-office")
    given = browser.csrf()
    for _rule, url in pages(app, house, "POST"):
        if url.startswith("/api/"):
            for number, body in enumerate(BODIES):
                headers = {"X-CSRFToken": given, "Idempotency-Key": f"k{number}"}
                sent = body if isinstance(body, bytes) else json.dumps(body)
                answer = browser.post(url, data=sent, content_type="application/json", headers=headers)
                assert answer.status_code < 500, (url, str(body)[:80])
                assert answer.status_code >= 400, (url, str(body)[:80])


def test_no_header_is_a_defect(client, person):
    browser = person("auditor")
    odd = {
        "X-Company": "9" * 5000, "Accept-Language": ";;q=x,\x7f", "Accept": "*;q=zz,/", "X-Correlation-Id": "'" * 90,
        "Cookie": "loanloom=x.y.z; \x7f", "X-Forwarded-Host": "evil.example", "Host": "evil.example",
        "Content-Length": "-1", "HX-Request": "no", "Range": "bytes=9-1", "If-None-Match": "\x7f",
        "Authorization": "Bearer x.y.z",
    }  # fmt: skip
    for name, value in odd.items():
        for url in ("/login/", "/", "/api/v1/loans/"):
            answer = browser.get(url, headers={name: value})
            assert answer.status_code < 500, (name, url)
            assert "evil.example" not in answer.get_data(as_text=True) + answer.headers.get("Location", "")
