"""Interest of the day: one statement over all running instalments, booked as one entry a product and branch.

The statement draws the same line that `core.lending.arrears.interest_accrued` defines: what earlier balances of the
period bore, then actual days over the basis, never more than the period's interest, all of it on the due date; each
loan rounded by its own terms. So the ledger equals the sum over loans to the cent, without a row a loan and day.
A night that reaches into the next month books each month's days in that month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from loanloom.core.money import ZERO, total
from loanloom.engines import posting
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.services.money.books import accruing, booking
from loanloom.services.money.books.booking import Posted
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.store import bulk, tables

# Exact halves must stay halves: thirty digits after the point before the one division.
_ONE = "1.000000000000000000000000000000"
_RAW = (
    f"(i.carried + i.base * i.annual_rate * ({{day}} - coalesce(i.counted_from, i.starts_on)) * {_ONE} / i.daily_basis)"
)
_SCALE = "power(10::numeric, r.digits)"


def _rounded(value: str) -> str:
    """`value` (never negative) by the loan's rounding mode, as core.money.Rounding does it."""
    scaled = f"({value}) * {_SCALE}"
    half = f"{scaled} - trunc({scaled}) = 0.5"
    return (
        "CASE r.mode "
        f"WHEN 'half_up' THEN round({value}, r.digits) "
        f"WHEN 'half_even' THEN CASE WHEN {half} THEN 2 * round(trunc({scaled}) / 2) / {_SCALE} "
        f"ELSE round({value}, r.digits) END "
        f"WHEN 'half_down' THEN CASE WHEN {half} THEN trunc({value}, r.digits) ELSE round({value}, r.digits) END "
        f"WHEN 'up' THEN ceil({scaled}) / {_SCALE} WHEN 'ceiling' THEN ceil({scaled}) / {_SCALE} "
        f"ELSE trunc({value}, r.digits) END"
    )


def accrued(day: str) -> str:
    """SQL for the interest of instalment `i` accrued by `day` (a parameter or expression), with rounding `r`."""
    return (
        f"CASE WHEN {day} >= i.due_on THEN i.interest WHEN {day} <= coalesce(i.counted_from, i.starts_on) "
        f"THEN least({_rounded('i.carried')}, i.interest) ELSE least({_rounded(_RAW.format(day=day))}, i.interest) END"
    )


ROUNDING = (
    "CROSS JOIN LATERAL (SELECT (l.terms->'rounding'->>'digits')::integer AS digits, "
    "l.terms->'rounding'->>'mode' AS mode) AS r"
)


def receivable(day: str) -> tuple[str, str]:
    """SQL for the interest receivable in instalment `i` by `day`, and for the instalments that hold any: what has begun
    or was paid in advance. What became principal on its due date is interest no more."""
    amount = f"({accrued(day)}) - i.interest_paid - CASE WHEN i.due_on <= {day} THEN i.capitalised ELSE 0 END"
    open_ = f"i.status = 'due' AND (i.starts_on < {day} OR i.counted_from < {day} OR i.interest_paid <> 0)"
    return amount, f"l.status = 'active' AND ({open_} OR i.status = 'paid' AND i.due_on > {day})"


OF_LOANS = f"FROM instalment AS i JOIN loan AS l ON l.company_id = i.company_id AND l.id = i.loan_id {ROUNDING}"

_FROM, _TO = "CAST(:start AS date)", "CAST(:end AS date)"

# Running: open and begun (where interest is paid later than it grows, before the row's own period); or paid before its
# due date, and still growing into what was paid in advance.
RUNNING = (
    f"(i.starts_on < {_TO} OR i.counted_from < {_TO}) AND i.due_on > {_FROM} "
    "AND (i.status = 'due' OR i.status = 'paid') AND l.status = 'active'"
)

ACCRUED = text(
    "SELECT l.product_key, l.currency, coalesce(l.unit, '') AS unit, l.accounting, "
    f"sum(({accrued(_TO)}) - ({accrued(_FROM)})) AS interest, count(*) AS loans, "
    f"sum(CASE WHEN i.due_on <= {_TO} THEN i.capitalised ELSE 0 END) AS capitalised "
    f"{OF_LOANS} WHERE {RUNNING} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)


def accrue(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Accrue the interest from today to the next business date; interest that becomes principal on the way does so."""
    booked, loans = ZERO, 0
    for start, end, on in run.spans():
        rows = connection.execute(ACCRUED, {"start": start, "end": end}).mappings().all()
        grown = [Sum.of(row, {"interest": row["interest"]}) for row in rows]
        booked += book_accruals(ctx, connection, run, on, grown, since=start, step="interest")
        turned = [Sum.of(row, {"interest": row["capitalised"]}, "interest_capitalised") for row in rows]
        book_accruals(ctx, connection, run, on, turned, since=start, step="capitalised")
        loans = max(loans, sum(row["loans"] for row in rows))
    return {"interest": str(booked), "loans": loans}


STORED = {("capitalised", "interest"): "capitalised", ("arrears", "interest"): "recalculated"}
"""How an amount of a step is called in the accrual rows, where its component alone would not tell it from another's."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What loans that are alike to the books add up to: amounts by component, for one event or by themselves."""

    product_key: str
    currency: str
    unit: str
    accounting: str
    parts: Mapping[str, Decimal]
    event: str | None = None

    @classmethod
    def of(cls, row: Mapping[Any, Any], parts: Mapping[str, Decimal], event: str | None = None) -> Sum:
        """From anything with the columns by which loans are alike."""
        return cls(row["product_key"], row["currency"], row["unit"], row["accounting"], parts, event)


def book_accruals(
    ctx: Context, connection: Connection, run: Run, on: date, sums: Sequence[Sum], *, since: date, step: str
) -> Decimal:
    """One entry each sum and event, and one accrual row each kind of amount, of the days from `since`; the sum."""
    posted, accruals = [], []
    for each in sums:
        rules = lending_rules.posting_for(ctx, each.product_key)
        facts = {"accounting": each.accounting}
        entries = accruing.accruals(rules, each.parts, on, facts, each.event)
        for entry in entries:
            unit = each.unit or None
            posted.append(Posted(entry, ("day_run", run.id), unit=unit, currency=each.currency, facts=facts))
            accruals.append(each)
    ids = booking.post(ctx, connection, posted)
    rows: list[dict[str, Any]] = [
        {
            "business_date": since,
            "kind": STORED.get((step, kind), kind),
            "product_key": each.product_key,
            "unit": each.unit,
            "currency": each.currency,
            "accounting": each.accounting,
            "amount": amount,
            "journal_entry_id": entry_id,
        }
        for each, entry, entry_id in zip(accruals, posted, ids, strict=True)
        for kind, amount in each.parts.items()
        if amount and kind in posting.AMOUNTS[entry.entry.event]
    ]
    bulk.insert(connection, tables.accrual, rows)
    return total(row["amount"] for row in rows)
