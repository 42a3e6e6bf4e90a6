"""Cases and work items for programs: started, listed, read and acted on, by the same rules as on screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.services.approval.lender import STAFF
from tests.services.flows.house import House, settle
from tests.settled import Settled
from tests.web.people import application

from loanloom.store import tables

CASES, ITEMS = "/api/v1/cases/", "/api/v1/work-items/"
ASKED = {"flow": "seal", "data": {"seal_request.amount": "5000", "seal_request.reason": "contract"}}


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    with settled.by(settle) as made:
        yield replace(made, customers={})


class Program:
    """A caller signed in as somebody of the staff."""

    def __init__(self, client: Any) -> None:
        self.client = client
        found = re.search(
            r'name="csrf-token" content="([^"]+)"', client.get("/account/password/").get_data(as_text=True)
        )
        assert found is not None
        self.token = found[1]

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return answer.json

    def post(self, path: str, status: int = 200, key: str | None = None, **body: Any) -> Any:
        headers = {"X-CSRFToken": self.token, **({"Idempotency-Key": key} if key else {})}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return answer.json


@pytest.fixture
def program(house: House) -> Any:
    app = application(house.database)

    def signed_in(who: str) -> Program:
        client = app.test_client()
        with client.session_transaction() as session:
            session["user_id"], session["language"] = STAFF[who][0], "en"
        return Program(client)

    return signed_in


def test_a_request_is_started_found_decided_and_read(house: House, program: Any) -> None:
    started = program("manager").post(CASES, 201, key="one", **ASKED)
    assert (started["number"], started["status"], started["code"]) == ("R2026000001", "running", "S1")
    risk = program("risk")
    (item,) = risk.get(f"{ITEMS}?view=group")["rows"]
    assert (item["case_id"], item["number"], item["amount"]) == (started["case_id"], "R2026000001", "5000")
    decided = {"version": item["version"], "decision": "approve", "opinion": "fine"}
    done = risk.post(f"{ITEMS}{item['id']}/decide", key="d1", **decided)
    assert (done["status"], done["code"], done["command"], done["replayed"]) == ("running", "S2", "decide", False)
    assert risk.post(f"{ITEMS}{item['id']}/decide", key="d1", **decided)["replayed"] is True, "the first answer again"
    assert risk.post(f"{ITEMS}{item['id']}/decide", 409, key="d2", **decided)["problems"]
    case = program("manager").get(f"{CASES}{started['case_id']}")
    assert [one["node"] for one in case["items"]] == ["head"]
    said = next(one for one in case["history"] if one["kind"] == "decided")
    assert (said["by"], said["action"], said["opinion"]) == ("risk (demo)", "approve", "fine")
    program("head2").post(
        f"{ITEMS}{case['items'][0]['id']}/decide", version=case["items"][0]["version"], decision="approve"
    )
    assert [row["outcome"] for row in program("manager").get(f"{CASES}?status=ended")["rows"]] == ["completed"]
    assert program("manager").get(f"{CASES}?status=running")["rows"] == []


def test_the_same_key_starts_one_case_and_a_key_is_needed(house: House, program: Any) -> None:
    manager = program("manager")
    first, again = (manager.post(CASES, 201, key="k", **ASKED) for _ in range(2))
    assert first["case_id"] == again["case_id"]
    assert house.count(tables.flow_case) == 1
    assert manager.post(CASES, 422, **ASKED)["problems"][0]["code"] == "api.no_key"


def test_who_may_not_is_told_by_a_code_and_nothing_moves(house: House, program: Any) -> None:
    case_id = house.start()
    item = house.item(case_id)
    address = f"{ITEMS}{item.id}/decide"
    said = {"version": item.version, "decision": "approve"}
    assert program("risk").post(CASES, 403, key="k", **ASKED)["problems"][0]["code"] == "flow.not_a_starter"
    program("manager").post(address, 403, **said)
    program("west1").post(address, 404, **said)
    program("west1").get(f"{CASES}{case_id}", 404)
    risk = program("risk")
    assert risk.post(address, 422, decision="approve")["problems"][0]["code"] == "api.no_version"
    risk.post(address, 409, **{**said, "version": item.version + 1})
    risk.post(address, 422, **{**said, "decision": "steal"})
    risk.post(f"{ITEMS}{item.id}/terminate", 404, version=1)
    risk.post(f"{CASES}{case_id}/decide", 404, version=1)
    risk.post(f"{CASES}{case_id}/no_such_thing", 404, version=1)
    assert house.kept(case_id).code == "S1"
    assert house.item(case_id).id == item.id


def test_a_whole_case_is_commented_and_ended(house: House, program: Any) -> None:
    case_id = house.start()
    manager, system = program("manager"), program("risk")
    manager.post(f"{CASES}{case_id}/comment", version=house.kept(case_id).version, opinion="Please hurry")
    assert [one["opinion"] for one in manager.get(f"{CASES}{case_id}")["history"] if one["kind"] == "commented"] == [
        "Please hurry"
    ]
    system.post(f"{CASES}{case_id}/terminate", 403, version=house.kept(case_id).version, reason="x")
    done = manager.post(f"{CASES}{case_id}/withdraw", version=house.kept(case_id).version, reason="not needed")
    assert done["outcome"] == "withdrawn"


def test_lists_go_on_where_they_stopped_and_borrowers_have_the_portal(house: House, program: Any) -> None:
    made = [house.start() for _ in range(3)]
    manager = program("manager")
    first = manager.get(f"{CASES}?limit=2")
    assert [row["id"] for row in first["rows"]] == [made[2], made[1]]
    rest = manager.get(f"{CASES}?limit=2&after={first['next']}")
    assert ([row["id"] for row in rest["rows"]], rest["next"]) == ([made[0]], None)
    assert manager.get(f"{CASES}?status=never", 422)["problems"][0]["field"] == "status"
    borrower = program("borrower")
    borrower.get(CASES, 403)
    borrower.post(CASES, 403, key="k", **ASKED)


def test_who_does_a_step_is_named_with_the_request(house: House, program: Any) -> None:
    """Where the starter names people a program does so too, or is told the field."""
    manager, asked = program("manager"), {**ASKED, "flow": "starter-names"}
    for chosen, code in (
        ({}, "flow.choose"),
        ({"second": 999}, "flow.unknown_person"),
        ({"other": 41}, "flow.no_choice"),
    ):
        (problem,) = manager.post(CASES, 422, key=f"k{code}", chosen=chosen, **asked)["problems"]
        assert problem["code"] == code and problem["field"].startswith("chosen"), problem
    assert house.count(tables.flow_case) == 0
    made = manager.post(CASES, 201, key="named", chosen={"second": STAFF["head2"][0]}, **asked)
    assert house.item(made["case_id"]).assignee == STAFF["head2"][0]
    (item,) = program("head2").get(f"{ITEMS}?view=mine")["rows"]
    assert item["case_id"] == made["case_id"]
