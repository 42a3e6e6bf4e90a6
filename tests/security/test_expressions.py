"""Expressions tried out by somebody hostile: no secret comes to light, no request is a defect or takes long."""

# ruff: noqa: E501 - a list of expressions reads better in few lines
from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tests.security.test_masking import SECRETS, case
from tests.web.studio.test_expressions import ask

__all__ = ["case"]

CURIOUS = (
    "customer", "string(customer)", "customer.id_number", "substring(customer.phone, 1, 7)", "string length(customer.phone)",
    "guarantors", "guarantors.id_number", "guarantors[1].phone", "for one in guarantors return one.phone",
    "for entry in get entries(customer) return entry.value", 'get value(customer, "phone")', 'get value(customer, "id_number")',
    "context merge([customer, application])", 'string join(guarantors.id_number, "-")',
    "if customer.phone < \"5\" then date(customer.phone) else number(customer.phone)",
    "{a: customer, b: a.phone}.b", "(function(one) one.id_number)(customer)", "models", "indicators", "application",
)  # fmt: skip


@pytest.mark.parametrize("scope", ["application", "customer", "document", "none"])
def test_no_expression_brings_a_whole_number_to_light(case: Any, person: Any, scope: str) -> None:
    _, application_id = case
    browser = person("business-administrator", "risk-officer", "auditor")
    answered = 0
    for expression in CURIOUS:
        found = ask(browser, "run", scope=scope, expression=expression, application=application_id, targets=True)
        assert found.status_code == 200, expression
        answered += "tree" in found.get_json()
        assert not [one for one in SECRETS if one in found.get_data(as_text=True)], expression
    assert answered > 3


def test_no_secret_can_be_guessed_by_asking_whether_it_is_so(case: Any, person: Any) -> None:
    _, application_id = case
    browser = person("business-administrator", "risk-officer", "auditor")
    for expression in (f'customer.id_number = "{SECRETS[0]}"', f'starts with(customer.phone, "{SECRETS[1][:4]}")'):
        found = ask(browser, "run", expression=expression, application=application_id).get_json()
        assert found["value"] in (None, False) and found["hidden"], expression


@pytest.mark.parametrize("number", ["1e999999999", "-1e-999999999", "1e7000", "NaN", "-Infinity", "9" * 4000])
def test_a_number_that_no_expression_may_hold_is_an_unreadable_fact(person: Any, number: str) -> None:
    browser = person("business-administrator")
    for scope, path in (("none", "x"), ("application", "application.amount")):
        facts = number
        for name in reversed(path.split(".")):
            facts = f'{{"{name}": {facts}}}'
        for address in ("run", "residual"):
            sent = f'{{"scope": "{scope}", "expression": "{path} + 1", "facts": {facts}, "known": {facts}}}'
            found = browser.post(
                f"/studio/expressions/{address}",
                data=sent,
                content_type="application/json",
                headers={"X-CSRFToken": browser.csrf(), "Accept": "application/json"},
            )
            assert found.status_code == 200, found.get_data(as_text=True)
            assert [one["field"] for one in found.get_json()["unreadable"]] == [path]


def test_facts_without_number_are_refused_before_they_are_read(person: Any) -> None:
    browser = person("business-administrator")
    facts = {"x": [1] * 200_000}
    begun = time.process_time()
    found = ask(browser, "run", scope="none", expression="count(x)", facts=facts)
    assert found.status_code == 422 and found.get_json()["problems"][0]["field"] == "body"
    assert time.process_time() - begun < 2
    few = ask(browser, "run", scope="none", expression="count(x)", facts={"x": [1] * 9_000})
    assert json.loads(few.get_data())["text"] == "9000"
