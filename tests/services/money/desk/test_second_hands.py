"""Who hears of what waits at the desk: those who may register it and see whose it is; then who entered it."""

from __future__ import annotations

import pytest
from tests.services.money.house import D, House

from loanloom.services.access import users
from loanloom.services.access.second_person import others_who_may
from loanloom.services.context import system_actor
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.store import messages, tables


@pytest.fixture
def house(model_company) -> House:
    """The model company, whose reversals a head of finance registers."""
    return House(model_company.database, model_company.company)


def member(house: House, username: str, *roles: str) -> int:
    return users.create(
        house.ctx().as_actor(system_actor()), username=username, name=username, email=f"{username}@example.org",
        password="a long pass phrase 26", roles=roles, unit="head-office",
    )  # fmt: skip


def inbox(house: House, user_id: int) -> list:
    with house.database.transaction(house.company.id) as connection:
        return [row for row in messages.newest(connection, user_id) if row["kind"] == "order"]


def test_the_head_of_finance_hears_of_what_waits_and_the_cashier_of_what_became_of_it(house: House, acting) -> None:
    head, cashier, auditor = (
        member(house, "head", "finance-head"), member(house, "cashier", "finance"), member(house, "auditor", "auditor")
    )  # fmt: skip
    loan = disbursements.disburse(house.ctx(), house.contract(100_000, "sole-trader-loan")).loan_id
    house.close_until(house.rows(tables.instalment)[0].due_on)
    by = acting(house.ctx(), "finance", user_id=cashier)
    paid = orders.enter(by, KINDS["repayment"], KINDS["repayment"].parameters(loan_id=loan, amount=D(100)))
    assert paid.state == "booked" and not inbox(house, head), "nothing waits"
    reverse = KINDS["reversal"].parameters(order_id=paid.id, why="wrong loan")
    waiting = orders.enter(by, KINDS["reversal"], reverse)
    (told,) = inbox(house, head)
    assert told["url"] == f"/cashier/orders/{waiting.id}"
    assert "Reversal" in told["title"]["en"] and "冲正" in told["title"]["zh"] and "100.00" in told["title"]["zh"]
    assert not inbox(house, cashier) and not inbox(house, auditor)
    chief = acting(house.ctx(), "finance-head", user_id=head)
    orders.refuse(chief, KINDS["reversal"], waiting.id, "the loan is right")
    (told,) = inbox(house, cashier)
    assert told["body"]["en"] == "the loan is right" and told["severity"] == "warning"
    again = orders.enter(by, KINDS["reversal"], reverse)
    orders.register(chief, KINDS["reversal"], again.id)
    assert [one["severity"] for one in inbox(house, cashier)] == ["success", "warning"]
    assert len(inbox(house, head)) == 2


def test_nobody_is_asked_to_check_what_is_their_own(house: House) -> None:
    head = member(house, "head", "finance-head")
    ctx, other = house.ctx(head), house.ctx(head + 1)
    with ctx.transaction() as connection:
        assert others_who_may(ctx, connection, "money.check", {"unit": "head-office"}) == []
        assert others_who_may(other, connection, "money.check", {"unit": "head-office"}) == [head]
        assert others_who_may(other, connection, "money.post", {"unit": "head-office"}) == []
