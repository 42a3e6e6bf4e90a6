"""The control-flow patterns of van der Aalst et al. that fit, each a flow with cases: patterns/wcp-<number>.yaml."""

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

FILES = sorted((Path(__file__).parent / "patterns").glob("*.yaml"))
WANTED = {*range(1, 12), *range(14, 21)}


def documents(*files: Path):
    for file in files:
        for place, part in enumerate(file.read_text().split("---\n")):
            read = read_document(part, f"{file.name}/{place}")
            assert read.document is not None, [say(one.message, "en") for one in read.problems]
            yield read.document


@cache
def registry():
    return build(list(documents(*FILES)), load_kinds()).registry


def test_every_pattern_asked_for_is_there():
    assert {int(file.stem.removeprefix("wcp-")) for file in FILES} >= WANTED


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_pattern(file):
    known = registry()
    (flow, *cases) = documents(file)
    assert cases and not errors(compile_flow(flow, known).problems)
    for case in cases:
        result = run_case(case, known)
        assert result.passed, [say(problem.message, "en") for problem in result.problems]
        assert result.compared
