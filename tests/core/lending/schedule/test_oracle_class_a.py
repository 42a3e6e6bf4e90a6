"""Every schedule of Apache Fineract's own tests with nothing paid yet (class A): date and amounts of every row.

Both schedule types, all day counts, flat, multiples, graces, down payments, fixed lengths. Source of the cases:
Apache Fineract (Apache License 2.0), commit in the file; the committed sample always runs.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.testing.lending_oracle.words import loan_terms

ORACLE = Path(__file__).parents[4] / ".." / "shared" / "oracle" / "fineract"
SAMPLE = Path(__file__).parents[2] / "samples" / "fineract-class-a-sample.json"


def differences(case: dict[str, Any], orders: dict[str, Any]) -> list[str]:
    said = case["terms"]
    paid_out = [event for event in case["events"] if event["type"] == "disburse"]
    if paid_out:
        amount, on = Decimal(paid_out[0]["amount"]), date.fromisoformat(paid_out[0]["date"])
    else:
        amount, on = Decimal(said["principal"]), date.fromisoformat(said["expected_disbursement"])
    made = {row.number: row for row in build_schedule(loan_terms(said, orders, amount, on)).instalments}
    wrong = []
    for want in case["checks"][0]["schedule"]:
        if want[0]:
            row = made[want[0]]
            expected = (want[2], *(Decimal(want[column]) for column in (4, 5, 6)))
            found = (row.due_on.isoformat(), row.closing, row.principal, row.interest)
            if expected != found:
                wrong.append(f"{case['id']} row {want[0]}: {found}, not {expected}")
    return wrong


def test_every_schedule_of_the_oracle() -> None:
    if not ORACLE.exists():
        pytest.skip(f"NOT RUN: {ORACLE} is missing; only the committed sample was checked")
    orders = json.loads((ORACLE / "reference.json").read_text())["allocation_orders"]
    cases = json.loads((ORACLE / "class-A.json").read_text())["cases"]
    assert len(cases) > 100
    assert [wrong for case in cases for wrong in differences(case, orders)] == []


@pytest.mark.parametrize("case", json.loads(SAMPLE.read_text())["cases"], ids=lambda case: str(case["id"]))
def test_the_committed_sample(case: dict[str, Any]) -> None:
    named = {name for _, _, name in case["terms"].get("payment_allocation", ())}
    assert differences(case, {name: [] for name in named}) == []
