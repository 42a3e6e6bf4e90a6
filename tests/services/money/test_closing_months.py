"""Months are closed in order, softly and for good; what is closed for good takes no entry, whoever tries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError
from tests.services.money.house import House

from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money import disbursements
from loanloom.services.money.books import booking, closing, ledger
from loanloom.store import tables

D = Decimal
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
def house(model_company) -> House:
    """The model company in the last days of a year, with a loan of 100,000."""
    with model_company.database.transaction() as connection:
        connection.execute(tables.company.update().values(business_date=date(2026, 12, 28)))
    made = House(model_company.database, model_company.company)
    disbursements.disburse(made.ctx(), made.contract(100_000, "sole-trader-loan"))
    return made


def accountant(house: House, user_id: int = 61, *roles: str):
    ctx = house.ctx(user_id)
    actor = replace(ctx.actor, functions=ctx.actor.functions | {"money.close"}, roles=roles)
    return ctx.as_actor(actor)


def codes(raised) -> set[str]:
    return {problem.code for problem in raised.value.problems}


def test_a_year_is_closed(house: House) -> None:
    house.close_until(date(2027, 1, 3))
    before = ledger.trial_balance(house.ctx(), DECEMBER, date(2026, 12, 31))
    earned = next(row.closing for row in before.rows if row.account.code == "601101")
    assert earned == D("133.33"), "four nights of 100,000 at 12 % over 360"
    closing.close_softly(accountant(house), DECEMBER)
    assert closing.close_for_good(accountant(house), DECEMBER) == 1
    after = {row.account.code: row for row in ledger.trial_balance(house.ctx(), DECEMBER, date(2026, 12, 31)).rows}
    assert after["601101"].closing == 0
    assert after["4103"].closing == earned
    january = ledger.trial_balance(house.ctx(), JANUARY, house.ctx().business_date)
    rows = {row.account.code: row for row in january.rows}
    assert (rows["601101"].opening, rows["4103"].opening) == (0, earned)
    assert january.balanced
    house.close()


def test_what_is_closed_for_good_stays_so(house: House) -> None:
    house.close_until(date(2027, 1, 2))
    closing.close_softly(accountant(house), DECEMBER)
    closing.close_for_good(accountant(house), DECEMBER)
    with pytest.raises(Refused) as refused:
        closing.reopen(accountant(house), DECEMBER, "a mistake")
    assert codes(refused) == {"ledger.closed_for_good"}
    ctx = replace(house.ctx(), business_date=date(2026, 12, 31))
    with pytest.raises(DBAPIError, match="is closed"), ctx.transaction() as connection:
        booking.post_event(ctx, connection, "deposit_received", {"amount": D(5)}, source=("tried", 1))


def test_a_soft_closing_can_be_opened_again_and_is_audited(house: House) -> None:
    house.close_until(date(2027, 1, 2))
    closing.close_softly(accountant(house), DECEMBER)
    with pytest.raises(Conflict):
        closing.close_softly(accountant(house), DECEMBER)
    with pytest.raises(Refused) as refused:
        closing.reopen(accountant(house), DECEMBER, " ")
    assert refused.value.problems[0].field == "reason"
    closing.reopen(accountant(house), DECEMBER, "bank statement came late")
    assert [each.state for each in closing.periods(accountant(house))] == ["running", "open"]
    told = [row for row in house.rows(tables.audit_log) if row.action.startswith("ledger.")]
    assert [(row.action, row.reason) for row in told] == [
        ("ledger.period_closed_softly", None),
        ("ledger.period_reopened", "bank statement came late"),
    ]


def test_months_are_closed_when_they_are_over_and_in_order(house: House) -> None:
    with pytest.raises(Refused) as running:
        closing.close_softly(accountant(house), DECEMBER)
    assert codes(running) == {"ledger.month_not_over"}
    house.close_until(date(2027, 2, 2))
    with pytest.raises(Refused) as order:
        closing.close_softly(accountant(house), JANUARY)
    assert codes(order) == {"ledger.earlier_month_open"}
    closing.close_softly(accountant(house), DECEMBER)
    closing.close_softly(accountant(house), JANUARY)
    with pytest.raises(Refused) as good:
        closing.close_for_good(accountant(house), JANUARY)
    assert codes(good) == {"ledger.earlier_month_open"}
    with pytest.raises(Refused) as later:
        closing.reopen(accountant(house), DECEMBER, "why not")
    assert codes(later) == {"ledger.later_month_closed"}
    with pytest.raises(Conflict):
        closing.close_for_good(accountant(house), date(2027, 2, 1))
    with pytest.raises(Refused) as unknown:
        closing.close_softly(accountant(house), date(2020, 1, 1))
    assert codes(unknown) == {"ledger.no_such_month"}


def test_closing_needs_its_right_and_where_the_role_says_so_two_people(house: House, monkeypatch) -> None:
    house.close_until(date(2027, 1, 2))
    with pytest.raises(Forbidden):
        closing.close_softly(house.ctx(), DECEMBER)
    monkeypatch.setattr(closing, "needs_second", lambda ctx, function: function == "money.close")
    closing.close_softly(accountant(house), DECEMBER)
    assert not closing.periods(accountant(house))[1].may_finish
    with pytest.raises(Refused) as same:
        closing.close_for_good(accountant(house), DECEMBER)
    assert codes(same) == {"ledger.second_person_needed"}
    assert closing.periods(accountant(house, 62))[1].may_finish
    closing.close_for_good(accountant(house, 62), DECEMBER)
