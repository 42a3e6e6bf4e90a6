"""Conditions of a sanction on its page: ticked off with a paper, waived by the approver, refused with words."""

from __future__ import annotations

import io
import re

from tests.services.approval.test_deciding import approved_to_level_1, say
from tests.web.approvals.test_screens import page, post

from loanloom.store import tables

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def sanctioned(lender):
    application_id = approved_to_level_1(lender)
    done = say(lender, "east1", application_id, conditions=["Insure the shop", "Open an account with us"])
    return done.sanction_id


def url(row, what):
    return f"/sanctions/{row.sanction_id}/conditions/{row.id}/{what}"


def test_the_maker_ticks_off_and_the_approver_waives(lender, as_user):
    sanction_id = sanctioned(lender)
    first, second = lender.rows(tables.sanction_condition)
    maker, approver = as_user("manager"), as_user("east1")
    shown = page(maker, f"/sanctions/{sanction_id}")
    assert url(first, "meet") in shown and url(first, "waive") not in shown
    given = {"version": first.version, "evidence": "Policy 118", "paper": (io.BytesIO(PDF), "policy.pdf")}
    assert post(maker, url(first, "meet"), **given).status_code == 302
    shown = page(approver, f"/sanctions/{sanction_id}")
    assert "Policy 118" in shown and re.search(r"/uploads/\d+", shown) and url(second, "waive") in shown
    assert post(maker, url(second, "waive"), version=1, evidence="x").status_code == 403
    assert post(approver, url(second, "waive"), version=1, evidence="Known for years").status_code == 302
    assert [row.state for row in lender.rows(tables.sanction_condition)] == ["met", "waived"]


def test_without_evidence_the_page_says_so_and_keeps_everything(lender, as_user):
    sanction_id = sanctioned(lender)
    first, _ = lender.rows(tables.sanction_condition)
    answer = post(as_user("manager"), url(first, "meet"), version=first.version, evidence=" ")
    assert answer.status_code == 422 and f"/sanctions/{sanction_id}" in answer.get_data(as_text=True)
    assert lender.rows(tables.sanction_condition)[0].state == "open"


def test_a_paper_that_is_none_is_refused_and_nothing_is_ticked(lender, as_user):
    sanctioned(lender)
    first, _ = lender.rows(tables.sanction_condition)
    given = {"version": first.version, "evidence": "x", "paper": (io.BytesIO(b"MZ\x90"), "policy.pdf")}
    assert post(as_user("manager"), url(first, "meet"), **given).status_code == 422
    assert lender.rows(tables.sanction_condition)[0].state == "open" and lender.rows(tables.upload) == []
