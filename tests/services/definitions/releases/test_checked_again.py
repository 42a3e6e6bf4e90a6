"""A check that remembers the one before finds exactly what the check of everything finds, whatever was edited."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.products.bundle import ROOT
from tests.services.definitions.releases.random_edits import Company, edited, retyped

from loanloom.metadata.bundle import read_bundle, source_text
from loanloom.metadata.document import Document
from loanloom.metadata.findings import Memory
from loanloom.metadata.recalling import Recalling
from loanloom.services.definitions.releases import checking
from loanloom.services.definitions.releases.known import kinds

EDITS = 3


@pytest.fixture(scope="module")
def company() -> Company:
    return {one.identity: one for one in read_bundle(ROOT, kinds()).documents}


@pytest.fixture(scope="module")
def memory(company: Company) -> Memory:
    return checking.check(company.values()).memory


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10**9))
def test_random_edits_one_after_another(company: Company, memory: Memory, seed: int) -> None:
    documents, chance = company, Random(seed)
    for number in range(EDITS):
        documents = (retyped if number == seed % EDITS else edited)(documents, chance)
        found = checking.check(documents.values(), before=memory)
        memory = found.memory
        assert found.problems == checking.check(documents.values()).problems


def test_what_is_remembered_keeps_no_registry(company: Company, memory: Memory) -> None:
    found = checking.check(company.values(), before=memory)
    kept, gone = found.memory, weakref.ref(found.registry)
    assert isinstance(found.registry, Recalling)
    assert len(kept.findings) > len(company)
    del found
    gc.collect()
    assert gone() is None


def test_a_field_of_another_type_looks_at_those_that_read_it(company: Company, memory: Memory) -> None:
    """The village of a customer stands in the forms of farmers, and no flow, rule or template asks for it."""
    entity = company["entity", "customer"]
    fields = [{**one, "type": "number"} if one["key"] == "village" else one for one in entity.spec["fields"]]
    changed = replace(entity, spec={**entity.spec, "fields": tuple(fields)})
    found = checking.check({**company, entity.identity: changed}.values(), before=memory)
    anew = {work for work, finding in found.memory.findings.items() if memory.findings.get(work) is not finding}
    looked_at = {(work[2][0].kind, work[2][0].key) for work in anew if work[2] and hasattr(work[2][0], "kind")}
    named = {one.identity for one in company.values() if "customer.village" in source_text(one)}
    assert {("form", key) for kind, key in named if kind == "form"} <= looked_at
    assert {one for one in looked_at if one[0] in ("flow", "ruleset", "template", "calculation")} <= named
    assert len(looked_at) < 20 < len(company)


def test_a_field_of_rows_looks_at_the_tables_that_show_it_and_not_at_who_adds_up_others(
    company: Company, memory: Memory
) -> None:
    """Calculations and rules count the collateral and add up its value; none asks for its area."""
    entity = company["entity", "collateral"]
    fields = [{**one, "type": "money"} if one["key"] == "area" else one for one in entity.spec["fields"]]
    assert any("sum(collateral.value)" in source_text(one) for _, one in _of_kinds(company, "calculation", "ruleset"))
    changed = replace(entity, spec={**entity.spec, "fields": tuple(fields)})
    found = checking.check({**company, entity.identity: changed}.values(), before=memory)
    anew = {work for work, finding in found.memory.findings.items() if memory.findings.get(work) is not finding}
    looked_at = [work[2][0].kind for work in anew if work[2] and hasattr(work[2][0], "kind")]
    forms = [one for _, one in _of_kinds(company, "form") if "field: collateral" in source_text(one)]
    assert looked_at.count("form") == len(forms) > 0, "of each form that shows the collateral, that one field"
    assert not {"calculation", "ruleset", "scorecard", "template"} & set(looked_at)
    assert found.problems == checking.check({**company, entity.identity: changed}.values()).problems


def _of_kinds(company: Company, *kinds: str) -> list[tuple[str, Document]]:
    return [(one.kind, one) for one in company.values() if one.kind in kinds]


def test_an_edit_of_one_document_looks_at_few_others(company: Company, memory: Memory) -> None:
    """Of all findings, those that one edited template brings anew: nothing else reads a template."""
    one = next(document for document in company.values() if document.kind == "template")
    edited_one = replace(one, title={"en": "Other", "zh": "其他"})
    found = checking.check({**company, one.identity: edited_one}.values(), before=memory)
    anew = [work for work, finding in found.memory.findings.items() if memory.findings.get(work) is not finding]
    assert {work[2][0].key for work in anew if work[2]} == {one.key}
    assert len(anew) < 10
