"""A refused application that is asked for once more (复议): it runs again, and what is said then makes the sanction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.services.approval.lender import ROOT
from tests.services.approval.test_deciding import begin, item_of, say
from tests.services.flows.runs.house import document_of, next_release

from loanloom.services.errors import Forbidden, Refused
from loanloom.services.flows import cases
from loanloom.store import tables

FLOW = (ROOT / "metadata/flows/business-approval.yaml").read_text(encoding="utf-8")
ONCE = "  subject: application\n  reconsider: {times: 1, days: 30, to: risk_review}\n"


@pytest.fixture
def refused(lender) -> int:
    """An application whose flow may be asked once more; risk and level 1 said what they said, level 1 said no."""
    document = document_of(FLOW.replace("  subject: application\n", ONCE))
    made = lender.case()
    release = next_release(lender, {("flow", "business-approval"): document})
    with lender.ctx("system").transaction() as connection:
        mine = tables.application.c.id == made
        connection.execute(update(tables.application).where(mine).values(release_id=release))
    begin(lender, made)
    say(lender, "risk", made, conditions=["Of the first look"])
    assert say(lender, "east1", made, "refuse", reason="purpose").outcome == "refused"
    assert lender.one(tables.application, id=made).state == "refused"
    return made


def case_of(lender, application_id):
    return lender.one(tables.flow_case, subject_kind="application", subject_id=application_id)


def ask(lender, application_id, who="manager", later=timedelta(), reason="The mortgage of the mother's flat"):
    ctx = lender.ctx(who)
    row = case_of(lender, application_id)
    return cases.act(replace(ctx, now=ctx.now + later), row.id, "reconsider", {"reason": reason})


def test_it_runs_again_and_is_sanctioned_by_what_is_said_then(lender, refused):
    ask(lender, refused)
    row = lender.one(tables.application, id=refused)
    assert (row.state, row.decided_at, item_of(lender, refused).node) == ("submitted", None, "risk_review")
    assert case_of(lender, refused).ended_at is None
    say(lender, "risk", refused, conditions=["Mortgage registered"])
    done = say(lender, "east1", refused)
    assert (done.outcome, lender.one(tables.application, id=refused).state) == ("approved", "approved")
    (sanction,) = lender.rows(tables.sanction, application_id=refused)
    assert sanction.conditions == ["Mortgage registered"] and sanction.extra["approvers"] == [21, 31]


def test_refused_again_it_stays_refused(lender, refused):
    ask(lender, refused)
    say(lender, "risk2", refused, "refuse", reason="purpose")
    with pytest.raises(Refused) as again:
        ask(lender, refused)
    assert again.value.problems[0].code == "flow.reconsidered"
    assert lender.one(tables.application, id=refused).state == "refused"
    assert lender.rows(tables.sanction, application_id=refused) == []


def test_only_those_who_made_it_ask_and_only_in_time(lender, refused):
    with pytest.raises(Forbidden):
        ask(lender, refused, "risk")
    with pytest.raises(Refused) as late:
        ask(lender, refused, later=timedelta(days=30))
    assert late.value.problems[0].code == "flow.too_late"
    ask(lender, refused, later=timedelta(days=29, hours=23))
    assert lender.one(tables.application, id=refused).state == "submitted"
