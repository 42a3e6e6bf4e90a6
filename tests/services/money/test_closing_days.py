"""The end of day: the books equal the loans to the cent, cost follows what happens, repeating does nothing."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.services.money.house import START, House, counted

from loanloom.core.lending.owing.arrears import interest_accrued
from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.money import ROUNDING_MODES, Rounding
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money import disbursements, end_of_day, loan_rows, repayments
from loanloom.services.money.books import amending, booking
from loanloom.services.money.end_of_day.interest import accrued
from loanloom.store import tables

D = Decimal
RECEIVED = "repayment_received"
WAYS = ("plain", "keeping", "even", "following")


def lend(house: House, wanted: list[dict]) -> list[int]:
    made, refused = disbursements.disburse_many(house.ctx(), house.contracts(wanted))
    assert not refused
    return [each.loan_id for each in made]


def mixed(count: int) -> list[dict]:
    products = ("plain", "keeping", "even")
    return [
        {"product_key": products[place % 3], "amount": D(10_000) + place * D("371.37"), "months": 3 + place % 5}
        for place in range(count)
    ]


def by_hand(house: House, *lines: tuple[str, Decimal, Decimal]) -> None:
    with house.database.transaction(house.company.id) as connection:
        entry = connection.execute(
            tables.journal_entry.insert()
            .values(business_date=START, event="by_hand")
            .returning(tables.journal_entry.c.id)
        ).scalar_one()
        for number, (account, debit, credit) in enumerate(lines, 1):
            connection.execute(
                tables.journal_line.insert().values(
                    journal_entry_id=entry, line_number=number, business_date=START, account_code=account, debit=debit,
                    credit=credit,
                )
            )  # fmt: skip


def test_interest_in_the_ledger_is_the_sum_over_loans_every_day(house: House) -> None:
    ids = lend(house, mixed(12))
    for _ in range(33):
        house.close()
        ctx = house.ctx()
        with ctx.transaction() as connection:
            loans = [kept.loan for kept in loan_rows.load(ctx, connection, ids, lock=False)]
        owed = sum(
            interest_accrued(account.instalment, ctx.business_date, loan.terms.rounding)
            for loan in loans
            for account in loan.accounts
        )
        booked = sum(row.amount for row in house.rows(tables.accrual) if row.kind == "interest")
        assert booked == owed == house.balances()["1131"]


def undo_last_receipt(house: House, loan_id: int) -> int:
    ctx = house.ctx()
    with ctx.transaction() as connection:
        booking.open_day(ctx, connection)
        received = [
            row["sequence"] for row, _event in loan_rows.events_of(connection, loan_id) if row["kind"] == RECEIVED
        ]
        for sequence in received[-1:]:
            amending.undo_event(ctx, connection, loan_id, sequence)
    return len(received[-1:])


def test_the_books_equal_the_loans_every_day_whatever_they_pay(house: House) -> None:
    """Loans that pay early, late, too little, nothing or by mistake, two recalculating: claims always tie out."""
    draw = random.Random(11)
    ids, taken_back = lend(house, [{"product_key": key, "amount": D(40_000), "months": 3} for key in WAYS] * 2), 0
    for _ in range(70):
        ctx = house.ctx()
        with ctx.transaction() as connection:
            found = {kept.id: kept.loan for kept in loan_rows.load(ctx, connection, ids, lock=False)}
        claims: dict[str, Decimal] = {}
        for loan in found.values():
            for name, amount in receivable(loan, ctx.business_date).items():
                claims[name] = claims.get(name, D(0)) + amount
        books = house.balances()
        assert books.get("1301", D(0)) == claims["principal"]
        assert books.get("1131", D(0)) == claims["interest"]
        assert books.get("1132", D(0)) == claims["penalty"] + claims["compound"]
        for loan_id, loan in found.items():
            due = loan_rows.due_today(loan, ctx.business_date)
            if due and not loan.settled_on and draw.random() < 0.12:
                part = due if draw.random() < 0.5 else (due * D(draw.randint(20, 90)) / 100).quantize(D("0.01"))
                repayments.receive(ctx, loan_id, part)
            elif loan.terms.keeps_overpayment and not loan.settled_on and draw.random() < 0.02:
                repayments.receive(ctx, loan_id, D(draw.randint(100, 5_000)))
            elif draw.random() < 0.03:
                taken_back += undo_last_receipt(house, loan_id)
        house.close()
    assert taken_back > 3


def test_a_loan_35_days_late_is_of_special_mention_with_its_penalty_booked(house: House) -> None:
    late, paying = lend(house, [{"product_key": "plain", "amount": D(100_000)}] * 2)
    house.close_until(date(2026, 2, 5))
    repayments.receive(house.ctx(), paying, D("8884.88"))
    house.close_until(date(2026, 3, 5))
    repayments.receive(house.ctx(), paying, D("8884.88"))
    house.close_until(date(2026, 3, 12))
    rows = {row.id: row for row in house.rows(tables.loan)}
    assert (rows[late].days_past_due, rows[late].asset_class) == (35, "special_mention")
    assert (rows[paying].days_past_due, rows[paying].asset_class) == (0, "normal")
    # 7,884.88 x 18 % x 35 / 360 and, second instalment, 7,963.73 x 18 % x 7 / 360
    assert rows[late].penalty_booked == D("137.99") + D("27.87")
    assert house.balances()["1132"] == rows[late].penalty_booked
    history = house.rows(tables.loan_class)
    assert [(row.loan_id, row.classed_on, row.asset_class) for row in history] == [
        (late, date(2026, 2, 6), "special_mention")
    ]
    assert history[0].trace


def test_closing_a_day_twice_is_closing_it_once(house: House) -> None:
    lend(house, mixed(3))
    ctx = house.ctx()
    run = end_of_day.open_run(ctx)
    end_of_day.work(ctx, run)
    lines = len(house.rows(tables.journal_line))
    assert end_of_day.open_run(ctx) == run
    end_of_day.work(ctx, run)
    assert len(house.rows(tables.journal_line)) == lines
    assert house.ctx().business_date == START + timedelta(days=1)
    with pytest.raises(Conflict):
        end_of_day.open_run(replace(ctx, business_date=START + timedelta(days=9)))


def test_no_money_moves_while_a_day_is_being_closed(house: House) -> None:
    (loan,) = lend(house, mixed(1))
    contract = house.contract()
    ctx = house.ctx()
    run = end_of_day.open_run(ctx)
    for attempt in (
        lambda: repayments.receive(ctx, loan, D(1)),
        lambda: disbursements.disburse(ctx, contract),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.problems[0].code == "day.closing"
    end_of_day.work(ctx, run)
    with pytest.raises(Conflict) as moved:
        disbursements.disburse(ctx, contract)
    assert moved.value.problems[0].code == "day.moved"
    disbursements.disburse(house.ctx(), contract)


def test_a_difference_stops_the_day_until_it_is_put_right(house: House) -> None:
    lend(house, mixed(3))
    by_hand(house, ("1301", D("0.01"), D(0)), ("1002", D(0), D("0.01")))
    with pytest.raises(Refused) as stopped:
        house.close()
    assert stopped.value.problems[0].code == "day.ledger_differs"
    assert "1301" in stopped.value.problems[0].in_words("zh")
    assert house.ctx().business_date == START
    ctx = house.ctx()
    assert end_of_day.recent(ctx)[0].state == "failed"
    by_hand(house, ("1301", D(0), D("0.01")), ("1002", D("0.01"), D(0)))
    house.close()
    assert house.ctx().business_date == START + timedelta(days=1)


def test_statements_do_not_grow_with_loans(house: House) -> None:
    lend(house, mixed(6))
    house.close_until(date(2026, 2, 5))
    lend(house, mixed(6))
    with counted(house.database) as few:  # six loans become overdue
        house.close()
    house.close_until(date(2026, 3, 4))
    lend(house, mixed(90))
    house.close()
    with counted(house.database) as many:
        house.close()
    assert len(many) <= len(few) <= 96, (Counter(few) - Counter(many), Counter(many) - Counter(few))
    first = sum(row.days_past_due > 0 for row in house.rows(tables.loan))
    assert first == 12


def test_progress_names_every_step_and_its_figures(house: House) -> None:
    lend(house, mixed(3))
    told: list[tuple[int, int, str]] = []
    ctx = house.ctx()
    run = end_of_day.open_run(ctx)
    end_of_day.work(ctx, run, lambda done, total, step: told.append((done, total, step)))
    seen = end_of_day.progress(house.ctx(), run)
    assert seen.state == "done"
    assert (seen.done, seen.total) == (9, 9)
    assert seen.steps[0].figures["loans"] == 3
    assert next(step for _, _, step in told) == "interest"
    assert seen.seconds is not None
    with pytest.raises(Forbidden):
        end_of_day.open_run(ctx.as_actor(ctx.actor.__class__(user_id=3, username="x", name="x")))


def test_to_month_end(house: House) -> None:
    assert end_of_day.end_of_month(date(2026, 2, 10)) == date(2026, 3, 1)
    days: list[str] = []
    end_of_day.close_until(
        house.ctx(), date(2026, 1, 9), lambda done, total, step: days.append(f"{done}/{total} {step}")
    )
    assert days == ["0/4 2026-01-05", "1/4 2026-01-06", "2/4 2026-01-07", "3/4 2026-01-08", "4/4 2026-01-09"]


CASES = st.tuples(
    st.decimals("0.01", 5_000_000, places=2), st.decimals(0, "0.36", places=4), st.integers(0, 400),
    st.integers(1, 400), st.sampled_from([360, 364, 365]), st.integers(0, 3), st.sampled_from(sorted(ROUNDING_MODES)),
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(CASES, min_size=40, max_size=40))
def test_the_statement_draws_the_line_of_the_core(house: House, cases: list[tuple]) -> None:
    """The same interest by day in SQL and in Python: every rounding mode, exact halves included."""
    wanted, rows = [], []
    for base, rate, elapsed, length, basis, digits, mode in cases:
        rounding = Rounding(digits, mode)
        interest = rounding.apply(base * rate * length / basis)
        due = START + timedelta(days=length)
        row = Instalment(1, START, due, base, base, interest, base, rate, basis)
        wanted.append(interest_accrued(row, START + timedelta(days=elapsed), rounding))
        rows.append(
            f"({base}::numeric, {rate}::numeric, 0::numeric, NULL::date, "
            f"'{START}'::date, '{due}'::date, {interest}::numeric, {basis}, "
            f"{digits}, '{mode}', '{START + timedelta(days=elapsed)}'::date, {len(rows)})"
        )
    statement = (
        f"SELECT {accrued('i.day')} FROM (VALUES {', '.join(rows)}) AS i(base, annual_rate, carried, "
        "counted_from, starts_on, due_on, "
        "interest, daily_basis, digits, mode, day, place) "
        "CROSS JOIN LATERAL (SELECT i.digits, i.mode) AS r ORDER BY i.place"
    )
    with house.database.transaction() as connection:
        assert list(connection.execute(text(statement)).scalars()) == wanted
