"""Requests in the browser: started, passed on, added to, returned, decided, followed; for whoever may."""

from __future__ import annotations

import re

import pytest
from tests.services.approval.lender import STAFF

from loanloom.store import tables

TYPED = {"seal_request.amount": "5000", "seal_request.reason": "loan contract", "seal_request.account": "6222 0000"}


def token(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


def get(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.get_data(as_text=True)


def post(client, url, page, status=302, **fields):
    answer = client.post(url, data={"csrf_token": token(page), **fields})
    assert answer.status_code == status, (url, answer.status_code, answer.get_data(as_text=True)[:3000])
    return answer


def started(as_user):
    """A request for the seal, on its way; the address of its case."""
    manager = as_user("manager")
    assert "/cases/new/seal" in get(manager, "/cases/new")
    page = get(manager, "/cases/new/seal")
    answer = post(manager, "/cases/new/seal", page, **TYPED, _action="submit", idempotency_key="k1")
    again = post(manager, "/cases/new/seal", page, **TYPED, _action="submit", idempotency_key="k1")
    assert again.location == answer.location
    return answer.location


def test_a_request_is_started_followed_and_decided(as_user, house):
    url = started(as_user)
    assert "loan contract" in get(as_user("manager"), url)
    assert url in get(as_user("manager"), "/to-do/?view=started")
    risk = as_user("risk")
    assert url in get(risk, "/to-do/?view=group")
    page = get(risk, url)
    item = house.item(int(url.rsplit("/", 1)[1]))
    do = f"/cases/items/{item.id}"
    bad = post(risk, f"{do}/decide", page, 422, decision="refuse", version=item.version)
    assert "opinion" in bad.get_data(as_text=True)
    changed = {"terms:request.amount": "900"}
    post(risk, f"{do}/decide", page, decision="approve", version=item.version, **changed)
    assert house.kept(int(url.rsplit("/", 1)[1])).outcome == "completed"  # 900 needs no second yes
    post(risk, f"{do}/decide", page, 409, decision="approve", version=item.version)
    assert url in get(as_user("auditor"), "/to-do/?view=copies")


def test_an_item_is_passed_on_and_others_sign(as_user, house):
    url = started(as_user)
    risk, case = as_user("risk"), int(url.rsplit("/", 1)[1])
    page, item = get(risk, url), house.item(case)
    do = f"/cases/items/{item.id}"
    post(risk, f"{do}/add_signers", page, people=str(STAFF["east1"][0]), when="before", version=item.version)
    east = as_user("east1")
    assert url in get(east, "/to-do/?view=mine")
    signer = house.item(case, kind="signer")
    post(east, f"/cases/items/{signer.id}/decide", get(east, url), decision="approve", version=signer.version)
    item = house.item(case)
    post(risk, f"/cases/items/{item.id}/transfer", page, to=str(STAFF["risk2"][0]), version=item.version)
    assert "/cases/" in get(as_user("risk2"), "/to-do/?view=mine")
    item = house.item(case)
    post(risk, f"/cases/items/{item.id}/decide", page, 403, decision="approve", version=item.version)


def test_whoever_asked_somebody_to_sign_may_ask_no_more(as_user, house):
    url = started(as_user)
    risk, case = as_user("risk"), int(url.rsplit("/", 1)[1])
    page, item = get(risk, url), house.item(case)
    more = {"people": str(STAFF["east1"][0]), "when": "before", "version": item.version}
    post(risk, f"/cases/items/{item.id}/add_signers", page, **more)
    signer, page = house.item(case, kind="signer"), get(risk, url)
    do, said = f"/cases/items/{signer.id}/remove_signer", {"version": signer.version, "number": signer.number}
    other = as_user("risk2")
    theirs = get(other, url)
    assert do in page and do not in theirs
    post(other, do, theirs, 403, **said)
    post(risk, do, page, **said)
    assert (house.item(case).id, house.item(case).kind) == (item.id, "approval")
    assert house.told(case)[-2:] == ["signer_removed", "opened"]


def test_material_is_asked_for_and_supplied(as_user, house):
    url = started(as_user)
    risk, manager, case = as_user("risk"), as_user("manager"), int(url.rsplit("/", 1)[1])
    page, item = get(risk, url), house.item(case)
    post(risk, f"/cases/items/{item.id}/ask_material", page, reason="the contract", version=item.version)
    shown = get(manager, url)
    asked = house.item(case)
    assert asked.kind == "material" and "seal_request.reason" in shown
    more = {**TYPED, "seal_request.reason": "contract A-1"}
    post(manager, f"/cases/items/{asked.id}/resubmit", shown, version=asked.version, _action="submit", **more)
    assert house.item(case).number == item.number
    assert "contract A-1" in get(risk, url)


@pytest.mark.parametrize(
    ("who", "command", "fields"),
    [
        ("system", "suspend", {"reason": "police"}),
        ("system", "terminate", {"reason": "twice"}),
        ("system", "jump", {"to": "head", "reason": "urgent"}),
        ("manager", "withdraw", {"reason": "mistake"}),
        ("manager", "urge", {"opinion": "please"}),
        ("risk", "comment", {"opinion": "seen"}),
    ],
)
def test_what_may_be_done_with_the_whole_case(as_user, house, who, command, fields):
    url = started(as_user)
    client = as_user(who)
    page = get(client, url)
    assert command == "comment" or f"{url}/{command}" in page
    post(client, f"{url}/{command}", page, **fields)
    assert house.told(int(url.rsplit("/", 1)[1]))[-1] in (
        "suspended", "ended", "opened", "urged", "commented"
    )  # fmt: skip


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\\\evil.example", "javascript:alert(1)"]
)
def test_a_form_leads_nowhere_out_of_the_house(as_user, back):
    url = started(as_user)
    manager = as_user("manager")
    answer = post(manager, f"{url}/comment", get(manager, url), opinion="seen", back=back)
    assert answer.location.startswith("/") and "evil" not in answer.location and "script" not in answer.location


def test_strangers_see_nothing_and_unknown_commands_do_nothing(as_user, house):
    url = started(as_user)
    get(as_user("west1"), url, 404)
    risk = as_user("risk")
    page = get(risk, url)
    post(risk, f"{url}/explode", page, 404)
    post(risk, f"{url}/pass_time", page, 404)
    item = house.item(int(url.rsplit("/", 1)[1]))
    post(risk, f"/cases/items/{item.id}/expire", page, 404)
    post(risk, "/cases/items/999999/decide", page, 404)
    get(as_user("risk"), "/cases/new/seal", 403)
    assert len(house.rows(tables.flow_case)) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_lists_speak_both_languages(as_user, language):
    url = started(as_user)
    words = {"en": ("Use of the seal", "Started by me"), "zh": ("用印审批", "我发起的")}[language]
    page = get(as_user("manager", language), "/to-do/?view=started")
    assert all(word in page for word in words) and url in page
    assert words[0] in get(as_user("system", language), "/cases/")
    get(as_user("finance", language), "/to-do/?view=copies")


def dialog_of(page, name):
    """The dialog of this name, as it is drawn."""
    return re.search(rf'<dialog[^>]* id="{name}"[^>]*>.*?</dialog>', page, re.S).group(0)


def test_a_dialog_that_was_refused_opens_again_as_it_was_left(as_user, house):
    url = started(as_user)
    risk = as_user("risk")
    page, item = get(risk, url), house.item(int(url.rsplit("/", 1)[1]))
    name = f"p-transfer-{item.id}"
    assert "data-open" not in page
    typed = {"_dialog": name, "to": "", "reason": "knows the <trade>", "version": item.version}
    again = post(risk, f"/cases/items/{item.id}/transfer", page, 422, **typed).get_data(as_text=True)
    dialog = dialog_of(again, name)
    assert "data-open" in dialog and "knows the &lt;trade&gt;</textarea>" in dialog and 'role="alert"' in dialog
    assert again.count("data-open") == 1 and again.count("knows the &lt;trade&gt;") == 1
    offered = re.findall(r'<option value="(\d+)"', dialog_of(again, name))
    assert str(STAFF["risk2"][0]) in offered, "a colleague of the role"
    assert not {str(STAFF[who][0]) for who in ("manager", "risk", "finance")} & {*offered}, "who made it, I, strangers"
    chosen = {**typed, "to": str(STAFF["risk2"][0]), "reason": "long " * 1000}
    again = post(risk, f"/cases/items/{item.id}/transfer", page, 422, **chosen).get_data(as_text=True)
    assert f'<option value="{STAFF["risk2"][0]}" selected>' in dialog_of(again, name)


def test_every_label_of_a_case_has_a_box_of_its_own(as_user, house):
    url = started(as_user)
    for who in ("risk", "manager"):
        page = get(as_user(who), url)
        boxes = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page)
        assert len(boxes) == len(set(boxes)), sorted(boxes)
        assert set(re.findall(r'<label[^>]* for="([^"]+)"', page)) <= set(boxes)


