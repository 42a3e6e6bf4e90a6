"""A contract package that a flow approves where the product names one: printed, sealed and signed only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.services.approval.lender import Lender, documents
from tests.services.origination.test_contracts import sanction_id

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, Refused
from loanloom.services.flows import cases
from loanloom.services.papers import contract_pages, contracts
from loanloom.store import tables

__all__ = ["sanction_id"]
FLOW = """apiVersion: loanloom/v1
kind: flow
key: contract-flow
title: {en: Contracts, zh: 合同审批}
effective_from: 2026-01-01
spec:
  subject: contract
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, next: agree}
    - {key: agree, title: {en: Agree, zh: 审批}, type: approval, assign: {role: approver-1, scope: branch}, next: done}
    - {key: done, title: {en: Done, zh: 通过}, type: end, outcome: approved}
    - {key: no, title: {en: No, zh: 否决}, type: end, outcome: refused}
"""


@pytest.fixture
def in_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every product of the release names the flow for its contracts."""
    flow = read_document(FLOW, "metadata/flows/contract-flow.yaml").document
    assert flow is not None
    changed = [
        replace(one, spec={**one.spec, "flows": {**one.spec["flows"], "contract": "contract-flow"}})
        if one.kind == "product"
        else one
        for one in documents()
    ]
    registry = build([*changed, flow], load_kinds()).registry
    monkeypatch.setattr(releases, "pinned", lambda *_: registry)


def item(lender: Lender):
    (row,) = lender.rows(tables.work_item, status="open")
    return row


def decide(lender: Lender, decision: str, who: str = "east1", **more: object):
    row = item(lender)
    return cases.act(lender.ctx(who), row.id, "decide", {"decision": decision, **more}, expected_version=row.version)


def test_an_approved_package_is_signed(manager: Context, sanction_id: int, lender: Lender, in_flow: None) -> None:
    made = contracts.prepare(manager, sanction_id)
    assert {row.approval for row in lender.rows(tables.contract)} == {"pending"}
    signer, today = lender.ctx("head2"), date(2026, 3, 2)
    with pytest.raises(Refused) as refused:
        contracts.sign(signer, made.contract_id, today, version=lender.rows(tables.contract)[0].version)
    assert refused.value.problems[0].code == "contract.not_approved"
    assert decide(lender, "approve").record["approval"] == "approved"
    main = lender.rows(tables.contract)[0]
    contracts.sign(signer, made.contract_id, today, version=main.version)
    assert {row.state for row in lender.rows(tables.contract)} == {"signed"}
    stages = {one.key: one.done for one in contract_pages.read(signer, made.contract_id).stages}
    assert stages["approved"] and stages["signed"]


def test_a_refused_package_is_cancelled_and_the_sanction_taken_up_anew(
    manager: Context, sanction_id: int, lender: Lender, in_flow: None
) -> None:
    made = contracts.prepare(manager, sanction_id)
    decide(lender, "refuse", opinion="Wrong collateral")
    assert {(row.approval, row.state) for row in lender.rows(tables.contract)} == {("refused", "cancelled")}
    assert lender.one(tables.sanction).state == "in_force"
    (line,) = lender.rows(tables.contract_record, kind="refused")
    assert line.words == "Wrong collateral"
    again = contracts.prepare(manager, sanction_id)
    assert again.contract_id != made.contract_id
    with pytest.raises(Conflict):
        contracts.prepare(manager, sanction_id)


def test_who_prepared_it_does_not_approve_it(manager: Context, sanction_id: int, lender: Lender, in_flow: None) -> None:
    contracts.prepare(manager, sanction_id)
    assert lender.rows(tables.flow_case, subject_kind="contract")[0].started_by == 11
    assert item(lender).excluded == [11]
