"""Several items approved in the browser in one go, and what the header counts."""

from __future__ import annotations

import re

from tests.web.cases.test_screens import get, post


def test_several_are_approved_in_one_go_after_a_second_look(as_user, house):
    cases = [house.start(amount="500") for _ in range(3)]
    risk = as_user("risk")
    page = get(risk, "/to-do/?view=group")
    chosen = [f"{item.id}:{item.version}" for item in map(house.item, cases)]
    assert all(f'value="{one}"' in page for one in chosen)
    looked = post(risk, "/to-do/approve", page, 200, item=chosen[:2]).get_data(as_text=True)
    assert all(house.kept(case).status == "running" for case in cases), "nothing is decided without a confirmation"
    key = re.search(r'name="idempotency_key" value="([^"]+)"', looked).group(1)
    sent = {"item": chosen[:2], "confirmed": "yes", "opinion": "as listed", "idempotency_key": key}
    done = post(risk, "/to-do/approve", looked, 200, **sent).get_data(as_text=True)
    assert "2 cases approved" in done
    assert [house.kept(case).status for case in cases] == ["ended", "ended", "running"]
    again = post(risk, "/to-do/approve", looked, 200, **sent).get_data(as_text=True)
    assert "2 cases approved" in again
    late = post(risk, "/to-do/approve", looked, 200, **{**sent, "idempotency_key": "other"}).get_data(as_text=True)
    assert "2 cases were not approved" in late
    assert post(risk, "/to-do/approve", page).location.startswith("/to-do/"), "nothing was chosen"
    post(risk, "/to-do/approve", page, item=["x", "1:", "1:2:3", "-1:1"])


def test_nobody_chooses_what_does_not_wait_for_them(as_user, house):
    case_id = house.start(amount="500")
    item = house.item(case_id)
    manager = as_user("manager")
    page = get(manager, "/to-do/")
    looked = post(manager, "/to-do/approve", page, 200, item=f"{item.id}:{item.version}").get_data(as_text=True)
    assert house.kept(case_id).number not in looked
    sent = {"item": f"{item.id}:{item.version}", "confirmed": "yes"}
    done = post(manager, "/to-do/approve", page, 200, **sent).get_data(as_text=True)
    assert house.kept(case_id).number not in done and "not approved" in done
    assert house.kept(case_id).status == "running"


def test_the_header_counts_what_waits(as_user, house):
    for _ in range(2):
        house.start()
    shown = get(as_user("risk"), "/to-do/counts")
    assert re.findall(r"view=(\w+)\">[^<]*<span class=\"count num\">(\d+)", shown) == [
        ("mine", "0"), ("group", "2"), ("copies", "0"),
    ]  # fmt: skip
    get(as_user("borrower"), "/to-do/counts", 403)


def test_programs_approve_several_too(as_user, house):
    cases = [house.start(amount="500") for _ in range(2)]
    risk = as_user("risk")
    csrf = re.search(r'<meta name="csrf-token" content="([^"]+)"', get(risk, "/to-do/")).group(1)
    headers = {"X-CSRFToken": csrf, "Idempotency-Key": "k"}
    items = [{"id": item.id, "version": item.version} for item in map(house.item, cases)]
    items[1]["version"] += 1
    answer = risk.post("/api/v1/work-items/approve", json={"items": items}, headers=headers).get_json()
    assert [(one["approved"], one["problem"] and one["problem"]["code"]) for one in answer["rows"]] == [
        (True, None), (False, "service.stale"),
    ]  # fmt: skip
    for bad in ({}, {"items": []}, {"items": [3]}, {"items": [{"id": 1}]}, {"items": {}}, {"items": [{"id": "x"}]}):
        assert risk.post("/api/v1/work-items/approve", json=bad, headers=headers).status_code == 422, bad


def test_what_i_started_and_my_copies_are_found_by_their_number(as_user, house):
    one, other = (house.kept(house.start()).number for _ in range(2))
    manager = as_user("manager")
    found = get(manager, f"/to-do/?view=started&q={one}")
    assert one in found and other not in found
    assert "Show all" in get(manager, "/to-do/?view=started&q=nothing")
    assert "Show all" in get(manager, "/to-do/?view=copies&q=nothing")
