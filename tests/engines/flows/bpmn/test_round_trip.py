"""What is exported comes back exactly, whatever the flow; the file is sound by the schema of the standard."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree
from tests.engines.flows.bpmn.random_flows import TYPES, flows

from loanloom.engines.flows import bpmn
from loanloom.engines.flows.bpmn.drawn import drawn
from loanloom.engines.flows.bpmn.names import DIAGRAM, MODEL
from loanloom.engines.flows.bpmn.reading import read
from loanloom.metadata.document import Document, document_from
from loanloom.metadata.reader import read_document
from loanloom.services.definitions.releases.known import kinds

ROOT = Path(__file__).parents[4]
OWN = sorted((ROOT / "metadata/flows").glob("*.yaml"))


@cache
def schema() -> etree.XMLSchema:
    """The schema of BPMN 2.0 as another engine ships it."""
    return etree.XMLSchema(etree.parse(import_module("SpiffWorkflow.bpmn.parser.BpmnParser").XSD_PATH))


def document(mapping: dict[str, Any]) -> Document:
    kind = kinds().get("flow")
    assert kind is not None
    made = document_from(mapping)
    assert kind.compiled.faults(made.spec) == (), "the flows of the test are sound by the schema"
    return made


@given(flows())
@settings(max_examples=20, deadline=None)
def test_every_flow_comes_back_as_it_was(mapping: dict[str, Any]) -> None:
    assert {node["type"] for node in mapping["spec"]["nodes"]} == set(TYPES)
    before = document(mapping)
    for language in ("en", "zh"):
        back = bpmn.imported(bpmn.exported(before, language), kinds())
        assert (back.problems, back.own, back.changed) == ((), True, False)
        again = read_document(back.text or "").document
        assert again is not None
        assert again.as_mapping() == before.as_mapping()
        assert again.digest == before.digest


@given(flows())
@settings(max_examples=15, deadline=None)
def test_every_file_is_sound_by_the_schema_and_all_of_it_is_drawn(mapping: dict[str, Any]) -> None:
    text = bpmn.exported(document(mapping))
    root = etree.fromstring(text.encode())
    assert schema().validate(root), schema().error_log
    process = root.find(f"{{{MODEL}}}process")
    things = {one.get("id") for one in process if one.tag != f"{{{MODEL}}}extensionElements"}
    shown = [one.get("bpmnElement") for one in root.iter(f"{{{DIAGRAM}}}BPMNShape", f"{{{DIAGRAM}}}BPMNEdge")]
    assert sorted(shown) == sorted(things), "each element and each arrow has its place in the diagram, once"


@given(flows())
@settings(max_examples=15, deadline=None)
def test_what_is_drawn_is_read_as_it_was_drawn(mapping: dict[str, Any]) -> None:
    found = read(bpmn.exported(document(mapping), "en"))
    assert found.problems == ()
    assert found.drawing == drawn(mapping["spec"]["nodes"], "en")


@given(flows())
@settings(max_examples=15, deadline=None)
def test_a_drawing_without_its_definition_becomes_a_flow_that_is_sound_by_the_schema(mapping: dict[str, Any]) -> None:
    text = bpmn.exported(document(mapping))
    bare = re.sub(r"<loanloom:document.*</loanloom:document>", "", text, flags=re.DOTALL)
    back = bpmn.imported(bare, kinds())
    assert not back.own
    made = read_document(back.text or "").document
    assert made is not None
    document(made.as_mapping())
    for problem in back.problems:
        assert problem.in_words("en") and problem.in_words("zh") and problem.severity == "warning"


@pytest.mark.parametrize("file", OWN, ids=lambda one: one.stem)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_company_s_flows_come_back_letter_by_letter(file: Path, language: str) -> None:
    text = file.read_text("utf-8")
    whole = read_document(text, str(file)).document
    assert whole is not None
    back = bpmn.imported(bpmn.exported(whole, language), kinds())
    assert back.text == text, "comments and order too"


def test_another_key_is_written_into_the_text() -> None:
    text = OWN[0].read_text("utf-8")
    whole = read_document(text).document
    assert whole is not None
    back = bpmn.imported(bpmn.exported(whole), kinds(), key="another-one")
    assert back.key == "another-one"
    assert back.text == text.replace(f"key: {whole.key}", "key: another-one", 1)
