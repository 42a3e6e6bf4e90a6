"""A change of a contract that a flow decides, on screen: what it asks for is before whoever decides, and nobody is
offered to decide it beside the flow."""

from __future__ import annotations

from datetime import date

from tests.services.approval.test_deciding import approved_to_level_1, say
from tests.services.origination.test_contract_changes_in_flow import in_flow
from tests.web.approvals.test_screens import page, post

from loanloom.services.papers import contracts
from loanloom.store import tables

__all__ = ["in_flow"]


def test_whoever_decides_sees_what_is_to_change_and_the_contract_leads_to_its_flow(lender, as_user):
    done = say(lender, "east1", approved_to_level_1(lender))
    contract_id = contracts.prepare(lender.ctx("manager"), done.sanction_id).contract_id
    contracts.sign(lender.ctx("east1"), contract_id, date(2026, 3, 2), version=1)
    url = f"/contracts/{contract_id}"
    asked = post(as_user("manager"), f"{url}/changes", amount="50,000", term_months="", reason="Bought less", version=2)
    assert asked.status_code == 302
    case, change = lender.one(tables.flow_case, subject_kind="contract_change"), lender.one(tables.contract_change)
    shown = page(as_user("risk"), f"/cases/{case.id}")
    assert "80,000.00 → 50,000.00" in shown and "Bought less" in shown and f'href="{url}"' in shown
    contract = page(as_user("east1"), url)
    assert f"/cases/{case.id}" in contract and f"{change.id}/decide" not in contract
