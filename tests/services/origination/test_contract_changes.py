"""A signed contract changed before it is paid out: within what was granted, by other hands, signed before it counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.approval.lender import Lender
from tests.services.origination.test_contracts import sanction_id

from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.papers import contract_changes, contracts
from loanloom.store import tables

__all__ = ["sanction_id"]
D, TODAY = Decimal, date(2026, 3, 2)


@pytest.fixture
def contract_id(manager: Context, sanction_id: int, lender: Lender) -> int:
    """The trader's contract over 60,000 and twelve months, signed."""
    made = contracts.prepare(manager, sanction_id).contract_id
    contracts.sign(lender.ctx("east1"), made, TODAY, version=1)
    return made


def ask(ctx: Context, contract_id: int, reason: str = "Bought less", version: int = 2, **changes: object) -> int:
    return contract_changes.request(ctx, contract_id, changes, reason, version=version)


def codes(raised: pytest.ExceptionInfo) -> list[str]:
    return [one.code for one in raised.value.problems]


def test_agreed_by_another_and_signed_the_contract_says_so(manager, contract_id, lender):
    change_id = ask(manager, contract_id, amount=D(50_000), term_months=6)
    with pytest.raises(Forbidden):
        contract_changes.decide(manager, change_id, True)
    contract_changes.decide(lender.ctx("east1"), change_id, True)
    main = lender.one(tables.contract, id=contract_id)
    assert (main.amount, main.term_months) == (60_000, 12), "not before it is signed"
    row = lender.one(tables.contract_change)
    contract_changes.sign(lender.ctx("east1"), change_id, TODAY, version=row.version)
    main = lender.one(tables.contract, id=contract_id)
    assert (main.amount, main.term_months, main.state) == (50_000, 6, "signed")
    row = lender.one(tables.contract_change)
    assert (row.state, row.before["amount"], row.number != main.number) == ("in_force", 60_000, True)
    with pytest.raises(Conflict):
        contract_changes.sign(lender.ctx("east1"), change_id, TODAY, version=row.version)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": D(70_000)}, "contract_change.amount"),
        ({"amount": D(1)}, "contract_change.amount"),
        ({"term_months": 24}, "contract_change.term_months"),
        ({"method": "by_magic"}, "contract_change.method"),
        ({"annual_rate": D("0.01")}, "contract_change.nothing"),
        ({"amount": D(60_000)}, "contract_change.nothing"),
        ({"amount": D(50_000), "reason": " "}, "contract_change.reason"),
    ],
)
def test_nothing_beyond_what_was_granted(manager, contract_id, lender, changes, code):
    with pytest.raises(Refused) as refused:
        ask(manager, contract_id, **changes)
    assert codes(refused) == [code]
    assert lender.rows(tables.contract_change) == []


def test_one_at_a_time_and_a_refusal_says_why(manager, contract_id, lender):
    change_id = ask(manager, contract_id, term_months=6)
    with pytest.raises(Refused) as refused:
        ask(manager, contract_id, term_months=9)
    assert codes(refused) == ["contract_change.open"]
    with pytest.raises(Refused):
        contract_changes.decide(lender.ctx("east1"), change_id, False)
    contract_changes.decide(lender.ctx("east1"), change_id, False, "No reason for it")
    assert lender.one(tables.contract_change).state == "refused"
    with pytest.raises(Conflict):
        contract_changes.decide(lender.ctx("head2"), change_id, True)
    assert ask(manager, contract_id, term_months=9) != change_id


def test_what_is_decided_stays_decided_but_a_refusal_that_is_reconsidered(manager, contract_id, lender):
    """What a flow ends with, however late: settled once, unless a refused change is looked at again."""
    boss = lender.ctx("east1")

    def settle(change_id: int, state: str) -> None:
        with boss.transaction() as connection:
            contract, row = contract_changes.locked(boss, connection, change_id)
            contract_changes.settle(boss, connection, contract, row, state, "said")

    first = ask(manager, contract_id, term_months=6)
    settle(first, "refused")
    settle(first, "approved")
    for state in ("approved", "refused", "withdrawn"):
        with pytest.raises(Conflict):
            settle(first, state)
    row = lender.one(tables.contract_change, id=first)
    contract_changes.sign(boss, first, TODAY, version=row.version)
    with pytest.raises(Conflict):
        settle(first, "withdrawn")
    assert lender.one(tables.contract_change, id=first).state == "in_force"


def test_a_refused_change_does_not_come_back_beside_another(manager, contract_id, lender):
    boss = lender.ctx("east1")
    first = ask(manager, contract_id, term_months=6)
    contract_changes.decide(boss, first, False, "No reason for it")
    ask(manager, contract_id, term_months=9)
    with boss.transaction() as connection, pytest.raises(Refused) as refused:
        contract, row = contract_changes.locked(boss, connection, first)
        contract_changes.settle(boss, connection, contract, row, "approved", "said")
    assert codes(refused) == ["contract_change.open"]
