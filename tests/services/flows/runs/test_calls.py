"""Calls of service nodes: made after the commit, again with doubling pauses, taken back, repaired; never lost."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from tests.services.flows.runs.house import House

from loanloom.plugins import Asked, CallFailed
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.flows import calling, calls, monitor, repairs
from loanloom.services.running.plugged import plugged
from loanloom.store import tables


class Office:
    """Somebody out of the house: what they were asked, and what they say to it."""

    def __init__(self, *answers: Any) -> None:
        self.asked: list[Asked] = []
        self.answers = list(answers)

    def __call__(self, ctx: Any, asked: Asked) -> Any:
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else {"number": "G-1"}
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer


@pytest.fixture
def office(house: House) -> Office:
    found = Office()
    house.actions |= {"reserve": found, "free": Office(), "sms": Office({"file": "x.csv"})}
    return found


def item(house: House, case: int) -> int:
    (row,) = house.items(case)
    return int(row.id)


def test_the_answer_moves_the_case_on_and_is_a_fact_of_it(house: House, office: Office) -> None:
    case = house.start("calls", amount="1000.50", phone="13800000000")
    assert house.nodes(case) == ["reserve"] and office.asked == []  # nothing is called inside the step
    assert house.run() == 1 and house.nodes(case) == ["review"]
    (asked,) = office.asked
    assert asked.given == {"amount": Decimal("1000.50")} and asked.case == "R2026000001"
    assert house.values(case)["reserve"] == {"number": "G-1"}
    assert house.case(case).state["values"]["reserve"].keys() == {"closed"}, "whatever it was, nobody declared it"
    house.act("risk", item(house, case), "decide", decision="approve")
    house.run()
    assert house.case(case).outcome == "approved" and len(house.actions["sms"].asked) == 1
    assert [row.state for row in house.calls(case)] == ["done", "done"]


def test_it_is_tried_again_with_the_same_key_later_and_later(house: House, office: Office) -> None:
    office.answers = [CallFailed("busy"), ConnectionResetError("gone"), {"number": "G-2"}]
    case = house.start("calls")
    house.run()
    assert house.run() == 0 and len(office.asked) == 1
    house.later(seconds=60)
    house.run()
    house.later(seconds=60)
    assert house.run() == 0  # the second pause is twice the first
    house.later(seconds=60)
    house.run()
    assert [asked.attempt for asked in office.asked] == [1, 2, 3]
    assert len({asked.key for asked in office.asked}) == 1
    assert house.nodes(case) == ["review"]


def test_who_takes_too_long_is_asked_again(house: House, office: Office) -> None:
    office.answers = [lambda: time.sleep(3), {"number": "G-3"}]
    case = house.start("calls")
    house.run()
    (row,) = house.calls(case)
    assert (row.state, row.attempts) == ("due", 1) and "No answer within 1 seconds" in row.problem["message"]["en"]
    house.later(minutes=1)
    house.run()
    assert house.nodes(case) == ["review"]


def test_what_fails_for_good_waits_is_shown_and_is_repaired(house: House, office: Office) -> None:
    office.answers = [CallFailed("There is no such guarantee.", again=False)]
    case = house.start("calls")
    house.run()
    assert house.nodes(case) == ["reserve"] and ("call_failed", "reserve") in house.story(case)
    keeper = house.keeper()
    (trouble,) = monitor.troubles(keeper, "call")
    assert (trouble.case_id, trouble.node, trouble.words["en"]) == (case, "reserve", "There is no such guarantee.")
    with pytest.raises(Forbidden):
        repairs.call_again(house.ctx("manager"), trouble.id, reason="x")
    with pytest.raises(Refused):
        repairs.call_again(keeper, trouble.id, reason=" ")
    repairs.call_again(keeper, trouble.id, reason="they say it works now")
    house.run()
    assert house.nodes(case) == ["review"] and monitor.troubles(keeper, "call") == []
    with pytest.raises(Conflict):
        repairs.call_again(keeper, trouble.id, reason="once more")


def test_an_answer_by_hand_moves_the_case_on(house: House, office: Office) -> None:
    office.answers = [CallFailed("no", again=False)]
    case = house.start("calls")
    house.run()
    (row,) = house.calls(case)
    repairs.answer_by_hand(house.keeper(), row.id, {"number": "by telephone"}, reason="they rang")
    assert house.nodes(case) == ["review"]
    assert house.values(case)["reserve"] == {"number": "by telephone"}
    assert [one.action for one in house.audit(case) if one.action.startswith("flow_call")] == ["flow_call.answered"]


def test_a_way_stated_for_failures_is_gone(house: House, office: Office) -> None:
    house.actions["sms"] = Office(CallFailed("no number", again=False))
    case = house.start("calls")
    house.run()
    house.act("risk", item(house, case), "decide", decision="approve")
    house.run()
    assert house.nodes(case) == ["by_hand"] and monitor.troubles(house.keeper(), "call") == []


@pytest.mark.parametrize("command", ["return", "withdraw"])
def test_a_case_taken_back_past_a_call_has_it_taken_back(house: House, office: Office, command: str) -> None:
    case = house.start("calls")
    house.run()
    if command == "return":
        house.act("risk", item(house, case), "decide", decision="return")
    else:
        house.act("manager", case, "withdraw")
    house.run()
    (asked,) = house.actions["free"].asked
    assert asked.answer == {"number": "G-1"} and asked.key != office.asked[0].key
    if command == "return":  # made anew when it is sent in again, and taken back once only
        house.act("manager", item(house, case), "resubmit")
        house.run()
        assert len(office.asked) == 2 and house.nodes(case) == ["review"]
    assert house.run() == 0 and len(house.actions["free"].asked) == 1


def test_an_answer_that_comes_after_the_case_ended_is_taken_back(house: House, office: Office) -> None:
    case = house.start("calls")
    office.answers = [lambda: house.act("manager", case, "withdraw") and {"number": "G-9"}]
    house.run()
    assert [asked.answer for asked in house.actions["free"].asked] == [{"number": "G-9"}]


def test_a_worker_that_died_is_followed_by_another(house: House, office: Office) -> None:
    case = house.start("calls")
    ctx = house.ctx()
    assert calling._claim(ctx) is not None  # and then nothing more of it
    assert house.run() == 0
    house.later(seconds=40)
    house.run()
    assert house.nodes(case) == ["review"] and office.asked[0].attempt == 2


def test_a_suspended_case_is_not_called_for_until_it_goes_on(house: House, office: Office) -> None:
    case = house.start("calls")
    house.act(None, case, "suspend", reason="wait")
    assert house.run() == 0 and office.asked == []
    house.act(None, case, "resume")
    house.run()
    assert house.nodes(case) == ["review"]


def test_an_answer_that_cannot_be_kept_fails_the_call(house: House, office: Office) -> None:
    office.answers = [lambda: object()]
    case = house.start("calls")
    house.run()
    assert house.calls(case)[0].state == "failed"
    assert "no mapping" in house.calls(case)[0].problem["message"]["en"]


def test_what_is_sent_through_a_connector_is_put_on_the_outbox_once(house: House) -> None:
    send = plugged().parts("node_action")["send"]
    asked = Asked(
        key="k", company_id=house.lender.company.id, case="R1", node="n", attempt=1, home=house.home,
        given={"topic": "sms", "phone": "13800000000", "text": "x"},
    )  # fmt: skip
    assert send(house.ctx(), asked) == send(house.ctx(), asked) == {"topic": "sms"}
    assert [row.payload for row in house.outbox("sms")] == [{"phone": "13800000000", "text": "x"}]


SECRET = "330000198503140033"


def raw(house: House, table: Any) -> str:
    """Everything that the rows of a table say, as a backup would hold it."""
    return str([tuple(row) for row in house.lender.rows(table)])


def test_what_is_told_and_answered_lies_sealed_in_the_store(house: House, office: Office) -> None:
    house.actions["sms"] = Office({"file": SECRET})
    case = house.start("calls", phone=SECRET)
    house.run()
    house.act("risk", item(house, case), "decide", decision="approve")
    house.run()
    (asked,) = house.actions["sms"].asked
    assert asked.given["phone"] == SECRET
    assert SECRET not in raw(house, tables.flow_call), "neither what was told nor what was answered"
    row = house.calls(case)[-1]
    assert calls.answer(house.ctx(), row.answer) == {"file": SECRET}


DEEP: Any = {}
for _ in range(2_000):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "a\0b"}, {"text": "\ud800"}, {"a\0": 1}, DEEP, {"much": ["x"] * 20_000}, {"long": "x" * 300_000},
        {"far": Decimal("1e999999999")}, {"none": Decimal("NaN")}, {"huge": 10**200}, {"rate": 0.5}, {1: "a"},
        {"what": object()},
    ],
)  # fmt: skip
def test_an_answer_that_no_store_holds_fails_its_call_and_holds_up_no_other(
    house: House, office: Office, answer: Any
) -> None:
    office.answers = [answer]
    first, second = house.start("calls"), house.start("calls")
    house.run()
    assert (house.nodes(first), house.nodes(second)) == (["reserve"], ["review"])
    (row,) = house.calls(first)
    assert row.state == "failed" and "cannot be kept" in row.problem["message"]["en"]


def test_foreign_words_are_cleaned_and_too_many_of_them_go_the_way_of_failures_too(house: House) -> None:
    house.actions |= {"reserve": Office(), "free": Office()}
    house.actions["sms"] = Office(CallFailed("No\0 such\n\tnumber\ud800 " + "x" * 10_000, again=False))
    case = house.start("calls")
    house.run()
    house.act("risk", item(house, case), "decide", decision="approve")
    house.run()
    assert house.nodes(case) == ["by_hand"]
    said = house.calls(case)[-1].problem["message"]["en"]
    assert said.startswith("No such number xxx") and len(said) == 2_000


def test_what_broke_within_an_action_is_not_told_to_everybody(house: House, office: Office) -> None:
    office.answers = [ConnectionError(f"https://user:hunter2@office.example/{SECRET}")]
    case = house.start("calls")
    house.run()
    assert "hunter2" not in raw(house, tables.flow_call) and SECRET not in str(house.story(case))
    assert "ConnectionError" in house.calls(case)[0].problem["message"]["en"]


def test_what_is_written_by_hand_is_bounded_and_the_audit_names_who_and_what_of(house: House, office: Office) -> None:
    office.answers = [CallFailed("no", again=False)]
    case = house.start("calls")
    house.run()
    (row,) = house.calls(case)
    with pytest.raises(Refused):
        repairs.answer_by_hand(house.keeper(), row.id, DEEP, reason="they rang")
    repairs.answer_by_hand(house.keeper(), row.id, {"number": SECRET}, reason="they rang")
    assert house.nodes(case) == ["review"]
    (entry,) = [one for one in house.audit(case) if one.action == "flow_call.answered"]
    assert SECRET not in str(entry.after) and entry.reason == "they rang" and entry.actor == "system"