def test_what_was_typed_into_a_form_or_a_remark_survives_a_refusal(as_user, house):
    url = started(as_user)
    risk, manager, case = as_user("risk"), as_user("manager"), int(url.rsplit("/", 1)[1])
    long = "a remark " * 600
    page = get(manager, url)
    assert "a remark a remark" in post(manager, f"{url}/comment", page, 422, opinion=long).get_data(as_text=True)
    item = house.item(case)
    post(risk, f"/cases/items/{item.id}/ask_material", get(risk, url), reason="?", version=item.version)
    asked, shown = house.item(case), get(manager, url)
    wrong = {**TYPED, "seal_request.amount": "much", "seal_request.reason": "contract B-2"}
    answer = post(
        manager, f"/cases/items/{asked.id}/resubmit", shown, 422, version=asked.version, _action="submit", **wrong
    )
    assert "contract B-2" in answer.get_data(as_text=True) and 'value="much"' in answer.get_data(as_text=True)


def test_whoever_decides_names_who_does_the_next_step(as_user, house):
    manager, risk = as_user("manager"), as_user("risk")
    page = get(manager, "/cases/new/named")
    url = post(manager, "/cases/new/named", page, **TYPED, _action="submit", idempotency_key="k1").location
    case_id = int(url.rsplit("/", 1)[1])
    item, page = house.item(case_id), get(risk, url)
    (picker,) = re.findall(r'<select[^>]*name="chosen:second".*?</select>', page, re.S)
    assert "head2" in picker
    do, said = (
        f"/cases/items/{item.id}/decide",
        {"version": item.version, "decision": "approve", "opinion": "Fine so far"},
    )
    refused = post(risk, do, page, 422, **said, idempotency_key="k2").get_data(as_text=True)
    assert "Name who does the step" in refused and "Fine so far" in refused
    assert "work here" in post(
        risk, do, page, 422, **said, **{"chosen:second": "999999"}, idempotency_key="k3"
    ).get_data(as_text=True)
    assert house.item(case_id).node == "first"
    post(risk, do, page, **said, **{"chosen:second": str(STAFF["head2"][0])}, idempotency_key="k4")
    assert (house.item(case_id).node, house.item(case_id).assignee) == ("second", STAFF["head2"][0])


