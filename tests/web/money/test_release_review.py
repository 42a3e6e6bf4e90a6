"""Release review on screen 放款审核: the cashier enters, the risk officer sees every condition, the money goes out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.web.pages import page, post

from loanloom.services.money.cashier import payees
from loanloom.services.money.cashier.payees import Payee
from loanloom.store import tables


def contract(house) -> int:
    """A signed contract of the product whose disbursements are reviewed, its supplier to be paid."""
    made = house.contract(100_000, "equipment-balloon", method="balloon")
    ctx = house.ctx()
    planning = ctx.as_actor(replace(ctx.actor, functions=ctx.actor.functions | {"contract.prepare"}))
    supplier = Payee(amount=Decimal(100_000), payee_kind="supplier", name="设备厂（演示）", account="6222111122223333")
    payees.plan(planning, made, [supplier])
    return made


def test_entered_reviewed_and_paid_out(house, person) -> None:
    finance, risk = person("finance"), person("risk-officer")
    made = contract(house)
    offered = page(finance, f"/disbursements/{made}")
    assert "Hand in for release review" in offered and "Nothing goes out yet" in offered
    entered = post(finance, f"/disbursements/{made}", channel="bank")
    assert entered.status_code == 302 and "/cashier/orders/" in entered.location
    again = page(finance, f"/disbursements/{made}")
    assert entered.location in again and "Hand in for release review" not in again
    assert house.rows(tables.loan) == []
    shown = page(finance, entered.location)
    assert "It waits for its approval" in shown and "Open its flow" in shown
    checker = page(person("finance-head"), entered.location)
    assert f"{entered.location}/register" not in checker, "the flow decides"
    (case,) = house.rows(tables.flow_case)
    assert "Release review" in page(risk, "/to-do/")
    sheet = page(risk, f"/cases/{case.id}")
    assert "What was entered" in sheet and "Contract signed" in sheet and "100,000.00" in sheet
    (item,) = house.rows(tables.work_item)
    done = post(risk, f"/cases/items/{item.id}/decide", decision="approve", version=str(item.version))
    assert done.status_code == 302
    (loan,) = house.rows(tables.loan)
    assert loan.contract_id == made
    assert "Undo the disbursement" in page(finance, entered.location)
    assert page(risk, f"/cases/{case.id}")


def test_refused_it_says_why_and_nothing_is_paid(house, person) -> None:
    finance, risk = person("finance", language="zh"), person("risk-officer", language="zh")
    entered = post(finance, f"/disbursements/{contract(house)}", channel="bank")
    assert "待审批通过后入账" in page(finance, entered.location)
    (item,) = house.rows(tables.work_item)
    answer = post(
        risk, f"/cases/items/{item.id}/decide", decision="refuse", opinion="未见抵押登记", version=str(item.version)
    )  # fmt: skip
    assert answer.status_code == 302
    assert "未见抵押登记" in page(finance, entered.location)
    assert house.rows(tables.loan) == []
