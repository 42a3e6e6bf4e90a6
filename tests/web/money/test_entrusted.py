"""Entrusted loans: a trustor's money from its arrival to its return; nothing lent beyond it; off our balance sheet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.services.money.changes.test_kinds import carry_out
from tests.services.money.desk.lender import CASHIER, RIGHTS
from tests.services.money.house import House
from tests.web.money.test_desk import only, post, until_due
from tests.web.pages import page

from loanloom.services.errors import Refused
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import deposits, entrusting, orders, trustors
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.parties import partners
from loanloom.store import tables

D = Decimal
OFF = ("9003", "900301", "900302", "9099")


class Agent:
    """Somebody who does everything about a trustor's money."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.trustor = partners.create(self.ctx(), partners.Details(kind="trustor", name="城投公司（演示）"))

    def ctx(self):
        ctx = self.house.ctx()
        return replace(ctx, actor=replace(ctx.actor, user_id=CASHIER, functions=frozenset(RIGHTS)))

    def enter(self, what: str, **given) -> orders.Order:
        return orders.enter(self.ctx(), KINDS[what], KINDS[what].parameters(**given))

    def brings(self, amount: str) -> int:
        made = self.enter(
            "deposit_receive", kind="entrusted", amount=D(amount), currency="CNY", party_id=self.trustor,
            source="自有资金", purpose="流动资金",
        )  # fmt: skip
        return int(made.result["deposit_id"])

    def lends(self, amount: int = 100_000) -> int:
        contract = self.house.contract(amount, "entrusted-loan", method="bullet", months=3)
        entrusting.name(self.ctx(), contract, self.trustor, source="自有资金", purpose="流动资金")
        return contract


def books(house: House) -> dict[str, Decimal]:
    return {code: amount for code, amount in house.balances().items() if code not in OFF}


def test_nothing_is_lent_beyond_the_trustors_money(house: House) -> None:
    agent = Agent(house)
    unnamed = house.contract(100_000, "entrusted-loan", method="bullet", months=3)
    contract = agent.lends()
    for wanted, words in ((unnamed, "Name the trustor"), (contract, "is there")):
        with pytest.raises(Refused) as refused:
            disbursements.disburse(house.ctx(), wanted)
        assert words in refused.value.problems[0].message["en"]
    agent.brings("99999.99")
    with pytest.raises(Refused):
        disbursements.disburse(house.ctx(), contract)
    deposit = agent.brings("0.01")
    disbursements.disburse(house.ctx(), contract)
    assert only(house, tables.deposit, id=deposit).balance == D(0)
    assert books(house) == {}  # in and out; the loan itself is noted off the balance sheet
    assert house.balances()["900301"] == D(100_000)


def test_what_the_borrower_pays_is_the_trustors_and_goes_to_him(house: House) -> None:
    agent = Agent(house)
    deposit = agent.brings("100000")
    loan = disbursements.disburse(house.ctx(), agent.lends()).loan_id
    day = until_due(house)
    due = only(house, tables.instalment, due_on=day)
    paid = due.interest
    made = agent.enter("repayment", loan_id=loan, amount=paid)
    view = deposits.statement(agent.ctx(), deposit)
    assert [(one["kind"], one["amount"]) for one in view.entries] == [
        ("received", D(100_000)), ("lent", D(-100_000)), ("collected", paid),
    ]  # fmt: skip
    assert view.entries[1]["source"] == "自有资金" and books(house)["2314"] == -paid == -view.row["balance"]
    agent.enter("reversal", order_id=made.result and only(house, tables.cash_order, kind="repayment").id, why="wrong")
    assert only(house, tables.deposit).balance == D(0) and "2314" not in books(house)
    agent.enter("repayment", loan_id=loan, amount=paid)
    agent.enter("deposit_release", deposit_id=deposit, amount=paid)
    payout = only(house, tables.payout, kind="deposit_release")
    assert payout.payee_name == "城投公司（演示）"
    agent.enter("payout", payout_id=payout.id)
    assert "2314" not in books(house) and "224103" not in books(house)
    house.close()


