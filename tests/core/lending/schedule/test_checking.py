"""Terms that no schedule can be made of are told, all mistakes at once, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.core.lending.agreed.terms import (
    DownPaymentTerms,
    DrawTerms,
    IndexTerms,
    Pause,
    Phase,
    PlannedRow,
    RateTerms,
    Recurrence,
    Terms,
    Tranche,
)
from loanloom.core.lending.decisions import Disburse, decide
from loanloom.core.lending.planning.checking import check_terms, doubts
from loanloom.core.lending.planning.own_schedules import own_phase
from loanloom.core.lending.planning.schedule import build_schedule
from loanloom.core.money import Rounding

D = Decimal
SHORT_BALLOON = Phase(periods=9, principal="balloon", parameters={"amortised_over": D(6)})
TOO_MUCH = Phase(periods=9, principal="fixed_percent", parameters={"percent": D("0.2")})


def agreed(*phases: Phase, **more: Any) -> Terms:
    said = {
        "currency": "CNY", "principal": D(12000), "annual_rate": D("0.12"), "start_on": date(2025, 1, 8),
        "phases": phases or (Phase(periods=3),),
    }  # fmt: skip
    return Terms(**(said | more))


def row(day: str, principal: str, interest: str | None = None) -> PlannedRow:
    return PlannedRow(
        due_on=date.fromisoformat(day), principal=D(principal), interest=None if interest is None else D(interest)
    )


def codes(terms: Terms) -> set[str]:
    found = check_terms(terms)
    assert all(problem.message["zh"] and problem.message["en"] for problem in found)
    return {problem.code.removeprefix("lending.") for problem in found}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"principal": D("0")}, "principal_unusable"),
        ({"principal": D("100.001")}, "principal_unusable"),
        ({"principal": D("NaN")}, "principal_unusable"),
        ({"annual_rate": D("-0.01")}, "rate_unusable"),
        ({"currency": "JPY"}, "too_many_digits"),
        ({"precision": 3}, "precision_out_of_range"),
        ({"instalment_multiple": D(0)}, "multiple_unusable"),
        ({"down_payment": DownPaymentTerms(percent=D(1))}, "down_payment_out_of_range"),
        ({"roll": "sideways"}, "unknown_word"),
        ({"day_count": "act/42"}, "unknown_word"),
        ({"rounding": Rounding(2, "by_feeling")}, "unknown_word"),
        ({"phases": ()}, "no_phase"),
        ({"phases": (Phase(periods=0),)}, "periods_out_of_range"),
        ({"phases": (Phase(periods=3, principal="wish"),)}, "unknown_word"),
        ({"phases": (Phase(periods=3, calendar=Recurrence(days=(32,))),)}, "calendar_unusable"),
        ({"phases": (Phase(periods=3, capitalises=True),)}, "capitalises_to_the_end"),
        ({"phases": (Phase(periods=3, principal="balloon"),)}, "parameter_unusable"),
        ({"phases": (SHORT_BALLOON,)}, "parameter_unusable"),
        ({"phases": (TOO_MUCH,)}, "parameter_unusable"),
        ({"draws": DrawTerms(tranches=(Tranche(on=date(2024, 1, 1), amount=D(5)),))}, "tranche_unusable"),
        ({"draws": DrawTerms(tranches=(Tranche(on=date(2026, 1, 1), amount=D(5)),))}, "tranche_after_the_end"),
        ({"draws": DrawTerms(limit=D(100))}, "draws_over_limit"),
        ({"rates": RateTerms(index=IndexTerms(index="L", floor=D(2), ceiling=D(1)))}, "floor_above_ceiling"),
        ({"pauses": (Pause(from_on=date(2025, 2, 2), to_on=date(2025, 2, 1)),)}, "pause_ends_first"),
        ({"matures_on": date(2025, 1, 1)}, "dates_out_of_order"),
        ({"start_on": date(9999, 12, 31)}, "beyond_the_calendar"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_told(more: dict[str, Any], code: str) -> None:
    assert code in codes(agreed(**more))


def test_sound_terms_have_no_problem() -> None:
    assert check_terms(agreed()) == ()


def test_an_own_schedule_must_repay_exactly_what_was_lent() -> None:
    good = own_phase([row("2025-02-08", "5000"), row("2025-06-30", "7000", "350.00")])
    assert check_terms(agreed(good)) == ()
    short = own_phase([row("2025-02-08", "5000"), row("2025-06-30", "6999.99")])
    (problem,) = check_terms(agreed(short))
    assert problem.code == "lending.plan_not_whole" and "0.01" in problem.in_words("zh")


def test_rows_of_an_own_schedule_follow_one_another_and_hold_money() -> None:
    bad = own_phase([row("2025-06-30", "5000"), row("2025-05-30", "7000.001"), row("2025-07-30", "1", "-2")])
    assert [(problem.code, problem.field) for problem in check_terms(agreed(bad))] == [
        ("lending.row_out_of_order", "phases.0.rows.1"),
        ("lending.row_amount_unusable", "phases.0.rows.1"),
        ("lending.row_amount_unusable", "phases.0.rows.2"),
    ]


def test_shares_of_a_plan_in_percent_come_to_the_whole() -> None:
    rows = (row("2025-02-08", "0.5"), row("2025-03-08", "0.4"))
    assert codes(agreed(Phase(periods=2, principal="percent_plan", rows=rows))) == {"plan_not_whole"}


def test_a_broken_plan_is_not_paid_out() -> None:
    decision = decide(None, Disburse(terms=agreed(own_phase([row("2025-02-08", "5000")]))))
    assert not decision.events and decision.problems[0].code == "lending.plan_not_whole"


def test_a_plan_that_was_hardly_meant_is_doubted() -> None:
    terms = agreed(Phase(periods=3), Phase(periods=3))
    assert [doubt.code for doubt in doubts(terms, build_schedule(terms))] == ["lending.repaid_too_soon"]
    left = agreed(Phase(periods=3, principal="none"))
    assert [doubt.code for doubt in doubts(left, build_schedule(left))] == ["lending.principal_left_over"]
