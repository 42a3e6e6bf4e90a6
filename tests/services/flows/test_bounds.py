"""What nobody may do to a case whatever they send: absurd numbers, another's hand-in, the house's own commands."""

from __future__ import annotations

import time

import pytest
from tests.services.flows.house import House

from loanloom.services.errors import Forbidden, Refused

SYSTEM = {
    "expire": {"deadline": 0}, "escalate": {"to": "71"}, "happen": {"event": "sealed"},
    "pass_time": {"token": 1, "place": 99},
    "answer_call": {"token": 1, "values": {}}, "fail_call": {"token": 1, "reason": "x"},
    "sub_flow_ended": {"run": "1.1", "outcome": "approved"},
}  # fmt: skip


@pytest.mark.parametrize("command", sorted(SYSTEM))
def test_the_house_alone_gives_its_own_commands(house: House, command: str) -> None:
    case_id = house.start()
    for who in ("system", "risk", "manager"):
        with pytest.raises(Forbidden):
            house.act(who, case_id, command, **SYSTEM[command])


@pytest.mark.parametrize("amount", ["6000", "-1", "0.5", "1e999999999", "Infinity", "NaN", "1e40"])
def test_changed_amounts_stay_within_what_was_asked(house: House, amount: str) -> None:
    case_id, began = house.start(), time.process_time()
    for command in ("decide", "comment"):
        more = {"decision": "approve"} if command == "decide" else {"opinion": "seen"}
        try:
            house.act("risk", case_id, command, **more, terms={"request.amount": amount})
        except Refused as refused:
            assert command == "decide" and refused.problems[0].code in ("flow.term_out_of_bounds", "form.type")
    assert time.process_time() - began < 2
    assert house.kept(case_id).code == "S1"


def test_nobody_hands_in_what_the_makers_are_asked_for(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "ask_material", reason="the contract")
    for who in ("risk", "auditor", "risk2"):
        with pytest.raises((Forbidden, Refused)):
            house.act(who, case_id, "resubmit", data={"seal_request.amount": "1"})
    assert house.kept(case_id).data["amount"] == 5000
