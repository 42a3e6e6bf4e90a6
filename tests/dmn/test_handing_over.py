"""Models for other tools: ids, references and a drawing, and still the same model."""

from __future__ import annotations

from decimal import Decimal as D

from hypothesis import given, settings
from tests.dmn.random_models import MODELS

from loanloom import dmn
from loanloom.dmn.handing_over import handed_over, with_ids
from loanloom.dmn.model import Definitions
from loanloom.dmn.namespaces import DIAGRAMS
from loanloom.xml_tree import Xml

DATA = {
    "inputs": [{"name": "amount", "type": "number"}],
    "functions": [{"name": "twice", "parameters": [{"name": "n", "type": "number"}], "logic": "n * 2"}],
    "decisions": [
        {"name": "big one", "needs": ["amount", "twice"], "logic": "twice(amount)"},
        {"name": "bigger", "needs": ["big one"], "logic": "big one + 1"},
    ],
}


def walked(node: Xml) -> list[Xml]:
    return [node, *(below for child in node.children for below in walked(child))]


def test_it_computes_the_same_and_every_reference_leads_to_an_id() -> None:
    before = dmn.from_data(DATA, name="m", namespace="urn:m")
    after = handed_over(before)
    read = dmn.read_xml(dmn.write_xml(after))
    assert read.problems == ()
    assert read.definitions == after
    for model in (before, after):
        compiled = dmn.compile_model(model)
        assert compiled.problems == ()
        assert compiled.evaluate("bigger", {"amount": D(3)}).value == 7
    ids = {one.id for one in after.elements}
    assert None not in ids
    hrefs = {one.decision or one.input for decision in after.decisions for one in decision.information}
    assert {href.removeprefix("#") for href in hrefs if href} <= ids


def test_the_drawing_shows_every_element_and_requirement_once_and_apart() -> None:
    after = handed_over(dmn.from_data(DATA, name="m", namespace="urn:m"))
    nodes = walked(after.diagrams[0])
    shapes = [one for one in nodes if one.name == f"{{{DIAGRAMS}}}DMNShape"]
    edges = [one for one in nodes if one.name == f"{{{DIAGRAMS}}}DMNEdge"]
    assert {one.get("dmnElementRef") for one in shapes} == {one.id for one in after.elements}
    assert len(edges) == 3
    places = [(box.get("x"), box.get("y")) for box in nodes if box.local == "Bounds"]
    assert len(set(places)) == len(places), "no two boxes lie on each other"
    requirements = {one.id for decision in after.decisions for one in (*decision.information, *decision.knowledge)}
    assert {one.get("dmnElementRef") for one in edges} == requirements


@given(MODELS)
@settings(max_examples=40, deadline=None)
def test_any_model_gets_unique_ids_once(definitions: Definitions) -> None:
    once = with_ids(definitions)
    assert with_ids(once) == once
    assert dmn.read_xml(dmn.write_xml(handed_over(definitions))).definitions is not None
