"""Models of the DMN conformance kit: a small one of our own always, the public half where it lies beside us."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pytest

from loanloom.testing import dmn_report
from loanloom.testing.dmn_models import Models, groups, judge, read_tests

OWN = Path(__file__).parent / "kit"
PUBLIC_HALF = Path(__file__).parents[2].parent / "shared" / "oracle" / "dmn-tck"
LEVEL_3_FLOOR = 1.0
"""Share of the public level-3 models that pass today; it may only rise."""


def judged(root: Path) -> dict[int, list[dmn_report.Judged]]:
    found: dict[int, list[dmn_report.Judged]] = {}
    for one in dmn_report.models(root):
        found.setdefault(one.level, []).append(one)
    return found


def test_our_own_models_pass() -> None:
    found = judged(OWN / "models")
    assert {level: len(cases) for level, cases in found.items()} == {2: 2, 3: 3}
    assert [one for cases in found.values() for one in cases if not one.passed] == []


def test_the_public_half() -> None:
    if not PUBLIC_HALF.exists():
        warnings.warn("NOT RUN: the models of the DMN kit are not here; only our own were run", stacklevel=1)
        pytest.skip("the public half of the DMN kit lies beside the checkout in development only")
    found = judged(PUBLIC_HALF / "models")
    assert [one.id for one in found[2] if not one.passed] == []
    share = sum(one.passed for one in found[3]) / len(found[3])
    print(f"DMN models: level 2 all {len(found[2])}, level 3 {share:.1%} of {len(found[3])}")
    assert share >= LEVEL_3_FLOOR, [one.id for one in found[3] if not one.passed]


def test_the_report_counts_groups_and_ends_with_the_total(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert dmn_report.report(OWN) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "9001-imports: 3 passed, 0 failed" in lines
    assert "9002-table: 2 passed, 0 failed" in lines
    assert lines[-1] == "5 passed, 0 failed"

    shutil.copytree(OWN, tmp_path / "kit")
    wrong = tmp_path / "kit/models/compliance-level-2/9002-table/9002-table-test-01.xml"
    wrong.write_text(wrong.read_text().replace(">substandard<", ">loss<"))
    assert dmn_report.report(tmp_path / "kit") == 0, "a case that fails is a result, not a failure to run"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        'FAILED level 2 9002-table-test-01/001/asset class: expected "loss", found "substandard"'
    )
    assert lines[-1] == "4 passed, 1 failed"


def test_a_folder_that_is_no_kit_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert dmn_report.report(tmp_path / "nowhere") == 2
    assert "nowhere" in capsys.readouterr().err


def test_what_cannot_be_read_is_a_case_that_fails(tmp_path: Path) -> None:
    shutil.copytree(OWN, tmp_path / "kit")
    folder = tmp_path / "kit/models/compliance-level-2/9002-table"
    (folder / "9002-table.dmn").write_text("<definitions")
    ((_, level, tests),) = [one for one in groups(tmp_path / "kit/models") if one[0] == "9002-table"]
    outcomes = [judge(case, Models()) for test in tests for case in read_tests(test, level)]
    assert [one.passed for one in outcomes] == [False, False]
    assert "well-formed" in outcomes[0].reason
