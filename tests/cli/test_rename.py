"""`loanloom rename` on a folder: shown first, written whole, demonstration data too, exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loanloom.cli.bundle import bundle
from loanloom.cli.feel import feel
from loanloom.cli.rename import rename

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("metadata", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("german-credit"))
    return tmp_path


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(rename, [str(one) for one in arguments])


def contents(project: Path) -> dict[str, str]:
    return {str(one.relative_to(project)): one.read_text("utf-8") for one in project.rglob("*.yaml")}


def test_a_dry_run_shows_and_writes_nothing(project: Path, run: Run) -> None:
    before = contents(project)
    found = run("field", "application.main_crop", "application.crop", project, "--dry-run", "--language", "en")
    assert found.exit_code == 0, found.output
    assert "-  main_crop: tea\n" in found.output and "+  crop: tea\n" in found.output
    assert contents(project) == before


def test_a_field_is_renamed_in_every_file(project: Path, run: Run) -> None:
    assert run("field", "application.main_crop", "application.crop_grown", project).exit_code == 0
    assert not [name for name, text in contents(project).items() if "main_crop" in text]
    checked = CliRunner().invoke(bundle, ["check", str(project)])
    tested = CliRunner().invoke(bundle, ["test", str(project)])
    assert (checked.exit_code, tested.exit_code) == (0, 0), checked.output + tested.output
    uses = CliRunner().invoke(feel, ["uses", "application.crop_grown", "--project", str(project)])
    assert uses.exit_code == 0 and "forms/farmer-application.yaml:" in uses.output


def test_an_indicator_gets_a_new_file(project: Path, run: Run) -> None:
    assert run("indicator", "farming_years", "years_farming", project).exit_code == 0
    assert not (project / "metadata/indicators/farming_years.yaml").exists()
    assert "renamed_from: farming_years" in (project / "metadata/indicators/years_farming.yaml").read_text("utf-8")
    assert "key: farming_years" in (project / "metadata/retire.yaml").read_text("utf-8")
    assert CliRunner().invoke(bundle, ["check", str(project)]).exit_code == 0


def test_a_code_in_demonstration_data(project: Path, run: Run) -> None:
    found = run("code", "crop", "tea", "tea_leaf", project, "--json")
    assert found.exit_code == 0
    files = [one["file"] for one in json.loads(found.output)["files"]]
    assert "metadata/demo/customers/06-zheng-tea.yaml" in files
    assert "main_crop: tea_leaf" in (project / "metadata/demo/customers/06-zheng-tea.yaml").read_text("utf-8")


def test_what_cannot_be_done_changes_nothing(project: Path, run: Run) -> None:
    before = contents(project)
    found = run("field", "customer.name", "customer.full_name", project, "--language", "zh")
    assert found.exit_code == 1 and "内置字段" in found.output
    assert contents(project) == before
    (project / "metadata/products/farmer-loan.yaml").write_text("kind: [", encoding="utf-8")
    assert run("field", "customer.village", "customer.hamlet", project).exit_code == 1
