"""The repayment methods of Chinese practice (RM) and repricing by LPR (LP-01), row by row."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom.core.lending.agreed.terms import (
    DrawTerms,
    IndexTerms,
    Phase,
    PlannedRow,
    RateStep,
    RateTerms,
    Recurrence,
    Terms,
    Tranche,
)
from loanloom.core.lending.planning.rates import index_rate, yearly
from loanloom.core.lending.planning.schedule import Schedule, build_schedule

SAMPLE = Path(__file__).parents[2] / "samples" / "cn-practice-sample.json"
SHARED = Path(__file__).parents[4] / ".." / "shared" / "oracle" / "cn-practice.json"
D = Decimal


def case(key: str) -> dict[str, Any]:
    for file in (SHARED, SAMPLE):
        if file.exists():
            found = {case["id"]: case for case in json.loads(file.read_text(encoding="utf-8"))["cases"]}
            if key in found:
                return found[key]
    pytest.skip(f"NOT RUN: {key} stands only in {SHARED}")


def schedule_of(inputs: dict[str, Any], *phases: Phase, **more: Any) -> Schedule:
    given = {
        "annual_rate": D(inputs.get("annual_rate", "0")),
        "start_on": date.fromisoformat(inputs.get("start", "2025-01-15")),
        "principal": D(inputs["principal"]),
    }
    return build_schedule(Terms(currency="CNY", phases=phases, **(given | more)))


def matches(schedule: Schedule, rows: list[dict[str, str]]) -> None:
    assert [row.number for row in schedule.instalments] == [row["period"] for row in rows]
    for made, want in zip(schedule.instalments, rows, strict=True):
        for name, value in (("payment", made.payment), ("balance", made.closing), ("principal", made.principal)):
            assert value == D(want.get(name, str(value))), (made.number, name)
        assert made.interest == D(want["interest"])
        assert made.due_on.isoformat() == want.get("due", made.due_on.isoformat())
        assert made.days == want.get("days", made.days)


@pytest.mark.parametrize(("key", "rule"), [("RM-01", "equal_instalment"), ("RM-02", "equal_principal")])
def test_equal_instalments_and_equal_principal(key: str, rule: str) -> None:
    told = case(key)
    made = schedule_of(told["inputs"], Phase(periods=told["inputs"]["periods"], principal=rule))
    matches(made, told["expected"]["schedule"])
    assert made.interest == D(told["expected"]["total_interest"])


def test_flat_interest_on_the_original_principal() -> None:
    told = case("RM-03")
    rate = yearly(D(told["inputs"]["flat_monthly_rate"]), "month")
    phase = Phase(periods=12, principal="equal_principal", interest="original_principal")
    matches(schedule_of(told["inputs"], phase, annual_rate=rate), told["expected"]["schedule"])


def test_monthly_interest_by_days_or_by_months() -> None:
    told, months = case("RM-04a"), case("RM-04b")
    phase = Phase(periods=6, principal="bullet")
    matches(schedule_of(told["inputs"], phase, day_count="act/360"), told["expected"]["schedule"])
    made = schedule_of(months["inputs"], phase)
    assert {row.interest for row in made.instalments} == {D(months["expected"]["interest_each"])}
    assert made.instalments[-1].principal == D(months["inputs"]["principal"])


def test_quarterly_settlement_on_the_twentieth() -> None:
    told = case("RM-05")
    settled = Recurrence(months=(3, 6, 9, 12), days=(20,))
    phase = Phase(periods=1, every=12, principal="bullet", interest_calendar=settled)
    rows = schedule_of(told["inputs"], phase, day_count="act/360").instalments
    for made, want in zip(rows, told["expected"]["schedule"], strict=True):
        assert (made.due_on.isoformat(), made.days, made.interest) == (
            want["settle"], want["days"], D(want["interest"]),
        )  # fmt: skip
    assert [row.principal for row in rows] == [D(0)] * 4 + [D(told["inputs"]["principal"])]


def test_everything_at_maturity_by_months_and_odd_days_or_by_days() -> None:
    told = case("RM-06")
    phase = Phase(periods=1, every=6, principal="bullet", interest="at_maturity")
    ends = date.fromisoformat(told["inputs"]["end"])
    for day_count, key in (("months+days/360", "interest_a"), ("act/360", "interest_b")):
        made = schedule_of(told["inputs"], phase, day_count=day_count, matures_on=ends)
        assert [row.interest for row in made.instalments] == [D(told["expected"][key])]
        assert made.matures_on == ends


def test_daily_interest_on_what_is_drawn_and_repaid_at_will() -> None:
    told = case("RM-07")
    draw, second, repaid, settled = told["inputs"]["events"]
    rows = (
        PlannedRow(due_on=date.fromisoformat(repaid["date"]), principal=D(repaid["amount"])),
        PlannedRow(due_on=date.fromisoformat(settled["date"]), principal=D(settled["amount"])),
    )
    made = schedule_of(
        {"principal": draw["amount"], "start": draw["date"]},
        Phase(periods=2, principal="own", rows=rows),
        annual_rate=yearly(D(told["inputs"]["daily_rate"]), "day"),
        day_count="act/360",
        draws=DrawTerms(
            pattern="revolving",
            tranches=(Tranche(on=date.fromisoformat(second["date"]), amount=D(second["amount"])),),
        ),
    )
    assert made.interest == D(told["expected"]["total_interest"])
    assert made.instalments[0].interest == sum(D(part["interest"]) for part in told["expected"]["segments"][:2])


def test_balloon() -> None:
    told = case("RM-08")
    over = {"amortised_over": D(told["inputs"]["amortisation_periods"])}
    made = schedule_of(told["inputs"], Phase(periods=36, principal="balloon", parameters=over))
    rows, expected = made.instalments, told["expected"]
    assert {row.payment for row in rows[:-1]} == {D(expected["instalment"])}
    assert rows[34].closing == D(expected["balance_after_35"])
    assert rows[-1].payment == D(expected["last_payment"])
    assert made.interest == D(expected["total_interest"])
    matches(Schedule(rows[:1]), [expected["first"]])


def test_steps() -> None:
    told = case("RM-09a")
    stairs = {"every": D(told["inputs"]["step_every"]), "factor": D(told["inputs"]["step_factor"])}
    made = schedule_of(told["inputs"], Phase(periods=12, principal="steps", parameters=stairs))
    matches(made, told["expected"]["schedule"])
    assert made.payment == D(told["expected"]["total_payment"])


def test_interest_first_then_equal_instalments() -> None:
    told = case("RM-09b")
    first = told["inputs"]["interest_only"]
    rest = told["inputs"]["periods"] - first
    made = schedule_of(told["inputs"], Phase(periods=first, principal="none"), Phase(periods=rest))
    matches(made, told["expected"]["schedule"])


def test_first_stub() -> None:
    told = case("RM-10")
    rows = schedule_of(told["inputs"], Phase(periods=12), due_day=told["inputs"]["pay_day"]).instalments
    expected = told["expected"]
    assert rows[0].due_on.isoformat() == told["inputs"]["first_due"]
    assert (rows[0].days, rows[0].interest) == (expected["first_days"], D(expected["first_interest"]))
    assert (rows[0].principal, rows[0].payment) == (D(expected["first_principal"]), D(expected["first_payment"]))
    assert rows[1].payment == D(expected["second_payment"])


def test_the_month_end_comes_back() -> None:
    told = case("RM-11")
    made = schedule_of({"principal": "100000", "start": told["inputs"]["start"]}, Phase(periods=6))
    assert [row.due_on.isoformat() for row in made.instalments] == told["expected"]["due_dates"]


def test_repricing_on_new_years_day() -> None:
    told = case("LP-01")
    inputs, expected = told["inputs"], told["expected"]
    index = IndexTerms(
        index="LPR1Y",
        spread=D(inputs["spread_bp"]) / 10_000,
        repricing=Recurrence(unit="year", months=(1,), days=(1,)),
        values=(
            RateStep(from_on=date(2025, 6, 20), rate=D(inputs["lpr_at_signing"])),
            RateStep(from_on=date(2025, 12, 20), rate=D(inputs["lpr_at_repricing"])),
        ),
    )
    before, after = D(expected["rate_before"]), D(expected["rate_after"])
    assert index_rate(index, date(2025, 9, 15)) == before
    made = schedule_of(
        inputs, Phase(periods=12, principal="bullet"), start_on=date(2025, 9, 15), annual_rate=before,
        day_count="act/360", rates=RateTerms(index=index),
    )  # fmt: skip
    daily = {row.annual_rate * row.base / 360 for row in made.instalments}
    assert {round(each, 2) for each in daily} == {
        D(expected["daily_interest_360_before"]), D(expected["daily_interest_360_after"]),
    }  # fmt: skip
    crossing = made.instalments[3]
    assert (crossing.start_on, crossing.due_on) == (date(2025, 12, 15), date(2026, 1, 15))
    assert crossing.interest == round(D(inputs["principal"]) * (before * 17 + after * 14) / 360, 2)
