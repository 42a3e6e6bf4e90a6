"""The tutorial's files are taken from its text and tried: they check clean, its case passes, its typo gets its hint."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors
from loanloom.services.definitions.releases.checking import check_bundle
from loanloom.testing.cases import run_case

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "your-first-product.md"
FILES = (
    "metadata/products/tea-season-loan.yaml",
    "metadata/rulesets/eligibility-tea.yaml",
    "metadata/cases/tea-garden-too-small.yaml",
)


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    found = re.findall(r"```yaml\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == len(FILES)
    return dict(zip(FILES, found, strict=True))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "metadata", tmp_path / "metadata", ignore=shutil.ignore_patterns("demo"))
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    return tmp_path


def checked(project: Path, *parts: tuple[str, str]) -> tuple[Registry, list[Problem]]:
    for name, content in parts:
        (project / name).write_text(content, encoding="utf-8")
    found = check_bundle(read_bundle(project, load_kinds()))
    return found.registry, list(errors(found.problems))


def test_the_product_alone_names_a_rule_set_that_is_missing(project: Path, blocks: dict[str, str]) -> None:
    _, problems = checked(project, (FILES[0], blocks[FILES[0]]))
    assert {problem.code for problem in problems} == {"metadata.missing_reference"}
    (problem,) = (one for one in problems if one.file == FILES[0])
    assert "eligibility-tea" in problem.message["en"]
    assert problem.hint is not None
    assert "eligibility-farmer" in problem.hint["en"]


def test_all_three_files_check_clean_and_the_case_passes(project: Path, blocks: dict[str, str]) -> None:
    registry, problems = checked(project, *blocks.items())
    assert problems == []
    result = run_case(registry.require("case", "tea-garden-too-small"), registry)
    assert result.passed, result.problems
    assert set(result.compared) == {"eligibility", "decision", "route"}


def test_the_typo_is_met_with_the_nearest_name(project: Path, blocks: dict[str, str]) -> None:
    wrong = blocks[FILES[1]].replace("land_area", "land_aera")
    _, problems = checked(project, (FILES[0], blocks[FILES[0]]), (FILES[1], wrong))
    (problem,) = problems
    assert problem.file == FILES[1]
    assert problem.hint is not None
    assert "land_area" in problem.hint["en"]
