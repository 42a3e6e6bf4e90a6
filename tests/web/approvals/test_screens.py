"""The approval screens over HTTP: who may open and post what; what the pages say, in both languages."""

from __future__ import annotations

import re

import pytest
from tests.services.approval.lender import STAFF
from tests.services.approval.test_deciding import approved_to_level_1, begin, item_of, say

from loanloom.store import tables


def page(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code, answer.get_data(as_text=True)[:2000])
    return answer.get_data(as_text=True)


def form_of(html):
    """The hidden fields of the decision form, as a browser would send them."""
    form = re.search(r'<form class="panel-body".*?</form>', html, re.S)
    assert form, "no decision form on the page"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group()))


def post(client, url, **fields):
    """Post as a browser does: with the token of a page it has open."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', page(client, "/account/password/")).group(1)
    return client.post(url, data={"csrf_token": token, **fields})


def decide(client, item, **fields):
    form = form_of(page(client, f"/approvals/{item.id}"))
    return client.post(f"/approvals/{item.id}/decide", data={**form, **fields})


READERS = {"manager", "risk", "risk2", "east1", "east1b", "head2", "finance", "auditor", "business"}


@pytest.mark.parametrize("who", STAFF)
def test_who_may_open_what(lender, as_user, who):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    client = as_user(who)
    sees = 200 if who in READERS else 404 if who in ("manager2", "west1") else 403
    assert client.get(f"/approvals/{item.id}").status_code == sees
    assert client.get(f"/applications/{application_id}/approval-sheet").status_code == sees
    sanctions = who not in ("system", "business", "borrower")
    assert client.get("/sanctions/").status_code == (200 if sanctions else 403)
    assert client.get("/to-do/").status_code == (403 if who == "borrower" else 200)
    assert client.get("/work/").status_code == (403 if who in ("system", "borrower") else 200)


@pytest.mark.parametrize("who", [who for who in STAFF if who not in ("east1", "east1b")])
def test_a_forged_post_of_anybody_else_changes_nothing(lender, as_user, who):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    decide = {"decision": "approve"}
    for address, extra in (
        (f"/approvals/{item.id}/decide", decide),
        (f"/cases/items/{item.id}/decide", decide),
        (f"/cases/items/{item.id}/take", {}),
        (f"/cases/items/{item.id}/give_back", {}),
    ):
        answer = post(as_user(who), address, version=item.version, **extra)
        assert answer.status_code in (403, 404), (who, address, answer.status_code)
    assert item_of(lender, application_id).version == item.version


def test_a_post_without_the_token_of_a_page_is_refused(lender, as_user):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    data = {"version": item.version, "decision": "approve"}
    assert as_user("east1").post(f"/approvals/{item.id}/decide", data=data).status_code == 400
    assert item_of(lender, application_id).version == item.version


def test_nobody_without_a_session(lender, as_user):
    application_id = lender.case()
    begin(lender, application_id)
    client = as_user("risk")
    with client.session_transaction() as session:
        session.clear()
    for url in ("/to-do/", "/sanctions/", f"/approvals/{item_of(lender, application_id).id}"):
        assert client.get(url).status_code in (302, 401)
    assert client.post(f"/approvals/{item_of(lender, application_id).id}/decide").status_code in (302, 400, 401)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Approval sheet", "Demo trader", "Measured limit", "Grade", "Eligibility", "Schedule if paid out today",
                "Opinions so far", "Cash flow is sound", "Owes us nothing", "Take it", "Return to"]),
        ("zh", ["审批表", "Demo trader", "测算额度", "等级", "准入检查",
                "试算还款计划", "前序意见", "风险审查", "领取", "退回至"]),
    ],
)  # fmt: skip
def test_the_sheet_tells_everything_on_one_page(lender, as_user, language, words):
    application_id = approved_to_level_1(lender)
    html = page(as_user("east1", language), f"/approvals/{item_of(lender, application_id).id}")
    for word in words:
        assert word in html, word
    assert "80,000.00" in html and "400,000.00" in html
    assert 'class="flow-picture is-down' in html and 'class="table flow-log"' in html


def test_approving_over_http_makes_the_sanction_and_leads_to_it(lender, as_user):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    answer = decide(
        as_user("east1"), item, decision="approve", opinion="Good", conditions="Insure the shop\n\nSign at home"
    )
    sanction = lender.one(tables.sanction, application_id=application_id)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sanctions/{sanction.id}")
    html = page(as_user("east1"), f"/sanctions/{sanction.id}")
    assert sanction.number in html and "Insure the shop" in html and "Sign at home" in html
    assert sanction.number in page(as_user("finance"), "/sanctions/")
    assert "80,000.00" in page(as_user("auditor", "zh"), f"/sanctions/{sanction.id}")
    done = page(as_user("east1"), "/to-do/?view=done")
    assert "Demo trader" in done and "Approve" in done


def test_a_double_click_decides_once(lender, as_user):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    client = as_user("east1")
    form = {**form_of(page(client, f"/approvals/{item.id}")), "decision": "approve"}
    answers = [client.post(f"/approvals/{item.id}/decide", data=form) for _ in range(2)]
    assert [answer.headers.get("Location") for answer in answers] == [answers[0].headers["Location"]] * 2
    assert lender.count(tables.sanction) == 1


def test_refusing_without_a_reason_comes_back_with_what_was_typed(lender, as_user):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    answer = decide(as_user("east1"), item, decision="refuse", opinion="Too thin")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Choose a reason." in html
    assert 'href="#f-reason_refuse"' in html and 'id="f-reason_refuse"' in html
    assert "Too thin" in html
    assert item_of(lender, application_id).version == item.version


@pytest.mark.parametrize(
    "forged", [{"decision": "pay_out"}, {"decision": ""}, {"decision": "refuse", "reason_refuse": "x"}]
)
def test_forged_fields_are_refused_beside_the_form(lender, as_user, forged):
    application_id = approved_to_level_1(lender)
    answer = decide(as_user("east1"), item_of(lender, application_id), **forged)
    assert answer.status_code == 422
    assert lender.one(tables.application, id=application_id).state == "submitted"


def test_a_stale_page_is_told_so(lender, as_user):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    client = as_user("east1")
    form = {**form_of(page(client, f"/approvals/{item.id}")), "decision": "approve"}
    say(lender, "east1b", application_id, "return", reason="other")
    answer = client.post(f"/approvals/{item.id}/decide", data=form)
    assert answer.status_code == 409
    assert "Somebody else" in answer.get_data(as_text=True)
    assert client.post(f"/approvals/{item.id}/decide", data={**form, "version": "abc"}).status_code == 409


def test_taking_and_giving_back(lender, as_user):
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    client = as_user("risk")
    assert "Demo trader" in page(client, "/to-do/?view=group")
    assert post(client, f"/cases/items/{item.id}/take", version=item.version).status_code == 302
    assert "Demo trader" in page(client, "/to-do/?view=mine")
    assert "Give it back" in page(client, f"/approvals/{item.id}")
    other = page(as_user("risk2"), f"/approvals/{item.id}")
    assert "risk (demo)" in other and 'name="decision"' not in other
    assert post(client, f"/cases/items/{item.id}/give_back", version=item.version + 1).status_code == 302
    assert "Demo trader" in page(as_user("risk2"), "/to-do/?view=group")


def test_the_list_pages_through_and_filters(lender, as_user):
    for number in range(23):
        begin(lender, lender.case(60_000 + number, customer=f"Demo {number:02d}"))
    client = as_user("risk")
    first = page(client, "/to-do/?view=group")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = page(client, following.replace("&amp;", "&"))
    shown = re.findall(r'<a class="row-link"[^>]*>(Demo \d\d)</a>', first + second)
    assert len(shown) == 23 == len(set(shown))
    assert len(re.findall("row-link", page(client, "/to-do/?view=group&q=Demo+07"))) == 1
    assert "Nothing fits this filter" in page(client, "/to-do/?view=group&q=nobody")
    assert "Demo 00" in page(client, "/to-do/?view=group&after=broken|key")


def test_empty_lists_say_what_comes_next(lender, as_user):
    assert "Nothing waits for you" in page(as_user("risk"), "/to-do/?view=mine")
    assert "没有待领取的业务" in page(as_user("risk", "zh"), "/to-do/?view=group")
    assert "No sanctions yet" in page(as_user("finance"), "/sanctions/")
    assert "Nothing waits for anybody" in page(as_user("auditor"), "/work/")


def test_the_overview_names_who_could_decide_and_what_nobody_can(lender, as_user):
    begin(lender, lender.case())
    html = page(as_user("auditor"), "/work/")
    assert "risk (demo), risk2 (demo)" in html and "nobody may decide" not in html
    with lender.ctx("risk").transaction() as connection:
        connection.execute(tables.work_item.update().values(excluded=[21, 22]))
    assert "1 case nobody may decide" in page(as_user("auditor"), "/work/")


def test_a_name_with_markup_is_shown_as_text(lender, as_user):
    application_id = approved_to_level_1(lender, customer="<script>alert(1)</script>")
    html = page(as_user("east1"), f"/approvals/{item_of(lender, application_id).id}")
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html
