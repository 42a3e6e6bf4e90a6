"""Work lists, counts, exposure and the life of a sanction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert
from tests.services.approval.test_deciding import approved_to_level_1, begin, item_of, say

from loanloom.services.approval import sanction_pages, sanctions, work_overview
from loanloom.services.approval import sheet as approval_sheet
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases, worklist
from loanloom.services.flows.worklist import Waiting
from loanloom.services.parties import exposure
from loanloom.store import tables


def sanctioned(lender, amount=80_000, **more):
    application_id = approved_to_level_1(lender, amount, **more)
    return lender.one(tables.sanction, id=say(lender, "east1", application_id).sanction_id)


def test_counts_tell_mine_from_the_groups_and_what_is_late(lender):
    first, _second = (lender.case(customer=name) for name in ("One", "Two"))
    for case in (first, _second):
        begin(lender, case)
    ctx = lender.ctx("risk")
    assert worklist.waiting_counts(ctx) == Waiting(mine=0, group=2, overdue=0, due_today=0)
    item = item_of(lender, first)
    cases.act(ctx, item.id, "take", expected_version=item.version)
    assert worklist.waiting_counts(ctx) == Waiting(mine=1, group=1, overdue=0, due_today=0)
    assert worklist.waiting_counts(lender.ctx("risk2")) == Waiting(mine=0, group=1, overdue=0, due_today=0)
    due_day = replace(ctx, now=item.due_at - timedelta(hours=1))
    assert worklist.waiting_counts(due_day).due_today == 2
    assert worklist.waiting_counts(replace(ctx, now=item.due_at + timedelta(minutes=1))).overdue == 2
    for who in ("manager", "east1", "west1", "finance"):
        assert worklist.waiting_counts(lender.ctx(who)).all == 0


def test_a_branch_item_waits_only_in_its_branch_and_never_for_its_makers(lender):
    application_id = approved_to_level_1(lender)
    assert worklist.waiting_counts(lender.ctx("east1")).group == 1
    assert worklist.waiting_counts(lender.ctx("west1")).group == 0
    with lender.ctx("risk").transaction() as connection:
        connection.execute(tables.work_item.update().values(excluded=[31]))
    assert worklist.waiting_counts(lender.ctx("east1")).group == 0
    assert worklist.waiting_counts(lender.ctx("east1b")).group == 1
    assert item_of(lender, application_id).role == "approver-1"


def test_what_is_due_first_comes_first_and_every_item_once(lender):
    for number in range(7):
        begin(lender, lender.case(customer=f"N{number}"))
    with lender.ctx("risk").transaction() as connection:
        late = tables.work_item.c.id % 2 == 0
        connection.execute(tables.work_item.update().where(late).values(due_at=None))
    ctx, seen, after = lender.ctx("risk"), [], None
    while True:
        page = worklist.todo(ctx, "group", after=after, limit=3)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert len(seen) == 7 == len({item.id for item in seen})
    dated = [item.due_at is not None for item in seen]
    assert dated == sorted(dated, reverse=True), "items without a deadline come last"


def test_done_items_stand_under_who_did_them(lender):
    application_id = approved_to_level_1(lender)
    (done,) = worklist.todo(lender.ctx("risk"), "done").items
    assert (done.application_id, done.decision, done.status) == (application_id, "approve", "done")
    assert not worklist.todo(lender.ctx("risk2"), "done").items


def test_the_overview_counts_only_what_one_may_see(lender):
    begin(lender, lender.case())
    begin(lender, lender.case(unit="west-lending", by="manager2", customer="West"))
    assert sum(load.open for load in work_overview.overview(lender.ctx("auditor"))) == 2
    assert sum(load.open for load in work_overview.overview(lender.ctx("east1"))) == 1
    with pytest.raises(Forbidden):
        work_overview.overview(lender.ctx("system"))


def test_the_sheet_offers_exactly_what_the_actor_may_do(lender):
    application_id = approved_to_level_1(lender)
    choices = approval_sheet.read(lender.ctx("east1"), application_id, "en").choices
    assert choices.actions == ("approve", "refuse", "return") and choices.may_claim
    assert [key for key, _ in choices.return_to] == ["submitted", "risk_review"]
    assert "over_indebted" in choices.reasons["refuse"] and not choices.reasons["approve"]
    for who, code in (
        ("risk", "flow.wrong_role"),
        ("auditor", "approval.no_approver"),
        ("manager", "approval.no_approver"),
    ):
        other = approval_sheet.read(lender.ctx(who), application_id, "en").choices
        assert other.actions == () and other.why_not.code == code, who
    with pytest.raises(NotFound):
        approval_sheet.read(lender.ctx("west1"), application_id, "en")


def test_exposure_counts_loans_contracts_and_sanctions_once_and_guarantees_apart(lender, database):
    sanction = sanctioned(lender, customer="Borrower")
    with lender.ctx("risk").transaction() as connection:
        me = lender.customers["Borrower"]
        assert exposure.of_customer(connection, me).total == 80_000
        assert exposure.of_customer(connection, me, leave_out=sanction.application_id).total == 0
        contract = _contract(connection, sanction, "loan", "HT1", me)
        connection.execute(tables.sanction.update().values(state="used"))
        assert [line.kind for line in exposure.of_customer(connection, me).lines] == ["contract"]
        _loan(connection, contract, sanction, me, outstanding=55_000, days_past_due=12)
        found = exposure.of_customer(connection, me)
        assert ([line.kind for line in found.lines], found.total, found.days_past_due) == (["loan"], 55_000, 12)
        friend = lender.customer(connection, "Friend", "manager", "east-lending")
        mark = database.vault.search_hash(lender.company.id, "customer.id_number", "110101199001011237")
        connection.execute(tables.customer.update().where(tables.customer.c.id == friend).values(id_number_hash=mark))
        extra = {"party_id_hash": mark.hex()}
        _contract(connection, sanction, "guarantee", "BZ1", me, main_contract_id=contract, extra=extra)
        given = exposure.of_customer(connection, friend)
        assert given.total == 0 and given.guaranteed == 55_000
        assert [(one.borrower, one.days_past_due) for one in given.guarantees] == [("Borrower", 12)]
        connection.execute(tables.loan.update().values(status="settled"))
        assert not exposure.of_customer(connection, friend).guarantees


def _contract(connection, sanction, kind, number, customer_id, **more):
    row = {
        "number": number, "kind": kind, "sanction_id": sanction.id, "application_id": sanction.application_id,
        "customer_id": customer_id, "release_id": sanction.release_id, "product_key": sanction.product_key,
        "amount": sanction.amount, "state": "signed", **more,
    }  # fmt: skip
    return connection.execute(insert(tables.contract).values(row).returning(tables.contract.c.id)).scalar_one()


def _loan(connection, contract, sanction, customer_id, *, outstanding, days_past_due):
    row = {
        "number": "JJ1", "contract_id": contract, "application_id": sanction.application_id, "customer_id": customer_id,
        "release_id": sanction.release_id, "product_key": sanction.product_key, "principal": sanction.amount,
        "annual_rate": Decimal("0.12"), "method": "equal_instalment", "term_months": 12,
        "disbursed_on": date(2026, 3, 2), "matures_on": date(2027, 3, 2),
        "last_event_on": date(2026, 3, 2), "principal_outstanding": Decimal(outstanding),
        "days_past_due": days_past_due,
    }  # fmt: skip
    connection.execute(insert(tables.loan).values(row))


def test_a_sanction_is_taken_up_once(lender):
    sanction = sanctioned(lender)
    ctx = lender.ctx("manager")
    with ctx.transaction() as connection:
        assert sanctions.take_up(ctx, connection, sanction.id).number == sanction.number
    with pytest.raises(Conflict), ctx.transaction() as connection:
        sanctions.take_up(ctx, connection, sanction.id)


def test_a_sanction_expires_after_its_last_day_and_cannot_be_taken_up_then(lender):
    sanction = sanctioned(lender)
    last_day = replace(lender.ctx("manager"), business_date=sanction.expires_on)
    day_after = replace(last_day, business_date=sanction.expires_on + timedelta(days=1))
    with last_day.transaction() as connection:
        assert sanctions.expire(last_day, connection) == 0
    with pytest.raises(Refused) as refused, day_after.transaction() as connection:
        sanctions.take_up(day_after, connection, sanction.id)
    assert refused.value.problems[0].code == "sanction.expired"
    for expected in (1, 0):
        with day_after.transaction() as connection:
            assert sanctions.expire(day_after, connection) == expected
    assert lender.one(tables.sanction, id=sanction.id).state == "expired"


def test_the_sanction_page_shows_the_schedule_that_the_terms_give(lender):
    sanction = sanctioned(lender)
    page = sanction_pages.page(lender.ctx("auditor"), sanction.id, "zh")
    assert sum(row.principal for row in page.preview.schedule.instalments) == sanction.amount
    assert page.approvers_in_words("-") == "risk (demo) → east1 (demo)" and page.days_left == 60
    with pytest.raises(NotFound):
        sanction_pages.page(lender.ctx("west1"), sanction.id, "zh")
    with pytest.raises(Forbidden):
        sanction_pages.page(lender.ctx("business"), sanction.id, "zh")
    assert [row.id for row in sanction_pages.listing(lender.ctx("east1")).rows] == [sanction.id]
    assert not sanction_pages.listing(lender.ctx("west1")).rows


@pytest.mark.parametrize(
    ("people", "finds", "not_"),
    [
        ({"role": None, "candidates": [22, 31]}, ("risk2", "east1"), ("risk", "west1")),
        ({"role": None, "position": "branch-manager", "scope": "branch"}, ("east1",), ("west1", "east1b")),
        ({"role": "approver-2", "escalated": [33]}, ("head2", "west1"), ("risk",)),
        ({"role": "approver-1", "scope": "department", "department": "east-branch"}, ("east1",), ("west1",)),
        ({"role": "*administrator", "scope": "all"}, ("system",), ("risk", "business")),
    ],
)
def test_an_item_waits_for_whoever_it_names(lender, people, finds, not_):
    """By name, position, department, after an escalation, or for those who repair flows."""
    begin(lender, lender.case())
    with lender.ctx("risk").transaction() as connection:
        connection.execute(tables.work_item.update().values(**people))
    positions = {"east1": "branch-manager", "west1": "branch-manager"}

    def waits(who):
        ctx = lender.ctx(who)
        ctx = ctx.as_actor(replace(ctx.actor, position=positions.get(who)))
        listed = worklist.todo(ctx, "group").items
        assert len(listed) == worklist.waiting_counts(ctx).group
        return bool(listed)

    assert [who for who in (*finds, *not_) if waits(who)] == list(finds)


def test_who_decides_next_sees_the_terms_as_they_stand_and_who_changed_them(lender):
    application_id = lender.case(80_000)
    begin(lender, application_id)
    say(lender, "risk", application_id, terms={"application.amount": "70000"}, opinion="Less")
    cases.act(lender.ctx("risk"), lender.one(tables.flow_case).id, "take_back")
    say(lender, "risk", application_id, terms={"application.amount": "60000"}, opinion="Still less")
    shown = approval_sheet.read(lender.ctx("east1"), application_id, "en")
    assert (shown.application.amount, shown.now.amount, shown.granted) == (80_000, 60_000, 60_000)
    assert sum(one.principal for one in shown.preview.schedule.instalments) == 60_000
    assert shown.standing["application.amount"].value == 60_000
    (said,) = shown.opinions
    assert (said.words, [(one.label, one.value) for one in said.terms]) == (
        "Still less",
        [("Amount applied for", 60_000)],
    )
    assert any(step.kind == "taken_back" for step in shown.diagram.steps), "the story forgets nothing"


def test_open_work_tells_whose_it_is(lender):
    """Of a group, of people named, of the makers: by name where there are any."""
    application_id = lender.case()
    begin(lender, application_id)
    item = item_of(lender, application_id)
    signers = {"people": [lender.ctx("finance").actor.user_id], "when": "before"}
    cases.act(lender.ctx("risk"), item.id, "add_signers", signers, expected_version=item.version)
    (load,) = work_overview.overview(lender.ctx("auditor"))
    assert (load.whose, load.stuck, len(load.people)) == ("named", 0, 1) and "finance" in load.people[0]
    other = lender.case(customer="Other")
    begin(lender, other)
    item = item_of(lender, other)
    cases.act(lender.ctx("risk"), item.id, "ask_material", {"reason": "Licence"}, expected_version=item.version)
    assert {one.whose for one in work_overview.overview(lender.ctx("auditor"))} == {"named", "makers"}
