"""What flows promise, as cases that a credit officer can read: flows and what happens in them, a file a theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from loanloom.engines.flows import compile_flow
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build
from loanloom.problems import errors, say
from loanloom.testing.cases import run_case

FOLDER = Path(__file__).parent / "claims"


def read(file):
    for place, part in enumerate(file.read_text().split("---\n")):
        found = read_document(part, f"{file.name}/{place}")
        assert found.document is not None, (file.name, place, [say(one.message, "en") for one in found.problems])
        yield found.document


@cache
def documents():
    return {document.key: document for file in sorted(FOLDER.glob("*.yaml")) for document in read(file)}


@cache
def registry():
    return build(list(documents().values()), load_kinds()).registry


def keys(kind):
    return [key for key, document in documents().items() if document.kind == kind]


def test_every_document_counts():
    assert [key for key, one in documents().items() if registry().get(one.kind, key) is None] == []


@pytest.mark.parametrize("key", keys("flow"))
def test_its_flow_is_sound(key):
    compiled = compile_flow(documents()[key], registry())
    assert not errors(compiled.problems), [say(one.message, "en") for one in compiled.problems]


@pytest.mark.parametrize("key", keys("case"))
def test_claim(key):
    result = run_case(documents()[key], registry())
    assert result.passed, [say(problem.message, "en") for problem in result.problems]
    assert result.compared
