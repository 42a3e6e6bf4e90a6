"""From submission to sanction: what a decision writes, who may take it, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from loanloom.services.approval import approvals
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases, firing, worklist
from loanloom.store import tables


def begin(lender, application_id, who="manager"):
    ctx = lender.ctx(who)
    with ctx.transaction() as connection:
        return approvals.start(ctx, connection, application_id)


def item_of(lender, application_id):
    return lender.one(tables.work_item, application_id=application_id, status="open")


def say(lender, who, application_id, decision="approve", **more):
    item = item_of(lender, application_id)
    more.setdefault("expected_version", item.version)
    return approvals.decide(lender.ctx(who), item.id, decision, **more)


def approved_to_level_1(lender, amount=80_000, **more):
    application_id = lender.case(amount, **more)
    begin(lender, application_id)
    say(lender, "risk", application_id, opinion="Cash flow is sound")
    return application_id


def test_a_case_that_the_rules_leave_to_people_waits_with_a_deadline(lender):
    application_id = lender.case()
    started = begin(lender, application_id)
    item = item_of(lender, application_id)
    assert (started.state, started.outcome, started.items) == ("submitted", None, (item.id,))
    assert (item.node, item.role, item.scope, item.unit) == ("risk_review", "risk-officer", "all", "east-branch")
    assert item.excluded == [11]
    assert item.due_at - lender.now == timedelta(days=2), "16 working hours are two working days"
    (decision,) = lender.rows(tables.assessment, application_id=application_id, kind="decision")
    assert decision.result == {"outcome": "refer"} and decision.definition_key == "decision-business"
    told = {message.user_id for message in lender.rows(tables.message)}
    assert told == {21, 22}
    assert lender.one(tables.flow_case, subject_id=application_id).code == "A2"


def test_the_rules_may_approve_alone_and_the_sanction_is_made_at_once(lender):
    application_id = lender.case(20_000, grade="A", points=700)
    started = begin(lender, application_id)
    assert started.outcome == "approved" and started.items == ()
    sanction = lender.one(tables.sanction, application_id=application_id)
    assert sanction.amount == 20_000 and sanction.extra["approvers"] == []


def test_the_rules_may_refuse_alone_and_the_maker_is_told(lender):
    application_id = lender.case(grade="D", points=400)
    ctx = lender.ctx("manager2")
    with ctx.transaction() as connection:
        assert approvals.start(ctx, connection, application_id).outcome == "refused"
    assert lender.one(tables.application, id=application_id).state == "refused"
    (told,) = lender.rows(tables.message)
    number = lender.one(tables.application, id=application_id).number
    assert (told.user_id, told.title["en"]) == (11, f"Application {number} was refused"), "its number as it is written"


def test_a_small_amount_is_sanctioned_after_risk_and_level_1(lender):
    application_id = approved_to_level_1(lender)
    done = say(lender, "east1", application_id, conditions=["Insure the shop", " ", "Open an account with us"])
    assert (done.state, done.outcome) == ("approved", "approved")
    sanction = lender.one(tables.sanction, id=done.sanction_id)
    assert (sanction.amount, sanction.term_months, sanction.method) == (80_000, 12, "equal_instalment")
    assert sanction.conditions == ["Insure the shop", "Open an account with us"]
    assert sanction.expires_on - sanction.sanctioned_on == timedelta(days=60)
    assert sanction.grade == "B" and sanction.annual_rate > 0 and sanction.state == "in_force"
    assert sanction.extra["approvers"] == [21, 31]
    first, second = lender.rows(tables.work_item, application_id=application_id)
    assert (first.decided_by, first.opinion, second.decided_by) == (21, "Cash flow is sound", 31)
    assert second.snapshot["score"]["grade"] == "B" and second.snapshot["limit"]["amount"] == 400_000
    assert second.snapshot["decision"] == {"outcome": "refer"}


def test_a_large_amount_goes_on_to_level_2(lender):
    application_id = approved_to_level_1(lender, 150_000)
    assert say(lender, "east1", application_id).outcome is None
    assert item_of(lender, application_id).assignee == 41, "whom the authority table names"
    assert say(lender, "head2", application_id).outcome == "approved"


def test_the_sanction_never_exceeds_the_measured_limit_and_keeps_the_products_steps(lender):
    application_id = approved_to_level_1(lender, limit=55_999)
    done = say(lender, "east1", application_id)
    sanction = lender.one(tables.sanction, id=done.sanction_id)
    assert sanction.amount <= 55_999 and sanction.amount % 1000 == 0
    assert sanction.extra["asked"] == Decimal(80_000)


def test_a_limit_below_the_products_smallest_amount_cannot_be_approved(lender):
    application_id = approved_to_level_1(lender, limit=10)
    with pytest.raises(Refused) as refused:
        say(lender, "east1", application_id)
    assert refused.value.problems[0].code == "sanction.limit_too_low"
    assert item_of(lender, application_id).node == "approval_1", "nothing half done"
    assert lender.count(tables.sanction) == 0


def test_refusing_needs_a_reason_of_the_list(lender):
    application_id = approved_to_level_1(lender)
    for reason, code in ((None, "flow.reason_missing"), ("because", "approval.unknown_reason")):
        with pytest.raises(Refused) as refused:
            say(lender, "east1", application_id, "refuse", reason=reason)
        assert [problem.code for problem in refused.value.problems] == [code]
    done = say(lender, "east1", application_id, "refuse", reason="over_indebted", opinion="Three other lenders")
    assert (done.outcome, done.sanction_id) == ("refused", None)
    item = lender.rows(tables.work_item, application_id=application_id)[-1]
    assert (item.decision, item.reason_code) == ("refuse", "over_indebted")


def test_a_returned_case_goes_back_to_its_maker_and_comes_again(lender):
    application_id = approved_to_level_1(lender)
    say(lender, "east1", application_id, "return", reason="documents_missing", return_to="submitted")
    assert lender.one(tables.application, id=application_id).state == "returned"
    revision = item_of(lender, application_id)
    assert (revision.kind, revision.assignee, revision.role) == ("revision", 11, None)
    mine = worklist.todo(lender.ctx("manager"), "mine").items
    assert [item.application_id for item in mine] == [application_id]
    started = begin(lender, application_id)
    assert started.state == "submitted"
    assert item_of(lender, application_id).node == "risk_review", "it goes through the whole flow again"
    assert lender.rows(tables.work_item, application_id=application_id)[2].decision == "resubmit"
    say(lender, "risk", application_id)
    assert say(lender, "east1", application_id).outcome == "approved"


def test_whoever_changed_a_returned_case_may_not_check_it(lender):
    application_id = approved_to_level_1(lender)
    say(lender, "east1", application_id, "return", reason="other", return_to="submitted")
    with lender.ctx("risk").transaction() as connection:
        connection.execute(tables.application.update().values(updated_by=21))
    begin(lender, application_id)
    assert item_of(lender, application_id).excluded == [11, 21]


def test_a_return_to_risk_review_does_not_trouble_the_maker(lender):
    application_id = approved_to_level_1(lender)
    say(lender, "east1", application_id, "return", reason="figures_inconsistent", return_to="risk_review")
    assert item_of(lender, application_id).node == "risk_review"
    with pytest.raises(Refused) as refused:
        say(lender, "risk", application_id, "return", reason="other", return_to="approval_1")
    assert refused.value.problems[0].code == "flow.return_target"


def test_the_maker_never_checks_even_with_the_right_role(lender):
    application_id = lender.case(by="manager")
    begin(lender, application_id)
    item = item_of(lender, application_id)
    both = lender.ctx("risk")
    made_it = both.as_actor(type(both.actor)(**{**_fields(both.actor), "user_id": 11}))
    with pytest.raises(Forbidden) as refused:
        approvals.decide(made_it, item.id, "approve", expected_version=item.version)
    assert refused.value.problems[0].code == "flow.excluded"


def test_who_edits_a_case_last_is_a_maker_too(lender):
    application_id = lender.case(by="manager")
    with lender.ctx("risk").transaction() as connection:
        table = tables.application
        connection.execute(table.update().where(table.c.id == application_id).values(updated_by=21))
    begin(lender, application_id)
    with pytest.raises(Forbidden):
        say(lender, "risk", application_id)
    assert say(lender, "risk2", application_id).decision == "approve"


def test_a_previous_approver_may_not_decide_the_next_level(lender):
    application_id = approved_to_level_1(lender)
    ctx = lender.ctx("east1")
    same_person = ctx.as_actor(type(ctx.actor)(**{**_fields(ctx.actor), "user_id": 21}))
    item = item_of(lender, application_id)
    with pytest.raises(Forbidden) as refused:
        approvals.decide(same_person, item.id, "approve", expected_version=item.version)
    assert refused.value.problems[0].code == "flow.excluded"


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("manager", Forbidden),  # no function
        ("finance", Forbidden),
        ("auditor", Forbidden),
        ("system", Forbidden),
        ("business", Forbidden),
        ("borrower", Forbidden),
        ("risk", Forbidden),  # another role's step
        ("head2", Forbidden),
        ("west1", NotFound),  # another branch does not even see it
    ],
)
def test_only_the_right_role_of_the_right_branch_decides(lender, who, error):
    application_id = approved_to_level_1(lender)
    with pytest.raises(error):
        say(lender, who, application_id)
    assert item_of(lender, application_id).status == "open"


def test_a_stale_version_and_a_closed_item_are_conflicts(lender):
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    with pytest.raises(Conflict):
        approvals.decide(lender.ctx("risk"), item.id, "approve", expected_version=item.version + 1)
    approvals.decide(lender.ctx("risk"), item.id, "approve", expected_version=item.version)
    with pytest.raises(Conflict) as late:
        approvals.decide(lender.ctx("risk2"), item.id, "refuse", expected_version=item.version, reason="other")
    assert late.value.problems[0].code == "flow.item_closed"


def test_the_same_key_gets_the_first_answer_and_changes_nothing(lender):
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    args = {"expected_version": item.version, "idempotency_key": "form-1"}
    first = approvals.decide(lender.ctx("risk"), item.id, "approve", **args)
    audits = lender.count(tables.audit_log)
    again = approvals.decide(lender.ctx("risk"), item.id, "approve", **args)
    assert again.replayed and not first.replayed
    assert (again.state, again.item_id) == (first.state, first.item_id)
    assert lender.count(tables.audit_log) == audits
    for who, what in (("risk", "refuse"), ("risk2", "approve")):
        with pytest.raises(Conflict) as reused:
            approvals.decide(lender.ctx(who), item.id, what, **args)
        assert reused.value.problems[0].code == "service.key_reused"


@pytest.mark.parametrize("action", ["pay_out", "", "APPROVE", "approve; drop table", "resubmit"])
def test_forged_actions_are_refused(lender, action):
    application_id = lender.case()
    begin(lender, application_id)
    with pytest.raises(Refused) as refused:
        say(lender, "risk", application_id, action)
    assert refused.value.problems[0].code == "flow.action"


def test_an_item_that_does_not_exist_is_not_found(lender):
    with pytest.raises(NotFound):
        approvals.decide(lender.ctx("risk"), 987654, "approve", expected_version=1)


def test_a_case_of_another_company_does_not_exist(lender, database, other_company):
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    ctx = lender.ctx("risk")
    stranger = type(ctx)(**{**_fields(ctx), "company": other_company})
    with pytest.raises(NotFound):
        approvals.decide(stranger, item.id, "approve", expected_version=item.version)


def test_claiming_keeps_others_out_until_it_is_given_back(lender):
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    cases.act(lender.ctx("risk"), item.id, "take", expected_version=item.version)
    with pytest.raises(Forbidden) as taken:
        say(lender, "risk2", application_id)
    assert taken.value.problems[0].code == "flow.taken"
    with pytest.raises(Forbidden):
        cases.act(lender.ctx("risk2"), item.id, "give_back", expected_version=item.version + 1)
    cases.act(lender.ctx("risk"), item.id, "give_back", expected_version=item.version + 1)
    assert say(lender, "risk2", application_id).decision == "approve"


def test_who_may_not_decide_may_not_claim(lender):
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    with pytest.raises(Forbidden):
        cases.act(lender.ctx("head2"), item.id, "take", expected_version=item.version)


def test_withdrawing_closes_the_items(lender):
    application_id = approved_to_level_1(lender)
    ctx = lender.ctx("manager")
    with ctx.transaction() as connection:
        approvals.withdraw(ctx, connection, application_id, "the customer changed their mind")
    assert lender.one(tables.application, id=application_id).state == "withdrawn"
    assert not lender.rows(tables.work_item, application_id=application_id, status="open")


def test_every_step_is_audited_with_before_and_after_and_announced(lender):
    application_id = approved_to_level_1(lender)
    say(lender, "east1", application_id)
    rows = lender.rows(tables.audit_log)
    actions = [row.action for row in rows if row.company_id == lender.company.id]
    assert actions == [
        "application.submitted", "application.approve", "sanction.created", "application.approve",
    ]  # fmt: skip
    last = rows[-1]
    assert (last.actor, last.before["state"], last.after["state"]) == ("east1", "submitted", "approved")
    assert last.release_id == lender.release_id
    topics = [row.topic for row in lender.rows(tables.outbox)]
    own = [topic for topic in topics if topic.startswith("application.")]
    assert own == ["application.moved", "application.moved", "application.approved"]
    assert [topic for topic in topics if topic not in own] == [
        "case.started", "item.opened", "case.moved", "item.closed", "item.opened", "case.ended", "item.closed",
    ]  # fmt: skip


def test_overdue_items_remind_each_person_once(lender):
    application_id = lender.case()
    begin(lender, application_id)
    late = lender.ctx("system", now=lender.now + timedelta(days=10))
    assert firing.work(late, lambda: late.now) == 1 and firing.work(late, lambda: late.now) == 0
    reminders = [row for row in lender.rows(tables.message) if (row.key or "").startswith("due:")]
    assert sorted(row.user_id for row in reminders) == [21, 22]


def test_many_cases_start_together(lender):
    cases = [lender.case(60_000 + index) for index in range(30)]
    ctx = lender.ctx("manager")
    from loanloom.services.origination import applications

    with ctx.transaction() as connection:
        known = [(case, applications.facts_of(ctx, connection, case)) for case in cases]
        started = approvals.start_many(ctx, connection, known)
    assert [one.application_id for one in started] == cases
    assert all(len(one.items) == 1 for one in started)
    assert lender.count(tables.work_item) == 30 and lender.count(tables.message) == 0


def _fields(value):
    return {name: getattr(value, name) for name in type(value).__dataclass_fields__}


def test_the_case_shows_the_amount_that_is_asked_for_now(lender):
    """Lists, figures and authority go by what the application says since it came back."""
    application_id = lender.case(80_000)
    begin(lender, application_id)
    say(lender, "risk", application_id, "return", reason="other", opinion="Ask for less")
    (case,) = lender.rows(tables.flow_case)
    with lender.ctx("manager").transaction() as connection:
        connection.execute(tables.application.update().values(amount=60_000))
    begin(lender, application_id)
    assert (case.amount, lender.one(tables.flow_case, id=case.id).amount) == (80_000, 60_000)
