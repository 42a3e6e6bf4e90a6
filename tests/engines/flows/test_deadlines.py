"""Due times count working hours, over weekends, holidays and working weekends."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from loanloom.engines.flows import due_at, working_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = working_time(
    {
        "weekend": ("saturday", "sunday"),
        "holidays": ({"on": "2026-10-01", "title": {"en": "National Day"}}, {"on": "2026-10-02"}),
        "working_days": ("2026-10-10",),
    }
)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("opened", "hours", "due"),
    [
        ("2026-09-28T09:00", 8, "2026-09-28T17:00"),
        ("2026-09-28T10:30", 8, "2026-09-29T10:30"),
        ("2026-09-28T20:00", 4, "2026-09-29T13:00"),
        ("2026-09-28T06:00", 1, "2026-09-28T10:00"),
        ("2026-09-30T16:00", 2, "2026-10-05T10:00"),  # over two holidays and a weekend
        ("2026-10-09T16:00", 2, "2026-10-10T10:00"),  # a Saturday that is worked
        ("2026-10-10T16:00", 16, "2026-10-13T16:00"),
    ],
)
def test_due_time(opened, hours, due):
    assert due_at(CALENDAR, at(opened), hours) == at(due)


def test_own_hours_and_no_calendar_at_all():
    long_days = working_time({"weekend": (), "hours": {"from": "08:00", "to": "20:00"}})
    assert due_at(long_days, at("2026-10-03T08:00"), 24) == at("2026-10-04T20:00")
    assert due_at(working_time(None), at("2026-10-02T16:00"), 2) == at("2026-10-05T10:00")


def test_a_calendar_without_working_days_still_answers():
    never = working_time({"weekend": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")})
    assert due_at(never, at("2026-10-02T16:00"), 1).year == 2036
