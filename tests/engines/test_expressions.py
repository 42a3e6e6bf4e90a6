"""What an expression may see at a place of a document: one answer for the check, the editor and renaming."""

from __future__ import annotations

from pathlib import Path

import pytest

from loanloom.engines import expressions
from loanloom.engines.expressions import place, written
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document, document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.definitions.releases.checking import ENGINES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The model company."""
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def test_every_place_that_a_kind_declares_is_understood(registry: Registry) -> None:
    """A kind that says `scope: x` where nobody knows x would have expressions that nothing checks."""
    for document in registry.documents.values():
        kind = registry.kinds.require(document.kind)
        found = {one.place.pointer for one in written(document, registry)}
        for one in kind.expressions:
            for pointer, value in expressions.pointers.match(document.spec, one.pointer):
                assert one.text_of(value) is None or pointer in found, (document.identity, pointer)


def test_every_expression_of_the_model_company_is_right_where_it_stands(registry: Registry) -> None:
    count = 0
    for document in registry.documents.values():
        for one in written(document, registry):
            count += 1
            problems = one.check().problems
            assert not problems, (document.identity, one.place.pointer, one.source, problems)
    assert count > 300


def _spoilt(document: Document, pointer: str, start: int, source: str, wrong: str) -> Document:
    """The document with one expression replaced."""
    whole = document.as_mapping()
    *above, last = expressions.pointers.split(pointer)
    holder = whole["spec"]
    for token in above:
        holder = holder[int(token) if isinstance(holder, list) else token]
    key = int(last) if isinstance(holder, list) else last
    holder[key] = holder[key][:start] + wrong + holder[key][start + len(source) :]
    return document_from(whole)


def test_the_engines_find_the_same_mistake_at_the_same_place(registry: Registry) -> None:
    """One expression of each kind and place is spoilt: its engine, or the check of this room, refuses the document."""
    checks = {name: check for name, check in ENGINES if name != "targets"}
    seen: set[tuple[str, str]] = set()
    for document in registry.own:
        for one in written(document, registry):
            shape = (document.kind, "/".join(t if not t.isdigit() else "*" for t in one.place.pointer.split("/")[:4]))
            if shape in seen or one.place.mark:
                continue
            seen.add(shape)
            bad = _spoilt(document, one.place.pointer, one.start, one.source, "no_such_name + 1")
            others = [each for each in registry.own if each.identity != document.identity]
            spoilt = build([*others, bad], registry.kinds).registry
            assert any(
                problem.code == "feel.unknown_name" and problem.pointer == f"/spec{one.place.pointer}"
                for check in checks.values()
                for problem in check(spoilt)
            ), (document.identity, one.place.pointer)
    assert len(seen) > 15


def test_a_place_is_known_before_anything_stands_there(registry: Registry) -> None:
    form = next(one for one in registry.all("form") if one.spec["record"] == "application")
    found = place(form, "/sections/0/fields/0/visible", registry)
    assert found is not None and "application" in found.scope.members
    assert place(form, "/sections/0/title", registry) is None
    assert place(form, "/no/such/place", registry) is None


def test_bare_names_of_a_row_stand_for_facts_of_the_house(registry: Registry) -> None:
    for form in registry.all("form"):
        for at, section in enumerate(form.spec["sections"]):
            for number, field in enumerate(section["fields"]):
                if field["field"] == "guarantors" and field.get("fields"):
                    found = place(form, f"/sections/{at}/fields/{number}/fields/0/required", registry)
                    assert found is not None
                    assert found.full("name") == "guarantors.name"
                    assert found.full("application.amount") == "application.amount"
                    assert found.labels["name"] == found.labels["guarantors.name"]
                    return
    pytest.fail("the model company has no form with guarantors")


def test_a_cell_tests_the_value_of_its_column(registry: Registry) -> None:
    tables = [one for one in registry.all("ruleset") if "table" in one.spec]
    cell = place(tables[0], "/table/rows/0/when/0", registry)
    assert cell is not None and cell.tested is not None


def test_a_broken_surrounding_has_no_scope_and_no_stack_trace(registry: Registry) -> None:
    broken = document_from(
        {"kind": "ruleset", "key": "x", "title": {"en": "x"}, "spec": {"table": {"inputs": "nothing"}}}
    )
    assert place(broken, "/table/rows/0/when/0", registry) is None
    assert list(written(broken, registry)) == []
