"""Flows as drawings in the studio: one downloads, somebody changes nothing or brings in their own, and sees what is left."""
# ruff: noqa: E501 - texts of files read better in one line

from __future__ import annotations

import io

import pytest
from tests.engines.flows.bpmn.files import file, flow

from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"
THEIRS = file(
    '<bpmn:startEvent id="begin"/><bpmn:userTask id="look" name="Look at &lt;it&gt;"/><bpmn:dataObjectReference id="data" name="Contract"/>'
    '<bpmn:endEvent id="done" name="Approved"/>' + flow("a", "begin", "look") + flow("b", "look", "done")
)  # fmt: skip


def html(answer) -> str:
    return answer.get_data(as_text=True)


def send(browser, data: str | bytes, **fields: str):
    data = data.encode() if isinstance(data, str) else data
    sent = {"csrf_token": browser.csrf(), "drawing": (io.BytesIO(data), "flow.bpmn"), **fields}
    return browser.post("/studio/bpmn/", data=sent, content_type="multipart/form-data")


@pytest.fixture
def admin(person):
    return person(ADMIN)


def test_a_flow_is_downloaded_and_comes_back_without_a_change(admin) -> None:
    assert "/studio/bpmn/business-approval.bpmn" in html(admin.get("/studio/definitions/flow/business-approval/"))
    answer = admin.get("/studio/bpmn/business-approval.bpmn")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="business-approval.bpmn"'
    assert 'name="Risk review"' in html(answer)
    back = send(admin, answer.data)
    assert back.status_code == 200
    assert "there is nothing to change" in html(back)
    assert "You see the draft" not in html(admin.get("/studio/definitions/flow/business-approval/"))


def test_the_drawing_speaks_the_reader_s_language(person) -> None:
    assert 'name="风险审查"' in html(person(ADMIN, language="zh").get("/studio/bpmn/business-approval.bpmn"))


def test_a_file_of_another_tool_becomes_a_draft_with_a_list_of_what_was_not_understood(admin, model_company) -> None:
    assert "/studio/bpmn/" in html(admin.get("/studio/definitions/flow/"))
    page = html(send(admin, THEIRS))
    assert "/studio/definitions/flow/loan-approval/" in page
    assert "&lt;dataObjectReference&gt; &#39;Contract (data)&#39; has no place in a flow" in page
    assert "Look at &lt;it&gt; (look)&#39; does not say who does it." in page
    assert "Add who it is assigned to." in page
    assert "Look at <it>" in drafts.text_of(model_company, "flow", "loan-approval")
    again = send(admin, THEIRS)
    assert again.status_code == 422
    assert "There is a draft of &#34;loan-approval&#34; already." in html(again)
    assert "loan-two" in html(send(admin, THEIRS, key="loan-two"))


def test_a_file_of_another_tool_does_not_take_the_place_of_a_flow(admin) -> None:
    answer = send(admin, THEIRS, key="business-approval")
    assert answer.status_code == 422
    assert "There is a &#34;business-approval&#34; already." in html(answer)


@pytest.mark.parametrize(
    "data", [b"", b"no drawing", b"<definitions/>", THEIRS.replace("loan-approval", "x/../y").encode()]
)
def test_files_of_which_nothing_can_be_made_are_refused(admin, data: bytes) -> None:
    answer = send(admin, data, process="nothing there")
    assert answer.status_code == 422
    assert "Bring in a drawing" in html(answer)


def test_others_may_look_or_may_not(person) -> None:
    auditor = person("auditor")
    assert auditor.get("/studio/bpmn/business-approval.bpmn").status_code == 200
    assert auditor.get("/studio/bpmn/").status_code == 403
    assert send(auditor, THEIRS).status_code == 403
    assert person("finance").get("/studio/bpmn/business-approval.bpmn").status_code == 403
    assert auditor.get("/studio/bpmn/nothing.bpmn").status_code == 404
