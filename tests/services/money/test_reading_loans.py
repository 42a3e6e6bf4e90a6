"""Reading a loan costs the same however long it has lived; today asks for no events; other days are exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.services.money.house import House, counted

from loanloom.services.errors import Refused
from loanloom.services.money import disbursements, loan_rows, repayments
from loanloom.services.money.page import loans, transaction_page
from loanloom.services.papers import loan_statements

D = Decimal


@pytest.fixture
def loan_id(house) -> int:
    """A loan of 120,000 over 12 months, just paid out."""
    return disbursements.disburse(house.ctx(), house.contract(120_000, "keeping")).loan_id


def live(house: House, loan_id: int, until: date, instalments: int) -> None:
    """Months in which every instalment is paid on its day."""
    for _ in range(instalments):
        due = loans.page(house.ctx(), loan_id, parts=frozenset()).position.next_due_on
        house.close_until(due)
        with house.database.transaction(house.company.id) as connection:
            (kept,) = loan_rows.load(house.ctx(), connection, [loan_id], lock=False)
        repayments.receive(house.ctx(), loan_id, loan_rows.due_today(kept.loan, due))
    house.close_until(until)


def statements(house: House, read) -> list[str]:
    ctx = house.ctx()
    read(ctx)  # what a release compiles to is looked up once
    with counted(house.database) as seen:
        read(ctx)
    return [statement for statement in seen if "SELECT" in statement or "select" in statement]


READINGS = {
    "today": lambda loan_id: lambda ctx: loans.page(ctx, loan_id, parts=frozenset()),
    "everything": lambda loan_id: lambda ctx: loans.page(ctx, loan_id),
    "a past day": lambda loan_id: lambda ctx: loans.page(ctx, loan_id, date(2026, 1, 6)),
    "a quote": lambda loan_id: lambda ctx: loans.quote(ctx, loan_id, date(2026, 12, 1)),
    "the statement": lambda loan_id: lambda ctx: loan_statements.read(ctx, loan_id),
    "a transaction": lambda loan_id: lambda ctx: transaction_page.explained(ctx, loan_id, 1),
}


def test_the_number_of_statements_is_the_same_on_the_first_day_and_after_months(house, loan_id):
    house.close_until(date(2026, 1, 7))
    first = {name: len(statements(house, read(loan_id))) for name, read in READINGS.items()}
    live(house, loan_id, date(2026, 4, 20), 3)
    later = {name: len(statements(house, read(loan_id))) for name, read in READINGS.items()}
    assert later == first
    today = statements(house, READINGS["today"](loan_id))
    assert not [statement for statement in today if "loan_event" in statement], "today needs no history"
    assert later["today"] <= 12


def test_a_past_day_is_what_was_seen_then_and_a_day_to_come_what_will_be(house, loan_id):
    house.close_until(date(2026, 2, 9))
    then = loans.page(house.ctx(), loan_id, parts=frozenset())
    ahead = loans.page(house.ctx(), loan_id, date(2026, 3, 20), frozenset())
    assert ahead.is_future
    house.close_until(date(2026, 3, 20))
    now = loans.page(house.ctx(), loan_id, parts=frozenset())
    assert replace(ahead.position, on=now.on) == now.position, "nothing was paid, so it came as foretold"
    repayments.receive(house.ctx(), loan_id, D("5000"))
    back = loans.page(house.ctx(), loan_id, date(2026, 2, 9), frozenset())
    assert back.is_past
    assert back.position == then.position
    assert back.payoff == then.payoff


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2029, 1, 1)])
def test_days_outside_its_life_are_refused(house, loan_id, day):
    with pytest.raises(Refused):
        loans.page(house.ctx(), loan_id, day)
