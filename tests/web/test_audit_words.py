"""Whatever the audit notes is told in words, in both languages, on every page that shows it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask, g

import loanloom.services
from loanloom.engines.flows.model import ACTIONS as DECISIONS
from loanloom.services.flows.doing import COMMANDS
from loanloom.web import formats
from loanloom.web.flow_states import STEPS
from loanloom.web.states import ACTIONS, RECORDS

ROOT = Path(loanloom.services.__file__).parent
WRITES = ("audit.write", "audit.entry")


def _written():
    """(action, kind of record) of every audit entry whose words stand in the code; None where they are put together."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITES:
                place = 2 if ast.unparse(node.func) == "audit.write" else 1
                subject = node.args[place + 1] if len(node.args) > place + 1 else None
                kind = subject.elts[0] if isinstance(subject, ast.Tuple) else None
                yield tuple(one.value if isinstance(one, ast.Constant) else None for one in (node.args[place], kind))


def test_every_action_and_every_record_has_words():
    found = list(_written())
    assert len(found) > 50
    assert {action for action, _ in found if action} - ACTIONS.keys() == set()
    assert {kind for _, kind in found if kind} - RECORDS.keys() == set()


def test_a_definition_is_called_by_its_kind_and_name(model_company):
    with Flask(__name__).app_context():
        g.context = model_company
        assert formats.record_words("definition", "flow/business-approval")["words"] == "流程 经营类贷款审批流程"
        assert formats.record_words("definition", "flow/gone")["words"] == "流程 gone"


@pytest.mark.parametrize("verb", [*COMMANDS, *DECISIONS, "started", "submitted", "resubmitted", "migrated"])
def test_every_step_of_a_case_has_words(verb):
    if verb not in ("decide", "approve_in_bulk", "record_minutes"):  # noted as what was decided
        assert STEPS[verb]["en"] and STEPS[verb]["zh"]
