"""A change of a loan that a flow decides where the product names one: approved, refused, withdrawn, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.services.money import house as small
from tests.services.money.changes.test_life import AGREES, ASKS, asker, lent, person
from tests.services.money.house import House
from tests.settled import Settled

from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases
from loanloom.services.money import changes
from loanloom.store import tables

FLOW = """apiVersion: loanloom/v1
kind: flow
key: change-flow
title: {en: Changes, zh: 变更}
spec:
  subject: loan_change
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, next: look}
    - key: look
      title: {en: Small ones pass, zh: 小额免审}
      type: exclusive
      routes:
        - {when: change.reason = "typing error", to: done}
        - {otherwise: true, to: agree}
    - {key: agree, title: {en: Agree, zh: 审批}, type: approval, assign: {role: head, scope: all}, next: done}
    - {key: done, title: {en: Done, zh: 通过}, type: end, outcome: approved}
    - {key: no, title: {en: No, zh: 否决}, type: end, outcome: refused}
"""
ROLE = """apiVersion: loanloom/v1
kind: role
key: head
title: {en: Head, zh: 主管}
spec: {functions: [loan.read, loan.approve_change], data_scope: all}
"""
WRITTEN = {"annual_rate": "0.1", "on": "2026-01-15"}


@pytest.fixture
def house(settled: Settled, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A small lender whose products name a flow for changes of the rate."""
    plain = small.files

    def files() -> dict[str, str]:
        made = plain()
        for name, source in made.items():
            if "kind: product" in source:
                made[name] = source.replace(
                    "flows: {application: flow}", "flows: {application: flow, change_rate: change-flow}"
                )
        return made | {"metadata/flows/change-flow.yaml": FLOW, "metadata/roles/head.yaml": ROLE}

    def begun(database, company):
        monkeypatch.setattr(small, "files", files)
        return lent(database, company)

    with settled.by(begun) as made:
        yield made


@pytest.fixture
def loan_id(house: House) -> int:
    (row,) = house.rows(tables.loan)
    return int(row.id)


def head(house: House, user_id: int = AGREES) -> Context:
    ctx = person(house, user_id, "loan.approve_change")
    return ctx.as_actor(replace(ctx.actor, roles=("head",)))


def ask(house: House, loan_id: int, reason: str = "Competition") -> changes.Step:
    return changes.request(asker(house), loan_id, "change_rate", WRITTEN, reason=reason)


def item(house: House):
    (row,) = [row for row in house.rows(tables.work_item) if row.status == "open"]
    return row


def decide(house: House, decision: str, by: int = AGREES, **more: object):
    row = item(house)
    given = {"decision": decision, **more}
    return cases.act(head(house, by), row.id, "decide", given, expected_version=row.version)


def change(house: House):
    (row,) = house.rows(tables.loan_change)
    return row


def test_an_approval_in_the_flow_books_the_change(house, loan_id):
    asked = ask(house, loan_id)
    assert asked.state == "requested"
    (case,) = house.rows(tables.flow_case)
    assert (case.subject_kind, case.subject_id, case.flow_key) == ("loan_change", asked.id, "change-flow")
    before = house.rows(tables.loan_event)
    decide(house, "approve")
    row = change(house)
    assert (row.state, row.decided_by) == ("booked", AGREES)
    assert len(house.rows(tables.loan_event)) > len(before)
    assert house.rows(tables.flow_case)[0].outcome == "approved"


def test_a_refusal_ends_it_and_leaves_the_loan_alone(house, loan_id):
    ask(house, loan_id)
    before = house.rows(tables.loan_event)
    decide(house, "refuse", opinion="Too cheap")
    row = change(house)
    assert (row.state, row.decision_reason) == ("refused", "Too cheap")
    assert house.rows(tables.loan_event) == before


def test_what_the_flow_decides_alone_is_booked_at_once(house, loan_id):
    assert ask(house, loan_id, "typing error").state == "booked"
    assert change(house).state == "booked" and house.rows(tables.work_item) == []


def test_nobody_goes_round_the_flow_and_the_asker_does_not_decide(house, loan_id):
    asked = ask(house, loan_id)
    with pytest.raises(Refused) as refused:
        changes.approve(person(house, AGREES, "loan.approve_change"), asked.id, digest=change(house).digest)
    assert refused.value.problems[0].code == "change.in_flow"
    with pytest.raises(Refused):
        changes.refuse(person(house, AGREES, "loan.approve_change"), asked.id, reason="no")
    with pytest.raises((Forbidden, Refused, NotFound)):
        decide(house, "approve", by=ASKS)
    assert change(house).state == "requested"


def test_the_asker_takes_it_back_with_its_case(house, loan_id):
    asked = ask(house, loan_id)
    assert changes.withdraw(asker(house), asked.id).state == "withdrawn"
    assert change(house).state == "withdrawn"
    (case,) = house.rows(tables.flow_case)
    assert (case.status, case.outcome) == ("ended", "withdrawn")


def test_a_loan_that_moved_meanwhile_is_not_changed(house, loan_id):
    ask(house, loan_id)
    other = changes.request(asker(house), loan_id, "extend", {"months": "1", "on": "2026-01-15"}, reason="Late harvest")
    agreed = person(house, AGREES, "loan.approve_change")
    changes.approve(agreed, other.id, digest=house.rows(tables.loan_change)[1].digest)
    with pytest.raises(Conflict) as stale:
        decide(house, "approve")
    assert stale.value.problems[0].code == "change.stale"
    assert house.rows(tables.loan_change)[0].state == "requested"
    decide(house, "refuse")
