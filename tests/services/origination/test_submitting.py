"""Handing an application in: whole or not at all, once, with reasons."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import ASKED, PDF, TRADER, Begin, hand_in_papers

from loanloom.engines import forms
from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.origination import applications, submissions, uploads
from loanloom.services.origination.submissions import Submitted
from loanloom.services.parties import customers
from loanloom.store import tables


def submit(ctx: Context, application_id: int, changes: dict[str, Any] | None = None, **how: Any) -> Submitted:
    raw = {name: value for name, value in {**ASKED, **(changes or {})}.items() if value is not None}
    return submissions.submit(ctx, application_id, raw, **{"version": 1, **how})


def told(refused: pytest.ExceptionInfo[Refused]) -> dict[str | None, str]:
    return {problem.field: problem.code for problem in refused.value.problems}


def test_a_case_is_judged_scored_measured_and_routed(manager: Context, begin: Begin, lender: Lender) -> None:
    done = submit(manager, begin())
    assert done.state == "submitted"
    row = lender.one(tables.application)
    assert row.amount == Decimal(60000)
    assert row.score_grade is not None and row.score_points is not None and row.limit_amount is not None
    assert row.extra["monthly_turnover"] == Decimal(52000)
    assert row.guarantors[0]["name"] == "林国栋（演示）"
    assert "330000198206060053" not in repr(row.guarantors), "a guarantor's identity number is kept closed"
    assert "19900000003" not in repr(row.guarantors), "and so is a telephone number"
    kinds = {one.kind for one in lender.rows(tables.assessment)}
    assert kinds == {"indicators", "models", "eligibility", "score", "limit", "decision"}
    score = lender.one(tables.assessment, kind="score")
    assert score.trace["lines"] and score.definition_digest
    assert lender.count(tables.work_item) == 1
    with manager.transaction() as connection:
        known = applications.facts_of(manager, connection, row.id)
    assert known["guarantors"][0]["id_number"] == "330000198206060053"
    assert known["score"]["grade"] == row.score_grade
    assert known["eligibility"]["outcome"] == "pass"


def test_decision_models_are_computed_typed_and_kept_with_their_trace(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    submit(manager, begin())
    kept = lender.one(tables.assessment, kind="models")
    assert kept.result["resilience"]["resilience"] == "tight"
    (model,) = kept.trace
    assert [one["name"] for one in model["decisions"]] == ["takings", "burden", "resilience"]
    assert model["decisions"][2]["rules"] == [{"row": 2, "annotations": []}]
    assert model["decisions"][2]["value_words"]["zh"].startswith("偏紧")
    row = lender.one(tables.application)
    with manager.transaction() as connection:
        known = applications.facts_of(manager, connection, row.id)
    assert known["models"]["resilience"]["takings"] == Decimal("13300")


def test_everything_wrong_is_told_and_nothing_is_kept(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    with pytest.raises(Refused) as refused:
        submit(
            manager, application_id, {"application.amount": "", "guarantors.0.phone": "12", "application.channel": "x"}
        )
    assert told(refused) == {
        "application.amount": "form.required",
        "application.channel": "form.unknown_choice",
        "guarantors.0.phone": "form.phone",
    }
    row = lender.one(tables.application)
    assert (row.state, row.version, row.amount) == ("draft", 1, None)
    assert lender.count(tables.assessment) == lender.count(tables.work_item) == 0


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"application.amount": "9,000,000"}, "application.amount", "product.amount_out_of_limits"),
        ({"application.term_months": "400"}, "application.term_months", "product.term_out_of_limits"),
        ({"application.guarantee_mode": "pledge"}, "application.guarantee_mode", "product.guarantee_not_offered"),
    ],
)
def test_the_products_limits(manager: Context, begin: Begin, changes: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        submit(manager, begin(), changes)
    assert told(refused)[field] == code
    assert all(problem.message["zh"] and problem.message["en"] for problem in refused.value.problems)


def test_gaps_limits_and_papers_are_told_together(manager: Context, begin: Begin) -> None:
    application_id = begin(papers=False)
    with pytest.raises(Refused) as refused:
        submit(manager, application_id, {"application.amount": "9,000,000", "application.purpose": ""})
    found = told(refused)
    assert found["application.amount"] == "product.amount_out_of_limits"
    assert found["application.purpose"] == "form.required"
    assert "application.material_missing" in found.values()


def test_a_form_offers_only_what_its_product_takes(manager: Context, begin: Begin) -> None:
    def offered(product: str, number: str) -> set[str]:
        application_id = begin(product, papers=False, **{"customer.id_number": number})
        with manager.transaction() as connection:
            row = applications.read(manager, connection, application_id)
            filling = applications.filling(manager, connection, row)
        view = forms.describe(filling.form, filling.facts, manager.actor.roles, applications.node_of(filling))
        fields = {one.name: one for section in view.sections for one in section.fields}
        return {one.key for one in fields["application.guarantee_mode"].options}

    assert offered("sole-trader-loan", "330000198206060053") == {"credit", "guarantee", "mortgage"}
    assert offered("farmer-loan", TRADER["customer.id_number"]) == {"credit", "guarantee"}


def test_papers_that_are_missing(manager: Context, begin: Begin) -> None:
    application_id = begin(papers=False)
    with pytest.raises(Refused) as refused:
        submit(manager, application_id)
    assert set(told(refused).values()) == {"application.material_missing"}
    hand_in_papers(manager, application_id)
    assert submit(manager, application_id).state == "submitted"


def test_forged_fields_are_refused(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    for forged in (
        "application.state",
        "application.score_grade",
        "customer.number",
        "limit.amount",
        "sanction.amount",
    ):
        with pytest.raises(Refused) as refused:
            submit(manager, application_id, {forged: "A"})
        assert told(refused) == {forged: "form.unknown_field"}
    assert lender.one(tables.application).state == "draft"


def test_a_file_of_another_application_cannot_be_used(manager: Context, begin: Begin) -> None:
    other = begin(**{"customer.id_number": "330000198206060053"})
    with manager.transaction() as connection:
        theirs = uploads.keep(manager, connection, ("application", other), "report.pdf", PDF)
    with pytest.raises(Refused) as refused:
        submit(manager, mine := begin(), {"application.bureau_report": str(theirs)})
    assert told(refused) == {"application.bureau_report": "form.not_a_file"}
    for odd in ("9" * 5000, "9" * 19, "²", "-1"):
        with pytest.raises(Refused) as refused:
            submit(manager, mine, {"application.bureau_report": odd})
        assert told(refused) == {"application.bureau_report": "form.not_a_file"}, odd[:20]


def test_a_stale_page(manager: Context, begin: Begin) -> None:
    application_id = begin()
    with pytest.raises(Conflict):
        submit(manager, application_id, version=7)
    submit(manager, application_id)
    with pytest.raises(Conflict):
        submit(manager, application_id, version=1)


def test_wrong_role_and_wrong_hands(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    for who, error in (("auditor", Forbidden), ("risk", Forbidden), ("manager2", NotFound), ("west1", Forbidden)):
        with pytest.raises(error):
            submit(lender.ctx(who), application_id)
    assert lender.one(tables.application).state == "draft"


def test_the_same_form_posted_twice_at_once_is_done_once(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    gate = Barrier(2)

    def click(_: int) -> Submitted:
        gate.wait()
        return submit(manager, application_id, idempotency_key="double-click")

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(click, range(2))
    assert {first.replayed, second.replayed} == {False, True}
    assert (first.application_id, first.state) == (second.application_id, second.state)
    assert lender.count(tables.work_item) == 1
    assert len(lender.rows(tables.assessment, kind="score")) == 1


def test_two_pages_at_once_have_one_winner(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    gate = Barrier(2)

    def click(number: int) -> str:
        gate.wait()
        try:
            return submit(manager, application_id, idempotency_key=f"page-{number}").state
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == ["conflict", "submitted"]
    assert lender.count(tables.work_item) == 1


def test_a_key_used_for_something_else_is_refused(manager: Context, begin: Begin) -> None:
    application_id = begin()
    submit(manager, application_id, idempotency_key="key")
    with pytest.raises(Conflict) as reused:
        submit(manager, application_id, {"application.amount": "77000"}, idempotency_key="key")
    assert reused.value.problems[0].code == "service.key_reused"


def test_a_refusal_by_rule_is_an_outcome_with_reasons(manager: Context, begin: Begin, lender: Lender) -> None:
    done = submit(manager, begin(), {"application.overdue_count": "9", "application.years_in_business": "0.1"})
    assert (done.state, done.outcome) == ("refused", "refused")
    found = lender.one(tables.assessment, kind="eligibility")
    assert found.result["outcome"] == "refuse"
    assert found.trace["reasons"] and all(one["zh"] and one["en"] for one in found.trace["reasons"])


def test_returned_changed_and_handed_in_again(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    submit(manager, application_id)
    item = lender.one(tables.work_item, status="open")
    risk = lender.ctx("risk")
    approvals.decide(
        risk, item.id, "return", expected_version=item.version, reason="documents_missing", opinion="收入证明不全"
    )
    row = lender.one(tables.application)
    assert row.state == "returned"
    done = submit(manager, application_id, {"application.amount": "50,000"}, version=row.version)
    assert done.state == "submitted"
    assert lender.one(tables.application).amount == Decimal(50000)
    assert len(lender.rows(tables.assessment, kind="score")) == 2
    changes = [one for one in lender.rows(tables.audit_log) if one.action == "application.filled_in"]
    assert changes[-1].before["amount"] == Decimal(60000)
    assert changes[-1].after["amount"] == Decimal(50000)
    assert "guarantors" not in changes[-1].after, "a closed value that stays is no change"
    assert lender.one(tables.application).guarantors == row.guarantors


def test_withdrawing(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    submissions.withdraw(manager, application_id, version=1)
    assert lender.one(tables.application).state == "withdrawn"
    with pytest.raises(Conflict):
        submit(manager, application_id, version=2)
    other = begin(**{"customer.id_number": "330000198206060053"})
    submit(manager, other)
    row = lender.one(tables.application, id=other)
    submissions.withdraw(manager, other, version=row.version)
    assert lender.one(tables.application, id=other).state == "withdrawn"
    assert lender.rows(tables.work_item, application_id=other, status="open") == []


def test_a_stopped_product_takes_nobody(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    releases.stop(lender.ctx("risk"), "sole-trader-loan", "演示停办")
    with pytest.raises(Refused) as refused:
        submit(manager, application_id)
    assert told(refused) == {None: "product.stopped"}
    with pytest.raises(Refused):
        applications.begin(manager, "sole-trader-loan", lender.one(tables.customer).id)


def test_drafts(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    typed = {"application.amount": "not yet", "guarantors.0.name": "林"}
    applications.save_draft(manager, application_id, typed, editor="page-1", seen="")
    with manager.transaction() as connection:
        filling = applications.filling(manager, connection, applications.read(manager, connection, application_id))
    assert filling.typed == typed
    applications.save_draft(manager, application_id, {**typed, "application.amount": "5"}, editor="page-1", seen="")
    with pytest.raises(Conflict) as elsewhere:
        applications.save_draft(manager, application_id, {}, editor="page-2", seen="")
    assert elsewhere.value.problems[0].code == "application.open_elsewhere"
    applications.save_draft(manager, application_id, {}, editor="page-2", seen="page-1")
    with pytest.raises(Refused):
        applications.save_draft(manager, application_id, {"x": "y" * 300_000}, editor="page-2", seen="")
    submit(manager, application_id)
    assert set(lender.one(tables.application).draft) == {"by"}
    with pytest.raises(Conflict):
        applications.save_draft(manager, application_id, {}, editor="page-2", seen="")


def test_beginning_twice_is_beginning_once(manager: Context, lender: Lender) -> None:
    customer_id = customers.create(manager, TRADER)
    first = applications.begin(manager, "sole-trader-loan", customer_id, idempotency_key="b")
    assert applications.begin(manager, "sole-trader-loan", customer_id, idempotency_key="b") == first
    assert lender.count(tables.application) == 1
    with pytest.raises(NotFound):
        applications.begin(manager, "no-such-product", customer_id)
