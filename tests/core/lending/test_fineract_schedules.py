"""Equal-instalment schedules of Apache Fineract's own tests (class A): dates and amounts of every row.

Only the plain ones here: declining interest by days, monthly, no grace, no multiples. The whole oracle gets a
command of its own later. Source of the sample: Apache Fineract (Apache License 2.0), commit in the file.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom.core.lending.rules import READY_MADE
from loanloom.core.lending.schedule import build_schedule
from loanloom.core.lending.terms import Terms
from loanloom.core.money import Rounding

SHARED = Path(__file__).parents[3] / ".." / "shared" / "oracle" / "fineract" / "class-A.json"
SAMPLE = Path(__file__).parent.parent / "samples" / "fineract-class-a-sample.json"
DAY_COUNTS = {
    ("360", "30"): "30/360",
    ("365", "ACTUAL"): "act/365",
    ("360", "ACTUAL"): "act/360",
    ("ACTUAL", "ACTUAL"): "act/act",
}
NOT_PLAIN = {
    "grace_principal", "grace_interest_payment", "grace_interest_charged", "installment_multiple_of", "down_payment",
    "fixed_length", "multi_disburse", "expected_tranches", "days_in_year_custom",
}  # fmt: skip
DIFFERENT = {
    "A0005": "act/act cuts a period at the turn of the year, 1 January (ISDA); Fineract cuts it at 31 December",
    "A0009": "Fineract spreads a residual above two cents over all instalments; ours falls into the last",
}


def plain(case: dict[str, Any]) -> bool:
    terms = case["terms"]
    paid_out = [event for event in case["events"] if event["type"] == "disburse"]
    return (
        (terms["interest_method"], terms["interest_period"], terms["repay_unit"], terms["rate_unit"])
        == ("DECLINING", "DAILY", "MONTHS", "YEAR")
        and terms["schedule_type"] == "PROGRESSIVE"
        and (terms["days_in_year"], terms["days_in_month"]) in DAY_COUNTS
        and not NOT_PLAIN & terms.keys()
        and len(paid_out) == 1
    )


def check(case: dict[str, Any]) -> None:
    said = case["terms"]
    paid_out = next(event for event in case["events"] if event["type"] == "disburse")
    terms = Terms(
        currency=said["currency"],
        principal=Decimal(paid_out["amount"]),
        annual_rate=Decimal(said["rate"]) / 100,
        start_on=date.fromisoformat(paid_out["date"]),
        phases=READY_MADE["equal_instalment"](said["installments"], said["repay_every"], "month"),
        day_count=DAY_COUNTS[said["days_in_year"], said["days_in_month"]],
        rounding=Rounding(said["decimals"], "half_even"),
    )
    made = {row.number: row for row in build_schedule(terms).instalments}
    for want in case["checks"][0]["schedule"]:
        if want[0]:
            row = made[want[0]]
            assert (row.due_on.isoformat(), row.closing, row.principal, row.interest) == (
                want[2], Decimal(want[4]), Decimal(want[5]), Decimal(want[6]),
            )  # fmt: skip


def test_all_plain_schedules_of_the_oracle() -> None:
    if not SHARED.exists():
        pytest.skip(f"NOT RUN: {SHARED} is missing; only the committed sample was checked")
    cases = [case for case in json.loads(SHARED.read_text())["cases"] if plain(case)]
    assert len(cases) > 30
    for case in cases:
        if case["id"] not in DIFFERENT:
            check(case)


@pytest.mark.parametrize("case", json.loads(SAMPLE.read_text())["cases"], ids=lambda case: str(case["id"]))
def test_the_committed_sample(case: dict[str, Any]) -> None:
    check(case)
