"""An import_mapping document with a mistake: each has its code and its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from loanloom.engines import imports
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

SOUND = (Path(__file__).parents[3] / "metadata/import_mappings/german-credit.yaml").read_text(encoding="utf-8")


def problems_of(written: str):
    kinds = load_kinds()
    document = read_document(written, "metadata/import_mappings/german-credit.yaml").document
    assert document is not None and document.kind == "import_mapping"
    registry = build([document], kinds, ("en", "zh")).registry
    return imports.compile_mapping(document, registry).problems


@pytest.mark.parametrize(
    ("sound", "broken", "code"),
    [
        ('key: "german-{row_id}"', 'key: "german-{id}"', "import.unknown_column"),
        ('key: "german-{row_id}"', 'key: "german"', "import.constant_key"),
        ("customer.name:", "customer.nickname:", "import.unknown_field"),
        ("'\"German credit \" + row.row_id'", "'row.row_idd'", "feel."),
    ],
)
def test_a_mistake_is_told_with_its_line(sound, broken, code):
    assert sound in SOUND
    found = [problem for problem in problems_of(SOUND.replace(sound, broken)) if problem.code.startswith(code)]
    assert found, code
    assert found[0].line and found[0].message["zh"]
