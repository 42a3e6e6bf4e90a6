"""Access to a form set cell by cell: it holds exactly where it was set, and the text keeps what was not touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.engines import forms
from loanloom.engines.forms.access import worked_out
from loanloom.metadata.bundle import read_bundle, source_text
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.definitions.designing import access

ROOT = Path(__file__).parents[3]
ROLES = ("finance", "borrower", "auditor", "relationship-manager")
NODES = (None, "visit", "review")
TARGETS = ("", "s:loan", "s:credit", "f:application.amount", "f:application.existing_debt", "f:guarantors")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


Decided = dict[tuple[str, str | None, str], forms.Mode]


def decided(form: forms.Form, document: Document, registry: Registry) -> Decided:
    compiled = forms.compile_form(document, registry).form
    assert compiled is not None
    return {
        (role, node, path): mode
        for role in ROLES
        for node in NODES
        for path, mode in worked_out(compiled, (role,), node).items()
        if path in form.by_path
    }


def within(form: forms.Form, target: str) -> set[str]:
    kind, _, name = target.partition(":")
    if kind == "f":
        return {name}
    return {one.path for section in form.sections if not target or section.key == name for one in section.fields}


@settings(max_examples=12, deadline=None)
@given(
    asked=st.lists(
        st.tuples(*map(st.sampled_from, (ROLES, NODES, TARGETS, access.MODES))), min_size=1, max_size=4
    )
)  # fmt: skip
def test_what_is_set_holds_exactly_there(registry: Registry, asked: list[tuple[str, str | None, str, str]]) -> None:
    document = registry.require("form", "sme-application")
    form = forms.compile_form(document, registry).form
    assert form is not None
    before = decided(form, document, registry)
    for role, node, target, mode in asked:
        edited = access.step(document, registry, role, node, target, mode).edit(source_text(document))
        assert edited.problems == ()
        read = read_document(edited.text).document
        assert read is not None
        document = read
        after = decided(form, document, registry)
        paths = within(form, target)
        for (who, where, path), was in before.items():
            meant = who == role and node in (None, where) and path in paths
            assert after[who, where, path] == (mode if meant else was), (who, where, path)
        before = after
        assert edited.text.startswith(source_text(registry.require("form", "sme-application"))[:40])


def test_setting_and_taking_back_leaves_the_rules_as_they_were(registry: Registry) -> None:
    document = registry.require("form", "sme-application")
    source = source_text(document)
    set_ = access.step(document, registry, "relationship-manager", None, "s:loan", "read").edit(source)
    changed = read_document(set_.text).document
    assert changed is not None and len(changed.spec["access"]) == len(document.spec["access"]) + 1
    back = access.step(changed, registry, "relationship-manager", None, "s:loan", "write").edit(set_.text)
    assert back.text == source
