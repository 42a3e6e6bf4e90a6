"""The facts that expressions see: types from the registry, raw values converted, labels."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.engines.documents_of import registry_of

from loanloom import feel
from loanloom.engines import facts


def test_fields_of_built_in_and_own_entities_are_in_scope() -> None:
    scope = facts.scope(registry_of(), "application")
    application = scope.members["application"].members
    assert application["amount"].kind == "number" and application["applied_on"].kind == "date"
    assert application["housing"].values == ("owned", "rented")
    assert application["crops"].item is not None and application["crops"].item.values == ("owned", "rented")
    assert scope.members["guarantors"].item is not None and "amount" in scope.members["guarantors"].item.members
    assert not scope.members["as_of"].nullable


def test_an_application_does_not_see_a_loan_but_a_loan_sees_all() -> None:
    registry = registry_of()
    assert "loan" not in facts.scope(registry, "application").members
    assert {"loan", "application", "customer", "schedule"} <= facts.scope(registry, "loan").members.keys()
    assert "application" not in facts.scope(registry, "customer").members


def test_every_fact_missing_reads_null_and_never_fails() -> None:
    registry = registry_of()
    scope = facts.scope(registry, "document")
    for source in (
        "loan.days_past_due > 0",
        "count(guarantors)",
        "score.grade",
        "sum(collateral.value)",
        "schedule[1].due_on",
    ):
        program = feel.check(source, scope).program
        assert program is not None
        assert program({"as_of": dt.date(2026, 3, 2)}) is None


def test_raw_values_become_decimals_and_dates() -> None:
    raw = {
        "application": {"amount": 5000, "applied_on": "2026-03-02", "monthly_income": "8000.50", "insured": True},
        "guarantors": [{"amount": 3.5}],
        "as_of": "2026-03-02",
    }
    found = facts.convert(registry_of(), "application", raw)
    assert not found.problems
    assert found.facts["application"]["amount"] == Decimal(5000)
    assert isinstance(found.facts["application"]["amount"], Decimal)
    assert found.facts["application"]["applied_on"] == dt.date(2026, 3, 2)
    assert found.facts["application"]["insured"] is True
    assert found.facts["guarantors"][0]["amount"] == Decimal("3.5")
    assert found.facts["as_of"] == dt.date(2026, 3, 2)


def test_values_that_cannot_be_read_are_named() -> None:
    raw = {"application": {"amount": "many", "applied_on": "2026-02-30"}, "guarantors": [{"amount": "9" * 1000}]}
    found = facts.convert(registry_of(), "application", raw)
    assert [one.field for one in found.problems] == [
        "application.amount",
        "application.applied_on",
        "guarantors.1.amount",
    ]
    assert all(one.code == "facts.unreadable" and one.message["zh"] for one in found.problems)


def test_labels_name_facts_and_codes() -> None:
    labels = facts.labels(registry_of())
    assert labels["application.monthly_income"]["zh"] == "月收入"
    assert labels["application.housing=owned"]["en"] == "Own home"


def test_a_mistake_in_an_expression_gets_its_place_in_the_document() -> None:
    registry = registry_of(
        "kind: indicator\nkey: half\ntitle: {en: Half, zh: 半}\nspec:\n  subject: application\n"
        "  value: 1 + application.amuont\n  type: number"
    )
    document = registry.require("indicator", "half")
    problem = feel.check(document.spec["value"], facts.scope(registry)).problems[0]
    for pointer in ("/value", "/spec/value"):
        found = facts.problem_from_feel(problem, document, pointer)
        assert (found.pointer, found.line, found.column) == ("/spec/value", 7, 26)
        assert found.hint is not None and "amount" in found.hint["en"]
