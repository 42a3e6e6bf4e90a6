"""A change of a contract that the product's own flow decides: by what is asked for, never by who asks, and in force
once the supplementary agreement is signed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.services.approval.lender import Lender, documents
from tests.services.origination.test_contract_changes import TODAY, ask, codes, contract_id
from tests.services.origination.test_contracts import sanction_id

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import build
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases
from loanloom.services.papers import contract_changes
from loanloom.store import tables

__all__ = ["contract_id", "sanction_id"]
D = Decimal


@pytest.fixture(autouse=True)
def in_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every product of the release names the model company's flow and paper for changes of contracts."""
    flow, paper = {"contract_change": "contract-change-approval"}, {"contract_change": "contract-change"}
    changed = [
        replace(
            one,
            spec={
                **one.spec,
                "flows": {**one.spec["flows"], **flow},
                "templates": {**one.spec["templates"], **paper},
            },
        )
        if one.kind == "product"
        else one
        for one in documents()
    ]
    registry = build(changed, load_kinds()).registry
    monkeypatch.setattr(releases, "pinned", lambda *_: registry)


def item(lender: Lender):
    (row,) = lender.rows(tables.work_item, status="open")
    return row


def decide(lender: Lender, who: str, decision: str = "approve", **more: object) -> cases.Acted:
    row = item(lender)
    return cases.act(lender.ctx(who), row.id, "decide", {"decision": decision, **more}, expected_version=row.version)


def test_another_amount_goes_to_the_branch_too_and_is_signed_at_last(manager, contract_id, lender):
    change_id = ask(manager, contract_id, amount=D(50_000))
    (case,) = lender.rows(tables.flow_case, subject_kind="contract_change")
    assert (case.subject_id, case.flow_key, case.started_by) == (change_id, "contract-change-approval", 11)
    decide(lender, "risk")
    assert (item(lender).node, lender.one(tables.contract_change).state) == ("branch", "requested")
    assert decide(lender, "east1", opinion="Fine").outcome == "approved"
    row = lender.one(tables.contract_change)
    assert (row.state, row.decided_by, row.decision_reason) == ("approved", 31, "Fine")
    assert lender.one(tables.contract, id=contract_id).amount == 60_000, "not before it is signed"
    (paper,) = lender.rows(tables.document, template_key="contract-change")
    assert (paper.number, paper.subject_id) == (row.number, contract_id)
    assert "50,000.00" in str(paper.content), "the paper says what is agreed anew"
    contract_changes.sign(lender.ctx("east1"), change_id, TODAY, version=row.version)
    assert lender.one(tables.contract, id=contract_id).amount == 50_000


def test_another_term_is_the_risk_departments_alone(manager, contract_id, lender):
    ask(manager, contract_id, term_months=6)
    assert decide(lender, "risk").outcome == "approved"
    assert lender.one(tables.contract_change).state == "approved"


def test_a_refusal_says_why_and_leaves_the_contract_to_be_changed_otherwise(manager, contract_id, lender):
    ask(manager, contract_id, term_months=6)
    with pytest.raises(Refused) as bare:
        decide(lender, "risk", "refuse")
    assert codes(bare) == ["flow.opinion_missing"]
    decide(lender, "risk", "refuse", opinion="Too short for the crop")
    row = lender.one(tables.contract_change)
    assert (row.state, row.decision_reason) == ("refused", "Too short for the crop")
    again = ask(manager, contract_id, term_months=9)
    assert again != row.id and item(lender).node == "risk_check"


def test_nobody_decides_it_beside_its_flow_and_who_asked_never(manager, contract_id, lender):
    change_id = ask(manager, contract_id, amount=D(50_000))
    with pytest.raises(Refused) as beside:
        contract_changes.decide(lender.ctx("east1"), change_id, True)
    assert codes(beside) == ["contract_change.in_flow"]
    with pytest.raises((Forbidden, NotFound, Refused)):
        decide(lender, "manager")
    assert lender.one(tables.contract_change).state == "requested"


def test_who_asked_takes_it_back_with_its_case(manager, contract_id, lender):
    ask(manager, contract_id, amount=D(50_000))
    (case,) = lender.rows(tables.flow_case, subject_kind="contract_change")
    assert cases.act(manager, case.id, "withdraw", {"reason": "Keeps it"}).outcome == "withdrawn"
    assert lender.one(tables.contract_change).state == "withdrawn"
    assert lender.one(tables.contract, id=contract_id).amount == 60_000


def test_an_approval_of_what_no_longer_fits_the_contract_does_nothing(manager, contract_id, lender):
    ask(manager, contract_id, term_months=6)
    with lender.ctx("system").transaction() as connection:
        connection.execute(tables.contract.update().where(tables.contract.c.id == contract_id).values(version=9))
    with pytest.raises(Conflict):
        decide(lender, "risk")
    assert lender.one(tables.contract_change).state == "requested"
    assert item(lender).status == "open"