def test_fields_that_may_be_changed_are_called_by_their_names(as_user, house):
    url = started(as_user)
    for language, name in (("zh", "金额"), ("en", "Amount")):
        page = get(as_user("risk", language), url)
        assert f'for="f-terms:request.amount">{name}' in page


def test_open_work_counts_requests_that_are_about_no_amount(as_user, house):
    started(as_user)
    with house.ctx("risk").transaction() as connection:
        connection.execute(tables.flow_case.update().values(amount=None))
    assert "Open work" in get(as_user("auditor"), "/work/")


def test_the_first_page_leads_to_requests(as_user, house):
    url = started(as_user)
    first = get(as_user("risk"), "/")
    line = re.search(rf'<a href="{url}">.*?</a>', first, re.S).group(0)
    assert house.kept(int(url.rsplit("/", 1)[1])).number in line and "None" not in line


def test_a_request_is_found_by_its_number_by_those_who_may_see_it(as_user, house):
    url = started(as_user)
    number = house.kept(int(url.rsplit("/", 1)[1])).number
    assert as_user("risk").get(f"/search/?q={number}").location == url
    assert url in get(as_user("risk"), f"/search/?q={number[:3]}")
    assert url not in get(as_user("west1"), f"/search/?q={number}")


def test_whoever_starts_a_request_names_who_looks_at_it(as_user, house):
    manager, to = as_user("manager"), "/cases/new/starter-names"
    page = get(manager, to)
    (picker,) = re.findall(r'<select[^>]*name="chosen:second".*?</select>', page, re.S)
    assert "required" in picker and "head2" in picker and f'value="{STAFF["manager"][0]}"' not in picker
    said = {**TYPED, "_action": "submit", "idempotency_key": "n1"}
    refused = post(manager, to, page, 422, **said).get_data(as_text=True)
    assert "Name who does the step" in refused and 'aria-invalid="true"' in refused and "loan contract" in refused
    url = post(manager, to, page, **{**said, "idempotency_key": "n2", "chosen:second": str(STAFF["head2"][0])}).location
    assert house.item(int(url.rsplit("/", 1)[1])).assignee == STAFF["head2"][0]


def test_a_case_leads_to_its_customer(as_user, house):
    house.case(customer="One")
    (customer,) = house.rows(tables.customer)
    number = house.start(customer_number=customer.number)
    for page in (f"/cases/{number}", "/to-do/?view=started", "/cases/"):
        assert f'<a href="/customers/{customer.id}">One</a>' in get(as_user("manager"), page), page
