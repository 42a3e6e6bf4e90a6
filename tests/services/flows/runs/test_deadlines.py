"""Deadlines and waits of cases, by a real database: once, in time or late, never while a case is suspended."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from tests.services.flows.runs.house import House

from loanloom.services.flows import cases, firing
from loanloom.store import tables


def at(words: str) -> datetime:
    return datetime.fromisoformat(f"{words}+08:00")


def test_people_are_reminded_again_and_again_then_others_may_then_it_decides_itself(house: House) -> None:
    house.at("2026-03-02T09:30")  # a Monday
    case = house.start("reminded", amount="1000")
    assert house.timers(case) == {
        "deadline:1:0": at("2026-03-03T09:30"),
        "deadline:1:1": at("2026-03-04T09:30"),
        "deadline:1:2": at("2026-03-12T09:30"),
    }
    assert house.run() == 0 and house.told("risk") == ["To decide, Review: R2026000001"]
    house.at("2026-03-03T09:30")
    assert house.run() == 1
    assert house.told("risk")[1:] == house.told("risk2")[1:] == ["Overdue: Review, R2026000001"]
    assert house.timers(case)["deadline:1:0"] == at("2026-03-03T13:30")
    house.at("2026-03-04T09:30")
    house.run()
    assert house.items(case)[0].escalated == [41] and ("escalated", "review") in house.story(case)
    house.at("2026-03-12T09:30")
    house.run()
    row = house.case(case)
    assert (row.status, row.outcome) == ("ended", "refused") and ("expired", "review") in house.story(case)
    assert house.timers(case) == {} and house.items(case) == []
    house.later(days=30)
    assert house.run() == 0


def test_who_was_escalated_to_may_decide(house: House) -> None:
    case = house.start("reminded")
    house.later(days=2)
    house.run()
    (item,) = house.items(case)
    assert house.act("head2", item.id, "decide", decision="approve").outcome == "approved"


def test_after_a_standstill_everything_happens_once_in_its_order(house: House) -> None:
    house.at("2026-03-02T09:30")
    case = house.start("waits")
    house.at("2026-03-06T12:00")  # four days nobody looked
    house.run()
    (item,) = house.items(case)
    assert house.nodes(case) == ["review"] and item.opened_at == house.now
    assert house.timers(case) == {"deadline:1:0": at("2026-03-06T20:00")}  # people get their time
    house.later(hours=8)
    house.run()
    assert house.case(case).outcome == "approved"


def test_a_wait_that_follows_is_counted_from_when_the_first_was_due(house: House) -> None:
    house.at("2026-03-02T09:30")
    case = house.start("waits")
    house.at("2026-03-03T19:30")  # ten hours late
    house.run()
    assert house.nodes(case) == ["second"]
    assert list(house.timers(case).values()) == [at("2026-03-04T09:30")]


def test_a_date_of_the_record_is_waited_for_and_what_came_first_ends_the_others(house: House) -> None:
    house.at("2026-03-02T20:00")
    case = house.start("waits", ends_on="2026-03-03")
    assert sorted(house.timers(case).values()) == [at("2026-03-03T00:00"), at("2026-03-03T20:00")]
    house.at("2026-03-03T00:00")
    house.run()
    assert house.case(case).status == "ended" and house.timers(case) == {}
    other = house.start("waits")
    house.act(None, other, "happen", event="paid")
    assert house.case(other).status == "ended" and house.timers(other) == {}


def test_a_suspended_case_stands_still_and_what_was_left_is_left(house: House) -> None:
    house.at("2026-03-02T09:30")
    case = house.start("reminded")
    house.at("2026-03-02T15:30")  # two working hours are left of the first term
    house.act("risk", case, "suspend", reason="the customer asked for it")
    house.at("2026-03-09T09:00")
    assert house.run() == 0
    house.act("risk", case, "resume")
    assert house.timers(case)["deadline:1:0"] == at("2026-03-09T11:00")
    assert house.timers(case)["deadline:1:2"] == at("2026-03-19T03:00")
    assert house.run() == 0
    house.at("2026-03-09T11:00")
    assert house.run() == 1


def test_material_asked_for_stops_what_decides_by_itself(house: House) -> None:
    case = house.start("reminded")
    (item,) = house.items(case)
    house.act("risk", item.id, "ask_material", reason="statements")
    assert set(house.timers(case)) == {"deadline:2:0"}
    (material,) = house.items(case)
    house.later(days=20)
    house.run()
    assert house.case(case).status == "running" and "Overdue: Review, R2026000001" in house.told("manager")
    house.act("manager", material.id, "resubmit")
    assert set(house.timers(case)) == {"deadline:1:0", "deadline:1:1", "deadline:1:2"}


def test_many_workers_let_it_happen_once(house: House) -> None:
    made = [house.start("waits") for _ in range(5)]
    house.later(hours=24)
    threads = [threading.Thread(target=firing.work, args=(house.ctx(), lambda: house.now)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for case in made:
        assert house.story(case).count(("awaited", "first")) == 1
        assert house.nodes(case) == ["second"]


def test_what_cannot_happen_is_told_tried_again_and_then_laid_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = house.start("waits")
    house.later(hours=24)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(cases, "act_in", broken)
        for attempt in range(firing.ATTEMPTS):
            assert len(house.timers(case, "due")) == 1, attempt
            house.run() if attempt else firing.work(house.ctx(), lambda: house.now, limit=1)
            house.later(hours=3)
    (row,) = house.lender.rows(tables.flow_timer, case_id=case, state="failed")
    assert row.attempts == firing.ATTEMPTS and row.problem["code"] == "flow.broke"
    assert house.nodes(case) == ["first"]
