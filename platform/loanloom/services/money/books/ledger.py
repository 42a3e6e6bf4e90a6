"""Reading the ledger: trial balance 试算平衡 over a period, account statement, journal entries. Writes nothing.

Whoever sees the records of some branches alone sees the books of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, select, true

from loanloom.core.ledger.accounts import Account, Chart
from loanloom.core.ledger.balances import TrialBalance
from loanloom.core.ledger.balances import trial_balance as add_up
from loanloom.core.money import ZERO, total
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.books import ledger_balances
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


def trial_balance(
    ctx: Context,
    first: date | None = None,
    last: date | None = None,
    *,
    unit: str | None = None,
    currency: str | None = None,
) -> TrialBalance:
    """Opening balances, movements and closing balances of all accounts in one currency, perhaps of one branch, from
    `first` to `last` inclusive; the month so far unless said otherwise."""
    ctx.require("money.read")
    first, last = period(ctx, first, last)
    sums: dict[str, list[Decimal]] = {}
    with ctx.transaction() as connection:
        rows = ledger_balances.balances(connection, first, last, units=_units(ctx, unit))
    for row in rows:
        if row["currency"] != (currency or ctx.company.currency):
            continue
        into = sums.setdefault(row["account_code"], [ZERO, ZERO, ZERO, ZERO])
        for place, amount in enumerate((max(row["opening"], ZERO), max(-row["opening"], ZERO))):
            into[place] += amount
        into[2] += row["debits"]
        into[3] += row["credits"]
    moved = [(code, one[0], one[1], one[2], one[3]) for code, one in sums.items() if any(one)]
    return add_up(lending_rules.charts(ctx.registry), moved)


def period(ctx: Context, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for: the month so far, unless said otherwise."""
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
    return first, last


def _units(ctx: Context, asked: str | None) -> list[str] | None:
    """The branches whose books are shown: the one asked for, within what the actor sees; None: the whole company's."""
    seen = scope.units_in_scope(ctx)
    if seen is None:
        return [asked] if asked else None
    return sorted(seen & {asked} if asked else seen)


def _seen(ctx: Context) -> ColumnElement[bool]:
    """Entries that the actor sees: with a line of a branch of theirs, or of a loan that is theirs to see."""
    units = _units(ctx, None)
    if units is None:
        return true()
    of_units = select(LINE.c.journal_entry_id).where(LINE.c.journal_entry_id == ENTRY.c.id, LINE.c.unit.in_(units))
    return of_units.exists() | and_(tables.loan.c.id.is_not(None), scope.visible(ctx, tables.loan))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of an account with what the account holds after it, on its own side."""

    row: RowMapping
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """An account over some days: opening, a page of its lines in order, closing. `after` leads to the next page."""

    account: Account
    first: date
    last: date
    currency: str
    opening: Decimal
    debits: Decimal
    credits: Decimal
    lines: Sequence[StatementLine]
    after: int | None

    @property
    def closing(self) -> Decimal:
        """What the account holds at the end, on its own side."""
        moved = self.debits - self.credits
        return self.opening + (moved if self.account.normally_debit else -moved)


def statement(
    ctx: Context,
    code: str,
    first: date | None = None,
    last: date | None = None,
    *,
    unit: str | None = None,
    currency: str | None = None,
    start: int = 0,
    limit: int | None = 100,
) -> Statement:
    """One account's lines with a running balance, oldest first; `start` is the line to begin with."""
    ctx.require("money.read")
    first, last = period(ctx, first, last)
    chart = lending_rules.charts(ctx.registry)
    asked, units = currency or ctx.company.currency, _units(ctx, unit)
    with ctx.transaction() as connection:
        found = [
            row
            for row in ledger_balances.balances(connection, first, last, units=units, account=code)
            if row["currency"] == asked
        ]
        if code not in chart and not found:
            raise NotFound(text("account", "科目"))
        opening = total(row["opening"] for row in found)
        before, rows = ledger_balances.lines(connection, code, first, last, asked, units, start, limit)
    account = chart[code] if code in chart else Account(code, {"en": code}, "asset")
    side = 1 if account.normally_debit else -1
    balance, shown = opening + before, []
    for row in rows[:limit]:
        balance += row["debit"] - row["credit"]
        shown.append(StatementLine(row, balance * side))
    more = limit is not None and len(rows) > limit
    return Statement(
        account, first, last, asked, opening * side, total(row["debits"] for row in found),
        total(row["credits"] for row in found), shown, start + len(shown) if more else None,
    )  # fmt: skip


def units_and_currencies(ctx: Context) -> tuple[list[str], list[str]]:
    """The branches and currencies that the books have seen, the company's own currency first."""
    ctx.require("money.read")
    with ctx.transaction() as connection:
        rows = ledger_balances.balances(connection, ctx.business_date, ctx.business_date, units=_units(ctx, None))
    units = sorted({row["unit"] for row in rows if row["unit"]})
    own = ctx.company.currency
    return units, [own, *sorted({row["currency"] for row in rows} - {own})]


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
    query = (
        select(ENTRY, tables.loan.c.number.label("loan_number"))
        .outerjoin(tables.loan, tables.loan.c.id == ENTRY.c.loan_id)
        .where(_seen(ctx))
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
