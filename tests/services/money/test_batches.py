"""Batches of money: one stopped contract holds up no other, and two batches never wait for each other in a ring."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from sqlalchemy import select, text
from tests.services.money.house import House
from tests.services.money.test_credit_lines import ASKS, DECIDES, ask, by, figures, opened
from tests.web.money.test_entrusted import Agent, D

from loanloom.services.money import disbursements, repayments
from loanloom.services.money.cashier import entrusting
from loanloom.services.money.lines import credit_draws, credit_line_changes
from loanloom.store import tables


@pytest.fixture
def company_house(model_company) -> House:
    """The model company, which sells entrusted loans."""
    return House(model_company.database, model_company.company)


def test_a_line_frozen_since_stops_its_own_draw_and_nothing_else(house: House) -> None:
    line = opened(house)
    drawn = credit_draws.approve(by(house, DECIDES), ask(house, line, 100_000), version=1)
    change = credit_line_changes.ask_change(by(house, ASKS), line, "freeze", "arrears elsewhere")
    credit_line_changes.decide_change(by(house, DECIDES), change, approve=True, version=1)
    plain = [house.contract(10_000), house.contract(20_000)]
    made, refused = disbursements.disburse_many(house.ctx(), [plain[0], drawn, plain[1]])
    assert {each.code for each in refused[drawn]} == {"line.not_open"} and len(refused) == 1
    assert len(made) == 2
    assert [row.contract_id for row in house.rows(tables.loan)] == plain
    assert figures(house, line)[:2] == (D(0), D(100_000)), "the draw waits as before"
    assert sum(house.balances().values()) == 0 and house.balances()["1301"] == D(30_000)
    again, refused = disbursements.disburse_many(house.ctx(), [plain[0], drawn, plain[1]])
    assert again == [] and list(refused) == [drawn]
    house.close()


def test_a_trustors_money_that_is_enough_for_one_lends_one(company_house: House) -> None:
    agent = Agent(company_house)
    agent.brings("150000")
    first, second = agent.lends(), agent.lends()
    made, refused = disbursements.disburse_many(company_house.ctx(), [first, second])
    assert len(made) == 1 and {each.code for each in refused[second]} == {"disbursement.trustor"}
    (fund,) = company_house.rows(tables.deposit)
    assert fund.balance == D(50_000)


def test_batches_lock_trustors_money_in_one_order(company_house: House) -> None:
    """Whoever holds the money that comes first never finds a batch sitting on the money that comes later."""
    house = company_house
    early, late = Agent(house), Agent(house)
    first, second = early.brings("500000"), late.brings("500000")
    assert first < second

    def lent(*agents: Agent) -> list[int]:
        contracts = []
        for agent in agents:
            contract = house.contract(100_000, "entrusted-loan", method="bullet", months=3)
            entrusting.name(agent.ctx(), contract, agent.trustor, source="自有资金", purpose="流动资金")
            contracts.append(contract)
        return contracts

    loans = [one.loan_id for one in disbursements.disburse_many(house.ctx(), lent(late, early))[0]]
    wanted = lent(late, early)
    house.close_until(house.rows(tables.instalment)[0].due_on)
    batches = (
        lambda: disbursements.disburse_many(house.ctx(), wanted),
        lambda: repayments.receive_many(house.ctx(), {loan: D(500) for loan in loans}),
    )
    for batch in batches:
        with ThreadPoolExecutor(1) as pool:
            with house.database.transaction(house.company.id) as connection:
                hold(connection, first)
                running = pool.submit(batch)
                wait_for_a_waiter(house)
                hold(connection, second, nowait=True)  # nobody sits on it while waiting for the first
            made, refused = running.result(timeout=30)
            assert len(made) == 2 and not refused


def hold(connection, deposit_id: int, *, nowait: bool = False) -> None:
    table = tables.deposit
    connection.execute(select(table.c.id).where(table.c.id == deposit_id).with_for_update(nowait=nowait)).one()


def wait_for_a_waiter(house: House) -> None:
    """Until some statement of this database waits for a row that is held."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    until = monotonic() + 20
    while monotonic() < until:
        with house.database.transaction(house.company.id) as connection:
            if connection.execute(waiting).scalar_one():
                return
        sleep(0.05)
    raise AssertionError("nobody came to wait")
