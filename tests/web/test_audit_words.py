"""Whatever the audit notes is told in words, in both languages, on every page that shows it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import loanloom.services
from loanloom.engines.flows.model import ACTIONS as DECISIONS
from loanloom.services.flows.doing import COMMANDS
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


@pytest.mark.parametrize("verb", [*COMMANDS, *DECISIONS, "started", "submitted", "resubmitted", "migrated"])
def test_every_step_of_a_case_has_words(verb):
    if verb not in ("decide", "approve_in_bulk", "record_minutes"):  # noted as what was decided
        assert STEPS[verb]["en"] and STEPS[verb]["zh"]
