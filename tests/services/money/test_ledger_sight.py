"""The books of a branch are for those who see the branch: trial balance, account statement, journal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from tests.services.money.house import D, House

from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.money import disbursements
from loanloom.services.money.books import ledger
from loanloom.store import tables

LOANS = "1301"


@pytest.fixture
def lent(house: House) -> dict[str, int]:
    """A loan of 1,000 in the east and one of 2,000 in the west."""
    made = {}
    for unit, amount in (("east", 1_000), ("west", 2_000)):
        contract = house.contract(amount)
        with house.database.transaction(house.company.id) as connection:
            of = update(tables.contract).where(tables.contract.c.id == contract)
            connection.execute(of.values(unit=unit))
        made[unit] = disbursements.disburse(house.ctx(), contract).loan_id
    return made


def of(house: House, unit: str, scope: str = "branch") -> Context:
    ctx = house.ctx(81)
    return ctx.as_actor(replace(ctx.actor, unit=unit, scope=scope))


def test_a_branch_sees_its_own_books(house: House, lent: dict[str, int]) -> None:
    for unit, amount in (("east", D(1_000)), ("west", D(2_000))):
        ctx = of(house, unit)
        (row,) = [row for row in ledger.trial_balance(ctx).rows if row.account.code == LOANS]
        assert row.closing == amount
        assert [line.row["debit"] for line in ledger.statement(ctx, LOANS).lines] == [amount]
        assert ledger.statement(ctx, LOANS).closing == amount
        assert [each.row["loan_id"] for each in ledger.entries(ctx).entries] == [lent[unit]]
        assert ledger.units_and_currencies(ctx)[0] == [unit]
    assert len(ledger.entries(of(house, "east", "all")).entries) == 2


def test_asking_for_another_branch_shows_nothing(house: House, lent: dict[str, int]) -> None:
    east = of(house, "east")
    assert ledger.trial_balance(east, unit="west").rows == ()
    assert ledger.statement(east, LOANS, unit="west").lines == []
    assert ledger.entries(east, loan_id=lent["west"]).entries == []
    assert ledger.trial_balance(of(house, "nowhere")).rows == ()
    with pytest.raises(NotFound):
        ledger.statement(of(house, "nowhere"), "9876")


def test_who_sees_their_own_records_alone_sees_the_entries_of_their_loans(house: House, lent: dict[str, int]) -> None:
    stranger = of(house, "east", "own")
    assert ledger.trial_balance(stranger).rows == () and ledger.entries(stranger).entries == []
    manager = house.rows(tables.loan)[0].manager_user_id
    mine = stranger.as_actor(replace(stranger.actor, user_id=manager))
    assert {each.row["loan_id"] for each in ledger.entries(mine).entries} == set(lent.values())
