"""Disbursements and refunds that a flow decides where the product names one 放款审核、退款审批: nothing moves
before its yes, nobody goes round it, and what a second person must check is checked by one whatever the flow says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.services.flows.deaths import dies_at
from tests.services.money.desk import lender
from tests.services.money.desk.lender import CASHIER, CHIEF, OTHER, Desk
from tests.services.money.desk.test_races import at_once
from tests.settled import Settled

from loanloom.services.context import Context, system_actor
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases, outside
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.store import tables

FLOW = """apiVersion: loanloom/v1
kind: flow
key: payments
title: {en: Payments, zh: 付款审批}
spec:
  subject: order
  reconsider: {times: 1}
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, next: size}
    - key: size
      title: {en: Small ones pass, zh: 小额免审}
      type: exclusive
      routes:
        - {when: order.amount <= 1000, to: done}
        - {when: 'order.kind = "disbursement" and contract.amount = 77000', to: partner}
        - {when: 'order.kind = "disbursement" and contract.amount > 50000', to: review}
        - {otherwise: true, to: head}
    - {key: review, title: {en: Review, zh: 审核}, type: approval, assign: {role: risk, scope: all}, next: head}
    - {key: head, title: {en: Head, zh: 主管}, type: approval, assign: {role: chief, scope: all}, next: done}
    - {key: partner, title: {en: Partner, zh: 担保中心}, type: approval, assign: {outside: customer.name}, next: done}
    - {key: done, title: {en: Done, zh: 通过}, type: end, outcome: approved}
    - {key: no, title: {en: No, zh: 否决}, type: end, outcome: refused}
"""
ROLE = """apiVersion: loanloom/v1
kind: role
key: {key}
title: {{en: {key}, zh: {key}}}
spec: {{functions: [contract.read], data_scope: all}}
"""
RISK = 70


@pytest.fixture
def desk(settled: Settled, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk of a lender of whose products one names flows."""
    plain = lender.files

    def files() -> dict[str, str]:
        made = plain()
        for name, source in made.items():
            if "kind: product\nkey: keeping\n" in source:
                made[name] = source.replace(
                    "flows: {application: flow}", "flows: {application: flow, disburse: payments, refund: payments}"
                )
        roles = {f"metadata/roles/{key}.yaml": ROLE.format(key=key) for key in ("risk", "chief")}
        return made | roles | {"metadata/flows/payments.yaml": FLOW}

    def begun(database, company):
        monkeypatch.setattr(lender, "files", files)
        return lender.settle(database, company)

    with settled.by(begun) as made:
        yield made


def person(desk: Desk, user_id: int, role: str, *more: str) -> Context:
    ctx = desk.ctx(user_id)
    return ctx.as_actor(replace(ctx.actor, roles=(role,), functions=frozenset({"contract.read", *more})))


def chief(desk: Desk, *more: str) -> Context:
    return person(desk, CHIEF, "chief", *more)


def decide(desk: Desk, decision: str, by: Context, **more: object) -> cases.Acted:
    (row,) = [row for row in desk.rows(tables.work_item) if row.status == "open"]
    return cases.act(by, row.id, "decide", {"decision": decision, **more}, expected_version=row.version)


def paid_out(desk: Desk, contract_id: int) -> orders.Order:
    """A disbursement asked for at the desk, reviewed and approved."""
    made = desk.enter("disbursement", contract_id=contract_id)
    decide(desk, "approve", person(desk, RISK, "risk"))
    decide(desk, "approve", chief(desk))
    return made


def contract(desk: Desk, amount: int = 100_000) -> int:
    return desk.contract(amount, "keeping")


def order(desk: Desk, made: orders.Order):
    return next(row for row in desk.rows(tables.cash_order) if row.id == made.id)


def test_money_goes_out_when_the_last_of_the_flow_agrees_and_not_before(desk):
    contract_id = contract(desk)
    made = desk.enter("disbursement", contract_id=contract_id)
    assert (made.state, desk.rows(tables.loan)) == ("entered", [])
    (case,) = desk.rows(tables.flow_case)
    assert (case.subject_kind, case.subject_id, case.amount, case.product_key) == (
        "order", made.id, Decimal(100_000), "keeping",
    )  # fmt: skip
    decide(desk, "approve", person(desk, RISK, "risk"))
    assert desk.rows(tables.loan) == []
    decide(desk, "approve", chief(desk))
    (loan,) = desk.rows(tables.loan)
    assert (loan.contract_id, order(desk, made).state, order(desk, made).result["loan_id"]) == (
        contract_id, "booked", loan.id,
    )  # fmt: skip
    assert desk.rows(tables.flow_case)[0].outcome == "approved"


