"""Balances of the ledger kept beside its lines: what moved on a day, what each account held as a month began.

A closed day's lines are added up once (`keep_day`); balances of any day are a month's opening, the days since and the
lines of days not closed yet. Nothing adds up all history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, func, select, text

from loanloom.services.money.books.accruing import Posted
from loanloom.store import tables

_KEEP_DAY = text(
    "INSERT INTO account_day (business_date, account_code, unit, currency, debits, credits) "
    "SELECT CAST(:day AS date), account_code, coalesce(unit, ''), currency, sum(debit), sum(credit) FROM journal_line "
    "WHERE journal_entry_id IN (SELECT id FROM journal_entry WHERE business_date = CAST(:day AS date)) "
    "GROUP BY 2, 3, 4"
)
_KEEP_LEDGER_DAY = text(
    "INSERT INTO ledger_day (business_date, next_date, entries, debits, credits) SELECT CAST(:day AS date), "
    "CAST(:next AS date), (SELECT count(*) FROM journal_entry WHERE business_date = CAST(:day AS date)), "
    "coalesce(sum(debits), 0), coalesce(sum(credits), 0) FROM account_day WHERE business_date = CAST(:day AS date) "
    "RETURNING entries, debits, credits"
)
_OPEN_MONTH = text(
    "INSERT INTO account_month (month_on, account_code, unit, currency, opening) "
    "SELECT CAST(:month AS date), account_code, unit, currency, sum(amount) FROM ("
    "SELECT account_code, unit, currency, opening AS amount FROM account_month WHERE month_on = CAST(:before AS date) "
    "UNION ALL SELECT account_code, unit, currency, debits - credits FROM account_day "
    "WHERE business_date >= CAST(:before AS date) AND business_date < CAST(:month AS date)"
    ") AS b GROUP BY 2, 3, 4 HAVING sum(amount) <> 0"
)
_BALANCES = text(
    """
    SELECT account_code, unit, currency, coalesce(sum(moved) FILTER (WHERE day < :first), 0) AS opening,
        coalesce(sum(debits) FILTER (WHERE day >= :first), 0) AS debits,
        coalesce(sum(credits) FILTER (WHERE day >= :first), 0) AS credits
    FROM (
        SELECT account_code, unit, currency, CAST(:first AS date) - 1 AS day, opening AS moved,
            CAST(0 AS numeric) AS debits, CAST(0 AS numeric) AS credits
        FROM account_month WHERE month_on = :month
        UNION ALL
        SELECT account_code, unit, currency, business_date, debits - credits, debits, credits
        FROM account_day WHERE business_date BETWEEN :month AND :last
        UNION ALL
        SELECT l.account_code, coalesce(l.unit, ''), l.currency, l.business_date, l.debit - l.credit, l.debit, l.credit
        FROM journal_entry AS e
        JOIN journal_line AS l ON l.company_id = e.company_id AND l.journal_entry_id = e.id
        WHERE e.business_date > :kept AND e.business_date BETWEEN :month AND :last
    ) AS b
    WHERE (CAST(:units AS text[]) IS NULL OR unit = ANY(:units))
        AND (CAST(:account AS text) IS NULL OR account_code = :account)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day whose lines were added up."""

    entries: int
    debits: Decimal
    credits: Decimal


def kept_until(connection: Connection) -> date:
    """The last day whose balances are kept; the beginning of time where none is."""
    table = tables.ledger_day
    query = select(table.c.business_date).order_by(table.c.business_date.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() or date.min


def keep_day(connection: Connection, day: date, next_day: date) -> Day:
    """Add up a day that is being closed, and open the balances of the months that begin with the next."""
    connection.execute(_KEEP_DAY, {"day": day})
    row = connection.execute(_KEEP_LEDGER_DAY, {"day": day, "next": next_day}).one()
    month = day.replace(day=1)
    while (following := _next_month(month)) <= next_day:
        connection.execute(_OPEN_MONTH, {"month": following, "before": month})
        month = following
    return Day(row.entries, row.debits, row.credits)


def balances(
    connection: Connection,
    first: date,
    last: date,
    *,
    units: Sequence[str] | None = None,
    account: str | None = None,
) -> Sequence[RowMapping]:
    """For each account, unit and currency: opening (debit side) before `first`, debits and credits to `last`; of some
    branches alone where `units` names them."""
    asked = {"first": first, "last": last, "units": None if units is None else list(units), "account": account}
    month, kept = first.replace(day=1), kept_until(connection)
    return (
        connection.execute(_BALANCES, {**asked, "month": _month_kept(connection, month), "kept": kept}).mappings().all()
    )


def lines(
    connection: Connection,
    account: str,
    first: date,
    last: date,
    currency: str,
    units: Sequence[str] | None,
    start: int,
    limit: int | None,
) -> tuple[Decimal, Sequence[RowMapping]]:
    """Lines of an account in order from the `start`-th on, one more than `limit`; with what the ones before moved."""
    line, entry, loan = tables.journal_line, tables.journal_entry, tables.loan
    wanted = [
        line.c.account_code == account,
        line.c.business_date.between(first, last),
        line.c.currency == currency,
        *([line.c.unit.in_(units)] if units is not None else []),
    ]
    order = (line.c.business_date, line.c.id)
    before = Decimal(0)
    if start:
        skipped = select(line.c.debit, line.c.credit).where(*wanted).order_by(*order).limit(start).subquery()
        moved = select(func.coalesce(func.sum(skipped.c.debit - skipped.c.credit), 0))
        before = connection.execute(moved).scalar_one()
    query = (
        select(line, entry.c.event, entry.c.reverses_id, loan.c.number.label("loan_number"))
        .join(entry, entry.c.id == line.c.journal_entry_id)
        .outerjoin(loan, loan.c.id == line.c.loan_id)
        .where(*wanted)
        .order_by(*order)
        .offset(start)
    )
    rows = connection.execute(query if limit is None else query.limit(limit + 1)).mappings().all()
    return before, rows


def shift(connection: Connection, posted: Sequence[Posted]) -> None:
    """Bring the balances in line with entries that were posted on days closed before (of a month still open).

    Rows are locked in one order, table by table and by key, so that two who do this never wait in a ring."""
    moved: dict[tuple[date, str, str, str], list[Decimal]] = {}
    kept = kept_until(connection)
    for each in posted:
        for line in each.entry.lines if each.entry.on <= kept else ():
            key = (each.entry.on, line.account, line.unit or each.unit or "", each.currency)
            into = moved.setdefault(key, [Decimal(0), Decimal(0)])
            into[0] += line.debit
            into[1] += line.credit
    names = ("business_date", "account_code", "unit", "currency")
    days = [
        dict(zip(names, key, strict=True)) | {"debits": both[0], "credits": both[1]}
        for key, both in sorted(moved.items())
    ]
    for statement in (_SHIFT_DAY, _SHIFT_MONTHS, _SHIFT_LEDGER_DAY) if days else ():
        connection.execute(statement, days)
    counts = Counter(each.entry.on for each in posted if each.entry.on <= kept)
    if counts:
        connection.execute(_COUNT_ENTRIES, [{"day": day, "more": more} for day, more in sorted(counts.items())])


_SHIFT_DAY = text(
    "INSERT INTO account_day (business_date, account_code, unit, currency, debits, credits) VALUES (:business_date, "
    ":account_code, :unit, :currency, :debits, :credits) ON CONFLICT ON CONSTRAINT uq_account_day DO UPDATE SET "
    "debits = account_day.debits + excluded.debits, credits = account_day.credits + excluded.credits"
)
_SHIFT_MONTHS = text(
    "INSERT INTO account_month (month_on, account_code, unit, currency, opening) SELECT m.month_on, :account_code, "
    ":unit, :currency, CAST(:debits AS numeric) - CAST(:credits AS numeric) FROM (SELECT DISTINCT month_on FROM "
    "account_month WHERE month_on > CAST(:business_date AS date) ORDER BY month_on) AS m "
    "ON CONFLICT ON CONSTRAINT uq_account_month DO UPDATE SET opening = account_month.opening + excluded.opening"
)
_SHIFT_LEDGER_DAY = text(
    "UPDATE ledger_day SET debits = debits + :debits, credits = credits + :credits WHERE business_date = :business_date"
)

_COUNT_ENTRIES = text("UPDATE ledger_day SET entries = entries + :more WHERE business_date = :day")


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _month_kept(connection: Connection, month: date) -> date:
    """The month whose opening balances to start from: the one asked for, or the latest before it that is kept."""
    table = tables.account_month
    query = select(table.c.month_on).where(table.c.month_on <= month).order_by(table.c.month_on.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() or date.min
