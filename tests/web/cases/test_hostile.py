"""What hostile hands send to the pages of cases: markup in every text, another's links, old ones, data without end."""

from __future__ import annotations

import json

import pytest
from tests.web.cases.test_screens import TYPED, get, post, token

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"


@pytest.fixture
def url(as_user, house):
    """A request whose words are markup; the address of its case."""
    manager = as_user("manager")
    page = get(manager, "/cases/new/seal")
    typed = TYPED | {"seal_request.reason": EVIL, "seal_request.partner": EVIL[:60]}
    return post(manager, "/cases/new/seal", page, **typed, _action="submit", idempotency_key="k1").location


def harmless(page: str) -> None:
    """Nothing of it became markup, neither in text nor in an attribute."""
    assert "<script>alert" not in page and "<img src=x" not in page and EVIL[-14:] not in page


def test_words_are_words_on_every_page_that_shows_them(as_user, house, url):
    case_id = int(url.rsplit("/", 1)[1])
    risk, manager = as_user("risk"), as_user("manager")
    page = get(risk, url)
    post(risk, f"/cases/{case_id}/comment", page, opinion=EVIL, idempotency_key="k2")
    item = house.item(case_id)
    said = {"version": item.version, "decision": "approve", "opinion": EVIL, "conditions": EVIL}
    wrong = post(
        risk,
        f"/cases/items/{item.id}/decide",
        page,
        422,
        **said,
        **{"terms:request.amount": EVIL},
        idempotency_key="k3",
    )
    harmless(wrong.get_data(as_text=True))
    post(risk, f"/cases/items/{item.id}/decide", page, **said, idempotency_key="k4")
    for reader in (risk, manager, as_user("head2")):
        for address in (url, "/to-do/", "/to-do/?view=done", "/to-do/?view=started", "/cases/", "/messages/", "/"):
            answer = reader.get(address)
            if answer.status_code == 200:
                harmless(answer.get_data(as_text=True))
    shown = get(manager, url)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown and "{{7*7}}" in shown


def test_a_link_to_somebody_elses_work_opens_nothing_and_says_nothing(as_user, house, url):
    case_id = int(url.rsplit("/", 1)[1])
    item = house.item(case_id)
    for who in ("west1", "borrower"):
        stranger = as_user(who)
        for address in (url, f"/approvals/{item.id}"):
            assert stranger.get(address).status_code in (302, 403, 404), (who, address)
        mark = token(get(stranger, "/account/password/"))
        for command, said in (("decide", {"decision": "approve"}), ("take", {}), ("transfer", {"to": "33"})):
            form = {"csrf_token": mark, "version": item.version, "idempotency_key": f"{who}{command}", **said}
            answer = stranger.post(f"/cases/items/{item.id}/{command}", data=form)
            assert answer.status_code in (302, 403, 404), (who, command)
            assert house.kept(case_id).number not in answer.get_data(as_text=True)
    assert house.item(case_id).version == item.version


def test_an_old_link_says_what_happened_and_decides_nothing_twice(as_user, house, url):
    case_id = int(url.rsplit("/", 1)[1])
    risk, item = as_user("risk"), house.item(case_id)
    page = get(risk, url)
    said = {"version": item.version, "opinion": "x"}
    post(risk, f"/cases/items/{item.id}/decide", page, **said, decision="approve", idempotency_key="k5")
    late = post(risk, f"/cases/items/{item.id}/decide", page, 409, **said, decision="refuse", idempotency_key="k6")
    assert "already" in late.get_data(as_text=True)
    assert house.told(case_id).count("decided") == 1


@pytest.mark.parametrize("kind", ["deep", "wide", "long", "far"])
def test_data_without_end_is_refused_in_words(as_user, house, url, kind):
    case_id = int(url.rsplit("/", 1)[1])
    item, risk = house.item(case_id), as_user("risk")
    sent = {
        "deep": '{"a":' * 900 + "1" + "}" * 900,
        "wide": json.dumps({f"request.f{place}": "1" for place in range(60_000)}),
        "long": json.dumps({"request.amount": "9" * 1_000_000}),
        "far": '{"request.amount": 1e999999999}',
    }[kind]
    body = f'{{"version": {item.version}, "decision": "approve", "terms": {sent}}}'
    answer = risk.post(
        f"/api/v1/work-items/{item.id}/decide", data=body, content_type="application/json",
        headers={"Idempotency-Key": "deep", "X-CSRFToken": token(get(risk, url))},
    )  # fmt: skip
    assert answer.status_code in (400, 401, 413, 422), answer.get_data(as_text=True)[:500]
    assert house.item(case_id).version == item.version and "decided" not in house.told(case_id)
