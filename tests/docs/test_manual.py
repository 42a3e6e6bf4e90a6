"""The manual builds strictly: every page in its menu, every link and anchor leading somewhere, nothing loaded from
elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

ROOT = Path(__file__).resolve().parents[2]


def built(into: Path, docs: Path = ROOT / "docs", **other: Any) -> Path:
    build(load_config(str(ROOT / "mkdocs.yml"), strict=True, docs_dir=str(docs), site_dir=str(into), **other))
    return into


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("manual") / "site")


def test_the_manual_builds_without_a_warning(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8")
    assert "Your first product in ten minutes" in first
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page).exists()} == set()


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', page.read_text("utf-8"))
        assert loaded == [], page.name


@pytest.mark.parametrize(
    "words", ["[nowhere](not-there.md)", "[no such place](index.md#not-a-heading)", "[a folder](adr/)"]
)
def test_a_dead_link_fails_the_build(tmp_path: Path, words: str) -> None:
    docs = tmp_path / "docs"
    (docs / "adr").mkdir(parents=True)
    for page in ("index.md", "adr/index.md"):
        (docs / page).write_text("# A page\n", encoding="utf-8")
    built(tmp_path / "site", docs, nav=["index.md", "adr/index.md"])
    (docs / "index.md").write_text(f"# A page\n\n{words}\n", encoding="utf-8")
    with pytest.raises(Abort):
        built(tmp_path / "site", docs, nav=["index.md", "adr/index.md"])