def test_a_loan_takes_the_trustors_money_of_its_own_currency_and_his_money_pays_nobodys_loan(house: House) -> None:
    agent = Agent(house)
    deposit = agent.brings("150000")
    other = agent.enter(
        "deposit_receive", kind="entrusted", amount=D(150_000), currency="USD", party_id=agent.trustor,
        source="自有资金", purpose="流动资金",
    )  # fmt: skip
    loan = disbursements.disburse(house.ctx(), agent.lends()).loan_id
    assert only(house, tables.deposit, id=deposit).balance == D(50_000)
    assert only(house, tables.deposit, id=other.result["deposit_id"]).balance == D(150_000)
    with pytest.raises(Refused) as refused:
        agent.enter("deposit_apply", deposit_id=deposit, loan_id=loan, amount=D(1))
    assert refused.value.problems[0].code == "deposit.entrusted"


def test_the_pages_of_an_entrusted_loan(house, person) -> None:
    finance = person("finance")
    post(finance, "/parties/new", kind="trustor", name="城投公司（演示）")
    trustor = only(house, tables.party)
    fields = {"kind": "entrusted", "party_id": trustor.id, "amount": "100,000", "currency": "CNY", "channel": "bank"}
    assert "Say where the money comes from" in post(finance, "/cashier/deposits/new", 422, **fields)
    post(finance, "/cashier/deposits/new", **fields, source="自有资金", purpose="流动资金")
    contract = house.contract(100_000, "entrusted-loan", method="bullet", months=3)
    assert "Name the trustor" in page(finance, f"/disbursements/{contract}")
    post(finance, f"/contracts/{contract}/trustor", party_id=trustor.id, source="自有资金", purpose="流动资金")
    assert "城投公司" in page(finance, f"/disbursements/{contract}")
    post(finance, f"/disbursements/{contract}", channel="bank")
    shown = page(finance, f"/cashier/deposits/{only(house, tables.deposit).id}")
    assert "Lent" in shown and "自有资金" in shown
    assert only(house, tables.loan).number in page(finance, f"/parties/{trustor.id}")


def test_money_that_is_passed_on_at_settlement_waits_until_that_night(house: House, monkeypatch) -> None:
    whole = trustors.offers.offer_for

    def at_settlement(*given):
        offer = whole(*given)
        return replace(offer, entrusting=replace(offer.entrusting, repays_on="settlement"))

    monkeypatch.setattr(trustors.offers, "offer_for", at_settlement)
    agent = Agent(house)
    agent.brings("100000")
    loan_id = disbursements.disburse(house.ctx(), agent.lends()).loan_id
    due = only(house, tables.instalment, due_on=until_due(house)).interest
    agent.enter("repayment", loan_id=loan_id, amount=due)
    order = only(house, tables.cash_order, kind="repayment").id
    agent.enter("reversal", order_id=order, why="wrong")
    (empty,) = house.rows(tables.deposit)
    assert (empty.balance, empty.held) == (D(0), D(0))
    agent.enter("repayment", loan_id=loan_id, amount=due)
    (fund,) = house.rows(tables.deposit)
    assert fund.balance == fund.held > 0
    with pytest.raises(Refused):
        agent.enter("deposit_release", deposit_id=fund.id, amount=fund.balance)
    house.close()
    (freed,) = house.rows(tables.deposit)
    assert (freed.balance, freed.held) == (fund.balance, D(0))
    assert house.rows(tables.deposit_entry)[-1].loan_id == loan_id


def test_a_disbursement_taken_back_gives_the_trustor_his_money_again(house: House) -> None:
    agent = Agent(house)
    deposit = agent.brings("100000")
    loan_id = disbursements.disburse(house.ctx(), agent.lends()).loan_id
    house.close(5)
    carry_out(house, loan_id, "undo_disbursement", {"money_back": "returned", "mistake": "wrong_account"})
    view = deposits.statement(agent.ctx(), deposit)
    assert [(one["kind"], one["amount"]) for one in view.entries] == [
        ("received", D(100_000)), ("lent", D(-100_000)), ("returned", D(100_000)),
    ]  # fmt: skip
    assert (view.row["balance"], view.row["held"]) == (D(100_000), D(0))
    assert books(house) == {"1002": D(100_000), "2314": D(-100_000)}
    assert not {code for code in OFF if house.balances().get(code)}
    house.close()
