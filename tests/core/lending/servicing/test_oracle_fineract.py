"""Loans lived through as Apache Fineract's own tests expect them: schedules, receipts, charges, changes.

Source of the sample: Apache Fineract (Apache License 2.0), commit in the file. The whole oracle is run where it lies
beside the checkout; what has been reached is a floor that must not sink.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loanloom.testing.lending_oracle import report
from loanloom.testing.lending_oracle.intended import INTENDED

SHARED = Path(__file__).parents[4] / ".." / "shared" / "oracle" / "fineract"
SAMPLE = json.loads((Path(__file__).parents[2] / "samples" / "fineract-servicing-sample.json").read_text())
FLOORS = {
    "calculator.json": 40,
    "class-A.json": 146,
    "class-B.json": 67,
    "class-C.json": 176,
    "class-D-charge-off.json": 86,
    "class-D-chargeback.json": 46,
    "class-D-charges.json": 98,
    "class-D-income.json": 7,
    "class-D-reage.json": 109,
    "class-D-reamortize.json": 33,
    "class-D-reschedule.json": 49,
    "class-D-tranches-other.json": 50,
}


@pytest.mark.parametrize("case", SAMPLE["cases"], ids=lambda case: str(case["id"]))
def test_a_case_of_the_committed_sample(case: dict[str, Any]) -> None:
    outcome = report.judge(case, SAMPLE["reference"])
    assert outcome.passed, outcome


def test_what_the_whole_oracle_has_reached_does_not_sink() -> None:
    if not (SHARED / "reference.json").exists():
        pytest.skip(f"NOT RUN: {SHARED} is missing; only the committed sample was checked")
    found = {each.name: each for each in report.run(SHARED)}
    assert {name: each.passed for name, each in found.items() if each.passed < FLOORS[name]} == {}
    ids = {outcome.id for each in found.values() for outcome in each.outcomes if not outcome.passed}
    assert set(INTENDED) <= ids, "an intended difference that passes is no difference"


def test_a_changed_figure_fails() -> None:
    case = json.loads(json.dumps(next(case for case in SAMPLE["cases"] if "terms" in case and "source" in case)))
    for check in case["checks"]:
        for row in check.get("rows", []):
            row["interest"] = "123.45"
        for row in check.get("schedule", []):
            if row[0]:
                row[6] = "123.45"
    assert not report.judge(case, SAMPLE["reference"]).passed


def test_a_missing_feature_is_named() -> None:
    case = json.loads(json.dumps(next(case for case in SAMPLE["cases"] if "schedule_type" in case.get("terms", {}))))
    case["events"].insert(0, {"type": "walk_the_dog"})
    case.pop("periods", None)
    assert report.judge(case, SAMPLE["reference"]).unsupported == "walk the dog"


def test_the_report_says_it_in_lines_and_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = next(case for case in SAMPLE["cases"] if case["id"].startswith("B"))
    bad = json.loads(json.dumps(good))
    bad["events"].append({"type": "walk_the_dog"})
    bad["checks"].append({"after": len(bad["events"]), "business_date": "2024-01-01"})
    (tmp_path / "reference.json").write_text(json.dumps(SAMPLE["reference"]))
    (tmp_path / "class-B.json").write_text(json.dumps({"cases": [good, bad]}))
    assert report.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "class-B.json: 1 passed, 0 failed, 1 unsupported",
        "1 passed, 1 failed",
    ]
    assert report.main([str(tmp_path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], said["failed"]) == (1, 1)
    assert said["files"][0]["cases"][0]["unsupported"] == "walk the dog"
    assert report.main([str(tmp_path / "nowhere")]) == 2
