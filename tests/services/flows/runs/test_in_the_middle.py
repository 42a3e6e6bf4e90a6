"""Cases that are taken back, returned or moved to another version in the middle of calls, waits and votes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.services.flows.runs.house import DOCUMENTS, House, document_of, next_release

from loanloom.services.flows import migrations


@pytest.fixture
def made(house: House) -> list[tuple[str, str]]:
    """What was asked of the office out of the house, in order."""
    found: list[tuple[str, str]] = []

    def office(name: str) -> Any:
        def answer(ctx: Any, asked: Any) -> dict[str, str]:
            found.append((name, asked.given["what"] if "what" in asked.given else str(asked.given.get("amount"))))
            return {"number": f"G-{len(found)}"}

        return answer

    house.actions |= {name: office(name) for name in ("reserve", "free", "sms")}
    return found


def item(house: House, case: int, who: str | None = None) -> int:
    rows = [row for row in house.items(case) if who is None or row.role == who or row.assignee]
    return int(rows[0].id)


def says(house: House, case: int, who: str, decision: str, **more: Any) -> None:
    number = {"risk": 21, "risk2": 22, "head2": 41}[who]
    rows = house.items(case)
    (row,) = [one for one in rows if number in (one.assignee, *one.candidates)] or rows[:1]
    house.act(who, row.id, "decide", decision=decision, **more)


def in_the_vote(house: House) -> int:
    case = house.start("booked")
    house.run()
    says(house, case, "risk", "approve")
    house.run()
    assert house.nodes(case) == ["vote"]
    return case


def moved(house: House, key: str, *changes: tuple[str, str], **nodes: str) -> int:
    """All cases of a flow in a version that reads otherwise; the number of the migration."""
    (text,) = [one for one in DOCUMENTS.read_text(encoding="utf-8").split("\n---\n") if f"\nkey: {key}\n" in one]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    to = next_release(house.lender, {("flow", key): document_of(text)})
    plan = migrations.Plan(flow_key=key, from_release=house.lender.release_id, to_release=to, nodes=nodes)
    return migrations.move(house.keeper(), plan, reason="new policy")


def test_what_was_called_is_taken_back_in_the_opposite_order(house: House, made: list[tuple[str, str]]) -> None:
    case = in_the_vote(house)
    says(house, case, "risk2", "return", to="begin")
    house.run()
    assert made == [("reserve", "first"), ("reserve", "second"), ("free", "second"), ("free", "first")]
    assert house.nodes(case) == ["begin"]


def test_only_what_lies_behind_is_taken_back(house: House, made: list[tuple[str, str]]) -> None:
    case = in_the_vote(house)
    says(house, case, "risk2", "return", to="look", then="again")
    house.run()
    assert made[2:] == [("free", "second")] and house.nodes(case) == ["look"]


def test_what_a_case_comes_straight_back_past_stays_called(house: House, made: list[tuple[str, str]]) -> None:
    case = in_the_vote(house)
    says(house, case, "risk2", "return", to="look", then="straight_back")
    house.run()
    says(house, case, "risk", "approve")
    house.run()
    assert made == [("reserve", "first"), ("reserve", "second")] and house.nodes(case) == ["vote"]


def test_a_refused_case_keeps_what_it_called_a_withdrawn_one_does_not(
    house: House, made: list[tuple[str, str]]
) -> None:
    says(house, in_the_vote(house), "risk2", "refuse")
    house.run()
    assert [name for name, _ in made] == ["reserve", "reserve"]
    house.act("manager", in_the_vote(house), "withdraw")
    house.run()
    assert made[4:] == [("free", "second"), ("free", "first")]


def test_a_half_cast_vote_moves_and_is_finished_there(house: House, made: list[tuple[str, str]]) -> None:
    case = in_the_vote(house)
    says(house, case, "risk2", "approve", conditions=["Insurance"])
    moved(house, "booked", ("key: vote,", "key: ballot,"), ("next: vote}", "next: ballot}"), vote="ballot")
    assert house.nodes(case) == ["ballot"] and [row.node for row in house.items(case)] == ["ballot"]
    says(house, case, "head2", "approve")
    assert house.case(case).outcome == "approved"
    assert house.case(case).state["chain"][-2:] != [] and house.run() == 0


def test_a_vote_given_out_anew_and_taken_back_has_its_first_votes_again(
    house: House, made: list[tuple[str, str]]
) -> None:
    case = in_the_vote(house)
    says(house, case, "risk2", "approve")
    done = moved(house, "booked", ("{role: approver-2, scope: all}]", "{role: finance, scope: all}]"))
    assert sorted(row.assignee for row in house.items(case)) == [22, 51]
    migrations.take_back(house.keeper(), done, reason="a mistake")
    assert [row.assignee for row in house.items(case)] == [41]
    says(house, case, "head2", "approve")
    assert house.case(case).outcome == "approved"


def test_a_call_under_way_moves_and_its_answer_finds_the_case(house: House, made: list[tuple[str, str]]) -> None:
    case = house.start("calls", amount="500.00")
    moved(house, "calls", ("key: reserve\n", "key: book\n"), ("next: reserve", "next: book"), reserve="book")
    assert house.nodes(case) == ["book"]
    house.run()
    assert house.nodes(case) == ["review"]
    house.act("risk", item(house, case), "decide", decision="return")
    house.run()
    assert [name for name, _ in made] == ["reserve", "free"], "the call of before is taken back there"


def test_a_wait_counts_from_when_it_began_there_and_back(house: House) -> None:
    house.at("2026-03-02T09:30")
    case = house.start("waits")
    began = house.timers(case)
    house.at("2026-03-02T11:30")
    done = moved(house, "waits", ("{hours: 24, to: second}", "{hours: 12, to: second}"))
    (due,) = house.timers(case).values()
    assert due == datetime(2026, 3, 2, 13, 30, tzinfo=UTC), "twelve hours since it began"
    house.at("2026-03-02T12:30")
    migrations.take_back(house.keeper(), done, reason="a mistake")
    assert house.timers(case) == began


def test_a_start_of_another_name_is_still_the_start(house: House) -> None:
    case = house.start("booked")
    house.actions |= {"reserve": lambda ctx, asked: {}, "free": lambda ctx, asked: {}}
    house.run()
    says(house, case, "risk", "approve")
    house.run()
    moved(house, "booked", ("key: begin,", "key: entry,"), ("return_to: [begin, look]", "return_to: [entry, look]"))
    house.later(hours=49)
    house.run()
    assert house.nodes(case) == ["entry"], "its deadline returned it to the start"
