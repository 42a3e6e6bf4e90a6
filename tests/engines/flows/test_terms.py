"""Terms of a case: which run, when they are due, how they shift while a case stands still, when they come again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.engines.flows.flow_builder import approval, flow_of, node, says

from loanloom.engines import flows
from loanloom.engines.flows import terms
from loanloom.engines.flows.deadlines import working_time
from loanloom.engines.flows.model import Awaited, Deadline, Route

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKING = working_time({"weekend": ("saturday", "sunday"), "holidays": ({"on": "2026-10-01"},)})


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=SHANGHAI)


REMIND = Deadline(working_hours=8)
REFUSE = Deadline(hours=72, do="refuse")
FLOW = flow_of(
    node("begin", "start", Route(to="first")),
    approval(
        "first", "a", Route(to="pause"), deadlines=(REMIND, REFUSE), powers=frozenset({"ask_material", "add_signer"})
    ),
    node(
        "pause", "wait",
        awaited=(Awaited(to="end", event="paid"), Awaited(to="end", hours=24), Awaited(to="end", until="loan.ends_on")),
    ),
    node("end", "end", outcome="approved"),
)  # fmt: skip


def keys(state: flows.State) -> list[str]:
    return [term.key for term in terms.of_state(FLOW, state)]


def test_deadlines_run_while_an_item_is_open_and_times_while_a_token_waits() -> None:
    moved = flows.start(FLOW, flows.World(), makers=(1,))
    assert keys(moved.state) == ["deadline:1:0", "deadline:1:1"]
    moved = flows.decide(FLOW, moved.state, 1, says("approve", 2, "a"), flows.World())
    token = moved.state.tokens[0].number
    assert keys(moved.state) == [f"wait:{token}:1", f"wait:{token}:2"]
    moved = flows.pass_time(FLOW, moved.state, token, 1, flows.World())
    assert moved.state.status == "ended" and keys(moved.state) == []


def test_nothing_decides_by_itself_while_material_is_asked_for_or_a_signer_comes_first() -> None:
    state = flows.start(FLOW, flows.World(), makers=(1,)).state
    asked = flows.ask_material(FLOW, state, 1, flows.Person(id=2, roles=frozenset("a")), flows.World(), reason="x")
    assert keys(asked.state) == ["deadline:2:0"]  # the makers are reminded, nobody is refused
    back = flows.resubmit(FLOW, asked.state, 2, flows.Person(id=1), flows.World())
    assert keys(back.state) == ["deadline:1:0", "deadline:1:1"]


@pytest.mark.parametrize(
    ("stated", "since", "due"),
    [
        (Deadline(working_hours=8), "2026-09-30T16:00", "2026-10-02T16:00"),  # a holiday between
        (Deadline(working_hours=8), "2026-10-02T16:00", "2026-10-05T16:00"),  # a weekend between
        (Deadline(hours=72), "2026-09-30T18:00", "2026-10-03T18:00"),
        (Deadline(until="loan.ends_on"), "2026-09-30T18:00", "2026-11-01T00:00"),  # the day itself is still in time
        (Awaited(to="x", until="loan.ends_on"), "2026-09-30T18:00", "2026-10-31T00:00"),  # the day has come
        (Awaited(to="x", until="loan.at"), "2026-09-30T18:00", "2026-10-31T12:30"),
        (Awaited(to="x", until="loan.never"), "2026-09-30T18:00", None),
        (Awaited(to="x", until="nothing.at.all"), "2026-09-30T18:00", None),
    ],
)
def test_when_a_term_is_due(stated: Deadline | Awaited, since: str, due: str | None) -> None:
    facts = {"loan": {"ends_on": date(2026, 10, 31), "at": datetime(2026, 10, 31, 12, 30), "never": None}}
    assert terms.due(stated, at(since), WORKING, facts) == (at(due) if due else None)


def test_what_was_left_is_left_after_a_case_stood_still() -> None:
    held, now = at("2026-09-29T11:00"), at("2026-10-05T09:00")
    left_five = at("2026-09-29T16:00")
    assert terms.shifted(REMIND, left_five, held, now, WORKING) == at("2026-10-05T14:00")
    elapsed = terms.shifted(REFUSE, at("2026-09-30T11:00"), held, now, WORKING)
    assert elapsed == at("2026-10-06T09:00")
    day = Deadline(until="loan.ends_on")
    assert terms.shifted(day, at("2026-11-01T00:00"), held, now, WORKING) == at("2026-11-01T00:00")
    passed = at("2026-09-29T10:00")  # due before it was held: due still
    assert terms.shifted(REMIND, passed, held, now, WORKING) == passed


def test_hours_pass_on_the_night_the_clocks_change() -> None:
    since = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    due = terms.due(Deadline(hours=24), since, WORKING, {})
    assert due is not None and due.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=24)


def test_a_reminder_comes_again_and_after_a_standstill_once() -> None:
    repeated = Deadline(working_hours=8, repeat=4)
    due = at("2026-09-28T13:00")
    assert terms.again(repeated, due, at("2026-09-28T13:00"), WORKING) == at("2026-09-28T17:00")
    late = terms.again(repeated, due, at("2026-09-30T12:00"), WORKING)
    assert late == at("2026-09-30T13:00")  # in its own rhythm, not once for each that was missed
    assert terms.again(REMIND, due, due, WORKING) is None
