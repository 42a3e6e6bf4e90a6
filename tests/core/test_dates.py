"""Months with an anchor, shares of a year, and working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.dates import DAY_COUNTS, WHOLE_MONTHS, Calendar, add_months, add_period, written_day

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(-48, 480), st.integers(1, 31))
def test_the_anchor_day_comes_back(start: date, months: int, anchor: int) -> None:
    day = add_months(start, months, anchor)
    assert day.day == anchor or (day + timedelta(days=1)).day == 1
    assert (day.year * 12 + day.month) - (start.year * 12 + start.month) == months


def test_steps_of_every_unit() -> None:
    start = date(2024, 1, 31)
    assert add_period(start, 1, "month") == date(2024, 2, 29)
    assert add_period(start, 1, "quarter") == date(2024, 4, 30)
    assert add_period(start, 1, "year") == date(2025, 1, 31)
    assert add_period(start, 2, "week") == date(2024, 2, 14)
    assert add_period(start, 30, "day") == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("name", "start", "end", "share"),
    [
        ("act/360", "2025-01-15", "2025-02-15", (31, 360)),
        ("act/365", "2024-02-01", "2024-03-01", (29, 365)),
        ("30/360", "2025-01-31", "2025-03-31", (60, 360)),
        ("30/360", "2025-01-15", "2025-01-31", (16, 360)),
        ("30E/360", "2025-01-15", "2025-01-31", (15, 360)),
        ("30E/360", "2025-02-28", "2025-03-31", (32, 360)),
        ("act/act", "2024-12-31", "2025-01-02", (1 * 366 + 1 * 365, 365 * 366)),
        ("act/act-dec31", "2024-12-12", "2025-01-12", (19 * 365 + 12 * 366, 365 * 366)),
        ("act/act-start", "2024-12-12", "2025-01-12", (31, 366)),
        ("act/365L", "2024-02-01", "2024-03-01", (29, 366)),
        ("act/365L", "2024-02-29", "2024-03-31", (31, 365)),
        ("act/364", "2025-01-01", "2025-04-02", (91, 364)),
        ("30/365", "2025-01-15", "2025-02-15", (30, 365)),
        ("30/act", "2024-02-15", "2024-03-15", (30, 366)),
        ("months+days/360", "2025-01-15", "2025-07-20", (6 * 30 + 5, 360)),
        ("months+days/360", "2025-01-31", "2025-03-01", (30 + 1, 360)),
    ],
)
def test_day_counts(name: str, start: str, end: str, share: tuple[int, int]) -> None:
    assert DAY_COUNTS[name](date.fromisoformat(start), date.fromisoformat(end)) == share


@pytest.mark.parametrize("name", sorted(set(DAY_COUNTS) - WHOLE_MONTHS | {"30E/360"}))
@given(data=st.data())
def test_shares_of_a_split_stretch_add_up(name: str, data: st.DataObject) -> None:
    first, middle, last = sorted(data.draw(st.lists(DAYS, min_size=3, max_size=3)))
    count = DAY_COUNTS[name]
    whole, left, right = count(first, last), count(first, middle), count(middle, last)
    assert left[0] + right[0] == whole[0]


def test_working_weekends_beat_holidays_and_rolls_move_dates() -> None:
    calendar = Calendar(
        weekend=frozenset({5, 6}),
        holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 30)}),
        working_days=frozenset({date(2026, 10, 10)}),
    )
    assert calendar.is_working(date(2026, 10, 10))  # a Saturday worked in exchange
    assert calendar.rolled(date(2026, 10, 1), "following") == date(2026, 10, 6)
    assert calendar.rolled(date(2026, 10, 1), "preceding") == date(2026, 9, 30)
    assert calendar.rolled(date(2026, 10, 1), "keep") == date(2026, 10, 1)
    assert calendar.rolled(date(2026, 10, 31), "modified_following") == date(2026, 10, 29)
    assert calendar.next_working(date(2026, 10, 9)) == date(2026, 10, 10)


@pytest.mark.parametrize(
    "written", ["2026-01-31", "2026/1/31", "2026.1.31", "20260131", " 2026年1月31日 ", "２０２６－０１－３１"]
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert written_day(written) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "written",
    [
        "", "today", "2026-02-30", "2026-13-01", "0206-01-31", "1899-12-31", "2200-01-01", "9999-12-31", "2026-W05-6",
        "2026-01-31T00:00", "31.01.2026", "2026-1", "٢٠٢٦-٠١-٣١", "-" * 5000, "2026-01-31" + " " * 5000 + "x",
    ],
)  # fmt: skip
def test_what_is_no_day_of_our_years_is_none(written: str) -> None:
    assert written_day(written) is None
