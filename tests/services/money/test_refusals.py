"""Bad commands are refused with a code and words in both languages, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from tests.services.money.house import House

from loanloom.problems import say
from loanloom.services.context import Context
from loanloom.services.errors import ServiceError
from loanloom.services.money import disbursements, repayments
from loanloom.store import tables

D = Decimal
FIRST_DUE = date(2026, 2, 5)
Command = Callable[[Context, int], object]


def receiving(amount: str, purpose: str = "due", **more: object) -> Command:
    return lambda ctx, loan: repayments.receive(ctx, loan, D(amount), purpose, **more)


COMMANDS: dict[str, tuple[Command, str]] = {
    "negative": (receiving("-1"), "lending.amount_not_positive"),
    "zero": (receiving("0"), "lending.amount_not_positive"),
    "not a number": (receiving("NaN"), "lending.amount_not_positive"),
    "infinite": (receiving("Infinity"), "lending.amount_not_positive"),
    "beyond any loan": (receiving("1e17"), "lending.amount_out_of_range"),
    "finer than a cent": (receiving("1.001"), "lending.amount_too_fine"),
    "more than due": (receiving("8884.89"), "lending.more_than_due"),
    "not what settles": (receiving("8884.88", "settle"), "lending.not_the_payoff_amount"),
    "wrong currency": (receiving("1.00", currency="USD"), "lending.wrong_currency"),
    "no such channel": (receiving("1.00", channel="pigeon"), "money.unknown_channel"),
    "no such loan": (lambda ctx, loan: repayments.receive(ctx, loan + 1_000, D(1)), "service.not_found"),
}


def refused(work: Callable[[], object]) -> str:
    """The code of the refusal, whose every problem speaks both languages."""
    with pytest.raises(ServiceError) as error:
        work()
    for problem in error.value.problems:
        assert say(problem.message, "en").isascii() or "“" in say(problem.message, "en")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in say(problem.message, "zh"))
    return error.value.problems[0].code


@pytest.fixture
def due(house: House) -> tuple[House, int]:
    """A loan on its first due date."""
    loan = disbursements.disburse(house.ctx(), house.contract()).loan_id
    house.close_until(FIRST_DUE)
    return house, loan


def test_bad_repayments(due: tuple[House, int]) -> None:
    house, loan = due
    before = house.balances()
    for what, (command, code) in COMMANDS.items():
        assert refused(lambda command=command: command(house.ctx(), loan)) == code, what
    assert house.rows(tables.receipt) == house.rows(tables.repayment) == []
    assert house.balances() == before


def test_of_another_branch_or_day_or_of_a_closed_loan(due: tuple[House, int]) -> None:
    house, loan = due
    ctx = house.ctx()
    stranger = ctx.as_actor(replace(ctx.actor, user_id=77, scope="branch", unit="elsewhere"))
    assert refused(lambda: repayments.receive(stranger, loan, D(1))) == "service.not_found"
    nobody = ctx.as_actor(replace(ctx.actor, functions=frozenset()))
    assert refused(lambda: repayments.receive(nobody, loan, D(1))) == "service.forbidden"
    for days in (-1, 1):
        other = replace(ctx, business_date=ctx.business_date + timedelta(days=days))
        assert refused(lambda other=other: repayments.receive(other, loan, D(1))) == "day.moved"
    owed = repayments.preview(ctx, loan, D(1)).payoff.total
    repayments.receive(ctx, loan, owed, "settle")
    assert refused(lambda: repayments.receive(ctx, loan, D(1))) == "lending.loan_settled"
    assert len(house.rows(tables.receipt)) == 1


def test_disbursements_that_may_not_be(house: House) -> None:
    ctx = house.ctx()
    contract = house.contract()
    with house.database.transaction(house.company.id) as connection:
        connection.execute(update(tables.contract).where(tables.contract.c.id == contract).values(amount=D(100_001)))
    assert refused(lambda: disbursements.disburse(ctx, contract)) == "disbursement.not_as_sanctioned"
    unsigned = house.contract()
    with house.database.transaction(house.company.id) as connection:
        connection.execute(update(tables.contract).where(tables.contract.c.id == unsigned).values(state="prepared"))
    assert refused(lambda: disbursements.disburse(ctx, unsigned)) == "disbursement.not_signed"
    paid = house.contract()
    disbursements.disburse(ctx, paid)
    assert refused(lambda: disbursements.disburse(ctx, paid)) == "disbursement.already_disbursed"
    assert refused(lambda: disbursements.disburse(ctx, 10_000_000)) == "service.not_found"
    assert len(house.rows(tables.loan)) == 1


def test_an_event_is_superseded_once_and_else_never_changed(due: tuple[House, int]) -> None:
    house, loan = due
    repayments.receive(house.ctx(), loan, D("100.00"))

    def change(values: str) -> None:
        with house.database.transaction(house.company.id) as connection:
            connection.exec_driver_sql(f"UPDATE loan_event SET {values} WHERE sequence = 2")

    for values in ("data = '{}'", "occurred_on = '2020-01-01'", "superseded_by = 3, kind = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            change(values)
    change("superseded_by = 3")
    for values in ("superseded_by = 4", "superseded_by = NULL"):
        with pytest.raises(DBAPIError, match="never changed"):
            change(values)
    assert [row.superseded_by for row in house.rows(tables.loan_event)] == [None, 3]