def test_nobody_pays_out_beside_the_flow(desk):
    contract_id = contract(desk)
    with pytest.raises(Refused) as direct:
        disbursements.disburse(desk.ctx(), contract_id)
    assert direct.value.problems[0].code == "disbursement.in_flow"
    made, refused = disbursements.disburse_many(desk.ctx(), [contract_id])
    assert (made, refused[contract_id][0].code) == ([], "disbursement.in_flow")
    entered = desk.enter("disbursement", contract_id=contract_id)
    with pytest.raises(Refused) as registered:
        desk.approve("disbursement", entered)
    assert registered.value.problems[0].code == "order.in_flow"
    with pytest.raises(Refused):
        orders.refuse(desk.chief(), KINDS["disbursement"], entered.id, "no")
    with pytest.raises(Conflict) as twice:
        desk.enter("disbursement", by=desk.cashier(OTHER), contract_id=contract_id)
    assert twice.value.problems[0].code == "order.waits_for_this"
    assert desk.rows(tables.loan) == []


def test_what_cannot_be_paid_out_does_not_enter_the_flow(desk):
    contract_id = contract(desk)
    with desk.database.transaction(desk.company.id) as connection:
        connection.execute(tables.contract.update().values(state="prepared"))
    with pytest.raises(Refused):
        desk.enter("disbursement", contract_id=contract_id)
    assert desk.rows(tables.flow_case) == desk.rows(tables.cash_order) == []


def test_a_refusal_ends_the_order_and_reconsideration_opens_it_again(desk):
    contract_id = contract(desk)
    made = desk.enter("disbursement", contract_id=contract_id)
    decide(desk, "refuse", person(desk, RISK, "risk"), opinion="The seal is missing")
    row = order(desk, made)
    assert (row.state, row.answer, desk.rows(tables.loan)) == ("refused", "The seal is missing", [])
    (case,) = desk.rows(tables.flow_case)
    cases.act(desk.cashier(), case.id, "reconsider", {"reason": "Sealed since"})
    assert (order(desk, made).state, order(desk, made).answer) == ("entered", None)
    (again,) = [row for row in desk.rows(tables.work_item) if row.status == "open"]
    cases.act(desk.cashier(), again.id, "resubmit", {}, expected_version=again.version)
    decide(desk, "approve", person(desk, RISK, "risk"))
    decide(desk, "approve", chief(desk))
    assert order(desk, made).state == "booked" and len(desk.rows(tables.loan)) == 1


def test_who_entered_it_takes_it_back_with_its_case_and_never_decides_it(desk):
    made = desk.enter("disbursement", contract_id=contract(desk))
    with pytest.raises((Forbidden, Refused, NotFound)):
        decide(desk, "approve", person(desk, CASHIER, "risk"))
    assert orders.refuse(desk.cashier(), KINDS["disbursement"], made.id, "Wrong contract").state == "refused"
    (case,) = desk.rows(tables.flow_case)
    assert (case.status, case.outcome, order(desk, made).answer) == ("ended", "withdrawn", "Wrong contract")


def test_a_contract_that_changed_since_is_not_paid_out_on_an_old_approval(desk):
    contract_id = contract(desk)
    desk.enter("disbursement", contract_id=contract_id)
    decide(desk, "approve", person(desk, RISK, "risk"))
    with desk.database.transaction(desk.company.id) as connection:
        connection.execute(
            tables.contract.update().where(tables.contract.c.id == contract_id).values(state="cancelled")
        )
    with pytest.raises(Refused) as refused:
        decide(desk, "approve", chief(desk))
    assert refused.value.problems[0].code == "disbursement.not_signed"
    assert desk.rows(tables.loan) == [] and desk.rows(tables.flow_case)[0].status == "running"


def test_a_refund_approved_by_somebody_who_checks_money_is_booked(desk):
    loan_id = loan_of(desk)
    made = desk.enter("refund", kind="goodwill", loan_id=loan_id, amount=Decimal(2_000))
    before = desk.rows(tables.loan_event)
    decide(desk, "approve", chief(desk, "money.check"))
    row = order(desk, made)
    assert (row.state, row.checked_by, len(desk.rows(tables.loan_event)) > len(before)) == ("booked", CHIEF, True)


@pytest.mark.parametrize("amount", [2_000, 500])
def test_a_refund_that_no_checker_approved_still_waits_for_one(desk, amount):
    """By people without the right to check money, or by the flow's rules alone: the second person stays."""
    loan_id = loan_of(desk)
    made = desk.enter("refund", kind="goodwill", loan_id=loan_id, amount=Decimal(amount))
    if amount > 1_000:
        decide(desk, "approve", chief(desk))
    row = order(desk, made)
    assert (row.state, desk.rows(tables.flow_case)[-1].outcome) == ("entered", "approved")
    with pytest.raises(Forbidden):
        own = desk.cashier()
        orders.register(
            own.as_actor(replace(own.actor, functions=own.actor.functions | {"money.check"})), KINDS["refund"], made.id
        )
    assert desk.approve("refund", made).state == "booked"


