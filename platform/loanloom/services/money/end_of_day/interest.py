"""Interest of the day: one statement over all running instalments, booked as one entry a product.

The statement draws the same line that `core.lending.arrears.interest_accrued` defines: actual days over the basis,
never more than the period's interest, all of it on the due date; each loan rounded by its own terms. So the ledger
equals the sum over loans to the cent, without a row a loan and day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from loanloom.engines import posting
from loanloom.services.context import Context
from loanloom.services.money import booking, lending_rules
from loanloom.services.money.booking import Posted
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.store import bulk, tables

# Exact halves must stay halves: thirty digits after the point before the one division.
_ONE = "1.000000000000000000000000000000"
_RAW = f"i.base * i.annual_rate * ({{day}} - i.starts_on) * {_ONE} / i.daily_basis"
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
    raw = _RAW.format(day=day)
    return (
        f"CASE WHEN {day} >= i.due_on THEN i.interest WHEN {day} <= i.starts_on THEN 0 "
        f"ELSE least({_rounded(raw)}, i.interest) END"
    )


ROUNDING = (
    "CROSS JOIN LATERAL (SELECT (l.terms->'rounding'->>'digits')::integer AS digits, "
    "l.terms->'rounding'->>'mode' AS mode) AS r"
)

_TODAY, _NEXT = "CAST(:today AS date)", "CAST(:next AS date)"

ACCRUED_TODAY = text(
    "SELECT l.product_key, l.currency, "  # noqa: S608 - built from constants
    f"sum(({accrued(_NEXT)}) - ({accrued(_TODAY)})) AS interest, count(*) AS loans "
    f"FROM instalment AS i JOIN loan AS l ON l.company_id = i.company_id AND l.id = i.loan_id {ROUNDING} "
    f"WHERE i.status = 'due' AND i.starts_on < {_NEXT} AND i.due_on > {_TODAY} AND l.status = 'active' "
    "GROUP BY l.product_key, l.currency ORDER BY l.product_key, l.currency"
)


def accrue(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Accrue the interest from today to the next business date."""
    days = {"today": run.business_date, "next": run.next_date}
    rows = connection.execute(ACCRUED_TODAY, days).mappings().all()
    booked = book_accruals(
        ctx,
        connection,
        run,
        "interest_accrued",
        [{"product_key": row["product_key"], "currency": row["currency"], "interest": row["interest"]} for row in rows],
    )
    return {"interest": str(booked), "loans": sum(row["loans"] for row in rows)}


def book_accruals(
    ctx: Context, connection: Connection, run: Run, event: str, sums: Sequence[Mapping[str, Any] | RowMapping]
) -> Any:
    """One entry and one accrual row a product and kind of amount; the sum of all."""
    posted, accruals = [], []
    kinds = posting.AMOUNTS[event]
    for each in sums:
        parts = {kind: each[kind] for kind in kinds if each.get(kind)}
        rules = lending_rules.posting_for(ctx, each["product_key"])
        entry = posting.entry_for(rules, event, parts, run.business_date) if parts else None
        if entry is not None:
            posted.append(Posted(entry, ("day_run", run.id), currency=each["currency"]))
            accruals.append((each["product_key"], parts))
    ids = booking.post(ctx, connection, posted)
    rows = [
        {
            "business_date": run.business_date,
            "kind": kind,
            "product_key": product,
            "amount": amount,
            "journal_entry_id": entry_id,
        }
        for (product, parts), entry_id in zip(accruals, ids, strict=True)
        for kind, amount in parts.items()
    ]
    bulk.insert(connection, tables.accrual, rows)
    return sum((row["amount"] for row in rows), start=0)
