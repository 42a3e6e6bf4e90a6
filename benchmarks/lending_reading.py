"""Reading a loan after 700 days, each of them closed, and 23 of 24 instalments repaid, beside a loan of the same terms
on its first day: the page of a loan as the service gives it, with its position today and its schedule.

Processor time of this process and of PostgreSQL, in turns; the number of statements must be the same.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import event

from benchmarks.figure import Figure
from benchmarks.lending_cases import BEGINS_ON, Lender, database_cpu, lender
from benchmarks.lending_repayments import contracts
from loanloom.services.context import Context
from loanloom.services.money import disbursements, end_of_day, repayments
from loanloom.services.money.page import loans

DAYS, READS, ROUNDS = 700, 80, 7
BAR = 1.1
PEER = "Fineract 3.2 x (named in the requirement, not measured here)"


def figures() -> Iterator[Figure]:
    """Milliseconds of a read of the old loan, and the ratio to the young one."""
    with lender() as house:
        old = aged(house)
        finance = house.at("finance", 1)
        young = disbursements.disburse(finance, contracts(house.at(), 1, first=1)[0]).loan_id
        assert statements(finance, old) == statements(finance, young)
        pairs = [(spent(house, finance, old), spent(house, finance, young)) for _ in range(ROUNDS)]
    yield Figure(
        name=f"reading a loan after {DAYS} days and 24 instalments",
        value=statistics.median(ours for ours, _ in pairs), unit="ms",
        ratio=sum(ours for ours, _ in pairs) / sum(theirs for _, theirs in pairs),
        peer="the same loan on its first day", bar=BAR, bar_on="ratio", beside=PEER,
    )  # fmt: skip


def aged(house: Lender) -> int:
    """A loan of 24 months that lived 700 days, every instalment repaid on its due date."""
    finance = house.at("finance", 1)
    loan = disbursements.disburse(finance, contracts(house.at(), 1)[0]).loan_id
    ctx, until = house.at(), BEGINS_ON + timedelta(days=DAYS)
    while ctx.business_date < until:
        ctx = end_of_day.close_day(ctx)
        repayments.receive_many(ctx, {loan: None})
    return loan


def statements(ctx: Context, loan: int) -> int:
    """How many statements a read takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(ctx.database.engine, "before_cursor_execute", note)
    read(ctx, loan)
    event.remove(ctx.database.engine, "before_cursor_execute", note)
    return len(seen)


def read(ctx: Context, loan: int) -> object:
    """The loan's page without its lists."""
    return loans.page(ctx, loan, parts=frozenset())


def spent(house: Lender, ctx: Context, loan: int) -> float:
    """Processor milliseconds of one read."""
    began = time.process_time() + database_cpu(house.cluster)
    for _ in range(READS):
        read(ctx, loan)
    return 1000 * (time.process_time() + database_cpu(house.cluster) - began) / READS
