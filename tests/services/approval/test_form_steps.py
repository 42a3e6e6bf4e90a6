"""A form step in an application's flow 双人调查: two investigators fill in what each may, the application keeps it, the
engines find anew, and neither of them approves."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.services.approval.lender import registry
from tests.services.approval.test_deciding import begin, item_of, say

from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.flows import case_page, cases, item_forms
from loanloom.services.origination.submissions import COLUMNS
from loanloom.store import tables

FIRST = {
    "application.visited_on": "2026-03-01", "application.visit_rating": "fair",
    "application.visit_note": "Shop open, stock as told",
}  # fmt: skip
SECOND = {"application.second_visited_on": "2026-03-02", "application.second_opinion": "The lease runs out in May"}


def hand_in(lender, who: str, application_id: int, **fields: str):
    item = item_of(lender, application_id)
    return cases.act(lender.ctx(who), item.id, "resubmit", {"data": fields}, expected_version=item.version)


@pytest.fixture
def application_id(lender) -> int:
    """A company asks for 350,000 on its factory: it waits for its first investigator."""
    made = lender.case(350_000, limit=350_000)
    facts = registry().require("case", "sme-at-70-percent").spec["facts"]
    asked = {name: value for name, value in facts["application"].items() if name not in COLUMNS}
    values = {
        "product_key": "sme-working-capital", "term_months": 24, "guarantee_mode": "mortgage", "purpose": "materials",
        "extra": asked, "collateral": list(facts["collateral"]),
    }  # fmt: skip
    company = {"kind": "company", "extra": {"province": "zhejiang", "industry": "manufacturing"}}
    with lender.ctx("system").transaction() as connection:
        row = update(tables.application).where(tables.application.c.id == made)
        customer_id = connection.execute(row.values(**values).returning(tables.application.c.customer_id)).scalar_one()
        connection.execute(update(tables.customer).where(tables.customer.c.id == customer_id).values(**company))
    begin(lender, made)
    return made


def kept(lender, application_id: int):
    return lender.one(tables.application, id=application_id)


def test_both_investigators_write_what_each_may_and_the_flow_goes_on(lender, application_id):
    assert item_of(lender, application_id).node == "investigation_a"
    hand_in(lender, "manager", application_id, **FIRST)
    row = kept(lender, application_id)
    assert (row.extra["visit_rating"], row.extra["visit_note"]) == ("fair", "Shop open, stock as told")
    assert (row.extra["total_assets"], row.amount, len(row.collateral)) == (11_200_000, 350_000, 1), "the rest stays"
    found = lender.rows(tables.assessment, application_id=application_id, kind="indicators")[-1].result
    assert found["visit_rating"] == "fair", "the engines found anew"
    assert item_of(lender, application_id).node == "investigation_b"
    hand_in(lender, "manager2", application_id, **SECOND)
    assert kept(lender, application_id).extra["second_opinion"] == "The lease runs out in May"
    assert item_of(lender, application_id).node == "risk_review"
    told = [row for row in lender.rows(tables.audit_log) if row.action == "application.filled_in"]
    assert [(row.after["step"], "extra" in row.after) for row in told] == [
        ("investigation_a", True), ("investigation_b", True),
    ]  # fmt: skip


def test_the_second_is_another_person_and_neither_ever_approves(lender, application_id):
    hand_in(lender, "manager", application_id, **FIRST)
    with pytest.raises((Forbidden, Refused)):
        hand_in(lender, "manager", application_id, **SECOND)
    hand_in(lender, "manager2", application_id, **SECOND)
    assert set(item_of(lender, application_id).excluded) >= {11, 12}


@pytest.mark.parametrize(
    "forged",
    [
        {"application.amount": "100000"}, {"application.second_opinion": "fine"}, {"customer.name": "Somebody else"},
        {"application.total_assets": "900000"},
    ],
)  # fmt: skip
def test_what_the_step_does_not_let_change_stays(lender, application_id, forged):
    before = kept(lender, application_id)
    with pytest.raises(Refused):
        hand_in(lender, "manager", application_id, **FIRST, **forged)
    assert kept(lender, application_id) == before


def test_the_form_judges_what_is_handed_in(lender, application_id):
    with pytest.raises(Refused) as refused:
        hand_in(lender, "manager", application_id, **{**FIRST, "application.visit_note": ""})
    assert [one.field for one in refused.value.problems] == ["application.visit_note"]
    with pytest.raises(Refused):
        hand_in(lender, "manager", application_id, **{**FIRST, "application.visited_on": "2026-03-03"})
    assert item_of(lender, application_id).node == "investigation_a"


def test_the_page_shows_the_rest_for_reading(lender, application_id):
    ctx = lender.ctx("manager")
    page = case_page.read(ctx, item_of(lender, application_id).case_id, "en")
    (item,) = page.items
    view = item_forms.of_item(ctx, page.case, item.number)
    assert view is not None
    writable = {one.name for section in view.sections for one in section.fields if one.mode == "write" and one.editable}
    assert writable == set(FIRST)


def test_others_do_not_hand_it_in(lender, application_id):
    for who in ("risk", "east1", "finance"):
        with pytest.raises((Forbidden, NotFound, Refused)):
            hand_in(lender, who, application_id, **FIRST)


def test_the_authority_table_gives_it_to_the_general_manager(lender, application_id):
    hand_in(lender, "manager", application_id, **FIRST)
    hand_in(lender, "manager2", application_id, **SECOND)
    say(lender, "risk", application_id)
    say(lender, "east1", application_id)
    item = item_of(lender, application_id)
    assert (item.node, item.role) == ("approval_2", None)
    assert say(lender, "head2", application_id).outcome == "approved"
    assert lender.one(tables.sanction, application_id=application_id).amount <= 350_000
