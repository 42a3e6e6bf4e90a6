"""Delegations, declared relations, copies and the monitor for programs: the rules of their screens, and described."""

from __future__ import annotations

from typing import Any

from tests.services.approval.lender import STAFF
from tests.web.approvals.test_cases_api import house, program

from loanloom.store import tables

__all__ = ["house", "program"]
AWAY, RELATED, COPIES, MONITOR = (f"/api/v1/{name}/" for name in ("delegations", "relations", "copies", "flow-monitor"))
DAYS = {"starts_on": "2026-03-02", "ends_on": "2026-03-06"}
RISK, RISK2 = STAFF["risk"][0], STAFF["risk2"][0]
BROTHER = {"kind": "relative", "relation": "brother", "name": "Li Si", "id_number": "330000198503140033"}


def code(answer: Any) -> str:
    return str(answer["problems"][0]["code"])


def test_an_absence_is_given_seen_and_ended(house: Any, program: Any):
    risk = program("risk")
    made = risk.post(AWAY, 201, to_user=RISK2, flows=["seal"], reason="training", **DAYS)["id"]
    (row,) = risk.get(AWAY)["rows"]
    assert (row["id"], row["from_user"], row["to_user"], row["state"]) == (made, RISK, RISK2, "now")
    assert [one["id"] for one in program("risk2").get(AWAY)["rows"]] == [made]
    assert program("manager").get(AWAY)["rows"] == []
    program("manager").post(f"{AWAY}{made}/end", 404, version=1)
    risk.post(f"{AWAY}{made}/end", 409, version=7)
    risk.post(f"{AWAY}{made}/end", version=1)
    assert risk.get(AWAY)["rows"] == []


def test_others_are_kept_by_whoever_may(program: Any):
    risk, keeper = program("risk"), program("system")
    risk.post(AWAY, 403, user_id=RISK2, **DAYS)
    risk.get(f"{AWAY}?user={RISK2}", 403)
    risk.get(f"{AWAY}?everybody=true", 403)
    made = keeper.post(AWAY, 201, user_id=RISK2, **DAYS)["id"]
    assert [one["id"] for one in keeper.get(f"{AWAY}?everybody=true")["rows"]] == [made]


def test_an_absence_that_makes_no_sense_is_refused_with_its_place(program: Any):
    risk = program("risk")
    risk.post(AWAY, 422, to_user=RISK, **DAYS)
    risk.post(AWAY, 422, starts_on="2026-03-06", ends_on="2026-03-02")
    assert risk.post(AWAY, 422, starts_on="soon", ends_on="2026-03-02")["problems"][0]["field"] == "starts_on"
    assert risk.post(AWAY, 422, to_user="risk2", **DAYS)["problems"][0]["field"] == "to_user"
    assert risk.post(AWAY, 422, flows="seal", **DAYS)["problems"][0]["field"] == "flows"


def test_a_relation_is_declared_masked_and_not_ended_by_oneself(house: Any, program: Any):
    risk, keeper = program("risk"), program("system")
    made = risk.post(RELATED, 201, **BROTHER)["id"]
    (row,) = risk.get(RELATED)["rows"]
    assert row["id"] == made and BROTHER["id_number"] not in str(row)
    assert code(risk.post(RELATED, 422, **BROTHER)) == "relation.declared"
    assert code(risk.post(RELATED, 422, **{**BROTHER, "id_number": "12"})) == "relation.id_number"
    risk.post(f"{RELATED}{made}/end", 403, version=1)
    keeper.post(f"{RELATED}{made}/end", version=1)
    assert risk.get(RELATED)["rows"] == []


def test_copies_are_listed_by_page(house: Any, program: Any):
    cases = [house.start() for _ in range(3)]
    for case in cases:
        house.act("risk", case, "decide", decision="refuse", opinion="no")
    auditor = program("auditor")
    first = auditor.get(f"{COPIES}?limit=2")
    rest = auditor.get(f"{COPIES}?limit=2&after={first['next']}")
    assert [one["id"] for one in (*first["rows"], *rest["rows"])] == cases[::-1] and rest["next"] is None
    assert program("manager").get(COPIES)["rows"] == []


def test_the_monitor_tells_what_is_late_and_keeps_what_was_given(house: Any, program: Any):
    case = house.start()
    with house.database.transaction(house.company.id) as connection:
        late = tables.work_item.update().where(tables.work_item.c.case_id == case)
        connection.execute(late.values(due_at=house.ctx("manager").now.replace(year=2025)))
    found = program("system").get(f"{MONITOR}?kind=overdue")
    assert found["counts"]["overdue"] == 1
    (row,) = found["rows"]
    assert (row["case_id"], row["node"], row["kind"]) == (case, "review", "overdue") and "given" not in row
    assert program("system").get(MONITOR)["rows"] == []
    assert code(program("system").get(f"{MONITOR}?kind=odd", 422)) == "api.bad_choice"
    program("risk").get(MONITOR, 403)


def test_all_of_it_is_described(program: Any):
    described = program("auditor").get("/api/v1/_openapi")
    paths = described["paths"]
    for path in (AWAY, RELATED, COPIES, MONITOR, "/api/v1/work-items/{item_id}/{command}", "/api/v1/progress/"):
        assert path in paths, path
    act = paths["/api/v1/work-items/{item_id}/{command}"]["post"]
    assert act["responses"]["409"] == {"$ref": "#/components/responses/changed"}
    body = act["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Versioned"}
    assert "version" in described["components"]["schemas"]["Versioned"]["properties"]
    known = {f"#/components/{kind}/{name}" for kind, all_of in described["components"].items() for name in all_of}
    assert set(_references(paths)) <= known


def _references(found: Any) -> list[str]:
    if isinstance(found, dict):
        own = [found["$ref"]] if isinstance(found.get("$ref"), str) else []
        return own + [one for value in found.values() for one in _references(value)]
    return [one for value in found for one in _references(value)] if isinstance(found, list) else []
