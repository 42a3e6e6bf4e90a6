"""Every row of the configuration centre has its screen, and its row in the manual; the page of settings leads to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.tree import read_tree

ROOT = Path(__file__).parents[2]
ROWS = [f"S4-CFG-{number:02}" for number in range(1, 18)]
LINE = re.compile(r"^\| (S4-CFG-\d+) \| ([^|]+) \| `([^`]+)` \| ([^|]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, ...]]:
    return LINE.findall((ROOT / "docs/studio/configuration.md").read_text(encoding="utf-8"))


def listed() -> set[str]:
    spec = read_tree((ROOT / "metadata/menus/settings.yaml").read_text(encoding="utf-8")).value["spec"]
    return {one.get("url") or f"/records/{one['entity']}/" for group in spec["items"] for one in group["items"]}


def test_the_list_is_whole_and_every_row_is_on_the_page_of_settings(rows) -> None:
    assert [row for row, *_ in rows] == ROWS
    assert {address for *_, address, _ in rows} <= listed()


def test_every_definition_that_a_row_names_exists(rows) -> None:
    kinds = load_kinds()
    for row, _, address, _ in rows:
        named = re.fullmatch(r"/studio/definitions/(\w+)/(?:([\w-]+)/)?", address)
        if named is None:
            entity = re.fullmatch(r"/records/(\w+)/", address)
            assert entity and (ROOT / f"metadata/entities/{entity[1]}.yaml").exists(), row
            continue
        assert named[1] in kinds, row
        assert not named[2] or (ROOT / kinds.require(named[1]).file_of(named[2])).exists(), row
