"""Sudden death of a worker before any of its statements, with calls and sub-flows under way: the next one finishes what
it began, nothing is done twice and nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.services.flows.deaths import dies_at
from tests.services.flows.runs.house import House

from loanloom.plugins import Asked
from loanloom.store import tables


class Desk:
    """Somebody out of the house who writes down every call by its key, whoever dies."""

    def __init__(self, book: Path) -> None:
        self.book = book

    def __call__(self, ctx: Any, asked: Asked) -> Any:
        with self.book.open("a") as book:
            book.write(f"{asked.case} {asked.node} {asked.key}\n")
        return {"number": "G-1"}

    def calls(self, number: str) -> set[tuple[str, str]]:
        """(step, key) of every call about a case, each once."""
        lines = [line.split() for line in self.book.read_text().splitlines()] if self.book.exists() else []
        return {(node, key) for case, node, key in lines if case == number}


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Desk:
    found = Desk(tmp_path / "book")
    house.actions |= dict.fromkeys(("reserve", "free", "sms"), found)
    return found


def recovered(house: House) -> None:
    """Claims of the dead run out; whoever is next works until nothing is due."""
    house.later(minutes=10)
    house.run()


def everybody_says(house: House, case: int, word: str) -> None:
    (item,) = house.items(case)
    house.act("risk", item.id, "decide", decision=word)


def test_a_worker_that_dies_anywhere_calls_once_as_far_as_anybody_can_tell(house: House, desk: Desk) -> None:
    deaths, number = 0, 1
    while True:
        case = house.start("calls")
        died = dies_at(house.lender.database, number, house.run)
        recovered(house)
        assert house.nodes(case) == ["review"], f"death before statement {number}"
        everybody_says(house, case, "approve")
        recovered(house)
        assert house.case(case).outcome == "approved"
        called = desk.calls(house.case(case).number)
        assert len(called) == len({node for node, _ in called}) == 2, "one key for each step, at every attempt"
        assert [row.state for row in house.calls(case)] == ["done", "done"]
        assert house.story(case).count(("called", "reserve")) == 1
        if not died:
            break
        deaths, number = deaths + 1, number + 1
    assert deaths > 10, "a worker's round takes more statements than that"


def test_a_worker_that_dies_anywhere_begins_and_reports_every_sub_flow_once(house: House) -> None:
    deaths, number = 0, 1
    while True:
        case = house.start("parent")
        died = dies_at(house.lender.database, number, house.run)
        recovered(house)
        made = house.lender.rows(tables.flow_case, parent_id=case)
        assert sorted(row.parent_run for row in made) == ["1.1", "1.2", "1.3"], f"death before statement {number}"
        for row in made[1:]:
            house.act("head2", house.items(row.id)[0].id, "decide", decision="approve")
        recovered(house)
        assert house.nodes(case) == ["review"]
        assert house.values(case)["parts"]["outcomes"] == ["approved"] * 3
        assert house.story(case).count(("sub_ended", "parts")) == 3
        assert house.timers(case) == {} and house.timers(case, "failed") == {}
        if not died:
            break
        deaths, number = deaths + 1, number + 3  # prime to nothing here: every kind of statement is met
    assert deaths > 5, "a worker's round takes more statements than that"


@pytest.mark.parametrize("word", ["approve", "withdraw"])
def test_a_step_that_dies_anywhere_with_a_call_made_and_parts_begun_leaves_nothing_half_done(
    house: House, desk: Desk, word: str
) -> None:
    """A decision that wants a call, a withdrawal that takes one back and ends sub-flows."""
    flow = "calls" if word == "approve" else "parent"
    case = house.start(flow)
    house.run()
    kinds = ("flow_case", "work_item", "flow_history", "flow_call", "flow_timer", "outbox", "audit_log")

    def everything() -> Any:
        rows = {name: house.lender.rows(getattr(tables, name)) for name in kinds}
        return {name: [tuple(row) for row in sorted(found, key=lambda one: one.id)] for name, found in rows.items()}

    def act() -> None:
        if word == "approve":
            everybody_says(house, case, word)
        else:
            house.act("manager", case, word)

    before, deaths = everything(), 0
    while dies_at(house.lender.database, deaths + 1, act):
        deaths += 1
        assert everything() == before, f"death before statement {deaths} left traces"
    assert deaths > 5 and everything() != before
    house.run()
    ended = house.case(case)
    assert (ended.status, ended.outcome) == ("ended", "approved" if word == "approve" else "withdrawn")
    assert all(row.status == "ended" for row in house.lender.rows(tables.flow_case))
    assert house.lender.rows(tables.work_item, status="open") == []
