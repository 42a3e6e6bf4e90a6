"""Models as plain data, which is what a document holds: nothing is lost on the way there and back."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from tests.dmn import dmn_texts as x
from tests.dmn.dmn_texts import decision, entry, input_data, knowledge, literal
from tests.dmn.random_models import MODELS

from loanloom import dmn
from loanloom.dmn.model import Definitions
from loanloom.dmn.plain_names import SECTIONS

KIT = Path(__file__).parents[2].parent / "shared" / "oracle" / "dmn-tck" / "models"
ORDER = list(SECTIONS.values())


def sorted_by_kind(definitions: Definitions) -> Definitions:
    """Data holds the elements by kind; their order has no meaning."""
    return replace(definitions, elements=tuple(sorted(definitions.elements, key=lambda one: ORDER.index(type(one)))))


def again(definitions: Definitions) -> Definitions:
    data = json.loads(json.dumps(dmn.as_data(definitions)))
    return dmn.from_data(data, name=definitions.name, namespace=definitions.namespace)


@given(MODELS)
@settings(max_examples=60, deadline=None)
def test_a_model_is_the_same_after_being_data(definitions: Definitions) -> None:
    assert again(definitions) == sorted_by_kind(definitions)


def test_the_kits_models_are_the_same_after_being_data() -> None:
    if not KIT.exists():
        warnings.warn("NOT RUN: the models of the DMN kit are not here", stacklevel=1)
        pytest.skip("the public half of the DMN kit lies beside the checkout in development only")
    for path in sorted(KIT.rglob("*.dmn")):
        read = dmn.read_xml(path.read_bytes()).definitions
        assert read is not None
        assert again(read) == sorted_by_kind(read), path


def test_what_is_simple_is_written_simply() -> None:
    logic = f"<context>{entry('a', literal('amount * 2'), 'number')}{entry(None, literal('a + 1'))}</context>"
    body = (
        input_data("amount", "number")
        + knowledge("twice", "n: number", literal("n * 2"), type_="number")
        + decision("d", logic, inputs=("amount",), knowledge=("twice",), type_="number")
    )
    data = dmn.as_data(x.read(body))
    wanted: dict[str, Any] = {
        "model": {"name": "m", "namespace": "urn:m", "id": "_m"},
        "inputs": [{"name": "amount", "type": "number", "kept": {"id": "i_amount"}}],
        "functions": [
            {
                "name": "twice",
                "type": "number",
                "parameters": [{"name": "n", "type": "number"}],
                "logic": "n * 2",
                "kept": {"id": "k_twice"},
            }
        ],
        "decisions": [
            {
                "name": "d",
                "kept": {"id": "d_d"},
                "type": "number",
                "needs": ["amount", "twice"],
                "logic": {
                    "context": {"entries": [{"name": "a", "type": "number", "value": "amount * 2"}, {"value": "a + 1"}]}
                },
            }
        ],
    }
    assert data == wanted


def test_mistakes_point_into_the_data() -> None:
    data: dict[str, Any] = {
        "inputs": [{"name": "amount", "type": "number"}],
        "decisions": [
            {
                "name": "d",
                "needs": ["amount"],
                "logic": {
                    "table": {
                        "inputs": [{"value": "amount"}],
                        "outputs": [{"name": "o"}],
                        "rules": [{"when": ["> 1"], "then": [True]}, {"when": ["<= limt"], "then": [False]}],
                    }
                },
            }
        ],
    }
    (found,) = dmn.compile_model(dmn.from_data(data, name="m", namespace="urn:m")).problems
    assert found.place.pointer == "/decisions/0/logic/table/rules/1/when/0"
    assert (found.line, found.column) == (1, 4)
