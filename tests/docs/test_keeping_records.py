"""The entity on the page about keeping records is one that can be published, and keeps what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from loanloom.engines import forms
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registers import register_of
from loanloom.metadata.registry import build

PAGE = Path(__file__).parents[2] / "docs/how-to/keep-records.md"


def test_the_example_is_sound() -> None:
    written = re.search(r"```yaml\n(apiVersion.*?)```", PAGE.read_text("utf-8"), re.S)
    assert written is not None
    document = read_document(written[1], "appraiser.yaml").document
    assert document is not None
    built = build([document], load_kinds())
    assert not built.problems, [one.in_words() for one in built.problems]
    assert not forms.check(built.registry)
    register = register_of(built.registry, "appraiser")
    assert register is not None
    assert (register.shared, register.similar, register.prefix) == (True, ("phone",), "A")
    assert [one.key for one in register.indexed] == ["name", "licence", "phone", "since_on"]
