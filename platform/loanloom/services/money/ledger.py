"""Reading the ledger: trial balance 试算平衡 over a period, account statement, journal entries. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, case, func, select

from loanloom.core.ledger.accounts import Chart
from loanloom.core.ledger.balances import TrialBalance
from loanloom.core.ledger.balances import trial_balance as add_up
from loanloom.core.money import ZERO
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import lending_rules
from loanloom.store import tables

ENTRY, LINE = tables.journal_entry, tables.journal_line


@dataclass(frozen=True, slots=True)
class EntryView:
    """A journal entry with its lines, and the loan it belongs to if it is one's."""

    row: RowMapping
    lines: Sequence[RowMapping]
    loan_number: str | None

    @property
    def total(self) -> Any:
        """The sum of either side."""
        return sum((line["debit"] for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of entries, the newest first; `next_before` leads to older ones."""

    entries: Sequence[EntryView]
    next_before: int | None
    chart: Chart


def trial_balance(ctx: Context, first: date | None = None, last: date | None = None) -> TrialBalance:
    """Opening balances, movements and closing balances of all accounts, from `first` to `last` inclusive."""
    ctx.require("money.read")
    last = last or ctx.business_date
    first = first or last.replace(day=1)
    if first > last:
        raise Refused(
            Problem(
                code="ledger.period_reversed",
                message=text("The period ends before it begins.", "期间的结束日早于开始日。"),
                field="to",
            )
        )
    before = ENTRY.c.business_date < first
    query = (
        select(
            LINE.c.account_code,
            *(
                func.coalesce(func.sum(case((condition, column), else_=0)), 0)
                for condition in (before, ~before)
                for column in (LINE.c.debit, LINE.c.credit)
            ),
        )
        .join(ENTRY, ENTRY.c.id == LINE.c.journal_entry_id)
        .where(ENTRY.c.business_date <= last)
        .group_by(LINE.c.account_code)
        .order_by(LINE.c.account_code)
    )
    with ctx.transaction() as connection:
        rows = connection.execute(query).all()
    return add_up(lending_rules.charts(ctx.registry), [tuple(row) for row in rows])


def entries(
    ctx: Context,
    *,
    account: str | None = None,
    on: date | None = None,
    loan_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Entries:
    """Journal entries, the newest first, perhaps of one account, day or loan; paged by id."""
    ctx.require("money.read")
    query = select(ENTRY, tables.loan.c.number.label("loan_number")).outerjoin(
        tables.loan, tables.loan.c.id == ENTRY.c.loan_id
    )
    if account is not None:
        query = query.where(ENTRY.c.id.in_(select(LINE.c.journal_entry_id).where(LINE.c.account_code == account)))
    if on is not None:
        query = query.where(ENTRY.c.business_date == on)
    if loan_id is not None:
        query = query.where(ENTRY.c.loan_id == loan_id)
    if before is not None:
        query = query.where(ENTRY.c.id < before)
    with ctx.transaction() as connection:
        rows = connection.execute(query.order_by(ENTRY.c.id.desc()).limit(limit + 1)).mappings().all()
        shown = rows[:limit]
        lines: dict[int, list[RowMapping]] = {row["id"]: [] for row in shown}
        of_these = select(LINE).where(LINE.c.journal_entry_id.in_(lines)).order_by(LINE.c.id)
        for line in connection.execute(of_these).mappings():
            lines[line["journal_entry_id"]].append(line)
    views = [EntryView(row, lines[row["id"]], row["loan_number"]) for row in shown]
    return Entries(views, shown[-1]["id"] if len(rows) > limit else None, lending_rules.charts(ctx.registry))


def entry(ctx: Context, entry_id: int) -> EntryView:
    """One journal entry."""
    ctx.require("money.read")
    with ctx.transaction() as connection:
        row = (
            connection.execute(
                select(ENTRY, tables.loan.c.number.label("loan_number"))
                .outerjoin(tables.loan, tables.loan.c.id == ENTRY.c.loan_id)
                .where(ENTRY.c.id == entry_id)
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound(text("journal entry", "分录"))
        query = select(LINE).where(LINE.c.journal_entry_id == entry_id).order_by(LINE.c.line_number)
        return EntryView(row, connection.execute(query).mappings().all(), row["loan_number"])
