"""Another name for a field, a code or an indicator in all definitions: every use, nothing else; the cases still run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.problems import errors
from loanloom.services.definitions import renaming, uses
from loanloom.services.definitions.renaming import Renaming
from loanloom.testing.cases import run_cases

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The model company."""
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def after(registry: Registry, plan: Renaming) -> Registry:
    """The definitions as the plan makes them."""
    texts = {one.identity: one for one in plan.documents}
    documents = []
    for document in registry.own:
        one = texts.get(document.identity)
        read = read_document(one.after, one.new_file or one.file).document if one is not None else document
        assert read is not None
        documents.append(read)
    return build(documents, registry.kinds).registry


def own_fields(registry: Registry) -> list[str]:
    roots = {"guarantor": "guarantors"}
    return [
        f"{roots.get(record, record)}.{one.key}"
        for record in ("customer", "application", "guarantor", "collateral")
        for one in registry.entity_fields(record)
        if not one.builtin
    ]


def test_every_field_of_the_model_company_can_be_renamed_and_back(registry: Registry) -> None:
    """The renamed definitions are right, use the new name at as many places, and come back byte for byte."""
    fields = own_fields(registry)
    assert len(fields) > 40
    for path in fields[::20]:
        fresh = f"{path}_renamed"
        plan = renaming.field(registry, path, fresh)
        assert not errors(plan.problems), (path, plan.problems)
        there = after(registry, plan)
        before, now = uses.of_fact(registry, path), uses.of_fact(there, fresh)
        assert len(before) == len(now) and not uses.of_fact(there, path), path
        back = renaming.field(there, fresh, path)
        original = {one.identity: one.before for one in plan.documents}
        assert {one.identity: one.after for one in back.documents} == original


def test_only_the_name_changes_and_comments_stay(registry: Registry) -> None:
    plan = renaming.field(registry, "customer.farming_years", "customer.years_of_farming")
    for one in plan.documents:
        assert one.after.replace("years_of_farming", "farming_years") == one.before
        assert one.after.count("\n") == one.before.count("\n")
    files = {one.file for one in plan.documents}
    assert {"metadata/entities/customer.yaml", "forms/customer.yaml", "metadata/indicators/farming_years.yaml"} <= files
    indicator = next(one for one in plan.documents if one.identity == ("indicator", "farming_years"))
    assert "key: farming_years" in indicator.after and "customer.years_of_farming" in indicator.after


def test_the_cases_give_the_same_under_the_new_names(registry: Registry) -> None:
    plan = renaming.field(registry, "application.farm_income", "application.farm_takings")
    there = after(registry, plan)
    results = run_cases(there)
    assert results and all(one.passed for one in results), [one.key for one in results if not one.passed]


def test_a_code_changes_where_it_is_compared_listed_or_written(registry: Registry) -> None:
    plan = renaming.code(registry, "visit_rating", "good", "convincing")
    assert not errors(plan.problems)
    kinds = {one.identity[0] for one in plan.documents}
    assert {"code_list", "scorecard", "case"} <= kinds
    there = after(registry, plan)
    assert not errors(renaming.check(there.own).problems)
    assert all(one.passed for one in run_cases(there))


def test_codes_in_forms_rules_and_mappings_are_followed(registry: Registry) -> None:
    crop = renaming.code(registry, "crop", "tea", "tea_leaf")
    form = next(one for one in crop.documents if one.identity[0] == "form")
    assert form.after.replace("tea_leaf", "tea") == form.before
    for document in registry.all("code_list"):
        if document.builtin:
            assert renaming.code(registry, document.key, document.spec["items"][0]["key"], "other_word").problems


def test_the_lenders_of_a_price_cap_and_of_the_licence_are_followed(registry: Registry) -> None:
    listed = dict(registry.require("code_list", "lender_type").as_mapping())
    own = {"key": "village_bank", "title": {"en": "Village bank", "zh": "村镇银行"}}
    listed["spec"] = {"items": [*listed["spec"]["items"], own]}
    cap, house = registry.require("price_cap", "small-loan-company"), registry.all("organisation")[0]
    changed = [
        replace(cap, spec={**cap.spec, "lenders": ("village_bank",)}, source=None),
        replace(house, spec={**house.spec, "lender": {"type": "village_bank"}}, source=None),
    ]
    others = [one for one in registry.own if one.identity not in (cap.identity, house.identity)]
    known = build([*others, document_from(listed), *changed], registry.kinds).registry
    there = after(known, renaming.code(known, "lender_type", "village_bank", "rural_bank"))
    assert there.require(*cap.identity).at("/lenders") == ("rural_bank",)
    assert there.require(*house.identity).at("/lender/type") == "rural_bank"


def test_a_code_that_the_system_itself_knows_keeps_its_name(registry: Registry) -> None:
    """The product's guarantee modes are words of the program; a company cannot give them others."""
    plan = renaming.code(registry, "guarantee_mode", "guarantee", "surety")
    assert errors(plan.problems)


def test_an_indicator_takes_its_new_key_and_the_old_one_is_retired(registry: Registry) -> None:
    plan = renaming.indicator(registry, "farming_years", "years_farming")
    assert not errors(plan.problems) and plan.retired == (("indicator", "farming_years"),)
    own = next(one for one in plan.documents if one.identity == ("indicator", "farming_years"))
    assert own.new_file == "metadata/indicators/years_farming.yaml" and "renamed_from: farming_years" in own.after
    there = after(registry, plan)
    assert there.get("indicator", "years_farming") is not None
    assert {one.kind for one in there.used_by("indicator", "years_farming")} == {"product", "ruleset", "scorecard"}
    assert all(one.passed for one in run_cases(there))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("customer.name", "customer.full_name", "rename.builtin"),
        ("customer.nothing", "customer.something", "rename.unknown"),
        ("customer.village", "customer.education", "rename.bad_name"),
        ("customer.village", "customer.Village", "rename.bad_name"),
        ("customer.village", "application.village", "rename.parent"),
        ("customer.village", "customer.a.b", "rename.parent"),
    ],
)
def test_what_cannot_be_renamed_is_said_in_both_languages(registry: Registry, old: str, new: str, code: str) -> None:
    plan = renaming.field(registry, old, new)
    assert [one.code for one in plan.problems] == [code] and not plan.documents
    assert plan.problems[0].message["zh"] and plan.problems[0].message["en"]


def test_uses_are_those_that_are_meant(registry: Registry) -> None:
    found = {(one.kind, one.pointer) for one in uses.of_fact(registry, "guarantors.amount")}
    assert any(kind == "form" and pointer.endswith("/fields/4/field") for kind, pointer in found)
    assert any(kind == "indicator" for kind, _ in found) and any(kind == "template" for kind, _ in found)
    assert uses.of_fact(registry, "guarantors.nothing") == ()
    entity = registry.require("entity", "application")
    listed = uses.of_fields(registry, entity)
    assert {one.path for one in listed} == {f"application.{one['key']}" for one in entity.spec["fields"]}
    assert any(one.uses for one in listed)
