"""When instalments fall due: every recurrence, anchors and month ends, stubs, days off, collection days, maturities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.agreed.terms import GraceTerms, Phase, Recurrence, Terms
from loanloom.core.lending.decisions import Disburse, decide
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.owing.arrears import arrears, penalties
from loanloom.core.lending.planning.schedule import Schedule, build_schedule

D = Decimal
MAY_DAY = Calendar(
    weekend=frozenset({5, 6}),
    holidays=frozenset(date(2025, 5, day) for day in (1, 2, 5)),
    working_days=frozenset({date(2025, 4, 27), date(2025, 5, 31)}),
)


def plan(*phases: Phase, calendar: Calendar = EVERY_DAY, **more: Any) -> Schedule:
    said = {
        "currency": "CNY", "principal": D(12000), "annual_rate": D("0.12"), "start_on": date(2025, 1, 8),
        "phases": phases, "day_count": "act/360",
    }  # fmt: skip
    return build_schedule(Terms(**(said | more)), calendar=calendar)


def days(schedule: Schedule) -> list[str]:
    return [row.due_on.isoformat()[2:] for row in schedule.instalments]


@pytest.mark.parametrize(
    ("calendar", "due"),
    [
        (Recurrence(unit="day"), ["25-01-09", "25-01-10", "25-01-11"]),
        (Recurrence(unit="day", every=10), ["25-01-18", "25-01-28", "25-02-07"]),
        (Recurrence(unit="week"), ["25-01-15", "25-01-22", "25-01-29"]),
        (Recurrence(unit="week", every=2), ["25-01-22", "25-02-05", "25-02-19"]),
        (Recurrence(unit="week", every=4), ["25-02-05", "25-03-05", "25-04-02"]),
        (Recurrence(unit="week", weekday=0), ["25-01-13", "25-01-20", "25-01-27"]),
        (Recurrence(unit="week", every=2, weekday=4), ["25-01-17", "25-01-31", "25-02-14"]),
        (Recurrence(unit="half_month"), ["25-01-23", "25-02-08", "25-02-23"]),
        (Recurrence(unit="half_month", days=(15, 31)), ["25-01-15", "25-01-31", "25-02-15"]),
        (Recurrence(unit="month"), ["25-02-08", "25-03-08", "25-04-08"]),
        (Recurrence(unit="month", every=2), ["25-03-08", "25-05-08", "25-07-08"]),
        (Recurrence(unit="quarter"), ["25-04-08", "25-07-08", "25-10-08"]),
        (Recurrence(unit="year"), ["26-01-08", "27-01-08", "28-01-08"]),
        (Recurrence(months=(6, 12), days=(21,)), ["25-06-21", "25-12-21", "26-06-21"]),
    ],
)
def test_every_recurrence(calendar: Recurrence, due: list[str]) -> None:
    assert days(plan(Phase(periods=3, calendar=calendar))) == due


def test_half_months_at_the_month_end_come_back() -> None:
    made = plan(Phase(periods=4, unit="half_month"), start_on=date(2025, 1, 30))
    assert days(made) == ["25-02-15", "25-02-28", "25-03-15", "25-03-30"]


def test_the_anchor_day_comes_back_after_february_in_later_phases_too() -> None:
    made = plan(Phase(periods=2, principal="none"), Phase(periods=2), start_on=date(2024, 12, 31))
    assert days(made) == ["25-01-31", "25-02-28", "25-03-31", "25-04-30"]


def test_the_first_due_day_leaves_enough_days() -> None:
    assert days(plan(Phase(periods=1), due_day=20, min_first_days=12)) == ["25-01-20"]
    assert days(plan(Phase(periods=1), due_day=20, min_first_days=13)) == ["25-02-20"]
    assert days(plan(Phase(periods=2), first_due_on=date(2025, 3, 1))) == ["25-03-01", "25-04-01"]


def test_what_a_long_first_period_costs() -> None:
    by_rule = {
        rule: [(row.principal, row.interest) for row in plan(
            Phase(periods=3), due_day=20, first_stub=rule, day_count="30/360").instalments]
        for rule in ("actual", "level", "separate", "full")
    }  # fmt: skip
    regular = [(row.principal, row.interest) for row in plan(Phase(periods=3), day_count="30/360").instalments]
    stub = round(D(12000) * D("0.12") * 43 / 360, 2)
    assert by_rule["actual"] == [(regular[0][0], stub), *regular[1:]]
    assert by_rule["full"] == regular
    assert by_rule["separate"] == [(D(0), stub), *regular]
    payments = {principal + interest for principal, interest in by_rule["level"]}
    assert by_rule["level"][0][1] == stub and len(payments) == 1


@pytest.mark.parametrize(
    ("roll", "due"),
    [
        ("keep", ["25-03-01", "25-04-01", "25-05-01", "25-06-01"]),
        ("following", ["25-03-03", "25-04-01", "25-05-06", "25-06-02"]),
        ("preceding", ["25-02-28", "25-04-01", "25-04-30", "25-05-31"]),
        ("modified_following", ["25-03-03", "25-04-01", "25-05-06", "25-06-02"]),
    ],
)
def test_days_off_move_their_own_date_and_worked_weekends_do_not(roll: str, due: list[str]) -> None:
    made = plan(Phase(periods=4), start_on=date(2025, 2, 1), roll=roll, calendar=MAY_DAY)
    assert days(made) == due


def test_moved_days_bear_interest_unless_agreed_otherwise() -> None:
    moved = {"start_on": date(2025, 4, 1), "roll": "following", "calendar": MAY_DAY}
    phase = Phase(periods=1, principal="bullet")
    assert plan(phase, **moved).interest == round(D(12000) * D("0.12") * 35 / 360, 2)
    assert plan(phase, roll_accrues=False, **moved).interest == round(D(12000) * D("0.12") * 30 / 360, 2)


def test_a_tolerated_day_off_stays_due_and_says_until_when_payment_is_on_time() -> None:
    rows = plan(Phase(periods=2), start_on=date(2025, 4, 1), tolerates_holidays=True, calendar=MAY_DAY).instalments
    assert [(row.due_on, row.tolerated_to) for row in rows] == [
        (date(2025, 5, 1), date(2025, 5, 6)), (date(2025, 6, 1), date(2025, 6, 2)),
    ]  # fmt: skip


def test_collection_falls_on_its_weekday_and_then_off_days_off() -> None:
    made = plan(Phase(periods=3), collection_weekday=3)
    assert [row.due_on.weekday() for row in made.instalments] == [3, 3, 3]
    assert days(made) == ["25-02-13", "25-03-13", "25-04-10"]
    moved = plan(Phase(periods=1), start_on=date(2025, 3, 29), collection_weekday=3, roll="following", calendar=MAY_DAY)
    assert days(moved) == ["25-05-06"]


def test_maturity_from_data_replaces_the_last_due_date() -> None:
    payday, long = date(2025, 4, 3), date(2025, 5, 1)
    assert days(plan(Phase(periods=3), matures_on=payday)) == ["25-02-08", "25-03-08", "25-04-03"]
    assert days(plan(Phase(periods=3), matures_on=long)) == ["25-02-08", "25-03-08", "25-05-01"]
    assert days(plan(Phase(periods=9), matures_on=payday)) == ["25-02-08", "25-03-08", "25-04-03"]
    assert days(plan(Phase(periods=3, every=15, unit="day"), fixed_length=40)) == ["25-01-23", "25-02-07", "25-02-17"]


def test_principal_and_interest_on_calendars_of_their_own() -> None:
    harvest = Phase(periods=2, every=6, principal="equal_principal", interest_calendar=Recurrence(unit="quarter"))
    rows = plan(harvest, day_count="30/360").instalments
    assert [(row.due_on.isoformat()[2:], row.principal, row.interest) for row in rows] == [
        ("25-04-08", D(0), D("360.00")), ("25-07-08", D("6000.00"), D("360.00")),
        ("25-10-08", D(0), D("180.00")), ("26-01-08", D("6000.00"), D("180.00")),
    ]  # fmt: skip
    quarterly = Phase(periods=3, principal="equal_principal", interest_calendar=Recurrence(unit="quarter"))
    kept = plan(quarterly, day_count="30/360").instalments
    assert [row.interest for row in kept] == [0, 0, D("240.00")]
    assert (kept[2].counted_from, kept[2].start_on) == (date(2025, 1, 8), date(2025, 3, 8))


def test_graces_on_principal_on_paying_interest_and_on_interest_itself() -> None:
    def amounts(**grace: Any) -> list[tuple[Decimal, Decimal]]:
        made = plan(Phase(periods=4, principal="equal_principal"), day_count="30/360", grace=GraceTerms(**grace))
        return [(row.principal, row.interest) for row in made.instalments]

    assert amounts(principal=2) == [(0, D(120)), (0, D(120)), (D(6000), D(120)), (D(6000), D(60))]
    assert amounts(interest_payment=2) == [(D(3000), 0), (D(3000), 0), (D(3000), D(270)), (D(3000), D(30))]
    assert amounts(interest_charged=1) == [(D(3000), 0), (D(3000), D(90)), (D(3000), D(60)), (D(3000), D(30))]


def test_a_holiday_with_capitalisation_makes_interest_principal_period_by_period() -> None:
    grace = GraceTerms(principal=2, interest_payment=2, capitalises=True)
    rows = plan(Phase(periods=4), day_count="30/360", grace=grace).instalments
    assert [(row.payment, row.capitalised) for row in rows[:2]] == [(0, D("120.00")), (0, D("121.20"))]
    assert rows[2].opening == D("12241.20")
    assert sum(row.principal for row in rows) == D("12241.20")
    assert rows[-1].closing == 0


def test_capitalisation_dates_of_their_own() -> None:
    holiday = Phase(
        periods=1, every=6, principal="none", interest_calendar=Recurrence(unit="quarter"), capitalises=True
    )
    rows = plan(holiday, Phase(periods=2), day_count="30/360").instalments
    assert [(row.due_on.isoformat()[2:], row.capitalised) for row in rows] == [
        ("25-04-08", D("360.00")), ("25-07-08", D("370.80")), ("25-08-08", 0), ("25-09-08", 0),
    ]  # fmt: skip


def test_paying_until_the_tolerated_day_is_on_time_and_afterwards_lateness_counts_from_the_due_day() -> None:
    terms = Terms(
        currency="CNY", principal=D(12000), annual_rate=D("0.12"), start_on=date(2025, 4, 1),
        phases=(Phase(periods=1, principal="bullet"),), day_count="act/360", tolerates_holidays=True,
    )  # fmt: skip
    loan = evolve_all(None, decide(None, Disburse(terms=terms, calendar=MAY_DAY)).events)
    assert loan is not None
    tolerated, late = date(2025, 5, 6), date(2025, 5, 7)
    assert arrears(loan, tolerated).days_past_due == 0
    assert penalties(loan.accounts[0], terms, tolerated) == (0, 0)
    assert arrears(loan, late).days_past_due == 6
    assert penalties(loan.accounts[0], terms, late)[0] == round(D(12000) * D("0.18") * 6 / 360, 2)
