"""Worked examples of Chinese lending practice through the runner of `make oracle-cn`.

All lending cases of ../shared/oracle/cn-practice.json where it exists; the committed sample (see its `source`) always
runs. Variants with other numbers, worked out by hand or by another formula, keep the runner from knowing its cases.
"""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom.testing.cn_practice.comparing import differences
from loanloom.testing.cn_practice.report import ANSWERS, judge, outcomes, read, report

SHARED = Path(__file__).parents[3] / ".." / "shared" / "oracle" / "cn-practice.json"
SAMPLE = Path(__file__).parent.parent / "samples" / "cn-practice-sample.json"
D = Decimal


@pytest.mark.parametrize("file", [SHARED, SAMPLE], ids=["shared", "sample"])
def test_every_lending_case_comes_out(file: Path) -> None:
    if not file.exists():
        pytest.skip(f"NOT RUN: {file} is missing; only the committed sample was checked")
    found = list(outcomes(read(file)))
    assert found
    assert [(each.id, each.reasons) for each in found if not each.passed] == []


@pytest.mark.skipif(not SHARED.exists(), reason=f"NOT RUN: {SHARED} is missing")
def test_all_thirty_seven_lending_cases_are_there() -> None:
    assert len(read(SHARED)) == 37


def variant(key: str, inputs: dict[str, Any], expected: dict[str, Any]) -> tuple[str, ...]:
    return judge({"id": key, "inputs": inputs, "expected": expected}, {}).reasons


VARIANTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "penalty by hand: 25,000 x 15.6 % x 12 / 360 days": (
        "OD-01",
        {"overdue_principal": "25000", "annual_rate": "0.12", "uplift": "0.30",
         "due": "2025-06-30", "paid": "2025-07-12"},
        {"days": 12, "penalty": "130.00", "same_at_uplift_0.50": "150.00"},
    ),
    "misuse by hand: 90,000 x 14.4 % x 10 / 360 days": (
        "OD-02", {"diverted_principal": "90000", "annual_rate": "0.08", "uplift": "0.8", "days": 10},
        {"penalty": "360.00"},
    ),
    "compound interest rolled in every quarter": (
        "OD-03b",
        {"unpaid_interest": "2000.00", "penalty_rate": "0.18", "from": "2025-01-10", "to": "2025-07-01",
         "settle": "quarterly on the 20th"},
        {"segments": [{"days": 69, "base": "2000.00", "compound": "69.00"},
                      {"days": 92, "base": "2069.00", "compound": "95.17"},
                      {"days": 11, "base": "2164.17", "compound": "11.90"}],
         "total_compound": "176.07", "if_not_rolled": "172.00"},
    ),
    "a cap that is not reached takes nothing": (
        "OD-05",
        {"principal": "100000", "cap_annual": "0.24", "days": 60,
         "charged": {"penalty": "2000.00", "liquidated_damages": "100.00", "other_fee": "0.00"}},
        {"charged_total": "2100.00", "cap": "2100.00", "excess": "0.00"},
    ),
    "four principal payments of a kept instalment": (
        "PP-01",
        {"principal": "12000", "annual_rate": "0", "periods": 12, "prepay_principal": "3500", "after_period": 4},
        {"balance_before": "8000.00", "balance_after": "4500.00", "keep_term_instalment": "562.50",
         "keep_instalment_periods": 5, "keep_instalment_last_payment": "500.00"},
    ),
    "medium terms by half, a half month left out": (
        "EX-01", {"rows": [{"term_months": 15, "requested_total_extension": 7},
                           {"term_months": 15, "requested_total_extension": 8},
                           {"term_months": 60, "requested_total_extension": 30},
                           {"term_months": 61, "requested_total_extension": 36}]},
        {"allowed": [True, False, True, True]},
    ),
    "an extension within the tier keeps the rate": (
        "EX-02",
        {"term_months": 4, "extension_months": 4, "rate_table": {"<=12": "0.12", ">12": "0.15"}, "principal": "50000"},
        {"rate_from_extension": "0.12", "monthly_interest_after": "500.00"},
    ),
    "deducted by hand: 9 % a year on what was received": (
        "AP-03",
        {"contract_principal": "60000", "deducted": "6000", "annual_rate": "0.09",
         "method": "monthly interest, bullet, 6 months"},
        {"legal_principal": "54000.00", "monthly_interest_contract": "450.00", "monthly_interest_legal": "405.00",
         "irr_simple_legal": "0.090000"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_questions_with_other_numbers(name: str) -> None:
    assert variant(*VARIANTS[name]) == ()


# --- the runner itself ------------------------------------------------------------


def test_a_wrong_expectation_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = json.loads(SAMPLE.read_text(encoding="utf-8"))
    wrong = copy.deepcopy(cases["cases"])
    for case in wrong:
        figure = re.search(r'"(\d+\.\d{2})"', json.dumps(case["expected"]))
        if figure:
            text = json.dumps(case).replace(f'"{figure.group(1)}"', '"0.07"')
            case["expected"] = json.loads(text)["expected"]
    (tmp_path / "cases.json").write_text(json.dumps({"cases": wrong}), encoding="utf-8")
    assert report(tmp_path) == 0
    said = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ passed, [1-9]\d* failed", said[-1])
    assert any("instead of 0.07" in line for line in said)


def test_json_says_the_same_as_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(SAMPLE, as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["failed"] == 0
    assert said["passed"] == len(said["cases"]) > 0


def test_an_unreadable_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cases.json").write_text("[{", encoding="utf-8")
    assert report(tmp_path) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_question_that_nobody_knows_fails() -> None:
    assert variant("OD-99", {}, {}) == ("no such question is known",)
    assert all(re.match(r"[A-Z]{2}-\d\d", key) for key in ANSWERS)


@pytest.mark.parametrize(
    ("want", "made", "same"),
    [
        ("0.120000", D("0.1200004"), True), ("0.120000", D("0.1200006"), False), ("8.00", 8, True),
        (True, 1, False), ([1, 2], [1], False), ({"a": "1"}, {}, False), ({"a": "1"}, {"a": D(1), "b": D(2)}, True),
    ],
)  # fmt: skip
def test_figures_are_compared_at_the_digits_they_are_told_with(want: Any, made: Any, same: bool) -> None:
    assert (not list(differences(want, made))) is same
