"""The manual builds strictly: every page in its menu, every link and anchor leading somewhere, nothing loaded from
elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

ROOT = Path(__file__).resolve().parents[2]


def built(into: Path, docs: Path = ROOT / "docs") -> Path:
    build(load_config(str(ROOT / "mkdocs.yml"), strict=True, docs_dir=str(docs), site_dir=str(into)))
    return into


def test_the_manual_builds_without_a_warning(tmp_path: Path) -> None:
    site = built(tmp_path / "site")
    first = (site / "index.html").read_text(encoding="utf-8")
    assert "Your first product in ten minutes" in first
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page).exists()} == set()


def test_pages_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    for page in built(tmp_path / "site").rglob("*.html"):
        loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', page.read_text("utf-8"))
        assert loaded == [], page.name


@pytest.mark.parametrize(
    "words", ["[nowhere](not-there.md)", "[no such place](index.md#not-a-heading)", "[a folder](adr/)"]
)
def test_a_dead_link_fails_the_build(tmp_path: Path, words: str) -> None:
    docs = tmp_path / "docs"
    for page in (ROOT / "docs").rglob("*.md"):
        copy = docs / page.relative_to(ROOT / "docs")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(page.read_bytes())
    with (docs / "index.md").open("a", encoding="utf-8") as front:
        front.write(f"\n{words}\n")
    with pytest.raises(Abort):
        built(tmp_path / "site", docs)
