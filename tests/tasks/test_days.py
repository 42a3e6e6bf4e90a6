"""A day that lost its worker goes on: the tick notices it, a hand finishes it, and nothing is asked for afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.services.money.conftest import house
from tests.services.money.house import House

from loanloom.services.money import end_of_day
from loanloom.tasks import days
from loanloom.tasks.tick import due_days

__all__ = ["house"]


def test_the_tick_sends_hands_to_an_open_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = house.ctx()
    now = datetime(2026, 1, 5, tzinfo=UTC)
    assert list(due_days(ctx, now)) == []
    end_of_day.open_run(ctx)
    assert list(due_days(ctx, now)) == [("loanloom.join_day", (house.company.id,))]
    monkeypatch.setattr(days, "context", lambda _company: house.ctx())
    days.join_day(house.company.id)
    assert house.ctx().business_date == date(2026, 1, 6)
    assert list(due_days(ctx, now)) == []
    days.join_day(house.company.id)
    assert house.ctx().business_date == date(2026, 1, 6)
