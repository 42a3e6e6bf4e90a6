"""What a project folder says of the company that is founded from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loanloom.cli import project

CALLED = {
    "title: {en: Model house, zh: 示范公司}": "示范公司",
    "title: {en: Model house}": "model-house",
    "": "model-house",
}


@pytest.mark.parametrize("title", CALLED)
def test_a_folder_without_company_yaml_is_called_by_the_title_of_its_bundle(tmp_path: Path, title: str):
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "bundle.yaml").write_text(f"name: model-house\n{title}\n", encoding="utf-8")
    founding = project.read(tmp_path)
    assert (founding.key, founding.name) == ("model-house", CALLED[title])
