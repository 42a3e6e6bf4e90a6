"""When scheduled jobs run, in the company's time zone, once for each of their times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from loanloom.services.running import jobs, work

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("spec", "now", "expected"),
    [
        ({"every_minutes": 5}, "2026-01-05T02:07:30+00:00", "2026-01-05T10:05:00+08:00"),
        ({"every_minutes": 15}, "2026-01-05T02:15:00+00:00", "2026-01-05T10:15:00+08:00"),
        ({"every_minutes": 7}, "2026-01-04T16:01:00+00:00", "2026-01-05T00:00:00+08:00"),
        ({"at": "02:00"}, "2026-01-05T18:00:00+00:00", "2026-01-06T02:00:00+08:00"),
        ({"at": "02:00"}, "2026-01-05T17:59:59+00:00", None),
        ({"at": "02:00"}, "2026-01-06T00:00:00+00:00", "2026-01-06T02:00:00+08:00"),
        ({"at": "02:00"}, "2026-01-06T00:00:01+00:00", None),
        ({"at": "23:30"}, "2026-01-05T15:45:00+00:00", "2026-01-05T23:30:00+08:00"),
        ({"at": "02:00", "enabled": False}, "2026-01-05T18:00:00+00:00", None),
        ({"every_minutes": 5, "enabled": False}, "2026-01-05T18:00:00+00:00", None),
    ],
)
def test_the_latest_time_a_job_should_have_started(spec, now, expected):
    found = jobs.latest_time(spec, datetime.fromisoformat(now), SHANGHAI)
    assert found == (datetime.fromisoformat(expected) if expected else None)


def test_a_job_runs_once_for_each_of_its_times(model_company):
    now = datetime(2026, 3, 2, 1, 2, tzinfo=UTC)
    first = jobs.start_due(model_company, now)
    assert first and jobs.start_due(model_company, now + timedelta(seconds=30)) == first
    later = jobs.start_due(replace(model_company, now=now), now + timedelta(minutes=5))
    assert set(later) - set(first)
    kinds = {row["kind"] for row in work.recent(model_company)}
    assert "scheduled_releases" in kinds and "end_of_day" not in kinds, (
        "end of day is switched off in the model company"
    )
