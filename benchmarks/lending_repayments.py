"""Durable repayments through the service: receipt, allocation, loan, ledger entries, audit, outbox, one commit each.

Two processes of two threads each share a portfolio of loans with 24 instalments on their first due date; every loan
is repaid once. Beside it, in the same run, the same rows inserted bare with a commit for each repayment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Table, insert

from benchmarks.figure import Figure
from benchmarks.lending_cases import BEGINS_ON, Bare, Lender, Run, at_once, lender, of_runs
from loanloom.services.context import Context
from loanloom.services.money import disbursements, end_of_day, loan_rows, repayments
from loanloom.store import tables

LOANS, WARM = 800, 20
FIRST_DUE = date(2026, 4, 2)
BAR = 200
PEER = "Frappe Lending 6.2 to 7.6 /s on such a machine (shared reference, measured 2026-11-22)"
OTHERS = 9_007
"""No user of the benchmark: who made the applications."""


def figures() -> Iterator[Figure]:
    """Repayments a second, and what one costs in processor time."""
    with lender() as house:
        ran, floor = measured(house)
    yield from of_runs("durable repayments", "one repayment", ran, floor, BAR, PEER)


def measured(house: Lender) -> tuple[Run, Run]:
    """The repayments, and the same rows bare."""
    due = portfolio(house)
    cashier = house.at("finance", 1)
    bare = Bare(house)

    def repay(one: tuple[int, Decimal]) -> None:
        repayments.receive(cashier, one[0], one[1], reference="bench", idempotency_key=f"bench-{one[0]}")

    ran = at_once(house, due, repay, WARM)
    return ran, bare.run(len(due))


def portfolio(house: Lender) -> list[tuple[int, Decimal]]:
    """Loans on their first due date with what is due of each."""
    ids = contracts(house.at(), LOANS)
    finance = house.at("finance", 1)
    for start in range(0, LOANS, 300):
        _, refused = disbursements.disburse_many(finance, ids[start : start + 300])
        assert not refused, next(iter(refused.values()))
    ctx = end_of_day.close_until(house.at(), FIRST_DUE)
    with ctx.transaction() as connection:
        wanted = connection.execute(tables.loan.select().with_only_columns(tables.loan.c.id)).scalars().all()
        found = loan_rows.load(ctx, connection, wanted, lock=False)
    return [(kept.id, loan_rows.due_today(kept.loan, ctx.business_date)) for kept in found]


def contracts(ctx: Context, count: int, first: int = 0) -> list[int]:
    """Signed contracts of 24 months with all that they hang on, as rows; numbered from `first`."""
    with ctx.transaction() as connection:
        return [_contract(ctx, connection, place) for place in range(first, first + count)]


def _contract(ctx: Context, connection: Connection, place: int) -> int:
    release = {"release_id": ctx.company.release_id, "unit": "east-lending"}
    agreed = {
        "product_key": "consumer-instalment", "amount": Decimal(5_000 + place), "term_months": 24,
        "method": "equal_instalment", "number": f"B{place:06}", **release,
    }  # fmt: skip
    customer = _add(
        connection, tables.customer, number=agreed["number"], kind="person", name=f"Bench {place}",
        since_on=BEGINS_ON, unit="east-lending", manager_user_id=OTHERS,
    )  # fmt: skip
    application = _add(
        connection, tables.application, **agreed, customer_id=customer, created_by=OTHERS, applied_on=BEGINS_ON,
        state="approved",
    )  # fmt: skip
    common = {**agreed, "application_id": application, "customer_id": customer, "annual_rate": Decimal("0.098")}
    sanction = _add(
        connection, tables.sanction, **common, sanctioned_on=BEGINS_ON, expires_on=date(2029, 1, 1), state="used"
    )
    return _add(
        connection, tables.contract, **common, kind="loan", sanction_id=sanction, state="signed", signed_on=BEGINS_ON,
        created_by=OTHERS,
    )  # fmt: skip


def _add(connection: Connection, table: Table, **values: object) -> int:
    return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