def test_a_refund_with_interest_gives_back_in_the_flow_what_the_desk_would(desk):
    """Booking reads again what it has just written: the interest goes by the principal that came back before it."""
    loans = [loan_of(desk), loan_of(desk)]
    desk.close(10)
    given = {"kind": "merchant_refund", "amount": Decimal(5_000), "with_interest": True, "party_id": desk.merchant()}
    in_flow, at_desk = (desk.enter("refund", loan_id=loan_id, **given) for loan_id in loans)
    for row in [row for row in desk.rows(tables.work_item) if row.status == "open"]:
        case = next(one for one in desk.rows(tables.flow_case) if one.id == row.case_id)
        by = chief(desk, "money.check") if case.subject_id == in_flow.id else chief(desk)
        cases.act(by, row.id, "decide", {"decision": "approve"}, expected_version=row.version)
    assert order(desk, at_desk).state == "entered"
    desk.approve("refund", at_desk)
    one, other = order(desk, in_flow).result, order(desk, at_desk).result
    assert Decimal(one["interest"]) > 0
    assert (one["interest"], one["sequences"]) == (other["interest"], other["sequences"])


def test_two_who_approve_at_once_pay_out_once(desk):
    contract_id = contract(desk, 40_000)
    desk.enter("disbursement", contract_id=contract_id)
    (row,) = [row for row in desk.rows(tables.work_item) if row.status == "open"]

    def approve(user_id: int):
        by = person(desk, user_id, "chief")
        return lambda: cases.act(by, row.id, "decide", {"decision": "approve"}, expected_version=row.version)

    said = at_once(approve(CHIEF), approve(CHIEF + 1), approve(CHIEF + 2))
    assert said.count("done") == 1 and len(desk.rows(tables.loan)) == 1


def test_what_the_house_lets_time_decide_pays_nothing_that_must_be_checked(desk):
    """A case that an administrator ends leaves no order behind that could still be booked."""
    made = desk.enter("disbursement", contract_id=contract(desk))
    (case,) = desk.rows(tables.flow_case)
    house = desk.ctx().as_actor(system_actor("test"))
    cases.act(house, case.id, "terminate", {"reason": "Entered by mistake"})
    assert order(desk, made).state == "refused" and desk.rows(tables.loan) == []


def test_a_party_out_of_the_house_alone_checks_nothing(desk):
    """It may consent; whoever is said to have checked the money is somebody of the house."""
    made = desk.enter("disbursement", contract_id=contract(desk, 77_000))
    (item,) = [row for row in desk.rows(tables.work_item) if row.status == "open"]
    token = outside.issue(desk.cashier(), item.id).token
    now, said = desk.ctx().now, {"decision": "approve"}
    outside.answer(desk.database, token, said, expected_version=item.version, now=now)
    assert desk.rows(tables.flow_case)[0].outcome == "approved"
    assert (order(desk, made).state, order(desk, made).checked_by) == ("booked", None)


def traces(desk: Desk):
    """All that paying out by a flow touches, as it stands."""
    kept = [(row.state, row.version) for row in desk.rows(tables.cash_order)]
    items = [(row.id, row.status, row.version) for row in desk.rows(tables.work_item)]
    names = ("loan", "loan_event", "journal_entry", "payout", "flow_history", "audit_log", "outbox", "message")
    return kept, items, {name: len(desk.rows(getattr(tables, name))) for name in names}


def test_kill_9_before_any_statement_of_the_last_approval_pays_nothing_out(desk):
    """The decision, the loan, its entries and the order are one; the same click afterwards does it once."""
    made = desk.enter("disbursement", contract_id=contract(desk))
    decide(desk, "approve", person(desk, RISK, "risk"))
    (row,) = [row for row in desk.rows(tables.work_item) if row.status == "open"]
    by = chief(desk)

    def work():
        return cases.act(by, row.id, "decide", {"decision": "approve"}, idempotency_key="one click")

    before, deaths = traces(desk), 0
    while dies_at(desk.database, deaths + 1, work):
        deaths += 1
        assert traces(desk) == before, f"death before statement {deaths} left traces"
    assert deaths > 10, "paying out takes more statements than that"
    after = traces(desk)
    assert after != before and order(desk, made).state == "booked" and len(desk.rows(tables.loan)) == 1
    assert work().replayed and traces(desk) == after


def loan_of(desk: Desk) -> int:
    made = paid_out(desk, contract(desk))
    return int(order(desk, made).result["loan_id"])
