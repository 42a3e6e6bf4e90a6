"""A change of a signed contract on its page: asked for by its maker, agreed to and signed by somebody else."""

from __future__ import annotations

from datetime import date

from tests.services.approval.test_deciding import approved_to_level_1, say
from tests.web.approvals.test_screens import page, post

from loanloom.services.papers import contracts
from loanloom.store import tables


def test_from_the_request_to_the_changed_contract(lender, as_user):
    done = say(lender, "east1", approved_to_level_1(lender))
    contract_id = contracts.prepare(lender.ctx("manager"), done.sanction_id).contract_id
    contracts.sign(lender.ctx("east1"), contract_id, date(2026, 3, 2), version=1)
    maker, other, url = as_user("manager"), as_user("east1"), f"/contracts/{contract_id}/changes"
    assert url in page(maker, f"/contracts/{contract_id}")
    assert post(maker, url, amount="90,000", reason="More", version=2).status_code == 422
    assert post(maker, url, amount="50,000", term_months="", reason="Bought less", version=2).status_code == 302
    change = lender.one(tables.contract_change)
    assert post(maker, f"{url}/{change.id}/decide", decision="approve").status_code == 403
    assert f"{url}/{change.id}/decide" in page(other, f"/contracts/{contract_id}")
    assert post(other, f"{url}/{change.id}/decide", decision="approve").status_code == 302
    assert f"{url}/{change.id}/sign" in page(other, f"/contracts/{contract_id}")
    assert post(other, f"{url}/{change.id}/sign", signed_on="2026-03-02", version=2).status_code == 302
    assert lender.one(tables.contract).amount == 50_000
