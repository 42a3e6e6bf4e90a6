"""What a customer hands in waits for the account manager where rules need what staff find out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from lxml import html
from tests.services.origination.conftest import ASKED, TRADER, hand_in_papers
from tests.web.pages import page, post

from loanloom.services.origination import applications, submissions
from loanloom.services.parties import customers
from loanloom.store import tables

from .test_applying import marks, row_of

PRODUCT = "/portal/products/sole-trader-loan/"
FOUND_OUT = ("visited_on", "visit_rating", "visit_note", "overdue_count", "bureau_inquiries", "bureau_consent")
THEIRS = {
    name: value
    for name, value in ASKED.items()
    if name.removeprefix("application.") not in (*FOUND_OUT, "existing_debt", "existing_monthly_payment", "channel")
}
TO_COMPLETE = "/applications/?application.state=handed_over"


@pytest.fixture
def staff(model_company, acting, person) -> Any:
    """The account manager: (their context, their browser)."""
    browser = person("relationship-manager", unit="east-lending")
    return acting(model_company, "relationship-manager", unit="east-lending", user_id=browser.user_id), browser


@pytest.fixture
def customer(staff) -> int:
    return customers.create(staff[0], TRADER, although_similar=True)


def handed_over(me: Any, ctx: Any) -> str:
    """The address of an application whose customer's part is handed in."""
    filling = str(post(me, PRODUCT, idempotency_key="begin").location)
    hand_in_papers(ctx, int(filling.split("/")[-2]))
    answer = post(me, filling, **marks(page(me, filling)), **THEIRS, _action="submit")
    assert answer.status_code == 302, answer.get_data(as_text=True)[-4000:]
    return filling


def test_the_manager_completes_what_the_customer_handed_in(customer, borrower, staff) -> None:
    ctx, manager = staff
    me = borrower(customer)
    assert "Your account manager completes it" in page(me, PRODUCT)
    assert "Applications to complete" not in page(manager, "/to-do/")
    filling = handed_over(me, ctx)
    row, seen = row_of(ctx, filling), filling.removesuffix("/fill")
    assert (row.state, row.amount, row.score_grade, row.submitted_at) == ("handed_over", 60_000, None, None)
    assert "With your account manager" in page(me, seen) and "Completed by your account manager" in page(me, seen)
    page(me, filling, 409)
    assert row.number in page(manager, "/messages/")
    assert "Applications to complete" in page(manager, "/to-do/") and TO_COMPLETE in page(manager, "/")
    assert row.number in page(manager, TO_COMPLETE)
    desk = f"/applications/{row.id}/fill"
    assert manager.get(f"/applications/{row.id}").location == desk
    shown = page(manager, desk)
    assert "The customer has handed in their part" in shown and 'value="60,000' in shown and "52,000" in shown
    page(manager, f"/applications/{row.id}/sheet", 404)
    early = post(manager, desk, **marks(shown), **THEIRS, _action="submit")
    assert early.status_code == 422, "what staff find out is asked of staff"
    assert post(manager, desk, **marks(page(manager, desk)), **ASKED, _action="submit").status_code == 302
    row = row_of(ctx, filling)
    assert row.state in ("submitted", "approved") and row.score_grade and row.extra["visit_rating"] == "good"
    assert set(applications.makers_of(row)) == {me.user_id, manager.user_id}, "neither may check it"
    assert "Applications to complete" not in page(manager, "/to-do/")
    assert "Being looked at" in page(me, seen) and "Withdraw" not in page(me, seen)


def test_numbers_stand_as_people_write_them(customer, borrower, staff) -> None:
    ctx, manager = staff
    row = row_of(ctx, handed_over(borrower(customer), ctx))
    kept = {**THEIRS, "application.term_months": Decimal(12), "application.years_in_business": Decimal("6.50")}
    applications.save_draft(ctx, row.id, {**kept, "application.amount": Decimal(60_000)}, editor="one", seen="")
    shown = html.fromstring(page(manager, f"/applications/{row.id}/fill"))

    def value(name: str) -> list[str]:
        return [str(one) for one in shown.xpath(f"//input[@name='application.{name}']/@value")]

    assert value("term_months") == ["12"] and value("years_in_business") == ["6.5"], "kept in JSON as 12.0 and 6.50"
    assert value("amount") == ["60,000.00"], "money keeps its cents"


def test_the_same_post_again_hands_over_once(customer, borrower, staff) -> None:
    ctx, manager = staff
    me = borrower(customer)
    filling = str(post(me, PRODUCT, idempotency_key="begin").location)
    early = post(me, filling, **marks(page(me, filling)), **THEIRS, _action="submit")
    assert early.status_code == 422 and "Business licence" in early.get_data(as_text=True)
    hand_in_papers(ctx, int(filling.split("/")[-2]))
    sent = {**marks(page(me, filling)), **THEIRS, "_action": "submit"}
    assert [post(me, filling, **sent).status_code for _ in range(2)] == [302, 302]
    assert len(re.findall("An application to complete", page(manager, "/messages/"))) == 1
    assert post(me, filling, **{**sent, "idempotency_key": "another"}).status_code == 409


def test_the_customer_may_take_it_back_and_nobody_elses(customer, borrower, staff) -> None:
    ctx, _manager = staff
    me = borrower(customer)
    filling = handed_over(me, ctx)
    row, other = row_of(ctx, filling), customers.create(
        ctx, {**TRADER, "customer.id_number": "330000198206060053"}, although_similar=True
    )  # fmt: skip
    away = filling.replace("/fill", "/withdraw")
    assert post(borrower(other), away, version=row.version).status_code == 404
    assert post(me, filling.replace("/fill", "/papers/1/remove")).status_code == 409
    assert post(me, away, version=row.version).status_code == 302
    assert row_of(ctx, filling).state == "withdrawn"


def test_somebody_must_be_there_to_complete_it(customer, borrower, staff, model_company) -> None:
    ctx, _manager = staff
    me = borrower(customer)
    filling = str(post(me, PRODUCT, idempotency_key="begin").location)
    hand_in_papers(ctx, int(filling.split("/")[-2]))
    members = tables.membership
    theirs = members.update().where(members.c.user_id == ctx.actor.user_id)
    with model_company.transaction() as connection:
        connection.execute(theirs.values(active=False))
    refused = post(me, filling, **marks(page(me, filling)), **THEIRS, _action="submit")
    assert refused.status_code == 422 and "no account manager yet" in refused.get_data(as_text=True)
    assert row_of(ctx, filling).state == "draft"
    with model_company.transaction() as connection:
        connection.execute(theirs.values(active=True))
    assert post(me, filling, **marks(page(me, filling)), **THEIRS, _action="submit").status_code == 302
    assert (row_of(ctx, filling).state, row_of(ctx, filling).manager_user_id) == ("handed_over", ctx.actor.user_id)


def test_it_is_no_case_yet_for_anybody(customer, borrower, staff) -> None:
    ctx, _manager = staff
    me = borrower(customer)
    row = row_of(ctx, handed_over(me, ctx))
    with ctx.transaction() as connection:
        assert connection.execute(tables.flow_case.select().where(tables.flow_case.c.subject_id == row.id)).all() == []
        assert connection.execute(tables.assessment.select()).all() == []
    done = submissions.submit(ctx, row.id, ASKED, version=row.version)
    assert done.state in ("submitted", "approved")
    with ctx.transaction() as connection:
        table = tables.work_item
        items = connection.execute(table.select().where(table.c.status == "open")).all()
    assert items and all(me.user_id in one.excluded for one in items)
