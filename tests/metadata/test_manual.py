"""The reference of kinds is generated and current, and knows every kind."""

from __future__ import annotations

from pathlib import Path

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.manual import kinds_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "kinds.md"


def test_the_reference_of_kinds_is_current() -> None:
    assert PAGE.read_text("utf-8") == kinds_page(load_kinds()), "run `loanloom dev docs`"


def test_every_kind_has_its_section() -> None:
    page = kinds_page(load_kinds())
    for kind in load_kinds():
        assert f"\n### {kind.key}\n" in page
    assert "| `/schedule/methods` | Repayment methods 还款方式 | list of `equal_instalment` (Equal " in page
