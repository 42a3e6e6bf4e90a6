"""A contract on paper over HTTP: who may seal and print it, what its page and the register say."""

from __future__ import annotations

from tests.services.approval.test_deciding import approved_to_level_1, say
from tests.web.approvals.test_screens import page, post

from loanloom.services.papers import contracts
from loanloom.store import tables


def prepared(lender) -> int:
    done = say(lender, "east1", approved_to_level_1(lender))
    return contracts.prepare(lender.ctx("manager"), done.sanction_id).contract_id


def test_the_maker_prints_and_it_is_counted(lender, as_user):
    contract_id = prepared(lender)
    document = lender.rows(tables.document)[0]
    maker, url = as_user("manager"), f"/contracts/{contract_id}/documents/{document.id}/print"
    assert url in page(maker, f"/contracts/{contract_id}")
    answer = post(maker, url, copies=2, reason="")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    (line,) = lender.rows(tables.contract_record)
    assert (line.kind, line.copies, line.by_id) == ("printed", 2, 11)
    assert post(as_user("risk"), url, copies=1).status_code == 403
    assert post(as_user("manager2"), url, copies=1).status_code == 404


def test_the_register_is_for_those_who_read_contracts(lender, as_user):
    contract_id = prepared(lender)
    document = lender.rows(tables.document)[0]
    post(as_user("manager"), f"/contracts/{contract_id}/documents/{document.id}/print", copies=1)
    number = lender.one(tables.contract).number
    assert number in page(as_user("auditor"), "/contracts/register/?kind=printed")
    assert number not in page(as_user("auditor"), "/contracts/register/?kind=sealed")
    assert as_user("borrower").get("/contracts/register/").status_code == 403


def test_nobody_without_the_seals_seals_and_a_fault_is_told_on_the_page(lender, as_user):
    contract_id = prepared(lender)
    url = f"/contracts/{contract_id}/seal"
    for who in ("manager", "east1", "finance", "auditor"):
        assert post(as_user(who), url, seal="contract_seal", version=1).status_code == 403
    assert lender.one(tables.contract).sealed_on is None
